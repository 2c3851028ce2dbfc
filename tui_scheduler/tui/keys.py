"""Every key that a place on the screen has, read from the bindings that make it work.

Those that work on every screen are declared here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen

EVERYWHERE = "Everywhere"
_SECTIONS = {"app": EVERYWHERE, "dialog": "In dialogs"}


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One action and the keys that do it, as they are shown to people."""

    id: str
    keys: tuple[str, ...]
    label: str
    tooltip: str
    action: str

    @property
    def section(self) -> str:
        """The heading under which the key is listed: the first part of its id."""
        prefix = self.id.partition(".")[0]
        return _SECTIONS.get(prefix, prefix.replace("_", " ").capitalize())


def places_of(screen: Screen[object]) -> list[DOMNode]:
    """Where keys are looked for on ``screen``: all that can have the focus, the screen, the app."""
    focused = [screen.focused] if screen.focused is not None else []
    places: list[DOMNode] = [*focused, *screen.focus_chain]
    for widget in tuple(places):
        places.extend(widget.ancestors)
    places.extend((screen, screen.app))
    return list(dict.fromkeys(places))


def keys_of(
    places: Iterable[DOMNode], keymap: Mapping[str, str], display: Callable[[Binding], str]
) -> list[KeyLine]:
    """Every key of ``places``, each once, with the keys that the user's ``keymap`` gives it."""
    bindings_of: dict[str, list[Binding]] = {}
    for place in places:
        own: dict[str, list[Binding]] = {}
        for binding in declared(type(place)):
            own.setdefault(str(binding.id), []).append(binding)
        bindings_of = {**own, **bindings_of}
    return [_line(bindings, keymap, display) for bindings in bindings_of.values()]


def declared(kind: type[object]) -> Iterator[Binding]:
    """The bindings with an id that ``kind`` and its bases declare, one for each key."""
    for base in kind.__mro__:
        for binding in Binding.make_bindings(base.__dict__.get("BINDINGS", ())):
            if binding.id is not None:
                yield binding


def _line(
    bindings: list[Binding], keymap: Mapping[str, str], display: Callable[[Binding], str]
) -> KeyLine:
    first = bindings[0]
    own_keys = keymap.get(str(first.id))
    if own_keys:
        bindings = [first.with_key(key.strip()) for key in own_keys.split(",")]
    return KeyLine(
        id=str(first.id),
        keys=tuple(dict.fromkeys(display(binding) for binding in bindings)),
        label=first.description,
        tooltip=first.tooltip or first.description,
        action=first.action,
    )


def _key(keys: str, action: str, label: str, name: str, tooltip: str) -> Binding:
    return Binding(keys, action, label, show=False, id=f"app.{name}", tooltip=tooltip)


SHARED_KEYS: list[BindingType] = [
    Binding("?,f1", "help", "Help", id="app.help", tooltip="Show every key of this screen"),
    Binding(
        "q",
        "quit",
        "Quit",
        id="app.quit",
        tooltip="Quit; asks if runs are going, or nobody schedules then",
    ),
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
    _key(
        "B",
        "schedule_here",
        "Schedule here",
        "schedule_here",
        "End the scheduler in the background, and schedule here",
    ),
    _key("1", "show('requests')", "Requests", "requests", "Go to the requests"),
    _key("2", "show('monitor')", "Monitor", "monitor", "Go to the monitor of runs"),
    _key("3", "show('processes')", "Processes", "processes", "Go to the processes"),
    _key("4", "show('groups')", "Groups", "groups", "Go to the groups"),
    _key("[", "step_screen(-1)", "Screen before", "previous_screen", "Go to the screen before"),
    _key("]", "step_screen(1)", "Next screen", "next_screen", "Go to the next screen"),
    _key("tab", "focus_next", "Next pane", "next_pane", "Go to the next pane"),
    _key("shift+tab", "focus_previous", "Pane before", "previous_pane", "Go to the pane before"),
]
