"""Who is next for which lock: runs that have one in common never run together.

A run takes all locks of its process at once, in the transaction that takes the run. It waits for
those that run, and for those older ones that wait for the same lock and for nothing else of their
own: no end of another run, and no moment. As everybody waits for older ones alone, nobody waits
in a circle, and as nobody is passed by younger ones, nobody waits for ever.

Nothing of it is remembered: the rows say who holds and who waits (``models.RunLock``).
"""

from datetime import datetime
from typing import Any

from peewee import OP, SQL, Expression, Select, fn

from tui_scheduler.models import Process, Run, RunLock, RunStatus
from tui_scheduler.models.prepared import Prepared, slot
from tui_scheduler.services.running.prepared_queries import IS_DUE, MAY_START

_IN_LINE = (RunLock.held == SQL("0"), RunLock.due_at.is_null())
_HELD = RunLock.held == SQL("1")

_COME_DUE = Prepared(
    RunLock.update(due_at=None).where(RunLock.due_at <= slot("now", RunLock.due_at))
)
"""Let retries wait for their locks whose time has come."""

_first_name = RunLock.select(fn.MIN(RunLock.name)).where(*_IN_LINE)
_line = _first_name.cte("line", recursive=True, columns=("name",))
_following: Any = _first_name.where(RunLock.name > _line.c.name)
_lines = _line.union_all(Select([_line], [_following]).where(_line.c.name.is_null(False)))
_first: Any = (
    RunLock.select(RunLock.run)
    .join(Run)
    .join(Process)
    .where(RunLock.name == _lines.c.name, *_IN_LINE, *MAY_START, IS_DUE)
    .order_by(RunLock.run)
    .limit(1)
)
_FIRSTS = Prepared(
    Select([_lines], [_lines.c.name, _first])
    .where(
        _lines.c.name.is_null(False),
        ~fn.EXISTS(RunLock.select(SQL("1")).where(RunLock.name == _lines.c.name, _HELD)),
    )
    .with_cte(_lines),
    RunLock.name,
    RunLock.run,
)
"""The oldest run that waits for a lock which nobody holds, and for nothing else of its own.

The locks are gone through from name to name, and not from run to run: there are few of them.
"""

_NEEDED = Prepared(
    RunLock.select(RunLock.name).where(RunLock.run == slot("run_id", RunLock.run)), RunLock.name
)


_HOLDERS = Prepared(
    RunLock.select(RunLock.name, RunLock.run).where(_HELD), RunLock.name, RunLock.run
)


_NEED_OTHERS = Prepared(
    Run.update(locks=slot("locks", Run.locks)).where(
        Run.process == slot("process_id", Run.id),
        Run.end_time.is_null(),
        Run.status == RunStatus.QUEUED,
        Run.host == "",
        Expression(Run.locks, OP.IS_NOT, slot("locks", Run.locks)),
    )
)


def need_other_locks(process_id: int, locks: str) -> None:
    """Let the runs of a process that nobody has taken wait for what it says now, as stored.

    What was taken is given back, and taken again, if it has not begun. Call it in a transaction.
    """
    _NEED_OTHERS.change(process_id=process_id, locks=locks)


def holders() -> dict[str, int]:
    """Returns which run holds each lock that is held."""
    return dict(_HOLDERS.rows())


def come_due(now: datetime) -> None:
    """Let retries stand in line whose time has come; call it in a transaction."""
    _COME_DUE.change(now=now)


def first_in_line(now: datetime) -> dict[str, int]:
    """Returns which run is next for each lock that nobody holds and somebody waits for."""
    return {name: run_id for name, run_id in _FIRSTS.rows(now=now) if run_id is not None}


def may_take_locks(now: datetime) -> list[int]:
    """Returns the runs that may take all of their locks now, oldest first."""
    firsts = first_in_line(now)
    return [
        run_id
        for run_id in sorted(set(firsts.values()))
        if all(firsts.get(name) == run_id for (name,) in _NEEDED.rows(run_id=run_id))
    ]
