"""What others may know of the kind of database: how to open it, and what it says of itself.

Which kind that is, and how it does these things, stays in ``sqlite`` and
``fitness``, which only models import.
"""

from tui_scheduler.models.fitness import (
    SCHEMA_VERSION,
    companions,
    is_writable,
    refuse_emptied,
    refuse_other_names,
)
from tui_scheduler.models.sentences import DATABASE_ERRORS, IF_DAMAGED
from tui_scheduler.models.sqlite import (
    data_version,
    leave_file,
    only_reads,
    open_database,
    reopen_database,
    stored_version,
    translate_errors,
    untouched_since,
)

__all__ = [
    "DATABASE_ERRORS",
    "IF_DAMAGED",
    "SCHEMA_VERSION",
    "companions",
    "data_version",
    "is_writable",
    "leave_file",
    "only_reads",
    "open_database",
    "refuse_emptied",
    "refuse_other_names",
    "reopen_database",
    "stored_version",
    "translate_errors",
    "untouched_since",
]
