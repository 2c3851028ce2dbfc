"""Removing old runs by hand, or seeing what would go."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tui_scheduler.cli.layout import Cell, Column
from tui_scheduler.cli.output import complain, print_json, print_table
from tui_scheduler.cli.parsing import command, examples, json_option, option
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.cli.values import COUNT, DAYS, SIZE
from tui_scheduler.services.retention import Doomed, Limits, Reason, Retention
from tui_scheduler.sizes import size_text

_PAUSE = 0.01  # seconds between two batches, so that whoever schedules can write too
_PATIENCE = 2.0  # seconds until something is said, and from then on between two words


@dataclass(slots=True)
class _Sum:
    """How many runs, and the size of their logs."""

    runs: int = 0
    log_bytes: int = 0


@dataclass(slots=True)
class _Sums:
    """What goes, in all and by reason."""

    total: _Sum = field(default_factory=_Sum)
    by_reason: dict[Reason, _Sum] = field(
        default_factory=lambda: {reason: _Sum() for reason in Reason}
    )

    def add(self, run: Doomed) -> None:
        """Count ``run``."""
        for one in (self.total, self.by_reason[run.reason]):
            one.runs += 1
            one.log_bytes += run.log_bytes


@command(
    "prune",
    epilog=examples(
        "prune --dry-run",
        "prune --keep-days 30 --keep-bytes '2 GB'",
        "prune --keep-days 0 --keep-runs 100 --keep-bytes 0 --json",
    ),
)
@option("--dry-run", "is_dry", is_flag=True, help="Only print what would go; change nothing.")
@option("--keep-days", type=DAYS, metavar="N", help="Remove runs that ended more than N days ago.")
@option(
    "--keep-runs",
    type=COUNT,
    metavar="N",
    help="Remove runs that are not among the newest N of their request.",
)
@option(
    "--keep-bytes",
    type=SIZE,
    metavar="SIZE",
    help="Remove the oldest runs with output until all logs together have no more than SIZE.",
)
@json_option
@pass_session
def prune_command(session: Session, /, is_dry: bool, as_json: bool, **limits: float | None) -> None:
    """Remove old runs with their logs, and print how many went and why.

    The limits are those of the configuration file (keep_days, keep_runs, keep_bytes) unless they
    are given here; 0 is without limit. Whoever schedules does this every hour. Open runs and the
    newest run of each request always stay.
    """
    given: dict[str, Any] = {name: limit for name, limit in limits.items() if limit is not None}
    kept = Limits.of(replace(session.settings, **given))
    sums = _Sums()
    with session.services() as services:
        retention = services.retention
        for run in _narrated(retention.doomed(kept) if is_dry else _removed(retention, kept)):
            sums.add(run)
    if as_json:
        print_json(_record(sums, kept, is_dry))
    else:
        _print(sums, kept)
        complain("This was a dry run: nothing was removed." if is_dry else _said(sums.total))


def _removed(retention: Retention, limits: Limits) -> Iterator[Doomed]:
    """Remove what is beyond ``limits``; yields each run that is gone."""
    count = 0
    while (batch := retention.batch(limits)) and (removed := retention.remove_rows(batch)):
        retention.remove_files(removed)
        count += len(removed)
        yield from removed
        time.sleep(_PAUSE)
    retention.note(count)


def _narrated(runs: Iterable[Doomed]) -> Iterator[Doomed]:
    """Yield the same; say now and then how many they are by now."""
    said_at = time.monotonic()
    for number, run in enumerate(runs, 1):
        if time.monotonic() - said_at > _PATIENCE:
            said_at = time.monotonic()
            complain(f"{number:,} so far ...")
        yield run


def _print(sums: _Sums, limits: Limits) -> None:
    columns = [Column("REASON"), Column("RUNS", is_number=True), Column("LOGS", is_number=True)]
    rows = [(word, sums.by_reason[reason]) for reason, word in _words(limits)]
    print_table(
        columns,
        [
            [Cell(word), Cell(f"{one.runs:,}"), Cell(size_text(one.log_bytes))]
            for word, one in (*rows, ("in all", sums.total))
        ],
    )


def _words(limits: Limits) -> Iterator[tuple[Reason, str]]:
    """What each limit removes, if there is one."""
    if limits.runs:
        yield Reason.COUNT, f"not among the newest {limits.runs:,} of their request"
    if limits.days:
        yield Reason.AGE, f"ended more than {limits.days:g} days ago"
    if limits.bytes:
        yield Reason.BYTES, f"oldest of more than {size_text(limits.bytes)} of logs"


def _said(total: _Sum) -> str:
    noun = "run" if total.runs == 1 else "runs"
    return f"Removed {total.runs:,} {noun} with {size_text(total.log_bytes)} of logs."


def _record(sums: _Sums, limits: Limits, is_dry: bool) -> dict[str, Any]:
    return {
        "dry_run": is_dry,
        "runs": sums.total.runs,
        "log_bytes": sums.total.log_bytes,
        "reasons": {
            reason.value: {"runs": one.runs, "log_bytes": one.log_bytes}
            for reason, one in sums.by_reason.items()
        },
        "keep_days": limits.days,
        "keep_runs": limits.runs,
        "keep_bytes": limits.bytes,
    }
