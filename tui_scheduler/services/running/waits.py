"""What a run waits for that is queued and that nobody has taken: one answer for all who show it.

It is found out anew at each look, with as many statements for many runs as for one, by the rules
of whoever schedules: what is next for a lock is asked of ``lock_lines``.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui_scheduler.models import Overlap, Process, Run, RunLock, RunStatus, database
from tui_scheduler.models.prepared import Prepared, among
from tui_scheduler.services.context import Context
from tui_scheduler.services.running.lock_lines import first_in_line, holders
from tui_scheduler.services.running.room import room_wait
from tui_scheduler.wording import local_zone, planned_moment

_FIRST = """
    (SELECT id FROM run WHERE process_id = value AND status = '{}' AND end_time IS NULL
        ORDER BY id LIMIT 1)
"""
_FIRSTS = ", ".join(map(_FIRST.format, (RunStatus.PROCESSING, RunStatus.QUEUED)))
_STANDING = f"""
    SELECT value, {_FIRSTS}, (SELECT held_at IS NOT NULL FROM control) FROM json_each(?)
"""  # noqa: S608 - no outside text
"""The oldest runs of processes, that goes on and that waits; and whether all is held."""

_OF_LOCKS = (RunLock.run, RunLock.name)
_NEEDED = Prepared(
    RunLock.select(*_OF_LOCKS).where(among("ids", RunLock.run)).order_by(*_OF_LOCKS), *_OF_LOCKS
)
_NAMED = Prepared(
    Run.select(Run.id, Process.name).join(Process).where(among("ids", Run.id)),
    *(Run.id, Process.name),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A run that nobody has taken nor asked to stop, and what of its process matters to that."""

    id: int
    process_id: int
    process: str
    overlap: Overlap
    attempt: int
    scheduled_for: datetime
    runs_on: str | None
    needs_locks: bool


def waits_of(context: Context, waiting: Sequence[Waiting]) -> dict[int, str]:
    """Returns what each of these runs waits for, as it follows "Waits for".

    Those that nothing is known to be in the way of are left out.
    """
    if not waiting:
        return {}
    now = context.clock.now()
    standing, locks = _Standing.of(waiting), _Locks.of(waiting, now)
    room = room_wait(context)
    waits = {
        run.id: _its_moment(run, now)
        or standing.before(run)
        or locks.before(run)
        or (room if run.runs_on is None else "")
        or ("all scheduling to be released" if standing.is_held else "")
        for run in waiting
    }
    return {run_id: text for run_id, text in waits.items() if text}


def _its_moment(run: Waiting, now: datetime) -> str:
    if run.attempt == 1 or run.scheduled_for <= now:
        return ""
    return f"its next try at {planned_moment(run.scheduled_for, local_zone(), now)}"


@dataclass(frozen=True, slots=True)
class _Standing:
    """The oldest run of each process that goes on, and that waits; whether all ``is_held``."""

    oldest: Mapping[int, Sequence[int | None]]
    is_held: bool

    @classmethod
    def of(cls, runs: Iterable[Waiting]) -> "_Standing":
        """Read those of the processes of some runs."""
        processes = json.dumps(sorted({run.process_id for run in runs}))
        records = list(database.execute_sql(_STANDING, (processes,)))
        oldest = {process_id: ids for process_id, *ids, _ in records}
        return cls(oldest, any(is_held for *_, is_held in records))

    def before(self, run: Waiting) -> str:
        """Returns which older run of its process it waits for."""
        if run.overlap is Overlap.ALLOW:
            return ""
        oldest = self.oldest[run.process_id]
        for run_id, state in zip(oldest, ("is still running", "waits to start"), strict=True):
            if run_id is not None and run_id < run.id:
                return f"run {run_id} of {run.process}, which {state}"
        return ""


@dataclass(frozen=True, slots=True)
class _Locks:
    """Who holds each lock, who is next where nobody does, and which locks each run needs."""

    holders: Mapping[str, int]
    firsts: Mapping[str, int]
    needed: Mapping[int, Sequence[str]]
    processes: Mapping[int, str]

    @classmethod
    def of(cls, runs: Iterable[Waiting], now: datetime) -> "_Locks":
        """Ask for those of the runs that need any."""
        ids = [run.id for run in runs if run.needs_locks]
        if not ids:
            return cls({}, {}, {}, {})
        needed: dict[int, list[str]] = {}
        for run_id, name in _NEEDED.rows(ids=ids):
            needed.setdefault(run_id, []).append(name)
        held, firsts = holders(), first_in_line(now)
        others = sorted({*held.values(), *firsts.values()})
        return cls(held, firsts, needed, dict(_NAMED.rows(ids=others)))

    def before(self, run: Waiting) -> str:
        """Returns which run it waits for, and because of which lock."""
        for of_lock, state in ((self.holders, "holds"), (self.firsts, "is next for")):
            for name in self.needed.get(run.id, ()):
                other = of_lock.get(name, run.id)
                if other != run.id and other in self.processes:  # it may just have gone
                    return f"run {other} of {self.processes[other]}, which {state} the lock {name}"
        return ""
