"""Groups, as screens and commands show them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tui_scheduler.members import Members
from tui_scheduler.models import (
    Overlap,
    RunStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group with its members, how many requests ask for it, and what of it is running."""

    id: int
    name: str
    description: str
    members: Members
    stop_on_failure: bool
    overlap: Overlap
    notify: tuple[str, ...] | None
    notify_after: int
    slow_after: timedelta | None
    created_at: datetime
    request_count: int
    running: int
    last_status: RunStatus | None
    last_end: datetime | None
