"""What becomes of a fire, and of those that were missed, by the policy of their request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tui_scheduler.models import MisfirePolicy, RunStatus
from tui_scheduler.schedules import Plan, Timing, count_fires, latest_fire, next_fire
from tui_scheduler.schedules.zones import TICK
from tui_scheduler.services.running.run_creation import NewRun
from tui_scheduler.wording import plural, rounded_duration

MOST_CAUGHT_UP = 100
"""How many missed fires of one request are run one by one."""

_GIVEN_UP = (Timing.SCHEDULE, Timing.BOOT)
"""Whose fires are given up if they were missed too long ago."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one or more fires become, and when the request fires next; None for never."""

    new_run: NewRun
    next_fire: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The fires of ``plan`` from ``first`` up to ``now``.

    Those up to ``missed_until`` are too late. What was missed longer ago than ``limit`` is given
    up. ``remaining`` is how many executions the repetitions of the request still allow.
    """

    plan: Plan
    first: datetime
    now: datetime
    missed_until: datetime
    remaining: int | None = None
    limit: timedelta | None = None

    def count(self, until: datetime) -> int:
        """How many fires there are up to ``until``; the first always counts."""
        return max(count_fires(self.plan, self.first - TICK, until), 1)

    def latest(self, until: datetime) -> datetime:
        """The last fire up to ``until``."""
        return max(latest_fire(self.plan, until) or self.first, self.first)


def step(backlog: Backlog, policy: MisfirePolicy) -> Step:
    """What to do about the first fire of ``backlog``, and about the others if it was missed."""
    plan, first = backlog.plan, backlog.first
    if first > backlog.missed_until:
        is_recurring = plan.timing is Timing.SCHEDULE
        following = next_fire(plan, first) if is_recurring else None
        return Step(NewRun(scheduled_for=first), following)
    if plan.timing not in _GIVEN_UP:
        return Step(_late(backlog), None)
    is_skipped = policy is MisfirePolicy.SKIP and plan.timing is Timing.SCHEDULE
    if backlog.limit is not None and not is_skipped:
        given_up_until = min(backlog.missed_until, backlog.now - backlog.limit - TICK)
        if first <= given_up_until:
            return _give_up(backlog, given_up_until, backlog.limit)
    if plan.timing is not Timing.SCHEDULE:
        return Step(_late(backlog), None)
    return _POLICIES[policy](backlog)


def _give_up(backlog: Backlog, until: datetime, limit: timedelta) -> Step:
    latest = backlog.latest(until)
    missed = backlog.count(latest)
    return Step(given_up(latest, missed, limit), next_fire(backlog.plan, latest))


def _once(backlog: Backlog) -> Step:
    missed = backlog.count(backlog.now)
    if backlog.remaining is not None:
        missed = min(missed, backlog.remaining)
    if missed <= 1:
        return Step(_late(backlog), next_fire(backlog.plan, backlog.now))
    new_run = stands_for(backlog.latest(backlog.now), missed)
    return Step(new_run, next_fire(backlog.plan, backlog.now))


def _skip(backlog: Backlog) -> Step:
    latest = backlog.latest(backlog.missed_until)
    missed = backlog.count(latest)
    return Step(skipped(latest, missed), next_fire(backlog.plan, latest))


def _all(backlog: Backlog) -> Step:
    missed = backlog.count(backlog.now)
    if missed <= MOST_CAUGHT_UP or (backlog.remaining or missed) <= MOST_CAUGHT_UP:
        return Step(_late(backlog, waits=True), next_fire(backlog.plan, backlog.first))
    oldest_kept = backlog.latest(backlog.now)
    for _ in range(MOST_CAUGHT_UP - 1):
        oldest_kept = backlog.latest(oldest_kept - TICK)
    latest_dropped = backlog.latest(oldest_kept - TICK)
    return Step(dropped(latest_dropped, missed - MOST_CAUGHT_UP), oldest_kept)


_POLICIES: dict[MisfirePolicy, Callable[[Backlog], Step]] = {
    MisfirePolicy.ONCE: _once,
    MisfirePolicy.SKIP: _skip,
    MisfirePolicy.ALL: _all,
}


def _late(backlog: Backlog, *, waits: bool = False) -> NewRun:
    return late(backlog.first, backlog.now, waits=waits)


def late(fire: datetime, now: datetime, *, waits: bool = False) -> NewRun:
    """Returns the run that a fire becomes which was missed."""
    late_by = timedelta(seconds=round((now - fire).total_seconds()))
    note = f"Late by {rounded_duration(late_by) if late_by else 'less than a second'}"
    return NewRun(scheduled_for=fire, missed=1, note=note, waits=waits)


def stands_for(latest: datetime, missed: int) -> NewRun:
    """Returns the one run that so many missed fires become."""
    note = f"Late: stands for {missed} missed runs"
    return NewRun(scheduled_for=latest, missed=missed, note=note)


def absent(fire: datetime, why: str) -> NewRun:
    """Returns the row of what came on a day that is left out, as ``why`` says."""
    return NewRun(scheduled_for=fire, status=RunStatus.SKIPPED, note=f"Left out: {why}")


def skipped(latest: datetime, missed: int) -> NewRun:
    """Returns the row of so many missed fires that their request skips."""
    note = f"Missed {plural(missed, 'run')}; this request skips missed runs"
    return _misfired(latest, missed, note)


def given_up(latest: datetime, missed: int, limit: timedelta) -> NewRun:
    """Returns the row of so many fires that were missed longer ago than ``limit``."""
    of_it = f"by more than {rounded_duration(limit)}, the limit of this request"
    return _misfired(latest, missed, f"Missed {plural(missed, 'run')} {of_it}")


def dropped(latest: datetime, missed: int) -> NewRun:
    """Returns the row of so many missed fires beyond those that are caught up."""
    note = f"Missed {plural(missed, 'run')}; only the latest {MOST_CAUGHT_UP} are caught up"
    return _misfired(latest, missed, note)


def _misfired(scheduled_for: datetime, missed: int, note: str) -> NewRun:
    return NewRun(scheduled_for=scheduled_for, status=RunStatus.MISFIRED, missed=missed, note=note)
