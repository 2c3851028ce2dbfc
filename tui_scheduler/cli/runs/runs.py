"""The history of runs."""

from collections.abc import Iterator

import click

from tui_scheduler.cli.options.click_classes import (
    command,
    examples,
    json_option,
    option,
    secrets_option,
    with_options,
)
from tui_scheduler.cli.options.filter_words import FILTER_OPTIONS, given_words
from tui_scheduler.cli.options.param_types import NUMBER
from tui_scheduler.cli.printing.cells import clock_cell, moment_cell, status_cell
from tui_scheduler.cli.printing.layout import Cell, line
from tui_scheduler.cli.printing.output import has_colour, print_json, print_json_line
from tui_scheduler.cli.printing.runs import print_runs
from tui_scheduler.cli.runs.feed import Happening, happenings
from tui_scheduler.cli.runs.grep import found_in_logs
from tui_scheduler.cli.scheduler_presence import tell_if_nobody_schedules
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.services.queries.filter_words import At, parse_words
from tui_scheduler.services.views.records import run_record
from tui_scheduler.services.views.runs import RunView

_MOST = 1_000_000
_WIDTHS = (25, 6, 10, 20, 12)  # of moment, number, status, process and duration


@command(
    "runs",
    epilog=examples(
        "runs --status error --status lost --since 24h",
        "runs --process backup --since 2026-03-01 --until 2026-03-31 \\",
        "    --limit 500 --json",
        "runs --since 7d --sort memory --limit 10",
        "runs --exit 3 --slower 10m --until yesterday",
        "runs --follow --status error --status timed_out",
        "runs --process backup --since 30d --grep 'no space left'",
    ),
)
@with_options(FILTER_OPTIONS)
@option(
    "--grep",
    metavar="TEXT",
    help="Only runs whose log has TEXT, in any case unless it has a capital letter; prints the"
    " first line that does. At most --limit of them, the newest first.",
)
@option(
    "--sort",
    type=click.Choice(["newest", "duration", "cpu", "memory"]),
    default="newest",
    help="What comes first: the newest runs, or those that took most time, most CPU time or most"
    " memory. Default: newest.",
)
@option("--limit", type=NUMBER, default=100, metavar="N", help="At most N runs. Default: 100.")
@option(
    "--follow",
    "-f",
    is_flag=True,
    help="Print a line when a run starts and when it ends, until ctrl+c; with --since begin with"
    " what was since then; with --json a line is a document.",
)
@json_option
@secrets_option
@pass_session
def runs_command(
    session: Session,
    /,
    grep: str | None,
    sort: str,
    limit: int,
    follow: bool,
    as_json: bool,
    show_secrets: bool,
    **words: str | tuple[str, ...] | None,
) -> None:
    """List runs, newest first if not told otherwise; times are the machine's local ones.

    The note says why what did not run did not.
    """
    _refuse_odd(words["until"], grep, sort, follow=follow)
    if not 1 <= limit <= _MOST:
        raise InvalidInput([Problem("limit", f"must be a whole number from 1 to {_MOST}")])
    meant = parse_words(given_words(words), At(session.now(), session.zone))
    with session.services() as services:
        wanted = meant.resolve(session.settings.clusters)
        if follow:
            feed = happenings(services, wanted, limit if wanted.since else 0)
            _follow(session, feed, as_json, show_secrets)
            return
        if grep is not None:
            _grep(session, found_in_logs(services, wanted, grep, limit), as_json, show_secrets)
            return
        views = services.runs.latest(wanted, limit, "id" if sort == "newest" else sort)
    now, zone = session.now(), session.zone
    print_runs(views, now, zone, sort, as_json=as_json, show_secrets=show_secrets)


def _refuse_odd(until: object, grep: str | None, sort: str, *, follow: bool) -> None:
    """Raise UsageError for options that contradict each other, or InvalidInput."""
    if follow and until is not None:
        raise click.UsageError("--follow goes on until ctrl+c: leave out --until.")
    if follow and grep is not None:
        raise click.UsageError("--grep looks at logs that are there: leave out --follow.")
    if follow and sort != "newest":
        raise click.UsageError("--follow prints runs as they come: leave out --sort.")
    if grep is not None and sort != "newest":
        raise click.UsageError("--grep finds the newest runs first: leave out --sort.")
    if grep is not None and not grep.strip():
        raise InvalidInput([Problem("grep", "is empty: give the text to look for")])
    if grep is not None and len(grep.splitlines()) > 1:
        raise InvalidInput([Problem("grep", "has several lines: give what stands in one")])


def _follow(session: Session, feed: Iterator[Happening], as_json: bool, show_secrets: bool) -> None:
    """Print what happens until ctrl+c."""
    tell_if_nobody_schedules(session.settings)
    for happening in feed:
        if as_json:
            run, at = happening.run, happening.at
            record = run_record(run, at, session.zone, show_secrets=show_secrets)
            print_json_line({"event": happening.event, **record})
        else:
            _print(happening, session.zone)


def _grep(
    session: Session, matches: Iterator[tuple[RunView, str]], as_json: bool, show_secrets: bool
) -> None:
    """Print each run with the line of its log as soon as it matches; JSON is one document."""
    if as_json:
        now, zone = session.now(), session.zone
        print_json(
            [
                {**run_record(run, now, zone, show_secrets=show_secrets), "line": text}
                for run, text in matches
            ]
        )
        return
    for run, text in matches:
        at = moment_cell(run.start_time or run.scheduled_for, session.zone)
        cells = [at, Cell(str(run.id)), status_cell(run.state), Cell(run.process), Cell(text)]
        print(line(cells, _WIDTHS[: len(cells) - 1], colour=has_colour()), flush=True)


def _print(happening: Happening, zone: str) -> None:
    """Print the start or the end of a run, in one line and at once."""
    run = happening.run
    cells = [
        moment_cell(happening.at, zone),
        Cell(str(run.id)),
        status_cell(run.state),
        Cell(run.process),
    ]
    if happening.event == "end" and run.start_time is not None:
        cells.append(clock_cell(run.duration(happening.at)))
    cells += [Cell(text) for text in (run.place, run.note) if text]
    print(line(cells, _WIDTHS[: len(cells) - 1], colour=has_colour()), flush=True)
