"""The keys of the monitor."""

from textual.binding import Binding, BindingType

from tui_scheduler.tui.screens.list_screen import LIST_KEYS


def _key(
    keys: str, action: str, label: str, name: str, tooltip: str, *, show: bool = False
) -> Binding:
    return Binding(keys, action, label, show=show, tooltip=tooltip, id=name)


RUN_KEYS: list[BindingType] = [
    _key("t", "run_again", "Run again", "run.trigger", "Run its request again, now", show=True),
    _key("T", "run_with", "Run with", "run.trigger_with", "Run it again; asks for its parameters"),
    _key("x", "stop", "Stop", "run.stop", "Stop the run; asks first", show=True),
    _key("X", "kill", "Force stop", "run.kill", "End the run by force; asks first"),
    _key("D", "delete", "Delete", "run.delete", "Delete the run and its log; asks first"),
]
"""What can be done with a run, wherever it is shown."""

MONITOR_KEYS: list[BindingType] = [
    _key("f", "full_log", "Full log", "run.log", "Show the log on the whole screen", show=True),
    _key("l", "log_pane", "Log pane", "run.log_pane", "Go to the log of the run", show=True),
    *RUN_KEYS,
    _key("right", "open_group", "Open", "monitor.open", "Show what was run for the group"),
    _key("left", "close_group", "Close", "monitor.close", "Hide what was run for the group"),
    _key("y", "copy", "Copy", "run.copy", "Copy what the run is, and how it went"),
    _key("E", "turn_over('failed')", "Failed", "monitor.failed", "Show only runs that failed"),
    _key("R", "turn_over('running')", "Running", "monitor.running", "Show only what runs or waits"),
    _key("H", "turn_over('lately')", "Last 24 h", "monitor.lately", "Show only the last 24 hours"),
    *LIST_KEYS,
]

ON_RUNS = frozenset(
    {
        "full_log", "log_pane", "run_again", "run_with", "stop", "kill", "delete", "copy",
        "open_group", "close_group",
    }
)  # fmt: skip
"""Actions that need a run to work on."""

LOG_VIEW_KEYS: list[BindingType] = [
    *RUN_KEYS,
    _key("escape,f", "go_back", "Back", "log.back", "Go back to where you came from", show=True),
]
"""The keys of a log on the whole screen, besides those of the log itself."""
