"""What a user can do with process requests."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any, TypeVar

from tui_scheduler.errors import InvalidInput, NotFound, Problem, Refused
from tui_scheduler.models import (
    GroupMember,
    ProcessKind,
    Request,
    RequestStatus,
    Run,
    transaction,
)
from tui_scheduler.models.prepared import insert
from tui_scheduler.schedules import Plan, anchored
from tui_scheduler.schedules.plan import EVENTS
from tui_scheduler.schedules.zones import TICK
from tui_scheduler.services.chains import Links
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import RequestDraft, draft_from, refuse_outdated
from tui_scheduler.services.events import RequestSaved
from tui_scheduler.services.fields import DESCRIPTION, GIVEN, dumped
from tui_scheduler.services.parameters.declared import declared_by, declared_of, owner_named
from tui_scheduler.services.parameters.parameters import Parameter, value_problems
from tui_scheduler.services.parameters.variables import readable_variables
from tui_scheduler.services.plans import (
    anchored_plan,
    drawn,
    fire_from,
    normalised,
    parted,
    pause_of,
    plan_columns,
    plan_of,
    planned,
)
from tui_scheduler.services.queries import request_list
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.queries.usual_end import usual_end
from tui_scheduler.services.removal import check_removal, remove_step
from tui_scheduler.services.running.pauses import NOT_PAUSED, pause_columns, settle
from tui_scheduler.services.running.run_ending import create_run
from tui_scheduler.services.running.whole_rows import request_of
from tui_scheduler.services.validation import refuse, request_problems
from tui_scheduler.services.views.overview import Upcoming
from tui_scheduler.services.views.requests import Pause, RequestRow, RequestView

T = TypeVar("T")


class Requests:
    """Every request, and its way from new over scheduled to unscheduled or complete."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def problems(self, draft: RequestDraft, own_id: int | None = None) -> list[Problem]:
        """Why ``draft`` cannot be saved (over the request with ``own_id``); empty if it can."""
        return request_problems(draft, self._context.clock.now(), own_id)

    def declared(self, process: str) -> tuple[Parameter, ...]:
        """The parameters that a process, or the members of a group, declare."""
        return declared_by(process)

    def create(self, draft: RequestDraft) -> RequestView:
        """Store a new request, not yet scheduled; raises InvalidInput."""
        now = self._context.clock.now()
        with transaction():
            refuse(request_problems(draft, now))
            request_id = insert_request(self._context, draft, _owner(draft), now)
        return self.get(request_id)

    def update(
        self,
        request_id: int,
        draft: RequestDraft,
        *,
        edited: RequestDraft | None = None,
        links: Links | None = None,
    ) -> RequestView:
        """Change a request; if it is scheduled and its plan changed, plan it anew in one step.

        A new plan of one that was complete waits to be scheduled: it is another one that ended.
        ``edited`` is what ``draft`` was made of; ``links`` are those that will be, if that is not
        all that changes. Raises InvalidInput or NotFound, and ChangedMeanwhile if something else is
        stored by now.
        """
        now = self._context.clock.now()
        with transaction():
            row = _row(request_id)
            if edited is not None:
                stored = draft_of(self.get(request_id))
                refuse_outdated(f"Request {request_id}", draft, edited, stored)
            refuse(request_problems(draft, now, request_id, links))
            plan = drawn(normalised(draft.plan), self._context.draw, _readable(row))
            columns = {"process": _owner(draft), **request_columns(draft, plan)}
            if _is_new_plan(row, plan):
                if row.status is RequestStatus.SCHEDULED:
                    columns |= planned(self._context, plan, now)
                    columns |= self._pause_kept(row, plan, columns["next_fire"], now)
                elif row.status is RequestStatus.COMPLETE:
                    columns |= {"status": RequestStatus.UNSCHEDULED}
            if not Request.update(**columns).where(Request.id == request_id).execute():
                raise _missing(request_id)
            self._context.tell(RequestSaved(request_id))
        return self.get(request_id)

    def schedule(self, request_id: int) -> RequestView:
        """Start the plan: schedule a new request, reschedule one that was unscheduled or ended.

        It is not paused then, whatever it was before. Raises Refused if it is scheduled already,
        its process is inactive, its group is empty, what it gives does not fit the parameters of
        its process, or it never fires.
        """
        now = self._context.clock.now()
        with transaction():
            row = _row(request_id)
            if row.status is RequestStatus.SCHEDULED:
                raise Refused(f"Request {request_id} is scheduled already. Unschedule it first.")
            refuse_unfit(row, row.parameters)
            self._move(row, **NOT_PAUSED, **_restarted(self._context, row, now))
        return self.get(request_id)

    def unschedule(self, request_id: int) -> RequestView:
        """Stop future fires; running executions go on. Raises Refused if it is not scheduled."""
        now = self._context.clock.now()
        with transaction():
            row = _scheduled(request_id)
            self._settle(row, now, "unscheduled it")
            self._move(row, status=RequestStatus.UNSCHEDULED, next_fire=None, **NOT_PAUSED)
        return self.get(request_id)

    def pause(self, request_id: int, until: datetime | None = None) -> RequestView:
        """Let nothing of a request fire before ``until``, None for good; what runs goes on.

        What has fallen due and was not begun falls into it as well. One that is paused is paused
        for that long instead. Raises Refused if it is not scheduled, or InvalidInput.
        """
        now = self._context.clock.now()
        if until is not None and until <= now:
            raise InvalidInput([Problem("until", "it is over; use a later moment")])
        with transaction():
            self._pause(_scheduled(request_id), until=until, skips_next=False, now=now)
        return self.get(request_id)

    def skip_next(self, request_id: int) -> RequestView:
        """Let the next fire of a request, or its next event, leave a row only; the next one runs.

        Raises Refused if it is not scheduled or has no next fire, and if it is paused already.
        """
        now = self._context.clock.now()
        with transaction():
            row = _scheduled(request_id)
            pause = pause_of(row)
            if pause is not None and not pause.is_over(now):
                state = "skips its next run" if pause.skips_next else "is paused"
                raise Refused(f"Request {request_id} {state} already. Resume it first.")
            if row.next_fire is None and row.timing not in EVENTS:
                raise Refused(f"Request {request_id} has no next run that could be skipped.")
            self._pause(row, until=row.next_fire, skips_next=True, now=now)
        return self.get(request_id)

    def resume(self, request_id: int) -> RequestView:
        """End the pause of a request now; what has fallen into it leaves one row.

        Raises Refused if it is not paused, and skips nothing.
        """
        now = self._context.clock.now()
        with transaction():
            row = _row(request_id)
            pause = pause_of(row)
            is_scheduled = row.status is RequestStatus.SCHEDULED
            if not is_scheduled or pause is None or pause.is_over(now):
                raise Refused(f"Request {request_id} is not paused.")
            fallen_due = now - TICK  # what fires now runs
            latest = self._settle(row, now, "resumed it", last=fallen_due)
            following = row.paused_fire or row.next_fire
            if latest is not None:
                following = _from_plan(row, lambda plan: fire_from(plan, now))
            has_ended = latest is not None and following is None
            self._move(
                row,
                **(NOT_PAUSED if pause.skips_next else {"paused_until": now, "paused_fire": None}),
                next_fire=following,
                previous_fire=latest or row.previous_fire,
                status=RequestStatus.COMPLETE if has_ended else row.status,
            )
        return self.get(request_id)

    def check_removal(self, request_id: int) -> None:
        """Raise Refused while a run of it is open, so that it cannot be deleted; or NotFound."""
        check_removal(self._context, Run.request, request_id)

    def remove_step(self, request_id: int) -> bool:
        """Delete a request with its runs and logs, some at a time; True while not done.

        Raises Refused while one of its runs is open.
        """
        return remove_step(self._context, Run.request, request_id)

    def get(self, request_id: int) -> RequestView:
        """One request; raises NotFound."""
        return request_list.one(request_id)

    def all(self) -> list[RequestView]:
        """Every request, oldest first."""
        return request_list.everything()

    def usual_end(self, plan: Plan) -> time | None:
        """When what ``plan`` follows usually ends, by the clock of its zone; None if not known."""
        return usual_end(plan, self._context.clock.now())

    def upcoming(self, limit: int) -> Upcoming:
        """What is scheduled, with the first ``limit`` to fire, by time."""
        return request_list.upcoming(limit)

    def paused(self, limit: int) -> list[RequestView]:
        """The oldest ones that are paused now, or skip their next fire, oldest first."""
        return request_list.paused(self._context.clock.now(), limit)

    def beginning(self, digits: str, limit: int) -> list[RequestView]:
        """The oldest requests whose number begins with ``digits``, oldest first."""
        return request_list.beginning(digits, limit)

    def page(self, window: Window) -> Page[RequestRow]:
        """The part of the list that a table shows."""
        return request_list.page(window)

    def _pause(
        self, row: Request, *, until: datetime | None, skips_next: bool, now: datetime
    ) -> None:
        former = pause_of(row)
        pause = Pause(at=now, by=self._context.actor, until=until, skips_next=skips_next)
        latest, first = None, row.paused_fire or row.next_fire
        if former is not None and former.is_over(now):
            latest, first = self._settle(row, now), row.next_fire
        if latest is not None and first is None:
            raise Refused(f"Request {row.id} has come to its end: nothing is left to pause.")
        paused, following = _from_plan(row, lambda plan: parted(plan, first, pause))
        self._move(
            row,
            **pause_columns(pause),
            paused_fire=paused,
            next_fire=following,
            previous_fire=latest or row.previous_fire,
        )

    def _pause_kept(
        self, row: Request, plan: Plan, first: datetime | None, now: datetime
    ) -> dict[str, Any]:
        """The columns of a pause that goes on with another plan, of which ``first`` is the fire.

        The one fire that was to be skipped is skipped if it is still the next one.
        """
        self._settle(row, now, "changed its plan")
        pause = pause_of(row)
        is_kept = pause is not None and not pause.is_over(now)
        if pause is None or not is_kept or (pause.skips_next and not _skips(pause, plan, first)):
            return dict(NOT_PAUSED)
        paused, following = parted(anchored(plan, now), first, pause)
        return {"paused_fire": paused, "next_fire": following}

    def _settle(
        self, row: Request, now: datetime, done: str = "", last: datetime | None = None
    ) -> datetime | None:
        """Leave the row of a pause that has ended, or ends because of what is ``done``."""
        pause = pause_of(row)
        is_early = pause is not None and not pause.is_over(now)
        ended = f"until {self._context.actor} {done}" if is_early else ""
        return settle(self._context, create_run, row, now, ended, last=last or now)

    def _move(self, row: Request, **columns: Any) -> None:
        """Change the state of a request unless somebody was faster; raises Refused."""
        moved = (
            Request.update(**columns)
            .where(Request.id == row.id, Request.status == row.status)
            .execute()
        )
        if not moved:
            raise Refused(f"Request {row.id} was just changed by someone else. Look again.")
        self._context.tell(RequestSaved(row.id))


def draft_of(view: RequestView) -> RequestDraft:
    """What the form begins with when ``view`` is edited or cloned."""
    return draft_from(RequestDraft, view)


def refuse_unfit(row: Request, parameters: str) -> None:
    """Raise Refused if the process or group of ``row`` cannot be run with these parameters."""
    process = row.process
    if not process.active:
        raise Refused(f"The process {process.name!r} is not active. Activate it first.")
    is_group = process.kind is ProcessKind.GROUP
    if is_group and not GroupMember.select().where(GroupMember.group == process.id).exists():
        raise Refused(f"The group {process.name!r} has no members. Add some first.")
    declared = declared_of([(process.id, process.kind, process.parameters)])[process.id]
    if problems := value_problems(declared, readable_variables(parameters)):
        raise Refused(f"The parameter {problems[0].text}. Edit request {row.id} first.")


def insert_request(
    context: Context,
    draft: RequestDraft,
    owner_id: int | None,
    now: datetime,
    *,
    key: str | None = None,
    is_scheduled: bool = False,
) -> int:
    """Store a request in which nothing is wrong; its id. Raises Refused if it never fires."""
    plan = drawn(normalised(draft.plan), context.draw)
    request_id = insert(
        Request,
        key=key,
        process=owner_id,
        **request_columns(draft, plan),
        **(planned(context, plan, now) if is_scheduled else {}),
        created_at=now,
    )
    context.tell(RequestSaved(request_id))
    return request_id


def _restarted(context: Context, row: Request, now: datetime) -> dict[str, Any]:
    try:
        return planned(context, plan_of(row), now)
    except ValueError as error:
        raise _unreadable(row, error) from error


def _is_new_plan(row: Request, plan: Plan) -> bool:
    columns = plan_columns(normalised(plan))
    return any(getattr(row, name) != value for name, value in columns.items())


def _readable(row: Request) -> Plan | None:
    try:
        return plan_of(row)
    except ValueError:
        return None


def _from_plan(row: Request, read: Callable[[Plan], T]) -> T:
    """What ``read`` says of the plan of a request; raises Refused if that cannot be read."""
    try:
        return read(anchored_plan(row))
    except ValueError as error:
        raise _unreadable(row, error) from error


def _skips(pause: Pause, plan: Plan, first: datetime | None) -> bool:
    """Whether what was to be skipped is what comes next of another plan: an event, or a fire."""
    return pause.until is None if plan.awaits_event else pause.until == first


def _unreadable(row: Request, error: ValueError) -> Refused:
    return Refused(f"The plan of request {row.id} cannot be read: {error}. Edit and save it.")


def _scheduled(request_id: int) -> Request:
    row = _row(request_id)
    if row.status is not RequestStatus.SCHEDULED:
        raise Refused(f"Request {request_id} is {row.status}, so nothing is scheduled.")
    return row


def _row(request_id: int) -> Request:
    row = request_of(request_id)
    if row is None:
        raise _missing(request_id)
    return row


def _missing(request_id: int) -> NotFound:
    return NotFound(f"There is no request {request_id} (any more).")


def request_columns(draft: RequestDraft, plan: Plan) -> dict[str, Any]:
    """The columns that hold what ``draft`` says but its process.

    ``plan`` is what it says of when, normalised, with what was drawn for its spread.
    """
    return {
        **dumped(draft, {**DESCRIPTION, **GIVEN}),
        **plan_columns(plan),
        "spread_by": plan.spread_by,
    }


def _owner(draft: RequestDraft) -> int | None:
    owner = owner_named(draft.process)
    return owner and owner[0]
