"""What is examined: a database and all the files that belong to it."""

from dataclasses import dataclass, field

from tui_scheduler.permissions import current_user
from tui_scheduler.services.clock import Clock, SystemClock
from tui_scheduler.services.context import Context
from tui_scheduler.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where everything lies, and what time it is."""

    settings: Settings
    clock: Clock = field(default_factory=SystemClock)

    @property
    def context(self) -> Context:
        """What the services need, for one who repairs."""
        return Context(
            log_folder=self.settings.log_folder,
            actor=current_user(),
            clock=self.clock,
            misfire_grace=self.settings.misfire_grace,
            notifying=self.settings.notifying,
            clusters=self.settings.clusters,
            calendars=self.settings.calendars,
            config=self.settings.config,
        )
