"""What the core tells whoever listens, always after the change is committed."""

from collections.abc import Callable

from tui_scheduler.frozen import frozen


@frozen
class ProcessSaved:
    """A process was added, changed or removed."""

    id: int


@frozen
class RequestSaved:
    """A request was added, changed, planned anew or removed."""

    id: int


@frozen
class RunChanged:
    """A run was queued, started, ended, asked to stop or removed."""

    id: int


@frozen
class HoldChanged:
    """All scheduling was held or released."""


@frozen
class HistoryPruned:
    """Old runs were removed, or there were none to remove."""


@frozen
class NoticesChanged:
    """There is something to tell, or it was told, or could not be."""


@frozen
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
