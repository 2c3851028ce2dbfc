"""What the core tells whoever listens, always after the change is committed."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProcessSaved:
    """A process was added, changed or removed."""

    id: int


@dataclass(frozen=True, slots=True)
class RequestSaved:
    """A request was added, changed, planned anew or removed."""

    id: int


@dataclass(frozen=True, slots=True)
class RunChanged:
    """A run was queued, started, ended, asked to stop or removed."""

    id: int


@dataclass(frozen=True, slots=True)
class HoldChanged:
    """All scheduling was held or released."""


@dataclass(frozen=True, slots=True)
class HistoryPruned:
    """Old runs were removed, or there were none to remove."""


@dataclass(frozen=True, slots=True)
class NoticesChanged:
    """There is something to tell, or it was told, or could not be."""


@dataclass(frozen=True, slots=True)
class ForeignCommit:
    """Another program changed the database; anything may be different."""


Event = (
    ProcessSaved
    | RequestSaved
    | RunChanged
    | HoldChanged
    | HistoryPruned
    | NoticesChanged
    | ForeignCommit
)
Publish = Callable[[Event], None]


def nobody(event: Event) -> None:
    """Publish to nobody: for programs that do one thing and end."""
