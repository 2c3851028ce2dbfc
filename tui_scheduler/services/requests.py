"""What a user can do with process requests."""

from datetime import datetime, time
from typing import Any

from tui_scheduler.errors import NotFound, Problem, Refused
from tui_scheduler.models import (
    GroupMember,
    ProcessKind,
    Request,
    RequestStatus,
    Run,
    transaction,
)
from tui_scheduler.schedules import Plan, Timing, first_fire
from tui_scheduler.services.calendars import resolved
from tui_scheduler.services.chains import Links
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import RequestDraft, draft_from, refuse_outdated
from tui_scheduler.services.events import RequestSaved
from tui_scheduler.services.fields import DESCRIPTION, GIVEN, dumped
from tui_scheduler.services.parameters.declared import declared_by, declared_of, owner_named
from tui_scheduler.services.parameters.parameters import Parameter, value_problems
from tui_scheduler.services.parameters.variables import readable_variables
from tui_scheduler.services.plans import normalised, plan_columns, plan_of
from tui_scheduler.services.queries import request_list
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.queries.usual_end import usual_end
from tui_scheduler.services.removal import check_removal, remove_step
from tui_scheduler.services.running.whole_rows import request_of
from tui_scheduler.services.validation import refuse, request_problems
from tui_scheduler.services.views import RequestRow, RequestView, Upcoming


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
            row = Request.create(process=_owner(draft), **request_columns(draft), created_at=now)
            self._context.tell(RequestSaved(row.id))
        return self.get(row.id)

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
            columns = {"process": _owner(draft), **request_columns(draft)}
            if _is_new_plan(row, draft.plan):
                if row.status is RequestStatus.SCHEDULED:
                    columns |= planned(self._context, normalised(draft.plan), now)
                elif row.status is RequestStatus.COMPLETE:
                    columns |= {"status": RequestStatus.UNSCHEDULED}
            if not Request.update(**columns).where(Request.id == request_id).execute():
                raise _missing(request_id)
            self._context.tell(RequestSaved(request_id))
        return self.get(request_id)

    def schedule(self, request_id: int) -> RequestView:
        """Start the plan: schedule a new request, reschedule one that was unscheduled or ended.

        Raises Refused if it is scheduled already, its process is inactive, its group is empty,
        what it gives does not fit the parameters of its process, or it never fires.
        """
        now = self._context.clock.now()
        with transaction():
            row = _row(request_id)
            if row.status is RequestStatus.SCHEDULED:
                raise Refused(f"Request {request_id} is scheduled already. Unschedule it first.")
            refuse_unfit(row, row.parameters)
            self._move(row, **_restarted(self._context, row, now))
        return self.get(request_id)

    def unschedule(self, request_id: int) -> RequestView:
        """Stop future fires; running executions go on. Raises Refused if it is not scheduled."""
        with transaction():
            row = _row(request_id)
            if row.status is not RequestStatus.SCHEDULED:
                raise Refused(f"Request {request_id} is {row.status}, so nothing is scheduled.")
            self._move(row, status=RequestStatus.UNSCHEDULED, next_fire=None)
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

    def beginning(self, digits: str, limit: int) -> list[RequestView]:
        """The oldest requests whose number begins with ``digits``, oldest first."""
        return request_list.beginning(digits, limit)

    def page(self, window: Window) -> Page[RequestRow]:
        """The part of the list that a table shows."""
        return request_list.page(window)

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


def planned(context: Context, plan: Plan, now: datetime) -> dict[str, Any]:
    """The columns of a request whose plan is started at ``now``.

    Raises Refused if it never fires.
    """
    plan = resolved(plan)
    if problems := plan.except_.problems:
        raise Refused(f"Nothing can be planned: {problems[0]}.")
    first = first_fire(plan, now)
    if first is None and not plan.awaits_event:
        also = ", or what it leaves out," if plan.except_ else ""
        raise Refused(
            f"This plan has no run left. Edit its start, finish or frequency{also} first."
        )
    return {
        "status": RequestStatus.SCHEDULED,
        "scheduled_at": now,
        "scheduled_by": context.actor,
        "next_fire": first,
        "executions": 0,
        "boot": context.boot(now).id if plan.timing is Timing.BOOT else None,
    }


def _restarted(context: Context, row: Request, now: datetime) -> dict[str, Any]:
    try:
        return planned(context, plan_of(row), now)
    except ValueError as error:
        raise Refused(
            f"The plan of request {row.id} cannot be read: {error}. Edit and save it."
        ) from error


def _is_new_plan(row: Request, plan: Plan) -> bool:
    columns = plan_columns(normalised(plan))
    return any(getattr(row, name) != value for name, value in columns.items())


def _row(request_id: int) -> Request:
    row = request_of(request_id)
    if row is None:
        raise _missing(request_id)
    return row


def _missing(request_id: int) -> NotFound:
    return NotFound(f"There is no request {request_id} (any more).")


def request_columns(draft: RequestDraft) -> dict[str, Any]:
    """The columns that hold what ``draft`` says but its process."""
    return {
        **dumped(draft, {**DESCRIPTION, **GIVEN}),
        **plan_columns(normalised(draft.plan)),
    }


def _owner(draft: RequestDraft) -> int | None:
    owner = owner_named(draft.process)
    return owner and owner[0]
