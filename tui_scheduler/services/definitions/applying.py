"""Writing what is defined into a file, and making the database match one."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui_scheduler.errors import InvalidInput, Refused
from tui_scheduler.models import Process, Request, RequestStatus, rows, transaction
from tui_scheduler.models.backend import only_reads
from tui_scheduler.services import Services
from tui_scheduler.services.chains import Links
from tui_scheduler.services.definitions import checking
from tui_scheduler.services.definitions.comparison import (
    Act,
    Comparison,
    Difference,
    compare,
    has_run_out,
)
from tui_scheduler.services.definitions.definitions import (
    Definitions,
    RequestEntry,
    laid_over,
    with_secrets_hidden,
    with_secrets_of,
)
from tui_scheduler.services.definitions.document import (
    Document,
    Place,
    entries_of,
    read_document,
    write_document,
)
from tui_scheduler.services.definitions.entries import Entry
from tui_scheduler.services.definitions.stored import Loss, Stored, loss_of, read_stored, store_keys
from tui_scheduler.services.requests import insert_request


@dataclass(frozen=True, slots=True)
class ApplyPlan:
    """What applying a file will do: ``losses`` go with the removals, in their order.

    ``touched`` is what is changed or removed, as it was stored when this was planned.
    """

    wanted: Definitions
    comparison: Comparison
    losses: tuple[Loss, ...]
    touched: Mapping[Place, Entry]

    @property
    def removals(self) -> list[Difference]:
        """What is removed, in this order."""
        return [item for item in self.comparison.differences if item.act is Act.REMOVE]


def export(*, has_secrets: bool) -> str:
    """The file that says all that is defined; requests keep the keys they get in it.

    Where nothing can be kept they get the same ones at the next export, unless more come before.
    Without ``has_secrets`` a mask stands for each secret value. Raises Refused if a row is
    damaged.
    """
    with transaction():
        stored = read_stored()
        if not only_reads():
            store_keys(stored)
    definitions = stored.definitions
    return write_document(definitions if has_secrets else with_secrets_hidden(definitions))


def plan_apply(services: Services, data: bytes, *, is_kept: bool) -> ApplyPlan:
    """As ``plan_document`` of the file ``data``; InvalidInput also where it cannot be read."""
    return plan_document(services, read_document(data), is_kept=is_kept)


def plan_document(services: Services, document: Document, *, is_kept: bool) -> ApplyPlan:
    """What applying a document would do; nothing is changed.

    With ``is_kept`` what it does not say stays. Raises InvalidInput with everything that is wrong,
    or Refused while a run is open of something that would be removed.
    """
    with transaction():  # so that all is read as of one moment
        stored = read_stored()
        wanted = with_secrets_of(document.definitions, stored.definitions)
        names = document.names
        if is_kept:
            wanted = laid_over(stored.definitions, wanted)
            names |= stored.owner_ids.keys()
        comparison = compare(stored.definitions, wanted)
        reasons = checking.problems(wanted, stored, comparison, names, services.context)
        problems = [*document.problems, *reasons]
        if problems:
            raise InvalidInput(problems)
        touched = _touched(comparison, stored)
        return ApplyPlan(wanted, comparison, _losses(comparison, stored), touched)


def apply(services: Services, plan: ApplyPlan) -> None:
    """Add and change all in one transaction, and then remove, some runs at a time.

    Raises Refused if the database is no longer as it was when this was planned, or as soon as a
    run of something to be removed was begun by hand meanwhile; applying again then goes on.
    """
    with transaction():
        stored = read_stored()
        comparison = compare(stored.definitions, plan.wanted)
        if (comparison, _touched(comparison, stored)) != (plan.comparison, plan.touched):
            raise Refused("The database was changed meanwhile; nothing was done. Apply it again.")
        _losses(plan.comparison, stored)
        store_keys(stored)
        links = checking.links_of(plan.wanted)
        _save_owners(services, plan, stored, links)
        _add_requests(services, plan)
        for item in plan.comparison.changes("request"):
            _change_request(services, stored, item, plan.wanted.requests[item.name], links)
        _unschedule_what_goes(plan, stored)
    for item in plan.removals:
        _remove(services, stored, item)


def _touched(comparison: Comparison, stored: Stored) -> dict[Place, Entry]:
    """What is stored of all that is changed or removed: a comparison hides secrets."""
    entries = entries_of(stored.definitions)
    places = [(item.kind, item.name) for item in comparison.differences]
    return {place: entries[place] for place in places if place in entries}


def _losses(comparison: Comparison, stored: Stored) -> tuple[Loss, ...]:
    removals = [item for item in comparison.differences if item.act is Act.REMOVE]
    losses = tuple(loss_of(item.kind, _row_id(stored, item)) for item in removals)
    for item, loss in zip(removals, losses, strict=True):
        if loss.is_open:
            raise Refused(
                f"A run of the {item.kind} {item.name!r}, which the file does not have, is still"
                " open: stop it, or wait for it to end. Nothing was changed."
            )
    return losses


def _row_id(stored: Stored, item: Difference) -> int:
    ids = stored.request_ids if item.kind == "request" else stored.owner_ids
    return ids[item.name]


def _save_owners(services: Services, plan: ApplyPlan, stored: Stored, links: Links) -> None:
    wanted, names = plan.wanted, plan.comparison.names
    for name in names(Act.ADD, "process"):
        services.processes.create(wanted.processes[name])
    for name in names(Act.CHANGE, "process"):
        services.processes.update(stored.owner_ids[name], wanted.processes[name])
    for name in names(Act.ADD, "group"):
        services.groups.create(wanted.groups[name])
    for name in names(Act.CHANGE, "group"):
        services.groups.update(stored.owner_ids[name], wanted.groups[name], links=links)


def _add_requests(services: Services, plan: ApplyPlan) -> None:
    """Add requests, and schedule those that are to be.

    Unlike by hand also of a process that is not active: in the database that the file is of, it
    may have been deactivated later.
    """
    context = services.context
    now = context.clock.now()
    owner_ids = dict(rows(Process.select(Process.name, Process.id)))
    for key in plan.comparison.names(Act.ADD, "request"):
        entry = plan.wanted.requests[key]
        owner_id = owner_ids[entry.draft.process]
        insert_request(
            context, entry.draft, owner_id, now, key=key, is_scheduled=entry.is_scheduled
        )


def _change_request(
    services: Services, stored: Stored, item: Difference, entry: RequestEntry, links: Links
) -> None:
    """Unschedule it first and schedule it last, so that no plan is begun to be given up."""
    request_id, before = stored.request_ids[item.name], stored.definitions.requests[item.name]
    if before.is_scheduled and not entry.is_scheduled:
        services.requests.unschedule(request_id)
    if any(change.field != "scheduled" for change in item.fields):
        services.requests.update(request_id, entry.draft, links=links)
    if entry.is_scheduled and not before.is_scheduled and not has_run_out(before, entry):
        services.requests.schedule(request_id)


def _unschedule_what_goes(plan: ApplyPlan, stored: Stored) -> None:
    """Let nothing new begin of what is to be removed."""
    for item in plan.removals:
        column = Request.id if item.kind == "request" else Request.process
        Request.update(status=RequestStatus.UNSCHEDULED, next_fire=None).where(
            column == _row_id(stored, item), Request.status == RequestStatus.SCHEDULED
        ).execute()


def _remove(services: Services, stored: Stored, item: Difference) -> None:
    remove_step = {
        "process": services.processes.remove_step,
        "group": services.groups.remove_step,
        "request": services.requests.remove_step,
    }[item.kind]
    while remove_step(_row_id(stored, item)):
        pass
