"""What is stored: Peewee tables, their migrations, and everything that is SQLite's own."""

from tui_scheduler.models.base import database, rows, stream
from tui_scheduler.models.tables import (
    OPEN_STATUSES,
    Channel,
    Command,
    Control,
    GroupMember,
    KillRequest,
    MisfirePolicy,
    Notice,
    Overlap,
    PendingEnd,
    Process,
    ProcessKind,
    Request,
    RequestStatus,
    Run,
    RunStatus,
    RunTally,
)
from tui_scheduler.models.transactions import after_commit, transaction

__all__ = [
    "OPEN_STATUSES",
    "Channel",
    "Command",
    "Control",
    "GroupMember",
    "KillRequest",
    "MisfirePolicy",
    "Notice",
    "Overlap",
    "PendingEnd",
    "Process",
    "ProcessKind",
    "Request",
    "RequestStatus",
    "Run",
    "RunStatus",
    "RunTally",
    "after_commit",
    "database",
    "rows",
    "stream",
    "transaction",
]
