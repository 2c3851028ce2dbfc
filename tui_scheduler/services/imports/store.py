"""Taking over what another scheduler runs: proposals become processes and new requests."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, replace

from tui_scheduler.errors import Problem
from tui_scheduler.models import savepoint, transaction
from tui_scheduler.schedules import Plan
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.groups import Groups
from tui_scheduler.services.imports import (
    Note,
    ParsedJobs,
    Place,
    Proposal,
    ReceiverProposal,
    Refusal,
)
from tui_scheduler.services.imports.naming import unused
from tui_scheduler.services.plans import normalised
from tui_scheduler.services.processes import Processes, draft_of, insert_process
from tui_scheduler.services.queries import request_list
from tui_scheduler.services.requests import Requests, insert_request
from tui_scheduler.services.validation import (
    process_content_problems,
    request_content_problems,
    wording_problems,
)
from tui_scheduler.services.views.requests import RequestView

_OF_PEOPLE = {"name", "description"}  # what may differ between two processes that do the same


@dataclass(frozen=True, slots=True)
class Imported:
    """A proposal that became a request; ``process_is_new`` unless it shares one that was there."""

    place: Place
    process: ProcessDraft
    process_is_new: bool
    request: RequestView


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What became of everything that was read, in the order in which it stands."""

    imported: tuple[Imported, ...]
    refusals: tuple[Refusal, ...]
    notes: tuple[Note, ...]
    receivers: tuple[ReceiverProposal, ...] = ()


Progress = Callable[[int, int], object]


def _nobody(_done: int, _total: int) -> None:
    """Hears of no progress."""


class _DryRun(Exception):
    """Nothing that was done is to stay."""


class Imports:
    """The use cases of importing."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def store(self, reading: ParsedJobs, progress: Progress = _nobody) -> ImportResult:
        """Make all requests, not yet scheduled, and their processes, in one transaction.

        What is there already is left as it is, what cannot be stored is refused, each on its own.
        ``progress`` hears how many proposals are done, of how many.
        """
        with transaction():
            return _Import(self._context).all_of(reading, progress)

    def dry_run(self, reading: ParsedJobs, progress: Progress = _nobody) -> ImportResult:
        """What ``store`` would do; nothing of it stays, so the ids mean nothing."""
        result = ImportResult(imported=(), refusals=(), notes=())
        with suppress(_DryRun), savepoint():
            result = _Import(self._context).all_of(reading, progress)
            raise _DryRun
        return result


@dataclass(frozen=True, slots=True)
class _Made:
    """A proposal that was stored as a request."""

    proposal: Proposal
    process: ProcessDraft
    process_is_new: bool
    request_id: int


class _Import:
    """One import, which is one transaction: what is there already, and what has come.

    Rows are inserted by statements that are built once: whoever takes over a thousand lines would
    wait a second for each of the nine questions that the use cases ask for one.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._now = context.clock.now()
        views = Processes(context).all()
        self._drafts = {view.name: draft_of(view) for view in views}
        self._ids = {view.name: view.id for view in views}
        self._sharing = {_likeness(draft): name for name, draft in self._drafts.items()}
        self._names = {*self._drafts, *(group.name for group in Groups(context).all())}
        self._known: dict[Hashable, str] = {
            _task(self._drafts[request.process], request.plan): f"request {request.id} does so"
            for request in Requests(context).all()
            if request.process in self._drafts
        }
        self._made: list[_Made] = []

    def all_of(self, reading: ParsedJobs, progress: Progress) -> ImportResult:
        """Store every proposal that can be stored and is not there."""
        refusals = list(reading.refusals)
        for number, proposal in enumerate(reading.proposals):
            progress(number, len(reading.proposals))
            refusal = self._import_one(proposal)
            if refusal is not None:
                refusals.append(refusal)
        if all(isinstance(refusal.place, int) for refusal in refusals):
            refusals.sort(key=lambda refusal: int(refusal.place))
        return ImportResult(
            imported=tuple(self._imported()),
            refusals=tuple(refusals),
            notes=reading.notes,
            receivers=reading.receivers,
        )

    def _imported(self) -> Iterator[Imported]:
        """All that was stored, as it is seen now."""
        made = self._made
        views = {view.id: view for view in request_list.since(made[0].request_id)} if made else {}
        for each in made:
            request = views[each.request_id]
            yield Imported(each.proposal.place, each.process, each.process_is_new, request)

    def _import_one(self, proposal: Proposal) -> Refusal | None:
        draft = proposal.process
        task = _task(draft, proposal.request.plan)
        if task in self._known:
            reason = f"it is there already: {self._known[task]}"
            return Refusal(proposal.place, proposal.text, reason, is_there=True)
        likeness = _likeness(draft)
        shared = self._sharing.get(likeness)
        process = replace(draft, name=shared or unused(draft.name, self._names))
        request = replace(proposal.request, process=process.name)
        problems = [
            *([] if shared else _problems_of(process)),
            *request_content_problems(request, process.parameters, self._now),
        ]
        if problems:
            return Refusal(proposal.place, proposal.text, "; ".join(map(str, problems)))
        if shared is None:
            self._ids[process.name] = insert_process(self._context, process, self._now)
        owner_id = self._ids[process.name]
        request_id = insert_request(self._context, request, owner_id, self._now)
        self._made.append(_Made(proposal, process, shared is None, request_id))
        self._names.add(process.name)
        self._sharing[likeness] = process.name
        self._known[task] = f"{_place(proposal.place)} does so"
        return None


def _problems_of(draft: ProcessDraft) -> list[Problem]:
    return [*wording_problems(draft.name), *process_content_problems(draft)]


def _likeness(draft: ProcessDraft) -> Hashable:
    """Equal for two processes that differ in nothing but what people call them."""
    kept = [item.name for item in fields(draft) if item.name not in {*_OF_PEOPLE, "environment"}]
    return (_variables(draft), *(getattr(draft, name) for name in kept))


def _task(draft: ProcessDraft, plan: Plan) -> Hashable:
    """Equal for two requests that run the same at the same times."""
    command = (draft.kind, draft.command, draft.python, draft.working_directory)
    return (*command, _variables(draft), normalised(plan))


def _variables(draft: ProcessDraft) -> Hashable:
    return frozenset(draft.environment.items())


def _place(place: Place) -> str:
    return f"line {place}" if isinstance(place, int) else place
