"""The line at the bottom: the keys that work here and now, as many as fit, clickable."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from tui_scheduler.cells import cell_width

_GAP = 2
_ALWAYS = "app."
"""Bindings whose id begins so stand at the right end, and stay when others no longer fit."""
_FIRST = (".back", "list.clear", "list.unmark")
"""Those whose ids end so stand at the left end: they are the way out."""


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key of the bar: what is pressed by a click on it, and where it stands."""

    key: str
    display: str
    label: str
    tooltip: str
    x: int = 0

    @property
    def width(self) -> int:
        """How many cells it takes."""
        return cell_width(self.display) + 1 + cell_width(self.label)


class KeyBar(Widget):
    """Shows every binding of the screen with ``show`` that is active where the focus is."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "key-bar--key",
        "key-bar--label",
        "key-bar--hover",
        "key-bar--lead",
    }
    ALLOW_SELECT = False

    class OfferWanted(Message):
        """Other keys are to be offered, as ``offer`` says: those of all rows that are marked."""

        def __init__(self, lead: str, actions: Container[str]) -> None:
            super().__init__()
            self.lead = lead
            self.actions = actions

    def __init__(self) -> None:
        super().__init__()
        self._placed: tuple[ShownKey, ...] = ()
        self._is_stale = True
        self._hovered: ShownKey | None = None
        self._lead = ""
        self._offered: Container[str] = ()

    def offer(self, lead: str, actions: Container[str]) -> None:
        """Begin with ``lead``, and show of the screen's own keys only those of ``actions``.

        An empty lead stands for all keys.
        """
        self._lead, self._offered = lead, actions
        self._take_anew()

    @property
    def lead(self) -> str:
        """What the keys are about; empty if that is the row at the cursor."""
        return self._lead

    @property
    def labels(self) -> list[str]:
        """What is shown, from left to right."""
        return [key.label for key in self._taken()]

    def on_mount(self) -> None:
        """Follow the focus and all that turns keys on and off."""
        self.screen.bindings_updated_signal.subscribe(self, self._take_anew)

    def on_resize(self) -> None:
        """Show as many as fit now."""
        self._take_anew()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light up the key under the mouse and explain it."""
        self._hover(self._key_at(event.x))

    def on_leave(self) -> None:
        """Put the light out."""
        self._hover(None)

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        key = self._key_at(event.x)
        if key is not None:
            self.app.simulate_key(key.key)

    def render(self) -> Content:
        """Draw the line."""
        parts = ("key", "label", "hover", "lead")
        styles = {part: self.get_visual_style(f"key-bar--{part}") for part in parts}
        line = Content.assemble((f" {self._lead}", styles["lead"])) if self._lead else Content()
        for key in self._taken():
            label = styles["hover" if key is self._hovered else "label"]
            line = line.append(" " * (key.x - line.cell_length)).append(
                Content.assemble((key.display, styles["key"]), (f" {key.label}", label))
            )
        return line

    def _take_anew(self, _screen: Screen[object] | None = None) -> None:
        """Ask which keys work when they are drawn next: much may change until then."""
        self._is_stale = True
        self.refresh()

    def _taken(self) -> tuple[ShownKey, ...]:
        """The keys that work now, each in its place."""
        if self._is_stale:
            self._is_stale = False
            lead = cell_width(self._lead) + _GAP if self._lead else 0
            placed = place(*self._active(), self.size.width, lead=lead)
            if placed != self._placed:
                self._placed, self._hovered = placed, None
        return self._placed

    def _active(self) -> tuple[list[ShownKey], list[ShownKey]]:
        """Returns the keys at the left, and those at the right end."""
        bindings: dict[str, tuple[Binding, str]] = {}
        for node, binding, is_enabled, tooltip in self.screen.active_bindings.values():
            is_offered = (
                not self._lead or node is not self.screen or binding.action in self._offered
            )
            if binding.show and is_enabled and is_offered:
                bindings.setdefault(binding.action, (binding, tooltip))
        ordered = sorted(bindings.values(), key=lambda item: not str(item[0].id).endswith(_FIRST))
        ends: tuple[list[ShownKey], list[ShownKey]] = ([], [])
        for binding, tooltip in ordered:
            ends[str(binding.id).startswith(_ALWAYS)].append(self._key(binding, tooltip))
        return ends

    def _key(self, binding: Binding, tooltip: str) -> ShownKey:
        display = self.app.get_key_display(binding)
        return ShownKey(binding.key, display, binding.description, tooltip)

    def _key_at(self, x: int) -> ShownKey | None:
        return next((key for key in self._placed if key.x <= x < key.x + key.width), None)

    def _hover(self, key: ShownKey | None) -> None:
        if key is not self._hovered:
            self._hovered = key
            self.tooltip = key.tooltip if key is not None else None
            self.refresh()


def place(
    left: Sequence[ShownKey], right: Sequence[ShownKey], width: int, *, lead: int = 0
) -> tuple[ShownKey, ...]:
    """Put keys side by side: ``right`` ones at the right end, of ``left`` ones what then fits.

    The first ``lead`` cells are taken.
    """
    needed = sum(key.width + _GAP for key in right)
    start = max(0, width - needed)
    placed: list[ShownKey] = []
    x = 1 + lead
    for key in left:
        if x + key.width + _GAP > start:
            break
        placed.append(_at(key, x))
        x += key.width + _GAP
    x = max(start, x)
    for key in right:
        placed.append(_at(key, x))
        x += key.width + _GAP
    return tuple(placed)


def _at(key: ShownKey, x: int) -> ShownKey:
    return ShownKey(key.key, key.display, key.label, key.tooltip, x)
