"""What the processes of a run use at this moment: looked up whenever somebody looks at them."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.engine.local.process_tree import Mark, ProcessTree
from tui_scheduler.engine.run_variables import MARK_VARIABLE
from tui_scheduler.services.live_usage import LiveUsage, RunProcess

if TYPE_CHECKING:
    import psutil

MOST_LISTED = 200
"""Processes that are listed one by one; all are counted."""

_LONGEST_COMMAND = 100_000  # characters: so many that no secret is cut before it is hidden
_NO_LEADER = -1  # nobody's group or session


@dataclass(frozen=True, slots=True)
class _Seen:
    """A process as it was at one look."""

    pid: int
    parent: int
    command: str
    began: float
    cpu_time: float
    memory: int


class LiveTree:
    """Looks at the processes of a run of this machine: ``files`` is the stem of its files.

    ``handle`` is what it was started as. What they were called with may hold secrets.
    """

    def __init__(self, files: str, handle: str | None) -> None:
        self._tree = ProcessTree(_leader(handle), Mark(MARK_VARIABLE, files))
        self._before: dict[tuple[int, float], float] = {}
        self._looked_at = 0.0

    def look(self) -> LiveUsage:
        """Returns what there is now; reads about all processes of the machine, so in a thread."""
        seen = list(_looked_up(self._tree.members()))
        now = time.monotonic()
        busy = {each.pid: self._busy(each, now) for each in seen}
        self._before = {(each.pid, each.began): each.cpu_time for each in seen}
        self._looked_at = now
        listed = tuple(
            RunProcess(each.pid, depth, each.command, busy[each.pid], each.memory)
            for each, depth in _in_order(seen)[:MOST_LISTED]
        )
        return LiveUsage(listed, len(seen), sum(busy.values()), sum(each.memory for each in seen))

    def _busy(self, seen: _Seen, now: float) -> float:
        """How many processors a process kept busy since it was looked at, or since it began."""
        before = self._before.get((seen.pid, seen.began))
        if before is None:
            return seen.cpu_time / max(time.time() - seen.began, 0.01)
        return max(seen.cpu_time - before, 0.0) / max(now - self._looked_at, 0.01)


def _leader(handle: str | None) -> int:
    """The pid of its first process, while that is there; another may have it by now."""
    with suppress(ValueError):
        identity = Identity.parse(handle or "")
        if identity.is_present():
            return identity.pid
    return _NO_LEADER


def _looked_up(processes: "Sequence[psutil.Process]") -> Iterator[_Seen]:
    import psutil

    for process in processes:
        with suppress(psutil.Error, OSError), process.oneshot():
            times = process.cpu_times()
            yield _Seen(
                pid=process.pid,
                parent=process.ppid(),
                command=_command(process),
                began=process.create_time(),
                cpu_time=times.user + times.system,
                memory=process.memory_info().rss,
            )


def _command(process: "psutil.Process") -> str:
    """Its arguments, or in brackets what it is called if it has hidden them or they are others'."""
    import psutil

    with suppress(psutil.Error, OSError):
        if command := " ".join(process.cmdline())[:_LONGEST_COMMAND].strip():
            return command
    return f"[{process.name()}]"


def _in_order(seen: Sequence[_Seen]) -> list[tuple[_Seen, int]]:
    """The processes with their depth, each before its children, the oldest first."""
    pids = {each.pid for each in seen}
    beneath: dict[int, list[_Seen]] = {}
    for each in sorted(seen, key=lambda one: (one.began, one.pid), reverse=True):
        beneath.setdefault(each.parent if each.parent in pids else 0, []).append(each)
    ordered: list[tuple[_Seen, int]] = []
    waiting = [(each, 0) for each in beneath.pop(0, [])]
    while waiting:
        one, depth = waiting.pop()
        ordered.append((one, depth))
        waiting += [(child, depth + 1) for child in beneath.pop(one.pid, [])]
    return ordered
