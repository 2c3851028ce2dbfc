"""Drawing rows and titles."""

import pytest
from rich.style import Style
from rich.text import Text

from tests.tui.widgets.table.sample_rows import Fruit, Rendered, columns
from tui_scheduler.services.queries.page import Page
from tui_scheduler.tui.widgets.table.columns import Column
from tui_scheduler.tui.widgets.table.painter import WIDE, Look, Painter
from tui_scheduler.tui.widgets.table.style import TONES, Palette

ROW = Look("row", marked=False)
APPLE = Fruit(1, "apple", 3)
COLOURS = {
    "error": "red",
    "success": "green",
    "cursor": "blue",
    "marked": "yellow",
    "match": "magenta",
}


class Styles:
    """Styles by name; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, name: str, whole: bool) -> Style:
        self.asked += 1
        return Style(color=COLOURS.get(name), bgcolor="black" if whole else None)


def painter(*extra: Column[Fruit], width: int = 60) -> tuple[Painter[Fruit], Rendered]:
    rendered = Rendered()
    made = Painter([*columns(rendered), *extra], Styles())
    made.set_width(width, beside=1)
    return made, rendered


class TestRows:
    def test_a_row_is_drawn_once(self) -> None:
        made, rendered = painter()
        first = made.line(APPLE, ROW)
        assert made.line(Fruit(1, "apple", 3), ROW) is first
        assert rendered.names == ["apple"]

    def test_a_changed_row_is_drawn_again(self) -> None:
        made, rendered = painter()
        made.line(APPLE, ROW)
        assert "pear" in made.line(Fruit(1, "pear", 3), ROW).text
        assert rendered.names == ["apple", "pear"]

    def test_another_look_is_drawn_again(self) -> None:
        made, _ = painter()
        plain = made.line(APPLE, ROW)
        assert made.line(APPLE, Look("cursor", marked=False)).text == "▌" + plain.text[1:]
        assert made.line(APPLE, Look("row", marked=True)).text == " ◆" + plain.text[2:]

    def test_what_was_drawn_is_forgotten_with_the_colours(self) -> None:
        made, rendered = painter()
        made.line(APPLE, ROW)
        made.forget()
        made.line(APPLE, ROW)
        assert rendered.names == ["apple", "apple"]

    @pytest.mark.parametrize("width", [3, 10, 26, 27, 40, 99, 100, 200])
    def test_every_line_is_as_wide_as_the_screen(self, width: int) -> None:
        made, _ = painter(width=width)
        assert made.line(APPLE, ROW).cell_length == width
        assert made.header("name", reverse=True, hovered=None).cell_length == width
        assert made.blank("empty", "nothing").cell_length == width

    def test_columns_stand_further_apart_on_a_wide_screen(self) -> None:
        narrow, wide = painter(width=WIDE - 1)[0], painter(width=WIDE)[0]
        assert narrow.placed[1].x - narrow.placed[0].width == 1
        assert wide.placed[1].x - wide.placed[0].width == 2

    def test_tones_are_coloured_by_the_style_sheet(self) -> None:
        tone: Column[Fruit] = Column("tone", "Tone", lambda row: Text("bad", "error"), width=5)
        made, _ = painter(tone)
        (segment,) = [one for one in made.line(APPLE, ROW) if one.text.startswith("bad")]
        assert segment.style is not None
        assert segment.style.color == Style(color="red").color


def matches(name: str, text: str, *, is_searched: bool = True) -> list[str]:
    """What is marked in a row of that name, filtered by the text."""
    column: Column[Fruit] = Column(
        "name", "Name", lambda row: Text(row.name), is_searched=is_searched
    )
    made = Painter([column], Styles())
    made.set_width(40, beside=1)
    row = Fruit(1, name)
    made.line(row, ROW)
    made.take(Page(1, 1, 0, (row,), None), "", text)
    wanted = Style(color=COLOURS["match"]).color
    return [
        one.text.strip() for one in made.line(row, ROW) if one.style and one.style.color == wanted
    ]


class TestMatches:
    @pytest.mark.parametrize(
        ("name", "text", "marked"),
        [
            ("apple pie", "P", ["pp", "p"]),
            ("Apple", "apple", ["Apple"]),
            ("apple pie", "ie app", ["app", "ie"]),
            ("a.b", ".", ["."]),
            ("Ärger", "ä", ["Ä"]),
            ("apple", "", []),
            ("apple", "pear", []),
            ("\u0130stanbul", "stan", []),  # its small letters are more than its large ones
        ],
    )
    def test_what_is_looked_for_is_marked(self, name: str, text: str, marked: list[str]) -> None:
        assert matches(name, text) == marked

    def test_but_not_where_it_is_not_looked_for(self) -> None:
        assert matches("apple", "apple", is_searched=False) == []

    def test_the_marks_go_with_the_filter(self) -> None:
        made, _ = painter()
        made.take(Page(1, 1, 0, (APPLE,), None), "", "app")
        marked = made.line(APPLE, ROW)
        made.take(Page(1, 1, 0, (APPLE,), None), "")
        assert made.line(APPLE, ROW) is not marked


class TestTicks:
    def test_a_line_that_looks_the_same_is_the_same(self) -> None:
        made, _ = painter()
        before = made.line(APPLE, ROW)
        assert made.line_now(APPLE, ROW) is before

    def test_a_line_that_looks_different_is_drawn(self) -> None:
        seconds = iter(range(10))
        age: Column[Fruit] = Column("age", "Age", lambda row: Text(str(next(seconds))), width=5)
        made, _ = painter(age)
        assert made.line(APPLE, ROW).text.rstrip().endswith("0")
        assert made.line_now(APPLE, ROW).text.rstrip().endswith("1")
        assert made.line(APPLE, ROW).text.rstrip().endswith("1")

    def test_columns_that_do_not_tick_are_passed_over(self) -> None:
        rendered = Rendered()
        still: Column[Fruit] = Column("name", "Name", rendered, ticks=False)
        made = Painter([still], Styles())
        made.set_width(40, beside=1)
        made.line(APPLE, ROW)
        made.line_now(APPLE, ROW)
        assert rendered.names == ["apple"]
        made.line_now(Fruit(1, "pear"), ROW)
        assert rendered.names == ["apple", "pear"]

    def test_nothing_is_rendered_while_the_phase_of_a_row_is_the_same(self) -> None:
        rendered, phases = Rendered(), iter([1, 1, 2, 2])
        ticking: Column[Fruit] = Column("name", "Name", rendered)
        made = Painter([ticking], Styles(), lambda _row: next(phases))
        made.set_width(40, beside=1)
        before = made.line(APPLE, ROW)
        assert made.line_now(APPLE, ROW) is before
        assert rendered.names == ["apple"]
        made.line_now(APPLE, ROW)
        assert rendered.names == ["apple", "apple"]
        made.line_now(APPLE, ROW)
        assert rendered.names == ["apple", "apple"]

    def test_a_change_of_style_alone_is_seen(self) -> None:
        styles = iter(["error", "success"])
        tone: Column[Fruit] = Column("t", "T", lambda row: Text("x", next(styles)), width=5)
        made, _ = painter(tone)
        before = made.line(APPLE, ROW)
        assert made.line_now(APPLE, ROW) != before


class TestHeader:
    def test_titles_stand_over_their_columns(self) -> None:
        made, _ = painter()
        header, line = made.header(None, reverse=False, hovered=None).text, made.line(APPLE, ROW)
        assert header.index("Name") == line.text.index("apple")
        assert header.rstrip().endswith("Price")
        assert line.text[header.index("Price") + 4] == "3"

    @pytest.mark.parametrize(("reverse", "arrow"), [(False, "▲"), (True, "▼")])
    def test_an_arrow_shows_the_order(self, reverse: bool, arrow: str) -> None:
        made, _ = painter()
        assert f"Name {arrow}" in made.header("name", reverse=reverse, hovered=None).text

    def test_it_is_drawn_once(self) -> None:
        made, _ = painter()
        first = made.header("name", reverse=False, hovered=None)
        assert made.header("name", reverse=False, hovered=None) is first

    def test_a_column_is_found_below_the_mouse(self) -> None:
        made, _ = painter()
        header = made.header(None, reverse=False, hovered=None).text
        name = made.column_at(header.index("Name"))
        assert name is not None
        assert name.key == "name"
        assert made.column_at(0) is None


class TestPalette:
    def test_a_style_is_looked_up_once(self) -> None:
        styles = Styles()
        palette = Palette(styles)
        assert [palette.added("error"), palette.added("error"), palette.whole("error")]
        assert styles.asked == 2
        palette.forget()
        assert palette.added("error")
        assert styles.asked == 3

    def test_what_is_no_tone_is_left_to_rich(self) -> None:
        palette = Palette(Styles())
        assert palette.resolve("bold") == Style(bold=True)
        assert palette.resolve(Style(italic=True)) == Style(italic=True)
        assert palette.resolve("error") == Style(color="red")
        assert "bold" not in TONES
