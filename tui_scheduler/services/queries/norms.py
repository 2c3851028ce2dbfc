"""Asks what is usual of the last runs of a request or a process: one answer for all who ask.

Runs are looked up in an index from the newest on, and only so many of them: that costs as much in a
history of a million as in one of a thousand, and nothing has to be kept when a run ends.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import and_
from typing import Any

from peewee import fn

from tui_scheduler.models import Run, RunStatus, rows
from tui_scheduler.services.norms import Norm, PastRun, TrackRecord, median
from tui_scheduler.services.queries.conditions import unindexed

LATELY = timedelta(days=30)
"""So old may runs be of which it is told how many succeeded."""

_SUCCESSES = 20  # from which it is told what is usual
_LOOKED_AT = 200  # the last runs, among which all is looked for: details should not wait for it
_RECENT = 20
_JUDGED = [
    status.value
    for status in (RunStatus.SUCCESS, RunStatus.ERROR, RunStatus.TIMED_OUT, RunStatus.LOST)
]
"""What was stopped on request, and what never ran, says nothing of how runs go."""

_MICROSECOND = timedelta(microseconds=1)
_HAS_SUCCEEDED = (unindexed(Run.status) == RunStatus.SUCCESS) & Run.start_time.is_null(False)

Asked = tuple[int, int]
"""A request, and its process or that of a member of its group."""


def norm_of_request(request_id: int) -> Norm | None:
    """Returns how long runs of a request usually take; None if none has succeeded lately."""
    return _norm([*_last(Run.request, request_id, _LOOKED_AT), Run.parent.is_null()])


def norm_of_process(process_id: int) -> Norm | None:
    """Returns how long runs of a process usually take; None if none has succeeded lately."""
    return _norm(_last(Run.process, process_id, _LOOKED_AT))


def norms_like(runs: Iterable[tuple[int, Asked]]) -> dict[Asked, Norm]:
    """Returns how long runs like these usually take, by request and process, in one question."""
    examples = {asked: run_id for run_id, asked in runs}
    if not examples:
        return {}
    run = Run.alias()
    took = (
        Run.select((Run.end_time - Run.start_time).alias("took"))
        .where(
            *_last(Run.request, run.request, _LOOKED_AT),
            unindexed(Run.process) == run.process,
            _HAS_SUCCEEDED,
        )
        .order_by(Run.id.desc())
        .limit(_SUCCESSES)
    )
    joined = took.select_from(fn.group_concat(took.c.took))
    is_example = run.id.in_(list(examples.values()))
    found = rows(run.select(run.request, run.process, joined).where(is_example))
    norms = {(request, process): _of_text(text) for request, process, text in found}
    return {asked: norm for asked, norm in norms.items() if norm is not None}


def record_of_request(request_id: int, now: datetime) -> TrackRecord:
    """Returns how the latest runs of a request went."""
    return _record(Run.request, request_id, [Run.parent.is_null()], now)


def record_of_process(process_id: int, now: datetime) -> TrackRecord:
    """Returns how the latest runs of a process or a group went."""
    return _record(Run.process, process_id, [], now)


def durations(text: str | None) -> list[timedelta]:
    """Returns the lengths of time that ``group_concat`` has joined."""
    return [int(each) * _MICROSECOND for each in text.split(",")] if text else []


def _of_text(text: str | None) -> Norm | None:
    return Norm.of(durations(text))


def _last(column: Any, value: Any, number: int) -> list[Any]:
    """The conditions on runs that are among the last of those with ``value`` in ``column``."""
    other = Run.alias()
    newest = other.select(other.id).where(getattr(other, column.name) == value)
    newest = newest.order_by(other.id.desc()).limit(number)
    return [column == value, Run.id >= newest.select_from(fn.min(newest.c.id))]


def _newest(columns: Sequence[Any], conditions: Sequence[Any], limit: int) -> Any:
    return Run.select(*columns).where(*conditions).order_by(Run.id.desc()).limit(limit)


def _norm(conditions: Sequence[Any]) -> Norm | None:
    columns = (Run.start_time, Run.end_time)
    successes = rows(_newest(columns, [*conditions, _HAS_SUCCEEDED], _SUCCESSES))
    return Norm.of([end - start for start, end in successes])


def _record(column: Any, value: int, more: Sequence[Any], now: datetime) -> TrackRecord:
    conditions = [*_last(column, value, _LOOKED_AT), *more]
    columns = (Run.start_time, Run.end_time, Run.cpu_time, Run.peak_memory)
    successes = rows(_newest(columns, [*conditions, _HAS_SUCCEEDED], _SUCCESSES))
    begun = [*conditions, Run.start_time.is_null(False)]
    recent = rows(_newest((Run.status, Run.start_time, Run.end_time), begun, _RECENT))
    used = [cpu for *_, cpu, _ in successes if cpu is not None]
    return TrackRecord(
        norm=Norm.of([end - start for start, end, *_ in successes]),
        recent=tuple(PastRun.of(*each) for each in reversed(recent)),
        cpu_time=median(sorted(used)) if used else None,
        peak_memory=max((peak for *_, peak in successes if peak is not None), default=None),
        **_outcomes(column, value, more, now),
    )


def _outcomes(column: Any, value: int, more: Sequence[Any], now: datetime) -> dict[str, Any]:
    """How many of the last 30 days were judged and succeeded, or of as many as are looked at."""
    after = Run.end_time.db_value(now - LATELY)
    is_meant = reduce(and_, more, unindexed(Run.end_time) >= after)
    last = _newest(
        (Run.status, Run.end_time, is_meant.alias("is_meant")),
        _last(column, value, _LOOKED_AT),
        _LOOKED_AT,
    )
    counted = last.c.is_meant & last.c.status.in_(_JUDGED)
    query = last.select_from(
        fn.sum(counted & (last.c.status == RunStatus.SUCCESS.value)),
        fn.sum(counted),
        fn.count(last.c.status),
        fn.min(last.c.end_time),
    )
    ((succeeded, judged, looked_at, oldest),) = query.tuples()
    is_cut = looked_at == _LOOKED_AT and oldest is not None and oldest > after
    return {
        "succeeded": succeeded or 0,
        "judged": judged or 0,
        "since": Run.end_time.python_value(oldest if is_cut else after),
        "is_cut": is_cut,
    }
