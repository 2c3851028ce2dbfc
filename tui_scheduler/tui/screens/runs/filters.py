"""The quick toggles of the monitor: which runs of the history are wanted."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tui_scheduler.models import OPEN_STATUSES
from tui_scheduler.services.queries.run_list import RunFilter
from tui_scheduler.services.runs import FAILURES

LATELY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class QuickFilter:
    """Which toggles are on. Failed only and running only exclude each other."""

    failed: bool = False
    running: bool = False
    lately: bool = False

    @property
    def is_on(self) -> bool:
        """Whether any toggle hides runs."""
        return self.failed or self.running or self.lately

    def toggled(self, name: str) -> "QuickFilter":
        """Turn the toggle ``name`` over, and off the one that contradicts it."""
        if name == "failed":
            return replace(self, failed=not self.failed, running=False)
        if name == "running":
            return replace(self, running=not self.running, failed=False)
        return replace(self, lately=not self.lately)

    def wanted(self, now: datetime) -> RunFilter:
        """Return what the services are asked for at ``now``."""
        statuses = FAILURES if self.failed else OPEN_STATUSES if self.running else ()
        return RunFilter(statuses=frozenset(statuses), since=now - LATELY if self.lately else None)
