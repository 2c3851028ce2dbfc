"""Every key that a place on the screen has, read from the bindings that make it work.

Those that work on every screen are declared here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.keys import format_key
from textual.screen import Screen

EVERYWHERE = "Everywhere"
MOVEMENT = "table."
"""How the ids of keys begin that move about in lists."""

TIMELINE = "Timeline"
"""The section of the keys of a timeline, which has signs of its own."""

_AS_NAMED = {"enter", "backspace", "delete"}  # Textual has pictures for them
_SECTIONS = {"app": EVERYWHERE, "dialog": "Answers", "entry": "Field"}


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
    """Where keys are looked for on ``screen``: what has the focus and all around it, then the rest.

    The keys of the application do not work in a dialog.
    """
    around = [] if screen.focused is None else screen.focused.ancestors_with_self
    around = sorted(around, key=_is_list)  # what can be done with its rows says the screen
    others = [place for widget in screen.focus_chain for place in widget.ancestors_with_self]
    places = dict.fromkeys((*around, *others, screen, screen.app))
    return [place for place in places if place is not screen.app or not screen.is_modal]


def _is_list(place: DOMNode) -> bool:
    return any(str(binding.id).startswith(MOVEMENT) for binding in declared(type(place)))


def keys_of(
    places: Iterable[DOMNode], keymap: Mapping[str, str], display: Callable[[Binding], str]
) -> list[KeyLine]:
    """Every key of ``places``, each once, with the keys that the user's ``keymap`` gives it."""
    bindings_of: dict[str, list[Binding]] = {}
    for place in places:
        own: dict[str, list[Binding]] = {}
        for binding in declared(type(place)):
            own.setdefault(str(binding.id), []).append(binding)
        bindings_of |= {name: own[name] for name in own if name not in bindings_of}
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
        keys=tuple(dict.fromkeys(map(display, bindings))),
        label=first.description,
        tooltip=first.tooltip or first.description,
        action=first.action,
    )


def displayed(binding: Binding) -> str:
    """The key of ``binding`` as people read it: ``ctrl+d``, ``shift+↑``, ``enter``."""
    modifiers, key = binding.parse_key()
    return binding.key_display or "+".join(
        (*modifiers, key if key in _AS_NAMED else format_key(key))
    )


def _key(keys: str, action: str, label: str, name: str, tooltip: str) -> Binding:
    return Binding(keys, action, label, show=False, id=f"app.{name}", tooltip=tooltip)


DIALOG_KEYS: list[BindingType] = [
    Binding("f1,?", "app.help", "Help", id="app.help", tooltip="Show every key that works here"),
    _key("tab", "app.focus_next", "Next", "next_pane", "Go to the next part"),
    _key("shift+tab", "app.focus_previous", "Before", "previous_pane", "Go to the part before"),
    _key("ctrl+q", "app.quit", "Quit", "quit_anywhere", "Quit; asks if anything would be lost"),
]
"""What of all screens works in dialogs too; under the same ids, so that one's own keys do."""

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
    _key("f4", "manual", "Manual", "manual", "Read the manual"),
    _key("M", "notices", "Notices", "notices", "See who was told of what, and who could not be"),
    _key("1", "show('requests')", "Requests", "requests", "Go to the requests"),
    _key("2", "show('monitor')", "Monitor", "monitor", "Go to the monitor of runs"),
    _key("3", "show('processes')", "Processes", "processes", "Go to the processes"),
    _key("4", "show('groups')", "Groups", "groups", "Go to the groups"),
    _key("5", "show('timeline')", "Timeline", "timeline", "Go to what ran and what is to come"),
    _key("[", "step_screen(-1)", "Screen before", "previous_screen", "Go to the screen before"),
    _key("]", "step_screen(1)", "Next screen", "next_screen", "Go to the next screen"),
    _key("tab", "focus_next", "Next pane", "next_pane", "Go to the next pane"),
    _key("shift+tab", "focus_previous", "Pane before", "previous_pane", "Go to the pane before"),
]
