"""The processes that keep the runs, whether they get on with it, and journals that nobody needs.

Journals are read before the database: a run is taken before it is begun, so that one which stands
in a journal and is not open afterwards has ended for good.
"""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui_scheduler.doctor.finding import Finding, counted, ok, some, warning
from tui_scheduler.doctor.target import Target
from tui_scheduler.engine.local.identity import current_boot
from tui_scheduler.engine.local.journals import Journal, read_journal
from tui_scheduler.engine.local.runner import JOURNALS
from tui_scheduler.models import database
from tui_scheduler.models.maintenance import open_for_reading

_JOURNAL_NAME = re.compile(r"\d{20}-\d{1,10}\.journal")
_YOUNGEST = 60  # seconds
_LOOKS = 3
_BETWEEN_LOOKS = 0.1  # seconds; whoever writes to a disk waits for it now and then
_OPEN = "SELECT id, token FROM run WHERE end_time IS NULL AND token IS NOT NULL AND place = ''"
_STUCK = {
    "stopped": ("is stopped", "Let it go on: kill -CONT {pid}."),
    "disk-sleep": (
        "waits for a disk that does not answer",
        "See to the disk, or network folder, of the logs.",
    ),
}
_GIVE_UP = (
    "Or give it up: kill -9 {pid}. The scheduler that began it has its runs kept by another one;"
    " where that is gone too, they go on until they next print something, and end as lost"
)


@dataclass(frozen=True, slots=True)
class _Keeper:
    """One that lives, and what it has written, oldest first."""

    pid: int
    journals: list[Journal]

    @property
    def is_here(self) -> bool:
        """Whether its pid means a process of this machine."""
        return self.journals[-1].boot == current_boot()

    @property
    def begins_runs(self) -> bool:
        """Whether it has not said that its scheduler is gone."""
        return not self.journals[-1].is_closed

    @property
    def runs(self) -> str:
        """How many of its runs go on."""
        traces = [trace for journal in self.journals for trace in journal.traces.values()]
        number = sum(not each.was_refused and each.wait_status is None for each in traces)
        return counted(number, "run") if number else "no run"


def journal_folder(target: Target) -> Path:
    """Where keepers write."""
    return target.settings.log_folder / JOURNALS


def journal_files(target: Target) -> list[Path]:
    """The files that are named as keepers name their journals, oldest first."""
    folder = journal_folder(target)
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if _JOURNAL_NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink()
    )


def check(target: Target) -> Iterator[Finding]:
    """Who keeps runs, whether it can, and what is left of those that are gone."""
    kept, free = _journals(target)
    keepers = _keepers(kept)
    for keeper in keepers:
        yield _finding(keeper, is_newest=keeper is keepers[-1])
    if not keepers:
        yield ok("No keeper runs")
    if leftovers := _leftovers(target, free):
        yield warning(
            f"Nobody needs {counted(len(leftovers), 'journal')} in {journal_folder(target)}:"
            f" {some(path.name for path in leftovers)}",
            "Remove them: tui-scheduler doctor --fix",
        )


def remove_leftovers(target: Target) -> None:
    """Remove the journals that nobody keeps, and that know of no open run."""
    with open_for_reading(target.settings.database):
        _, free = _journals(target)
        for path in _leftovers(target, free):
            with suppress(OSError):
                path.unlink()


def _journals(target: Target) -> tuple[list[Journal], list[Journal]]:
    """Those whose keepers live, and those that nobody keeps, which stay as they are."""
    kept: list[Journal] = []
    free: list[Journal] = []
    for path in journal_files(target):
        is_kept = Journal(path).is_kept()
        with suppress(OSError):
            (kept if is_kept else free).append(read_journal(path))
    return kept, free


def _keepers(journals: list[Journal]) -> list[_Keeper]:
    """Who keeps ``journals``; the one that began last comes last."""
    keepers: dict[int, _Keeper] = {}
    for journal in journals:
        pid = journal.keeper_pid()
        assert pid is not None
        keepers.setdefault(pid, _Keeper(pid, [])).journals.append(journal)
    return list(keepers.values())


def _finding(keeper: _Keeper, *, is_newest: bool) -> Finding:
    stuck = _STUCK.get(_state(keeper.pid)) if keeper.is_here else None
    if stuck is not None:
        trouble, remedy = stuck
        return warning(
            f"Keeper {keeper.pid} {trouble}: it takes no output of its runs, and sees no end",
            f"{remedy} {_GIVE_UP}".format(pid=keeper.pid),
        )
    if is_newest and keeper.begins_runs:
        return ok(f"Keeper {keeper.pid} keeps {keeper.runs}")
    return ok(f"Keeper {keeper.pid}, of an earlier scheduler, keeps {keeper.runs}")


def _state(pid: int) -> str:
    """What the process does, by the word of psutil; nothing if that is over in a moment."""
    import psutil  # slow to import, and seldom needed

    for _ in range(_LOOKS):
        try:
            state = psutil.Process(pid).status()
        except psutil.Error:
            return ""
        if state not in _STUCK:
            return ""
        time.sleep(_BETWEEN_LOOKS)
    return state


def _leftovers(target: Target, free: list[Journal]) -> list[Path]:
    still_open = set(database.execute_sql(_OPEN).fetchall())
    youngest = target.clock.now().timestamp() - _YOUNGEST
    return [
        journal.path
        for journal in free
        if still_open.isdisjoint(journal.traces) and _changed_at(journal.path) < youngest
    ]


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # it is gone meanwhile
        return float("inf")
