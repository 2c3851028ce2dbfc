"""Requests and their pauses, as screens and commands show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from tui_scheduler.models import (
    MisfirePolicy,
    ProcessKind,
    RequestStatus,
    RunStatus,
)
from tui_scheduler.schedules import Plan, awaited
from tui_scheduler.schedules.zones import TICK
from tui_scheduler.services.norms import PastRun
from tui_scheduler.services.parameters.parameters import Parameter
from tui_scheduler.wording import PAUSED, paused_until, skips


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time in which a request does not fire, and who paused it.

    ``until`` is when it ends, or has ended, and what fires then is not part of it; None is for
    good. If it ``skips_next`` it is one fire alone, at ``until``; None is for the next event,
    whenever that comes.
    """

    at: datetime
    by: str
    until: datetime | None = None
    skips_next: bool = False

    @property
    def is_for_good(self) -> bool:
        """Whether nothing but a person ends it."""
        return self.until is None and not self.skips_next

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended."""
        return self.until is not None and self.until <= now

    def covers(self, fire: datetime) -> bool:
        """Whether a fire that is still to come falls into it."""
        if self.until is None:
            return True
        return fire == self.until if self.skips_next else fire < self.until

    @property
    def last_moment(self) -> datetime | None:
        """The last moment that is part of it; None for good."""
        if self.until is None or self.skips_next:
            return self.until
        return self.until - TICK

    def words(self, zone: str, now: datetime) -> str:
        """What a request in it does, such as "paused by ada until Mon 9 Mar 08:00"."""
        if self.skips_next:
            return skips(self.by, self.until, zone, now)
        return paused_until(self.by, self.until, zone, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request as a list shows it: its plan in words, what comes next, what was observed last.

    ``process`` is the name of its process or group. ``schedule_brief`` says what ``schedule_text``
    does where there is little room. ``recent`` holds its latest runs, newest last. ``last_pause``
    is the latest pause since it was scheduled, which may be over. One that is scheduled and does
    not run says why in ``waiting_for``: a calendar is not known.
    """

    id: int
    process: str
    process_id: int
    kind: ProcessKind
    description: str
    status: RequestStatus
    plan: Plan
    schedule_text: str
    next_fire: datetime | None
    last_run_id: int | None
    last_status: RunStatus | None
    last_start: datetime | None
    last_end: datetime | None
    recent: tuple[PastRun, ...] = ()
    schedule_brief: str = ""
    waiting_for: str = ""
    last_pause: Pause | None = None

    def pause(self, now: datetime) -> Pause | None:
        """The pause that it is in at ``now``, also one that is only to skip its next fire."""
        is_in_force = self.last_pause is not None and not self.last_pause.is_over(now)
        return self.last_pause if is_in_force else None

    def is_paused(self, now: datetime) -> bool:
        """Whether it is paused, and not only to skip a fire."""
        pause = self.pause(now)
        return pause is not None and not pause.skips_next

    def state(self, now: datetime) -> str:
        """The status as it is said: that of one which is paused has a word of its own."""
        return PAUSED if self.is_paused(now) else self.status

    @property
    def is_group(self) -> bool:
        """Whether it runs a group."""
        return self.kind is ProcessKind.GROUP

    @property
    def awaits(self) -> str:
        """What it runs at, or after, if no clock can tell its next fire: "after backup".

        Empty for what is paused for good.
        """
        if self.next_fire is not None or self.status is not RequestStatus.SCHEDULED:
            return ""
        if self.last_pause is not None and self.last_pause.is_for_good:
            return ""
        return awaited(self.plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView(RequestRow):
    """All of a request; ``declared`` are the parameters that its process or group declares.

    ``command`` is what its process runs or calls; empty for a group.
    """

    command: str
    misfire: MisfirePolicy
    misfire_limit: timedelta | None
    silent_after: timedelta | None
    parameters: Mapping[str, str] = field(repr=False)
    declared: tuple[Parameter, ...]
    previous_fire: datetime | None
    scheduled_at: datetime | None
    scheduled_by: str
    executions: int
    created_at: datetime


def usually_awaits(request: RequestRow, usual_end: time | None) -> str:
    """Returns what a request awaits, and when that usually comes, if that is known."""
    usually = "" if usual_end is None else f", usually about {usual_end:%H:%M}"
    return f"{request.awaits}{usually}"
