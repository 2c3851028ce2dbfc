"""Processes, as screens and commands show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tui_scheduler.models import (
    Overlap,
    ProcessKind,
    RunStatus,
)
from tui_scheduler.services.parameters.parameters import Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessView:
    """A process, how many requests ask for it, and what of it is running."""

    id: int
    name: str
    kind: ProcessKind
    description: str
    command: str
    python: str | None
    parameters: tuple[Parameter, ...]
    working_directory: str | None
    environment: Mapping[str, str] = field(repr=False)
    runs_on: str | None
    cluster_options: tuple[str, ...]
    timeout: timedelta | None
    overlap: Overlap
    locks: tuple[str, ...]
    retries: int
    retry_delay: timedelta
    active: bool
    notify: tuple[str, ...] | None
    notify_after: int
    slow_after: timedelta | None
    error_words: tuple[str, ...] | None
    created_at: datetime
    request_count: int
    running: int
    last_status: RunStatus | None
    last_end: datetime | None
