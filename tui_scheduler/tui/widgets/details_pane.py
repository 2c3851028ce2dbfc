"""The pane beside or below a list that tells more of the row at the cursor."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from tui_scheduler.text import plain
from tui_scheduler.tui.content import fitted, lines
from tui_scheduler.tui.saying import entitle, is_same

_BLOCKS = 3


class DetailsBlock(Widget):
    """One of the blocks of text; of a block that changes only the lines that differ are drawn."""

    def __init__(self, *, classes: str) -> None:
        super().__init__(classes=classes)
        self.auto_links = False  # there are none, and to look is a third of what a line costs
        self.content = Content()
        self._width = 0
        self._lines: list[Content] = []
        self._strips: dict[int, tuple[Content, Strip]] = {}

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many lines as it takes."""
        return len(fitted(self.content, width))

    def say(self, text: Content) -> None:
        """Show ``text``; the screen is laid out only if it takes another number of lines."""
        if is_same(self.content, text):
            return
        before, self.content = self._fitted(), text
        self._lines = fitted(text, self._width)
        if len(self._lines) != len(before):
            self.refresh(layout=True)
        elif changed := [y for y, line in enumerate(self._lines) if not is_same(before[y], line)]:
            self.refresh(*(Region(0, y, self._width, 1) for y in changed))

    def on_resize(self) -> None:
        """Take as many lines as it needs now, also where it was as wide with another text."""
        if len(self._fitted()) > self.content_size.height:
            self.refresh(layout=True)

    def notify_style_update(self) -> None:
        """Forget lines that were drawn in other colours."""
        self._strips.clear()
        super().notify_style_update()

    def render(self) -> Content:
        """The block, with values in their column."""
        return lines(*self._fitted())

    def render_line(self, y: int) -> Strip:
        """Draw a line, with what is selected of it."""
        if self.text_selection is not None:
            return super().render_line(y)
        known = self._fitted()
        line = known[y] if y < len(known) else Content()
        drawn = self._strips.get(y)
        if drawn is None or not is_same(drawn[0], line):
            [strip] = Visual.to_strips(self, line, self.size.width, 1, self.visual_style)
            self._strips[y] = drawn = line, strip.apply_offsets(0, y)
        return drawn[1]

    def _fitted(self) -> list[Content]:
        """Its lines in the width that it has, of which it may not have been told yet."""
        if self._width != self.content_size.width:
            self._width = self.content_size.width
            self._lines = fitted(self.content, self._width)
        return self._lines


def _key(keys: str, action: str, label: str, name: str, tooltip: str) -> Binding:
    return Binding(keys, action, label, show=False, id=f"details.{name}", tooltip=tooltip)


class DetailsPane(VerticalScroll, can_focus=True):
    """Shows blocks of text, side by side if the pane is wide and low; scrolls like a list."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("j,down", "scroll_down", "Down", "down", "Scroll down"),
        _key("k,up", "scroll_up", "Up", "up", "Scroll up"),
        _key("ctrl+d", "page_down", "Page down", "half_down", "Scroll a page down"),
        _key("ctrl+u", "page_up", "Page up", "half_up", "Scroll a page up"),
        _key("g,home", "scroll_home", "Beginning", "first", "Scroll to the beginning"),
        _key("G,end", "scroll_end", "End", "last", "Scroll to the end"),
    ]

    def compose(self) -> ComposeResult:
        """Lay out the blocks."""
        for _ in range(_BLOCKS):
            yield DetailsBlock(classes="details-block")

    def show(self, title: str, blocks: Sequence[Content]) -> None:
        """Show up to three blocks; the pane stays scrolled as it is.

        The screen is laid out again only for what differs: a list may be read ten times a second.
        """
        entitle(self, Content(plain(title)))
        for index, block in enumerate(self.query(".details-block").results(DetailsBlock)):
            block.say(blocks[index] if index < len(blocks) else Content())
