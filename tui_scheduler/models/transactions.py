"""All or nothing, and what is to happen once it is durable.

Peewee's own ``after_commit`` also calls what was asked for inside a savepoint that was rolled
back, and takes a call that fails for a commit that failed. Here neither happens.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from peewee import OperationalError

from tui_scheduler.models.base import database
from tui_scheduler.models.sentences import DATABASE_ERRORS

T = TypeVar("T")
Call = Callable[[], object]

_log = logging.getLogger(__name__)


class _Level:
    """A transaction, or a savepoint in it: what waits for it, and whether a part of it failed."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.has_failed = False


class _Levels(threading.local):
    """The open levels of this thread, outermost first."""

    def __init__(self) -> None:
        self.open: list[_Level] = []


_levels = _Levels()


@contextmanager
def transaction() -> Iterator[None]:
    """Keep everything that is done inside, or nothing of it if an exception leaves.

    The outermost one takes the lock for writing at once. An inner one is a part of what is around
    it, and costs nothing: if it fails, all of that fails, up to the next ``savepoint``; whoever
    goes on nevertheless gets RuntimeError at its end.
    """
    if not _levels.open:
        with savepoint():
            yield
        return
    _refuse_what_is_gone()
    try:
        yield
    except BaseException:
        _levels.open[-1].has_failed = True
        raise


@contextmanager
def savepoint() -> Iterator[None]:
    """As ``transaction``, but one that can fail alone: what is around it may go on.

    On a full or failing disk SQLite may end the outermost transaction by itself: then nothing is
    begun in it any more, as it would be committed alone.
    """
    _refuse_what_is_gone()
    level, depth = _Level(), len(_levels.open)
    _levels.open.append(level)
    try:
        with _named_savepoint(f"level_{depth}") if depth else database.atomic():
            yield
            if level.has_failed:
                raise RuntimeError("a part of this failed, and cannot be undone alone")
    finally:
        _levels.open.pop()
    if depth:
        _levels.open[-1].calls += level.calls
    else:
        _call_all(level.calls)


def for_each(
    work: Callable[[T], object], items: Sequence[T], failed: Callable[[T, Exception], object]
) -> None:
    """Call ``work`` with all ``items``; one that fails is undone alone, and told to ``failed``.

    They are tried together first, as a savepoint for each costs a tenth of what a run does: so
    ``work`` may be called twice with an item. What the database itself says is raised.
    """
    try:
        with savepoint():
            for item in items:
                work(item)
    except DATABASE_ERRORS:
        raise
    except Exception:
        for item in items:
            _alone(work, item, failed)


def _alone(work: Callable[[T], object], item: T, failed: Callable[[T, Exception], object]) -> None:
    try:
        with savepoint():
            work(item)
    except DATABASE_ERRORS:
        raise  # the database is in trouble, not this item
    except Exception as error:
        failed(item, error)


def _refuse_what_is_gone() -> None:
    if _levels.open and not database.connection().in_transaction:
        raise OperationalError("the transaction around this was rolled back by SQLite")


@contextmanager
def _named_savepoint(name: str) -> Iterator[None]:
    """As Peewee's, which has a new name each time, and so a statement that SQLite has to parse."""
    database.execute_sql(f"SAVEPOINT {name}")
    try:
        yield
        database.execute_sql(f"RELEASE {name}")
    except BaseException:
        database.execute_sql(f"ROLLBACK TO {name}")
        raise


def after_commit(call: Call) -> None:
    """Call ``call`` when the transaction around this is durable; at once if there is none."""
    if _levels.open:
        _levels.open[-1].calls.append(call)
    else:
        _call_all([call])


def _call_all(calls: list[Call]) -> None:
    for call in calls:
        try:
            call()
        except Exception:  # the commit stands, whatever becomes of those who are told of it
            _log.exception("a call after a commit failed: %r", call)
