"""The keys of a table."""

from textual.binding import Binding, BindingType


def _key(keys: str, action: str, name: str, tooltip: str, *, show: bool = False) -> Binding:
    label = name.replace("_", " ").capitalize()
    return Binding(keys, action, label, show=show, tooltip=tooltip, id=f"table.{name}")


BINDINGS: list[BindingType] = [
    _key("j,down", "move('down')", "down", "Go to the next row"),
    _key("k,up", "move('up')", "up", "Go to the row before"),
    _key("ctrl+d", "move('half_down')", "half_down", "Go half a screen down"),
    _key("ctrl+u", "move('half_up')", "half_up", "Go half a screen up"),
    _key("pagedown", "move('page_down')", "page_down", "Go a screen down"),
    _key("pageup", "move('page_up')", "page_up", "Go a screen up"),
    _key("g,home", "move('first')", "first", "Go to the first row"),
    _key("G,end", "move('last')", "last", "Go to the last row"),
    _key("enter", "activate", "open", "Open the row"),
    _key("space", "mark", "mark", "Mark the row, or take its mark away"),
    _key("o", "sort_next", "sort", "Sort by the next column"),
    _key("O", "sort_reverse", "reverse", "Sort in the opposite order"),
]
