"""What a user fills in: plain data on its way into the services."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tui_scheduler.models import MisfirePolicy, Overlap
from tui_scheduler.schedules import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessDraft:
    """A process as the form or the command line gives it; ``command`` is a line for /bin/sh."""

    name: str
    command: str
    description: str = ""
    working_directory: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: timedelta | None = None
    overlap: Overlap = Overlap.SKIP
    retries: int = 0
    retry_delay: timedelta = timedelta(seconds=30)
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDraft:
    """A request as the form or the command line gives it; ``process`` is a name."""

    process: str
    plan: Plan
    description: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    misfire: MisfirePolicy = MisfirePolicy.ONCE
