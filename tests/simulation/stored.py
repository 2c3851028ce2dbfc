"""What is stored in a world, in plain SQL.

It is asked at every step, and the tables say more than any view of them.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from tests.services.promises.soundness import contradictions
from tui_scheduler.models import Channel, Overlap, RequestStatus, RunStatus, database

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STOPPING = timedelta(seconds=30)
_HISTORY = (
    "SELECT run.id, request_id, process_id, parent_id,"
    " coalesce(channel, 'Process Scheduler'), run.status, scheduled_for,"
    " end_time, exit_code, signal, attempt, missed, note, waiting_note, host, token, pid,"
    " kill_request, kill_requested_at, process.name, process.overlap, process.timeout,"
    " process.retry_delay, process.retries, position, members, process.stop_on_failure,"
    " run.after_run, run.start_time IS NOT NULL, coalesce(run.locks, '[]')"
    " FROM run JOIN process ON process.id = run.process_id"
)
_REQUESTS = (
    "SELECT id, status, next_fire, previous_fire, scheduled_at, paused_at, paused_until,"
    " paused_fire, skips_next, repetitions, executions FROM request"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A run as it is stored."""

    id: int
    request_id: int
    process_id: int
    parent_id: int | None
    channel: Channel
    status: RunStatus
    scheduled_for: datetime
    end_time: datetime | None
    exit_code: int | None
    signal: int | None
    attempt: int
    missed: int
    note: str
    waiting_note: str
    host: str
    token: str | None
    pid: int | None
    kill_request: str | None
    kill_requested_at: datetime | None
    process: str
    overlap: Overlap
    timeout: timedelta | None
    retry_delay: timedelta
    retries: int
    position: int | None
    members: str | None
    stop_on_failure: int
    after_run: int | None
    has_begun: int
    locks: frozenset[str]

    def was_to_stop(self, now: datetime) -> bool:
        """Whether it should have ended, as somebody asked for that long enough ago."""
        at = self.kill_requested_at
        return at is not None and not now - _STOPPING < at <= now

    @property
    def is_fire(self) -> bool:
        """Whether it stands for fires of a plan."""
        is_first = self.attempt == 1 and self.parent_id is None
        return self.channel is Channel.SCHEDULER and is_first

    @property
    def is_tried_again(self) -> bool:
        """Whether it failed, and another attempt follows if nobody stopped the group around it."""
        has_failed = self.status in (RunStatus.ERROR, RunStatus.TIMED_OUT)
        return has_failed and self.attempt <= self.retries and self.kill_request is None


@dataclass(frozen=True, slots=True)
class Stored:
    """A request as it is stored."""

    id: int
    status: RequestStatus
    next_fire: datetime | None
    previous_fire: datetime | None
    scheduled_at: datetime | None
    paused_at: datetime | None
    paused_until: datetime | None
    paused_fire: datetime | None
    skips_next: bool
    repetitions: int | None
    executions: int

    @property
    def first_to_tell(self) -> datetime | None:
        """The first fire that is in no row yet."""
        return self.paused_fire or self.next_fire

    def is_paused_at(self, moment: datetime) -> bool:
        """Whether what fires then is not to run."""
        if self.status is not RequestStatus.SCHEDULED or self.paused_at is None:
            return False
        if self.skips_next:
            return moment == self.paused_until
        is_before_its_end = self.paused_until is None or moment < self.paused_until
        return self.paused_at <= moment and is_before_its_end


def history_of_all() -> dict[int, Row]:
    """Every run, by its number."""
    return _unless_seen(_history)


def requests_of_all() -> dict[int, Stored]:
    """Every request, by its number."""
    return _unless_seen(_requests)


def pending_of_all() -> Counter[int]:
    """How many ends each request is still to follow, by its number."""
    return _unless_seen(_pending)


def contradictions_of_all() -> list[str]:
    """What the rows say against each other."""
    return _unless_seen(_contradictions)


def _unless_seen(look: Callable[[sqlite3.Connection], T]) -> T:
    """What a look at the database finds, or has found if no row was touched since."""
    connection: sqlite3.Connection = database.connection()
    if connection.in_transaction:  # what is rolled back was never there
        return look(connection)
    answer: T = _remembered(look, connection, connection.total_changes)
    return answer


@lru_cache(maxsize=4)  # one for each kind of look
def _remembered(
    look: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection, _: int
) -> T:
    return look(connection)


def _history(connection: sqlite3.Connection) -> dict[int, Row]:
    return {row.id: row for row in map(_row, connection.execute(_HISTORY))}


def _requests(connection: sqlite3.Connection) -> dict[int, Stored]:
    return {request.id: request for request in map(_stored, connection.execute(_REQUESTS))}


def _pending(connection: sqlite3.Connection) -> Counter[int]:
    pending = connection.execute("SELECT request_id FROM pending_end").fetchall()
    return Counter(request_id for (request_id,) in pending)


def _contradictions(_: sqlite3.Connection) -> list[str]:
    return contradictions()


@lru_cache(maxsize=256)  # most rows stay as they are from one look to the next
def _row(values: tuple[Any, ...]) -> Row:
    *start, channel, status, scheduled_for, end_time = values[:8]
    *middle, kill_requested_at, process, overlap, timeout, delay = values[8:-7]
    every: list[Any] = [
        *start,
        Channel(channel),
        RunStatus(status),
        _moment(scheduled_for),
        _moment(end_time),
        *middle,
        _moment(kill_requested_at),
        process,
        Overlap(overlap),
        _duration(timeout),
        _duration(delay),
        *values[-7:-1],
        frozenset(json.loads(values[-1])),
    ]
    return Row(*every)


@lru_cache(maxsize=64)
def _stored(values: tuple[Any, ...]) -> Stored:
    number, status, *moments, skips_next, repetitions, executions = values
    every: list[Any] = [RequestStatus(status), *map(_moment, moments), bool(skips_next)]
    every += [repetitions, executions]
    return Stored(number, *every)


def _duration(microseconds: int | None) -> timedelta | None:
    return None if microseconds is None else timedelta(microseconds=microseconds)


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)
