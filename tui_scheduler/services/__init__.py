"""What a user can do: one method a use case, frozen data in and out, plain synchronous calls."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_scheduler.services.calendars import Calendars, use_calendars
from tui_scheduler.services.context import Context
from tui_scheduler.services.control import Controls
from tui_scheduler.services.groups import Groups
from tui_scheduler.services.processes import Processes
from tui_scheduler.services.requests import Requests
from tui_scheduler.services.retention import Retention
from tui_scheduler.services.running.dispatch import Dispatch
from tui_scheduler.services.runs import Runs

if TYPE_CHECKING:
    from tui_scheduler.services.imports.store import Imports
    from tui_scheduler.services.notices.outbox import Notices
    from tui_scheduler.services.timeline.reading import Timelines


@dataclass(frozen=True, slots=True)
class Services:
    """All use cases, on the database that is open."""

    context: Context
    processes: Processes
    groups: Groups
    requests: Requests
    runs: Runs
    controls: Controls
    dispatch: Dispatch
    retention: Retention

    @property
    def imports(self) -> "Imports":
        """What few ever use, loaded by those."""
        from tui_scheduler.services.imports.store import Imports

        return Imports(self.context)

    @property
    def notices(self) -> "Notices":
        """Who was told of what; loaded by those who look."""
        from tui_scheduler.services.notices.outbox import Notices

        return Notices(self.context)

    @property
    def timelines(self) -> "Timelines":
        """What ran and what is to come; loaded by those who look."""
        from tui_scheduler.services.timeline.reading import Timelines

        return Timelines(self.context.clock)


def services_on(context: Context) -> Services:
    """The services for ``context``, whose calendars are in force from now on."""
    use_calendars(Calendars(context.calendars, context.config))
    return Services(
        context=context,
        processes=Processes(context),
        groups=Groups(context),
        requests=Requests(context),
        runs=Runs(context),
        controls=Controls(context),
        dispatch=Dispatch(context),
        retention=Retention(context),
    )
