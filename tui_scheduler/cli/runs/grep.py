"""The runs whose logs have a text: the newest first, each told as soon as it is found."""

from collections.abc import Iterator

from tui_scheduler.cli.printing.output import complain
from tui_scheduler.cli.printing.progress_line import ProgressLine
from tui_scheduler.services import Services
from tui_scheduler.services.logs.log_search import pattern
from tui_scheduler.services.logs.many_logs import ManyLogs
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.wording import plural


def found_in_logs(
    services: Services, wanted: RunFilter, text: str, limit: int
) -> Iterator[tuple[RunView, str]]:
    """Yield at most ``limit`` runs that match and whose log has ``text``, with its first line.

    Tells a person at a terminal how far it is, and at the end how much was searched.
    """
    logs = ManyLogs(pattern(text), limit)
    total = services.runs.count(wanted)
    before: int | None = None
    with ProgressLine() as progress:

        def tell() -> bool:
            progress.show(logs.summary(total))
            return False

        while not logs.is_full and (batch := services.runs.logs(wanted, before=before)):
            for log in batch:
                known = len(logs.matches)
                logs.go_on([log], tell)
                for match in logs.matches[known:]:
                    progress.clear()
                    for run in services.runs.those([match.run_id]):  # unless it is gone by now
                        yield run, match.line
            before = batch[-1].run_id
    if logs.is_full:
        complain(f"Stopped at {plural(limit, 'run')}: --limit N for more.")
    elif not logs.matches:
        complain(f"“{text}” stands in none of {plural(logs.searched, 'log')}.")
    if logs.gone:
        complain(f"{logs.gone_text}, and could not be searched.")
