"""What the log of a run has that the last good one has not, and the other way round."""

from tui_scheduler.cli.printing.output import complain, has_colour
from tui_scheduler.cli.printing.progress_line import ProgressLine
from tui_scheduler.services import Services
from tui_scheduler.services.logs.comparison import compare_logs
from tui_scheduler.services.views.runs import RunView


def print_comparison(services: Services, run: RunView) -> None:
    """Print how the log of ``run`` differs from the last good one.

    Raises NotFound if there is none or a log is gone, and Refused if they have nothing in common.
    """
    good = services.runs.last_good(run)
    comparison = compare_logs(run, good)
    with ProgressLine() as progress:
        while comparison.step():
            progress.show(f"comparing with run {good.id}: {comparison.progress:.0%}")
    comparison.refuse_too_different()
    complain(comparison.summary(run, good))
    for line in comparison.lines():
        print(line.render(in_colour=has_colour()))
