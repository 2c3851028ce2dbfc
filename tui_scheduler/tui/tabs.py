"""The main screens, in their order."""

from tui_scheduler.tui.widgets.header_bar import Tab

REQUESTS, MONITOR, PROCESSES, GROUPS = "requests", "monitor", "processes", "groups"
TIMELINE = "timeline"

TABS = (
    Tab("1", "Requests", REQUESTS),
    Tab("2", "Monitor", MONITOR),
    Tab("3", "Processes", PROCESSES),
    Tab("4", "Groups", GROUPS),
    Tab("5", "Timeline", TIMELINE),
)
