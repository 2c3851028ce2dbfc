"""Runs that follow the ends of others: which requests await an end, and what becomes of each end.

An end is noted for each request that awaits it, in the transaction that records it, and its next
fire is then the end that it has not followed yet. So however many they are, that takes two
statements; and what nobody may claim just now, because all is held, is a missed fire like others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tui_scheduler.models import MisfirePolicy, PendingEnd, Process, Request, RunStatus
from tui_scheduler.models.prepared import Prepared, slot
from tui_scheduler.schedules import Outcome, Plan, wall_to_instant
from tui_scheduler.schedules.zones import TICK
from tui_scheduler.services.running import misfires
from tui_scheduler.services.running.misfires import (
    Step,
    dropped,
    given_up,
    late,
    skipped,
    stands_for,
)
from tui_scheduler.services.running.notice_creation import FAILURES
from tui_scheduler.services.running.prepared_queries import IS_SCHEDULED
from tui_scheduler.services.running.run_creation import NewRun

_ENDED_AT = slot("ended_at", PendingEnd.ended_at)
_IS_AWAITED = (
    IS_SCHEDULED,
    Request.follows
    == Process.select(Process.name).where(Process.id == slot("process_id", Process.id)),
    Request.outcome.in_([slot("outcome", Request.outcome), Outcome.END]),
    Request.scheduled_at < _ENDED_AT,
)
_NOTE = Prepared(
    PendingEnd.insert_from(
        Request.select(Request.id, slot("run_id", PendingEnd.run_id), _ENDED_AT).where(
            *_IS_AWAITED
        ),
        [PendingEnd.request, PendingEnd.run_id, PendingEnd.ended_at],
    )
)
_FALL_DUE = Prepared(
    Request.update(next_fire=_ENDED_AT).where(*_IS_AWAITED, Request.next_fire.is_null())
)
_FIELDS = (PendingEnd.id, PendingEnd.run_id, PendingEnd.ended_at)
_PENDING = Prepared(
    PendingEnd.select(*_FIELDS)
    .where(PendingEnd.request == slot("request_id", PendingEnd.id))
    .order_by(PendingEnd.id),
    *_FIELDS,
)
_FORGET = Prepared(PendingEnd.delete().where(PendingEnd.id == slot("end_id", PendingEnd.id)))


@dataclass(frozen=True, slots=True)
class _End:
    """The end of the run ``run_id``, which a request has not followed yet."""

    id: int
    run_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The ends that ``plan`` has not followed yet, in their order, and when it is to do so.

    Those up to ``missed_until`` are too late; what was missed longer ago than ``limit`` is given
    up. ``remaining`` is how many executions the repetitions of the request still allow, and
    ``unwanted`` gives the row of an end that nothing is to run at, and None of another one.
    """

    plan: Plan
    unwanted: Callable[[datetime], NewRun | None]
    ends: Sequence[_End]
    now: datetime
    missed_until: datetime
    remaining: int | None = None
    limit: timedelta | None = None


@dataclass(frozen=True, slots=True)
class EndStep:
    """What became of some ends, by their number; without a ``step`` the plan takes none of them.

    It ``is_over`` if they came after its finish.
    """

    followed: Sequence[int]
    step: Step | None = None
    is_over: bool = False


def note_end(process_id: int, run_id: int, status: RunStatus, ended_at: datetime) -> bool:
    """Have all requests follow an end that await it; returns whether there are any.

    It is that of a last attempt. Call it in the transaction that records it.
    """
    outcome = _outcome(status)
    if outcome is None:
        return False
    end = {"process_id": process_id, "outcome": outcome, "ended_at": ended_at}
    if not _NOTE.change(run_id=run_id, **end):
        return False
    _FALL_DUE.change(**end)
    return True


def pending_ends(request: Request) -> list[_End]:
    """The ends that a request has not followed yet, in their order."""
    return [_End(*row) for row in _PENDING.rows(request_id=request.id)]


def forget_ends(ids: Sequence[int]) -> None:
    """Note that a request has followed these ends."""
    for end_id in ids:
        _FORGET.change(end_id=end_id)


def next_step(ends: Ends, policy: MisfirePolicy) -> EndStep:
    """What to do about the ends that were missed, or else about the first one."""
    meant = [end for end in ends.ends if _is_meant(ends.plan, end.at)]
    is_over = any(_is_past_finish(ends.plan, end.at) for end in ends.ends)
    left_out = [end.id for end in ends.ends if end not in meant]
    if not meant:
        return EndStep(left_out, is_over=is_over)
    new_run, used = _of_meant(ends, meant, policy)
    others = [end for end in meant if end not in used]
    step = Step(replace(new_run, after_run=used[-1].run_id), others[0].at if others else None)
    return EndStep([*left_out, *(end.id for end in used)], step, is_over=is_over and not others)


def _outcome(status: RunStatus) -> Outcome | None:
    """What a run has come to that ended so; None if it never ran."""
    if status is RunStatus.SUCCESS:
        return Outcome.SUCCESS
    if status in FAILURES:
        return Outcome.FAILURE
    return Outcome.END if status is RunStatus.KILLED else None


def _is_meant(plan: Plan, at: datetime) -> bool:
    """Whether an end comes within the start and the finish of a plan."""
    is_begun = plan.start is None or at >= wall_to_instant(plan.start, plan.timezone)
    return is_begun and not _is_past_finish(plan, at)


def _is_past_finish(plan: Plan, at: datetime) -> bool:
    return plan.finish is not None and at > wall_to_instant(plan.finish, plan.timezone)


def _of_meant(
    ends: Ends, meant: Sequence[_End], policy: MisfirePolicy
) -> tuple[NewRun, Sequence[_End]]:
    """What becomes of the first end, or of those that were missed, and of which."""
    if (row := ends.unwanted(meant[0].at)) is not None:
        return row, meant[:1]
    late_ones = [end for end in meant if end.at <= ends.missed_until]
    missed = [end for end in late_ones if ends.unwanted(end.at) is None]
    return _of_missed(ends, missed, policy) if missed else _of_first(meant)


def _of_first(meant: Sequence[_End]) -> tuple[NewRun, Sequence[_End]]:
    return NewRun(scheduled_for=meant[0].at), meant[:1]


def _of_missed(
    ends: Ends, missed: Sequence[_End], policy: MisfirePolicy
) -> tuple[NewRun, Sequence[_End]]:
    """What becomes of ends that were missed, by the policy, and of which."""
    latest = missed[-1].at
    if policy is MisfirePolicy.SKIP:
        return skipped(latest, len(missed)), missed
    if ends.limit is not None:
        until = ends.now - ends.limit - TICK
        if old := [end for end in missed if end.at <= until]:
            return given_up(old[-1].at, len(old), ends.limit), old
    if policy is MisfirePolicy.ALL:
        most = misfires.MOST_CAUGHT_UP
        if min(len(missed), ends.remaining or len(missed)) <= most:
            return late(missed[0].at, ends.now, waits=True), missed[:1]
        oldest = missed[:-most]
        return dropped(oldest[-1].at, len(oldest)), oldest
    count = len(missed) if ends.remaining is None else min(len(missed), ends.remaining)
    new_run = late(latest, ends.now) if count <= 1 else stands_for(latest, count)
    return new_run, missed
