"""Removing old runs by hand, or seeing what would go."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tui_scheduler.cli.options.click_classes import command, examples, json_option, option
from tui_scheduler.cli.options.param_types import COUNT, DAYS, SIZE
from tui_scheduler.cli.printing.layout import Cell, Column
from tui_scheduler.cli.printing.output import complain, print_json, print_table
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.services.retention import Doomed, Limits, Reason, Retention
from tui_scheduler.sizes import size_text
from tui_scheduler.wording import plural

_PAUSE = 0.01  # seconds between two batches, so that whoever schedules can write too
_PATIENCE = 2.0  # seconds until something is said, and from then on between two words


@dataclass(frozen=True, slots=True)
class _Gone:
    """How many runs go, and the bytes of their logs, by reason."""

    runs: Counter[Reason] = field(default_factory=Counter)
    log_bytes: Counter[Reason] = field(default_factory=Counter)

    def add(self, run: Doomed) -> None:
        """Count ``run``."""
        self.runs[run.reason] += 1
        self.log_bytes[run.reason] += run.log_bytes


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

    The limits are those of the configuration file unless they are given here: keep_days (90),
    keep_runs (10000) and keep_bytes (10 GB); 0 is without limit. Whoever schedules does this every
    hour. Open runs and the newest run of each request always stay.
    """
    given: dict[str, Any] = {name: limit for name, limit in limits.items() if limit is not None}
    kept = Limits.of(replace(session.settings, **given))
    gone = _Gone()
    with session.services() as services:
        retention = services.retention
        for run in _narrated(retention.doomed(kept) if is_dry else _removed(retention, kept)):
            gone.add(run)
    if as_json:
        print_json(_record(gone, kept, is_dry))
    else:
        _print(gone, kept)
        complain("This was a dry run: nothing was removed." if is_dry else _summary(gone))


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
    told_at = time.monotonic()
    for number, run in enumerate(runs, 1):
        if time.monotonic() - told_at > _PATIENCE:
            told_at = time.monotonic()
            complain(f"{number:,} so far ...")
        yield run


def _print(gone: _Gone, limits: Limits) -> None:
    columns = [Column("REASON"), Column("RUNS", is_number=True), Column("LOGS", is_number=True)]
    rows = [(word, gone.runs[reason], gone.log_bytes[reason]) for reason, word in _words(limits)]
    rows.append(("in all", gone.runs.total(), gone.log_bytes.total()))
    print_table(
        columns,
        [[Cell(word), Cell(f"{runs:,}"), Cell(size_text(size))] for word, runs, size in rows],
    )


def _words(limits: Limits) -> Iterator[tuple[Reason, str]]:
    """What each limit removes, if there is one."""
    if limits.runs:
        yield Reason.COUNT, f"not among the newest {limits.runs:,} of their request"
    if limits.days:
        yield Reason.AGE, f"ended more than {limits.days:g} days ago"
    if limits.bytes:
        yield Reason.BYTES, f"oldest of more than {size_text(limits.bytes)} of logs"


def _summary(gone: _Gone) -> str:
    size = size_text(gone.log_bytes.total())
    return f"Removed {plural(gone.runs.total(), 'run')} with {size} of logs."


def _record(gone: _Gone, limits: Limits, is_dry: bool) -> dict[str, Any]:
    return {
        "dry_run": is_dry,
        "runs": gone.runs.total(),
        "log_bytes": gone.log_bytes.total(),
        "reasons": {
            reason.value: {"runs": gone.runs[reason], "log_bytes": gone.log_bytes[reason]}
            for reason in Reason
        },
        "keep_days": limits.days,
        "keep_runs": limits.runs,
        "keep_bytes": limits.bytes,
    }
