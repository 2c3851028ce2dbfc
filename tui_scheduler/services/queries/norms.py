"""Asks what is usual of the last runs of a request or a process: one answer for all who ask.

Runs are looked up in an index from the newest on, and only so many of them: that costs as much in a
history of a million as in one of a thousand, and nothing has to be kept when a run ends.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from peewee import Field, fn

from tui_scheduler.models import Run, RunStatus, database
from tui_scheduler.models.prepared import Prepared, among, slot
from tui_scheduler.services.norms import Norm, PastRun, TrackRecord, course, median
from tui_scheduler.services.queries.conditions import Query, unindexed
from tui_scheduler.services.stored_steps import steps_of_groups

LATELY = timedelta(days=30)
"""So old may runs be of which it is told how many succeeded."""

_SUCCESSES = 20  # from which it is told what is usual
_LOOKED_AT = 200  # the last runs, among which all is looked for: details should not wait for it
_RECENT = 20
_JUDGED = (RunStatus.SUCCESS, RunStatus.ERROR, RunStatus.TIMED_OUT, RunStatus.LOST)
"""What was stopped on request, and what never ran, says nothing of how runs go."""

_OF_PROCESSES = f"""
    SELECT value, (
        SELECT group_concat(took) FROM (
            SELECT took FROM (
                SELECT status, end_time - start_time AS took FROM run
                    WHERE process_id = value ORDER BY id DESC LIMIT {_LOOKED_AT}
            ) WHERE status = '{RunStatus.SUCCESS}' AND took IS NOT NULL LIMIT {_SUCCESSES}
        )
    ) FROM json_each(?)
"""  # noqa: S608 - no outside text
_MICROSECOND = timedelta(microseconds=1)
_HAS_SUCCEEDED = (unindexed(Run.status) == RunStatus.SUCCESS) & Run.start_time.is_null(False)

Asked = tuple[int, int]
"""A request, and its process or that of a member of its group."""


class _Past(NamedTuple):
    """What is looked at of a run: the columns of it, in this order."""

    parent: int | None
    status: RunStatus
    start_time: datetime | None
    end_time: datetime | None
    cpu_time: timedelta | None
    peak_memory: int | None


def _last_of(owner: Field) -> Prepared:
    """The last runs of one owner, newest first."""
    columns = [getattr(Run, name) for name in _Past._fields]
    of_owner = Run.select(*columns).where(owner == slot("owner", owner))
    return Prepared(of_owner.order_by(Run.id.desc()).limit(_LOOKED_AT), *columns)


_OF_REQUEST, _OF_PROCESS = _last_of(Run.request), _last_of(Run.process)


def norm_of_request(request_id: int) -> Norm | None:
    """Returns how long runs of a request usually take; None if none has succeeded lately."""
    return _norm(_successes(_without_members(_last(_OF_REQUEST, request_id))))


def norms_of_processes(process_ids: Iterable[int]) -> dict[int, Norm]:
    """Returns how long runs of some processes and groups usually take, as far as that is known.

    A group of which no run has succeeded takes as long as its members, step by step.
    """
    ids = set(process_ids)
    norms = _own_norms(ids)
    return norms | norms_of_groups(ids - norms.keys())


def norms_of_groups(group_ids: Collection[int]) -> dict[int, Norm]:
    """Returns how long groups take of which all members are known: as the longest of each step."""
    courses = courses_of_groups(group_ids) if group_ids else {}
    return {group_id: Norm(max(end for _, end in spans)) for group_id, spans in courses.items()}


def courses_of_groups(
    group_ids: Iterable[int],
) -> dict[int, list[tuple[timedelta, timedelta]]]:
    """Returns when members usually begin and end, of groups of which all members are known."""
    groups = steps_of_groups(group_ids)
    members = {member for steps in groups.values() for step in steps for member in step}
    usual = {member: norm.usual for member, norm in _own_norms(members).items()}
    return {
        group_id: course(steps, usual)
        for group_id, steps in groups.items()
        if all(member in usual for step in steps for member in step)
    }


def _own_norms(process_ids: Iterable[int]) -> dict[int, Norm]:
    """Returns how long runs of some processes usually take, as far as known, in one question."""
    cursor = database.execute_sql(_OF_PROCESSES, (json.dumps(sorted(process_ids)),))
    norms = {process_id: _of_text(text) for process_id, text in cursor}
    return {process_id: norm for process_id, norm in norms.items() if norm is not None}


def norms_like(runs: Iterable[tuple[int, Asked]]) -> dict[Asked, Norm]:
    """Returns how long runs like these usually take, by request and process.

    A group of which no run has succeeded takes as long as its members, step by step.
    """
    examples = {asked: run_id for run_id, asked in runs}
    if not examples:
        return {}
    alike = _OF_EXAMPLES.objects(ids=list(examples.values()))
    norms = {(request, process): _of_text(text) for request, process, text in alike}
    known = {asked: norm for asked, norm in norms.items() if norm is not None}
    groups = norms_of_groups({process for _, process in examples.keys() - known.keys()})
    return {asked: groups[asked[1]] for asked in examples if asked[1] in groups} | known


def record_of_request(request_id: int, now: datetime) -> TrackRecord:
    """Returns how the latest runs of a request went."""
    last = _last(_OF_REQUEST, request_id)
    return _record(last, _without_members(last), now)


def record_of_process(process_id: int, now: datetime) -> TrackRecord:
    """Returns how the latest runs of a process or a group went."""
    last = _last(_OF_PROCESS, process_id)
    return _record(last, last, now)


def durations(text: str | None) -> list[timedelta]:
    """Returns the lengths of time that ``group_concat`` has joined, but for those out of bounds."""
    joined = text.split(",") if text else []
    return [int(each) * _MICROSECOND for each in joined if each.removeprefix("-").isdecimal()]


def _of_text(text: str | None) -> Norm | None:
    return Norm.of(durations(text))


def _oldest_looked_at(request: Any) -> Any:
    """The number of the oldest run among the last of ``request``."""
    other = Run.alias()
    newest = other.select(other.id).where(other.request == request)
    newest = newest.order_by(other.id.desc()).limit(_LOOKED_AT)
    return newest.select_from(fn.min(newest.c.id))


def _of_examples() -> Query:
    """What the last runs took that are like some, beside the request and process of these."""
    run = Run.alias()
    took = (
        Run.select((Run.end_time - Run.start_time).alias("took"))
        .where(
            Run.request == run.request,
            Run.id >= _oldest_looked_at(run.request),
            unindexed(Run.process) == run.process,
            _HAS_SUCCEEDED,
        )
        .order_by(Run.id.desc())
        .limit(_SUCCESSES)
    )
    joined = took.select_from(fn.group_concat(took.c.took))
    return run.select(run.request, run.process, joined).where(among("ids", run.id)).tuples()


_OF_EXAMPLES = Prepared(_of_examples())


def _last(query: Prepared, owner: int) -> list[_Past]:
    return [_Past(*each) for each in query.rows(owner=owner)]


def _without_members(runs: Iterable[_Past]) -> list[_Past]:
    return [run for run in runs if run.parent is None]


def _successes(runs: Iterable[_Past]) -> list[_Past]:
    """The newest of ``runs`` that succeeded."""
    succeeded = (run for run in runs if run.start_time and run.status is RunStatus.SUCCESS)
    return list(islice(succeeded, _SUCCESSES))


def _norm(successes: Iterable[_Past]) -> Norm | None:
    past = (PastRun.of(run.status, run.start_time, run.end_time) for run in successes)
    return Norm.of([run.took for run in past if run.took is not None])


def _record(last: Sequence[_Past], meant: Sequence[_Past], now: datetime) -> TrackRecord:
    """How ``meant`` went, which are of the ``last`` that were looked at, both newest first."""
    successes = _successes(meant)
    begun = [run for run in meant if run.start_time is not None][:_RECENT]
    used = [run.cpu_time for run in successes if run.cpu_time is not None]
    peaks = [run.peak_memory for run in successes if run.peak_memory is not None]
    since, is_cut = _period(last, now)
    judged = [
        run.status
        for run in meant
        if run.status in _JUDGED and run.end_time is not None and run.end_time >= since
    ]
    return TrackRecord(
        norm=_norm(successes),
        recent=tuple(
            PastRun.of(run.status, run.start_time, run.end_time) for run in reversed(begun)
        ),
        succeeded=judged.count(RunStatus.SUCCESS),
        judged=len(judged),
        since=since,
        is_cut=is_cut,
        cpu_time=median(sorted(used)) if used else None,
        peak_memory=max(peaks, default=None),
    )


def _period(last: Sequence[_Past], now: datetime) -> tuple[datetime, bool]:
    """Since when runs are judged, and whether that is later because there are too many."""
    since = now - LATELY
    ends = [run.end_time for run in last if run.end_time is not None]
    if len(last) == _LOOKED_AT and ends and min(ends) > since:
        return min(ends), True
    return since, False
