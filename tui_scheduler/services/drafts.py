"""What a user fills in: plain data on its way into the services."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, TypeVar

from tui_scheduler.errors import ChangedMeanwhile
from tui_scheduler.members import Members, members_of, steps_of
from tui_scheduler.models import MisfirePolicy, Overlap, ProcessKind
from tui_scheduler.schedules import Plan
from tui_scheduler.services.parameters.parameters import Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessDraft:
    """A process as the form or the command line gives it.

    ``command`` is a line for /bin/sh, or for the kind ``python`` a target: ``module:callable``. Its
    lines end in LF, whatever ended them where it was written: a shell takes a CR for a letter.
    ``python`` is the interpreter that calls it, or the folder of a virtual environment.

    ``runs_on`` is the name of the cluster that its runs are handed to, with ``cluster_options`` in
    the words of its engine; None is this machine.

    ``notify`` names who is told when ``notify_after`` runs in a row have failed, or one goes on for
    longer than ``slow_after``. None are those of the configuration, and what is unusual; no name
    at all is nobody, and no time is never.

    ``error_words`` are what error lines of its logs have in them (``ErrorLines``); None are those
    of most programs. Its runs never run together with those of others that have one of its
    ``locks``, of which each counts once.
    """

    name: str
    command: str
    kind: ProcessKind = ProcessKind.COMMAND
    python: str | None = None
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    working_directory: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    runs_on: str | None = None
    cluster_options: tuple[str, ...] = ()
    timeout: timedelta | None = None
    overlap: Overlap = Overlap.SKIP
    locks: tuple[str, ...] = ()
    retries: int = 0
    retry_delay: timedelta = timedelta(seconds=30)
    active: bool = True
    notify: tuple[str, ...] | None = None
    notify_after: int = 1
    slow_after: timedelta | None = None
    error_words: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "command", self.command.replace("\r\n", "\n"))
        object.__setattr__(self, "locks", tuple(dict.fromkeys(self.locks)))

    @property
    def import_inputs(self) -> tuple[object, ...]:
        """All that an import of its callable depends on."""
        variables = tuple(self.environment.items())
        what = (self.kind, self.command, self.python, self.working_directory, self.runs_on)
        return (*what, variables, self.parameters)

    @property
    def cluster_inputs(self) -> tuple[object, ...]:
        """All that it depends on whether a cluster takes its runs."""
        return (self.runs_on, self.cluster_options, self.timeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """A group as the form or the command line gives it; ``members`` are in their order."""

    name: str
    description: str = ""
    members: Members = ()
    stop_on_failure: bool = False
    overlap: Overlap = Overlap.SKIP
    notify: tuple[str, ...] | None = None
    notify_after: int = 1
    slow_after: timedelta | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", members_of(steps_of(self.members)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDraft:
    """A request as the form or the command line gives it.

    ``process`` is the name of a process or of a group: no two of them have the same. What was
    missed longer ago than ``misfire_limit`` is not made up for. If none of its runs has succeeded
    for ``silent_after``, somebody is told.
    """

    process: str
    plan: Plan
    description: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    misfire: MisfirePolicy = MisfirePolicy.ONCE
    misfire_limit: timedelta | None = None
    silent_after: timedelta | None = None


Draft = TypeVar("Draft", ProcessDraft, GroupDraft, RequestDraft)


def draft_from(kind: type[Draft], view: Any) -> Draft:
    """Returns the draft that says what ``view`` shows: their fields are called the same."""
    return kind(**{item.name: getattr(view, item.name) for item in fields(kind)})


def refuse_outdated(what: str, draft: Draft, edited: Draft, stored: Draft) -> None:
    """Raise ChangedMeanwhile if ``draft``, made of ``edited``, would put back what is ``stored``.

    What is stored may also be what the draft says already.
    """
    if _contents(stored) not in (_contents(edited), _contents(draft)):
        raise ChangedMeanwhile(what, stored)


def _contents(draft: Any) -> tuple[object, ...]:
    """Returns all of a draft to compare: wall times alone are equal in both passes of an hour."""
    if not isinstance(draft, RequestDraft):
        return (draft,)
    walls = (draft.plan.start, draft.plan.finish)
    return draft, *(None if wall is None else wall.fold for wall in walls)
