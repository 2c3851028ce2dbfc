"""Taking over what another scheduler runs: proposals become processes and new requests."""

from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass, fields, replace

from tui_scheduler.errors import InvalidInput
from tui_scheduler.models import transaction
from tui_scheduler.schedules import Plan
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.groups import Groups
from tui_scheduler.services.imports import Note, Place, Proposal, Reading, Refusal
from tui_scheduler.services.imports.naming import unused
from tui_scheduler.services.plans import normalised
from tui_scheduler.services.processes import Processes, draft_of
from tui_scheduler.services.requests import Requests
from tui_scheduler.services.views import RequestView

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


class _DryRun(Exception):
    """Nothing that was done is to stay."""


class Imports:
    """The use cases of importing."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def store(self, reading: Reading) -> ImportResult:
        """Make all requests, not yet scheduled, and their processes, in one transaction.

        What is there already is left as it is, what cannot be stored is refused, each on its own.
        """
        with transaction():
            return _Import(self._context).all_of(reading)

    def dry_run(self, reading: Reading) -> ImportResult:
        """What ``store`` would do; nothing of it stays, so the ids mean nothing."""
        result = ImportResult(imported=(), refusals=(), notes=())
        with suppress(_DryRun), transaction():
            result = _Import(self._context).all_of(reading)
            raise _DryRun
        return result


class _Import:
    """One import, which is one transaction: what is there already, and what has come."""

    def __init__(self, context: Context) -> None:
        self._processes = Processes(context)
        self._requests = Requests(context)
        views = self._processes.all()
        self._drafts = {view.name: draft_of(view) for view in views}
        self._sharing = {_likeness(draft): name for name, draft in self._drafts.items()}
        self._names = {*self._drafts, *(group.name for group in Groups(context).all())}
        self._known: dict[Hashable, str] = {
            _task(self._drafts[request.process], request.plan): f"request {request.id} does so"
            for request in self._requests.all()
            if request.process in self._drafts
        }

    def all_of(self, reading: Reading) -> ImportResult:
        """Store every proposal that can be stored and is not there."""
        imported: list[Imported] = []
        refusals = list(reading.refusals)
        for proposal in reading.proposals:
            came = self._import_one(proposal)
            if isinstance(came, Imported):
                imported.append(came)
            else:
                refusals.append(came)
        if all(isinstance(refusal.place, int) for refusal in refusals):
            refusals.sort(key=lambda refusal: int(refusal.place))
        return ImportResult(imported=tuple(imported), refusals=tuple(refusals), notes=reading.notes)

    def _import_one(self, proposal: Proposal) -> Imported | Refusal:
        draft = proposal.process
        task = _task(draft, proposal.request.plan)
        if task in self._known:
            reason = f"it is there already: {self._known[task]}"
            return Refusal(proposal.place, proposal.text, reason, is_there=True)
        shared = self._sharing.get(_likeness(draft))
        process = replace(draft, name=shared or unused(draft.name, self._names))
        try:
            with transaction():
                if shared is None:
                    self._processes.create(process)
                request = self._requests.create(replace(proposal.request, process=process.name))
        except InvalidInput as refused:
            reason = "; ".join(map(str, refused.problems))
            return Refusal(proposal.place, proposal.text, reason)
        self._names.add(process.name)
        self._sharing[_likeness(draft)] = process.name
        self._known[task] = f"{_said(proposal.place)} does so"
        return Imported(proposal.place, process, shared is None, request)


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


def _said(place: Place) -> str:
    return f"line {place}" if isinstance(place, int) else place
