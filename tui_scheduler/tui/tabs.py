"""The main screens, in their order; each is imported when it is first seen."""

from textual.screen import Screen

from tui_scheduler.runtime import Runtime
from tui_scheduler.tui.widgets.header_bar import Tab

REQUESTS, MONITOR, PROCESSES, GROUPS = "requests", "monitor", "processes", "groups"

TABS = (
    Tab("1", "Requests", REQUESTS),
    Tab("2", "Monitor", MONITOR),
    Tab("3", "Processes", PROCESSES),
    Tab("4", "Groups", GROUPS),
)


def open_screen(mode: str, runtime: Runtime) -> Screen[None]:
    """A new main screen."""
    if mode == MONITOR:
        from tui_scheduler.tui.screens.runs.monitor import MonitorScreen

        return MonitorScreen(runtime)
    if mode == PROCESSES:
        from tui_scheduler.tui.screens.processes.list import ProcessesScreen

        return ProcessesScreen(runtime)
    if mode == GROUPS:
        from tui_scheduler.tui.screens.groups.list import GroupsScreen

        return GroupsScreen(runtime)
    from tui_scheduler.tui.screens.requests.list import RequestsScreen

    return RequestsScreen(runtime)
