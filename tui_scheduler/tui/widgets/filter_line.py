"""The line under a list into which a filter is typed, with the count of what matches."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar, TypeAlias

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import SuggestionReady
from textual.widgets import Input, Static

from tui_scheduler.services.queries.page import LONGEST_TEXT, MOST_WORDS, is_too_long
from tui_scheduler.tui.saying import say

_TOO_LONG = Content(f"only the first {MOST_WORDS} words, {LONGEST_TEXT} characters count")

Completing: TypeAlias = Callable[[str], Awaitable[tuple[str, str | None]]]
"""Tells what may stand at the end of a text, and the whole text with the likeliest."""


class FilterText(Input):
    """The text of the filter; says when it is done with."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,down",
            "leave",
            "To the list",
            id="filter.leave",
            tooltip="Keep the filter and go back to the list",
        ),
        Binding(
            "escape",
            "clear",
            "Clear",
            id="filter.clear",
            tooltip="Take the filter away and go back to the list",
        ),
        Binding(
            "right",
            "cursor_right",
            "Take suggestion",
            show=False,
            id="filter.take",
            tooltip="Take what is suggested behind the cursor, or go right",
        ),
    ]

    class Done(Message):
        """Nothing more is typed; ``is_kept`` tells whether the filter stays."""

        def __init__(self, is_kept: bool) -> None:
            super().__init__()
            self.is_kept = is_kept

    def action_leave(self) -> None:
        """Keep the filter."""
        self.post_message(self.Done(is_kept=True))

    def action_clear(self) -> None:
        """Take the filter away."""
        self.post_message(self.Done(is_kept=False))


class FilterLine(Vertical):
    """Hidden while there is no filter; ``open`` shows it and takes the focus.

    While one types, a line below tells what may come, if there is ``completing``.
    """

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")

    class Changed(Message):
        """Another text is to be filtered by; empty for none."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The line gives the focus back to the list."""

    def __init__(self, completing: Completing | None = None) -> None:
        super().__init__()
        self._completing = completing
        self._line = Horizontal(id="filter-line")
        self._hint = Static(id="filter-hint")
        self._typed = FilterText(placeholder="type to filter", compact=True, id="filter-text")
        self._count = Content()

    @property
    def text(self) -> str:
        """What is filtered by at the moment."""
        return self._typed.value

    def compose(self) -> ComposeResult:
        """Put the hint below the line."""
        yield self._line
        if self._completing is not None:
            yield self._hint

    def open(self) -> None:
        """Show the line and type into it."""
        self._show()
        self._typed.focus()

    def take(self, text: str) -> None:
        """Show a filter that was typed elsewhere; an empty one hides the line."""
        if not text:
            self.clear()
            return
        self._show()
        self._typed.value = text

    def _show(self) -> None:
        """Show the line.

        What it is made of is mounted when it is first asked for: where tasks begin eagerly, as
        Textual has them from Python 3.12 on, an Input ends the program if it is mounted with the
        first screen of a mode.
        """
        if not self._typed.is_attached:
            self._line.mount(
                Static("/", id="filter-sign"), self._typed, Static(self._count, id="filter-count")
            )
        self.add_class("-open")

    def clear(self) -> None:
        """Take the filter away and hide the line."""
        if self._typed.is_attached:
            self._typed.value = ""
        self.remove_class("-open")

    def show_count(self, total: int, overall: int) -> None:
        """Say how many of all rows match."""
        self._count = Content(f"{total:,}/{overall:,}")
        self.set_class(total == 0, "-nothing")
        self._show_end()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while typing."""
        event.stop()
        self._show_end()
        self.post_message(self.Changed(event.value))
        self._complete()

    def on_descendant_focus(self) -> None:
        """Say what can be typed."""
        self._complete()

    @work(exclusive=True, group="completion")
    async def _complete(self) -> None:
        """Show what may come next, and suggest the likeliest behind the cursor."""
        if self._completing is None:
            return
        text = self.text
        hint, line = await self._completing(text)
        say(self._hint, Content(hint))
        if line is not None:
            self._typed.post_message(SuggestionReady(text, line))

    def on_filter_text_done(self, event: FilterText.Done) -> None:
        """Go back to the list; an empty line hides."""
        event.stop()
        if not event.is_kept or not self.text:
            self.clear()
        self.post_message(self.Left())

    def _show_end(self) -> None:
        """Say how many rows match, or that not all of the text is looked for."""
        for end in self.query("#filter-count").results(Static):
            say(end, _TOO_LONG if is_too_long(self.text) else self._count)
