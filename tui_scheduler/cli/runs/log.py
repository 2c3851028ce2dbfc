"""The output of a run."""

import sys

import click

from tui_scheduler.cli.completing.completions import newest_runs
from tui_scheduler.cli.options.click_classes import argument, command, examples, option
from tui_scheduler.cli.options.param_types import NUMBER
from tui_scheduler.cli.printing.comparison import print_comparison
from tui_scheduler.cli.printing.log_output import LogOutput, RawOutput, TerminalOutput
from tui_scheduler.cli.printing.output import complain, has_colour, is_terminal, pause
from tui_scheduler.cli.runs.change_watch import Watch
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.services import Services
from tui_scheduler.services.logs.log_file import Change, LogFile
from tui_scheduler.services.queries.references import begun_run_meant
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.wording import no_log

_POLL = 0.1  # seconds
_REMEMBERED = 64  # bytes by which is known whether the log goes on where we are
_LINES_AFTER_CUT = 1000


@command(
    "log",
    epilog=examples(
        "log 17",
        "log backup",
        "log 17 --follow",
        "log 17 --tail 100 > excerpt.txt",
        "log backup --compare",
    ),
)
@argument("run", metavar="RUN", shell_complete=newest_runs)
@option("--follow", "-f", is_flag=True, help="Go on printing until the run has ended.")
@option("--tail", type=NUMBER, metavar="N", help="Begin with the last N lines.")
@option(
    "--compare",
    is_flag=True,
    help="Print what is new (+) and what is missing (-) beside the last run before it that"
    " succeeded, whatever times and numbers are in the lines.",
)
@pass_session
def log_command(session: Session, run: str, follow: bool, tail: int | None, compare: bool) -> None:
    """Print what RUN wrote: a number, or a name for the newest one that began.

    On a terminal a line is shown as it ended (of a progress bar the last state), in its colours,
    and nothing else acts on the terminal; to a file or a pipe the bytes go as they are.
    """
    if compare and (follow or tail is not None):
        raise click.UsageError("--compare looks at whole logs: leave out --follow and --tail.")
    if tail is not None and tail < 0:
        raise InvalidInput([Problem("tail", "must be 0 or more lines")])
    with session.services() as services:
        view = services.runs.get(begun_run_meant(run))
        if compare:
            print_comparison(services, view)
        else:
            print_log(services, view, follow=follow, tail=tail)


def print_log(services: Services, run: RunView, *, follow: bool, tail: int | None = None) -> None:
    """Print what ``run`` wrote, all of it or its last lines; say why if there is nothing."""
    output = TerminalOutput(has_colour()) if is_terminal(sys.stdout) else RawOutput()
    if _copy(services, run, output, follow=follow, tail=tail):
        return
    run = services.runs.get(run.id)
    complain(f"Run {run.id} {no_log(run.status, is_gone=run.log_bytes > 0)}.")
    if run.note:
        complain(run.note)


def _copy(
    services: Services, run: RunView, output: LogOutput, *, follow: bool, tail: int | None
) -> bool:
    """Print the log and, with ``follow``, what comes until the run has ended.

    When the log was cut, it goes on in what is left of it. Returns whether there is anything in it.
    """
    log = LogFile(run.log_path)
    position = _beginning(log, tail) if run.was_taken else 0
    last = b""
    watch = Watch()
    is_last = not follow
    while True:
        if follow and watch.has_news():
            run = services.runs.get(run.id)
            is_last = not run.is_open
        if run.log_path != log.path:  # it is taken only now
            log, position, last = LogFile(run.log_path), 0, b""
        was_cut = run.was_taken and log.refresh() is Change.REPLACED
        if was_cut and (position > log.size or log.read(position - len(last), position) != last):
            output.break_off()
            complain("The log was cut meanwhile: here are its last lines.")
            position = log.tail(_LINES_AFTER_CUT)
        position = output.copy(log, position, is_last=is_last)
        last = log.read(max(0, position - _REMEMBERED), position)
        if is_last:
            return log.size > 0
        pause(_POLL)


def _beginning(log: LogFile, tail: int | None) -> int:
    if tail is None:
        return 0
    log.refresh()
    return log.tail(tail)
