"""Every key of the screen beneath, by section, and what its signs mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tui_scheduler.services.queries.page import words_of
from tui_scheduler.tui.content import beside
from tui_scheduler.tui.dialog import Dialog
from tui_scheduler.tui.keys import EVERYWHERE, TIMELINE, KeyLine
from tui_scheduler.tui.screens.dialogs.legend import legend
from tui_scheduler.tui.widgets.filter_line import FilterLine

_SIGN_WIDTH = 10
_GAP = 2


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A key, or a glyph, and what it means; listed below the heading ``section``."""

    section: str
    sign: Content
    meaning: str
    label: str = ""

    def holds(self, words: Sequence[str]) -> bool:
        """Whether each of these casefolded words is in it somewhere."""
        text = f"{self.section} {self.sign.plain} {self.label} {self.meaning}".casefold()
        return all(word in text for word in words)


Section = tuple[str, list[HelpLine]]


class HelpScreen(Dialog[None]):
    """Lists ``keys``, the sections in the order in which they first appear, Everywhere last."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    AUTO_FOCUS = "#help-scroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", id="help.close", tooltip="Close the help"),
        Binding(
            "q,?,f1,enter",
            "dismiss",
            "Close",
            show=False,
            id="help.close_too",
            tooltip="Close the help",
        ),
        Binding("/", "filter", "Filter", id="help.filter", tooltip="Show only what has a text"),
        Binding("m", "app.manual", "Manual", id="help.manual", tooltip="Read the manual"),
    ]

    def __init__(self, keys: Sequence[KeyLine], *, has_legend: bool = False) -> None:
        super().__init__()
        self._lines = tuple(help_lines(keys, has_legend=has_legend))

    def compose_body(self) -> ComposeResult:
        """Lay out the sections, and a line for the filter."""
        with Vertical(id="help") as box:
            box.border_title = "Keys"
            yield FilterLine()
            with VerticalScroll(id="help-scroll"):
                yield HelpColumns(self._lines)

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterLine).open()

    @on(FilterLine.Changed)
    def filter(self, event: FilterLine.Changed) -> None:
        """Show what holds all that was typed."""
        words = words_of(event.text.casefold())
        lines = tuple(line for line in self._lines if line.holds(words))
        self.query_one(HelpColumns).lines = lines
        self.query_one(FilterLine).show_count(len(lines), len(self._lines))

    @on(FilterLine.Left)
    def go_back(self) -> None:
        """Scroll again with the keys."""
        self.query_one("#help-scroll").focus()


class HelpColumns(Container):
    """Sections in two columns, which stand below each other if need be."""

    lines: reactive[tuple[HelpLine, ...]] = reactive((), recompose=True)

    def __init__(self, lines: tuple[HelpLine, ...]) -> None:
        super().__init__()
        self.set_reactive(HelpColumns.lines, lines)

    def compose(self) -> ComposeResult:
        """Lay out the columns."""
        for column in columns(sections(self.lines)):
            with Vertical(classes="help-column"):
                for section, lines in column:
                    yield Static(section, classes="help-heading")
                    yield HelpBlock(lines)


class HelpBlock(Widget):
    """Signs and their meanings below each other; a long meaning goes on below itself."""

    def __init__(self, lines: Sequence[HelpLine]) -> None:
        super().__init__()
        self._lines = tuple(lines)
        widest = max(line.sign.cell_length for line in lines)
        self._sign_width = max(_SIGN_WIDTH, widest) + _GAP

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many lines as there are in this width."""
        return len(self._fitted(width))

    def render(self) -> Content:
        """Draw them."""
        return Content("\n").join(self._fitted(self.content_size.width))

    def _fitted(self, width: int) -> list[Content]:
        return [
            part
            for line in self._lines
            for part in beside(line.sign, Content(line.meaning), self._sign_width, width)
        ]


def help_lines(keys: Sequence[KeyLine], *, has_legend: bool = False) -> Iterator[HelpLine]:
    """What the help lists, in its order."""
    for key in sorted(keys, key=lambda key: key.section == EVERYWHERE):
        if key.section == EVERYWHERE and has_legend:
            yield from _legend_lines(of_timeline=any(each.section == TIMELINE for each in keys))
            has_legend = False
        signs = Content.styled("  ".join(key.keys), "bold")
        yield HelpLine(key.section, signs, key.tooltip, key.label)


def _legend_lines(*, of_timeline: bool) -> Iterator[HelpLine]:
    for section, signs in legend(of_timeline=of_timeline).items():
        yield from (HelpLine(section, sign, meaning) for sign, meaning in signs)


def sections(lines: Sequence[HelpLine]) -> list[Section]:
    """The lines under their headings, in the order in which these first appear."""
    by_section: dict[str, list[HelpLine]] = {}
    for line in lines:
        by_section.setdefault(line.section, []).append(line)
    return list(by_section.items())


def columns(all_sections: Sequence[Section]) -> tuple[list[Section], list[Section]]:
    """Two columns of about the same length."""
    lengths = [len(lines) + 2 for _, lines in all_sections]
    cuts = range(len(all_sections) + 1)
    cut = min(cuts, key=lambda cut: max(sum(lengths[:cut]), sum(lengths[cut:])))
    return list(all_sections[:cut]), list(all_sections[cut:])
