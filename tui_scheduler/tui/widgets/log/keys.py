"""The keys of the log pane."""

from textual.binding import Binding, BindingType


def _key(keys: str, action: str, name: str, tooltip: str, *, show: bool = False) -> Binding:
    label = name.replace("_", " ").capitalize()
    return Binding(keys, action, label, show=show, tooltip=tooltip, id=f"log.{name}")


READING: list[BindingType] = [
    _key("j,down", "move('down')", "down", "Go a line down"),
    _key("k,up", "move('up')", "up", "Go a line up"),
    _key("ctrl+d", "move('half_down')", "half_down", "Go half a screen down"),
    _key("ctrl+u", "move('half_up')", "half_up", "Go half a screen up"),
    _key("pagedown", "move('page_down')", "page_down", "Go a screen down"),
    _key("pageup", "move('page_up')", "page_up", "Go a screen up"),
    _key("g,home", "move('top')", "top", "Go to the beginning of the log"),
    _key("G,end", "move('end')", "end", "Go to the end of the log and follow it"),
    _key("left", "shift(-1)", "left", "Go left in long lines"),
    _key("right", "shift(1)", "right", "Go right in long lines"),
    _key("F", "follow", "follow", "Follow the end of the log, or stay here", show=True),
    _key("w", "wrap", "wrap", "Wrap long lines, or cut them", show=True),
]

PANE: list[BindingType] = [
    _key("slash", "search", "search", "Search in the log", show=True),
    _key("n", "find(1)", "next_match", "Go to the next match"),
    _key("N", "find(-1)", "previous_match", "Go to the match before"),
    _key("escape", "clear", "clear_search", "Forget the search"),
    _key("y", "copy", "copy", "Copy the selected text, or what is on the screen"),
    _key("Y", "copy_line", "copy_line", "Copy the line of the match, or the last line"),
    _key("ctrl+s", "save", "save", "Save the log to a file", show=True),
    _key("v", "pager", "pager", "Open the log in $PAGER", show=True),
]
