"""Choosing among a few options that all stay in sight: exactly one, or any number of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

T = TypeVar("T")

GAP = 2
"""Cells between two options."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The place of one option, in cells from the top left."""

    line: int
    column: int
    width: int

    def contains(self, x: int, y: int) -> bool:
        """Whether the cell at ``x``, ``y`` belongs to the option."""
        return y == self.line and self.column <= x < self.column + self.width


def placed(widths: Sequence[int], available: int) -> tuple[Segment, ...]:
    """A place for options of these ``widths``; one wider than ``available`` gets its own line."""
    segments: list[Segment] = []
    line = column = 0
    for width in widths:
        if column and column + width > available:
            line, column = line + 1, 0
        segments.append(Segment(line, column, width))
        column += width + GAP
    return tuple(segments)


class Choice(Widget, Generic[T], can_focus=True):
    """Options side by side with a cursor; the base of ``OneOf`` and ``AnyOf``."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "choice--option",
        "choice--chosen",
        "choice--cursor",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left",
            "move(-1)",
            "Previous option",
            show=False,
            id="choice.previous",
            tooltip="Go to the option before",
        ),
        Binding(
            "right",
            "move(1)",
            "Next option",
            show=False,
            id="choice.next",
            tooltip="Go to the next option",
        ),
        Binding(
            "home",
            "move(-100)",
            "First option",
            show=False,
            id="choice.first",
            tooltip="Go to the first option",
        ),
        Binding(
            "end",
            "move(100)",
            "Last option",
            show=False,
            id="choice.last",
            tooltip="Go to the last option",
        ),
        Binding(
            "space", "choose", "Choose", show=False, id="choice.choose", tooltip="Choose the option"
        ),
    ]
    MARKS: ClassVar[tuple[str, str]]
    """What usually stands before an option that is not chosen, and before one that is."""

    cursor = reactive(0)

    class Changed(Message):
        """Another option, or other options, were chosen."""

        def __init__(self, choice: "Choice[Any]") -> None:
            self.choice = choice
            super().__init__()

        @property
        def control(self) -> "Choice[Any]":
            """The widget that sent this."""
            return self.choice

    def __init__(self, options: Mapping[T, str]) -> None:
        super().__init__()
        self.options = tuple(options)
        self._labels = tuple(options.values())

    def is_chosen(self, option: T) -> bool:
        """Whether ``option`` is chosen."""
        raise NotImplementedError

    def mark(self, option: T) -> str:
        """What stands before ``option`` now."""
        return self.MARKS[self.is_chosen(option)]

    def offer(self, options: Mapping[T, str]) -> None:
        """Have more options, behind those that are there."""
        self.options += tuple(options)
        self._labels += tuple(options.values())
        self.refresh(layout=True)

    def choose(self, option: T) -> None:
        """Do what pressing space on ``option`` does."""
        raise NotImplementedError

    def action_choose(self) -> None:
        """Choose the option under the cursor."""
        self.choose(self.options[self.cursor])

    def action_move(self, step: int) -> None:
        """Move the cursor, as far as there are options."""
        self.cursor = min(max(self.cursor + step, 0), len(self.options) - 1)

    def on_click(self, event: Click) -> None:
        """Choose the option that was clicked."""
        place = event.get_content_offset(self)
        if place is None:
            return
        for index, segment in enumerate(self._segments(self.content_size.width)):
            if segment.contains(place.x, place.y):
                self.cursor = index
                self.choose(self.options[index])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many lines as the options take."""
        return self._segments(width)[-1].line + 1

    def render(self) -> Content:
        """Returns the options, each with its mark."""
        width = self.content_size.width
        lines: list[list[Content]] = [[]]
        for index, segment in enumerate(self._segments(width)):
            if segment.line == len(lines):
                lines.append([])
            lines[segment.line].append(self._styled(index))
        gap = Content(" " * GAP)
        return Content("\n").join(gap.join(line) for line in lines)

    def _segments(self, width: int) -> tuple[Segment, ...]:
        return placed([len(self._label(index)) for index in range(len(self.options))], width)

    def _label(self, index: int) -> str:
        return f"{self.mark(self.options[index])} {self._labels[index]}"

    def _styled(self, index: int) -> Content:
        is_chosen = self.is_chosen(self.options[index])
        name = "choice--chosen" if is_chosen else "choice--option"
        if self.has_focus and index == self.cursor:  # whole, as a partial style has no ground
            style = self.get_visual_style(name, "choice--cursor")
        else:
            style = self.get_visual_style(name, partial=True)
        return Content.styled(self._label(index), style)


class OneOf(Choice[T]):
    """Exactly one option; the arrow keys choose at once."""

    MARKS = ("○", "●")

    value: reactive[Any] = reactive(None)

    def __init__(self, options: Mapping[T, str], value: T) -> None:
        super().__init__(options)
        self.set_reactive(OneOf.value, value)
        self.cursor = self.options.index(value)

    def is_chosen(self, option: T) -> bool:
        """Whether ``option`` is the one."""
        return bool(option == self.value)

    def choose(self, option: T) -> None:
        """Make ``option`` the one."""
        self.value = option

    def action_move(self, step: int) -> None:
        """Choose the next option in that direction."""
        super().action_move(step)
        self.action_choose()

    def watch_value(self, value: T) -> None:
        """Tell, and let the cursor follow."""
        self.cursor = self.options.index(value)
        self.post_message(self.Changed(self))


class AnyOf(Choice[T]):
    """Any number of options; space puts one in or takes it out."""

    MARKS = ("□", "■")

    value: reactive[frozenset[Any]] = reactive(frozenset())

    def __init__(self, options: Mapping[T, str], value: Iterable[T] = ()) -> None:
        super().__init__(options)
        self.set_reactive(AnyOf.value, frozenset(value))

    def is_chosen(self, option: T) -> bool:
        """Whether ``option`` is among them."""
        return option in self.value

    def choose(self, option: T) -> None:
        """Put ``option`` in, or take it out."""
        self.value ^= {option}

    def watch_value(self) -> None:
        """Tell that the options changed."""
        self.post_message(self.Changed(self))
