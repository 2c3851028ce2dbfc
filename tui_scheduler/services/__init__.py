"""What a user can do: one method a use case, frozen data in and out, plain synchronous calls.

Each part is loaded by those who use it first: a command that lists processes needs no more.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tui_scheduler.calendars import Calendars, use_calendars

if TYPE_CHECKING:
    from tui_scheduler.services.context import Context
    from tui_scheduler.services.control import Controls
    from tui_scheduler.services.groups import Groups
    from tui_scheduler.services.imports.store import Imports
    from tui_scheduler.services.notices.outbox import Notices
    from tui_scheduler.services.processes import Processes
    from tui_scheduler.services.requests import Requests
    from tui_scheduler.services.retention import Retention
    from tui_scheduler.services.running.dispatch import Dispatch
    from tui_scheduler.services.runs import Runs
    from tui_scheduler.services.timeline.reading import Timelines


@dataclass(frozen=True)
class Services:
    """All use cases, on the database that is open."""

    context: "Context"

    @cached_property
    def processes(self) -> "Processes":
        """What can be run."""
        from tui_scheduler.services.processes import Processes

        return Processes(self.context)

    @cached_property
    def groups(self) -> "Groups":
        """What is run one after the other."""
        from tui_scheduler.services.groups import Groups

        return Groups(self.context)

    @cached_property
    def requests(self) -> "Requests":
        """When something runs."""
        from tui_scheduler.services.requests import Requests

        return Requests(self.context)

    @cached_property
    def runs(self) -> "Runs":
        """What ran, and runs by hand."""
        from tui_scheduler.services.runs import Runs

        return Runs(self.context)

    @cached_property
    def controls(self) -> "Controls":
        """Holding all, and letting it go on."""
        from tui_scheduler.services.control import Controls

        return Controls(self.context)

    @cached_property
    def dispatch(self) -> "Dispatch":
        """What whoever schedules does."""
        from tui_scheduler.services.running.dispatch import Dispatch

        return Dispatch(self.context.of_scheduler)

    @cached_property
    def retention(self) -> "Retention":
        """How long the history is kept."""
        from tui_scheduler.services.retention import Retention

        return Retention(self.context)

    @cached_property
    def imports(self) -> "Imports":
        """What another scheduler runs."""
        from tui_scheduler.services.imports.store import Imports

        return Imports(self.context)

    @cached_property
    def notices(self) -> "Notices":
        """Who was told of what."""
        from tui_scheduler.services.notices.outbox import Notices

        return Notices(self.context)

    @cached_property
    def timelines(self) -> "Timelines":
        """What ran and what is to come."""
        from tui_scheduler.services.timeline.reading import Timelines

        return Timelines(self.context.clock)


def services_on(context: "Context") -> Services:
    """The services for ``context``, whose calendars are in force from now on."""
    use_calendars(Calendars(context.calendars, context.config))
    return Services(context)
