"""The keys that work on every screen."""

from textual.binding import Binding, BindingType


def _key(keys: str, action: str, label: str, name: str, tooltip: str) -> Binding:
    return Binding(keys, action, label, show=False, id=f"app.{name}", tooltip=tooltip)


SHARED_KEYS: list[BindingType] = [
    Binding("?,f1", "help", "Help", id="app.help", tooltip="Show every key of this screen"),
    Binding("q", "quit", "Quit", id="app.quit", tooltip="Quit; asks if runs are going"),
    Binding(
        "ctrl+q",
        "quit",
        "Quit",
        show=False,
        priority=True,
        id="app.quit_anywhere",
        tooltip="Quit, also from a dialog or a text field",
    ),
    _key("ctrl+c", "quit", "Quit", "interrupt", "Copy selected text; without any, quit"),
    _key("ctrl+p,:", "command_palette", "Commands", "palette", "Find an action by its name"),
    _key("p", "hold", "Hold or release", "hold", "Hold all scheduling, or release it"),
    _key("1", "show('requests')", "Requests", "requests", "Go to the requests"),
    _key("2", "show('monitor')", "Monitor", "monitor", "Go to the monitor of runs"),
    _key("3", "show('processes')", "Processes", "processes", "Go to the processes"),
    _key("4", "show('groups')", "Groups", "groups", "Go to the groups"),
    _key("[", "step_screen(-1)", "Screen before", "previous_screen", "Go to the screen before"),
    _key("]", "step_screen(1)", "Next screen", "next_screen", "Go to the next screen"),
    _key("tab", "focus_next", "Next pane", "next_pane", "Go to the next pane"),
    _key("shift+tab", "focus_previous", "Pane before", "previous_pane", "Go to the pane before"),
]
