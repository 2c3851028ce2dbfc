"""All or nothing, and what is to happen once it is durable.

Peewee's own ``after_commit`` also calls what was asked for inside a savepoint that was rolled
back, and takes a call that fails for a commit that failed. Here neither happens.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from peewee import OperationalError

from tui_scheduler.models.base import database

Call = Callable[[], object]

_log = logging.getLogger(__name__)


class _Levels(threading.local):
    """The calls that wait, one list for each open transaction of this thread, outermost first."""

    def __init__(self) -> None:
        self.waiting: list[list[Call]] = []


_levels = _Levels()


@contextmanager
def transaction() -> Iterator[None]:
    """Keep everything that is done inside, or nothing of it if an exception leaves.

    The outermost one takes the lock for writing at once; inner ones can fail on their own. On a
    full or failing disk SQLite may end the outermost one by itself: then nothing is begun in it any
    more, as it would be committed alone.
    """
    if _levels.waiting and not database.connection().in_transaction:
        raise OperationalError("the transaction around this was rolled back by SQLite")
    calls: list[Call] = []
    level = len(_levels.waiting)
    _levels.waiting.append(calls)
    try:
        with _savepoint(f"level_{level}") if level else database.atomic():
            yield
    finally:
        _levels.waiting.pop()
    if _levels.waiting:
        _levels.waiting[-1].extend(calls)
    else:
        _call_all(calls)


@contextmanager
def _savepoint(name: str) -> Iterator[None]:
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
    if _levels.waiting:
        _levels.waiting[-1].append(call)
    else:
        _call_all([call])


def _call_all(calls: list[Call]) -> None:
    for call in calls:
        try:
            call()
        except Exception:  # the commit stands, whatever becomes of those who are told of it
            _log.exception("a call after a commit failed: %r", call)
