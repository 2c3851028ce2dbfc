"""The line into which a filter is typed."""

from textual.app import App, ComposeResult
from textual.widgets import Button, Static

from tui_scheduler.tui.widgets.filter_line import FilterLine


class _Page(App[None]):
    """A filter line, and somewhere else to be."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def compose(self) -> ComposeResult:
        yield Button("elsewhere")
        yield FilterLine()

    def on_filter_line_changed(self, message: FilterLine.Changed) -> None:
        self.heard.append(message.text)

    def on_filter_line_left(self) -> None:
        self.heard.append("left")
        self.query_one(Button).focus()


async def test_it_is_hidden_until_it_is_opened() -> None:
    async with _Page().run_test() as pilot:
        line = pilot.app.query_one(FilterLine)
        seen = [line.display]
        line.open()
        await pilot.pause()
        assert [*seen, line.display] == [False, True]
        assert line.has_focus_within


async def test_each_letter_is_told_and_enter_keeps_the_filter() -> None:
    page = _Page()
    async with page.run_test() as pilot:
        line = page.query_one(FilterLine)
        line.open()
        await pilot.press("a", "slash", "enter")
        assert page.heard == ["a", "a/", "left"]
        assert line.text == "a/"
        assert line.display


async def test_an_empty_filter_hides_when_it_is_left() -> None:
    page = _Page()
    async with page.run_test() as pilot:
        line = page.query_one(FilterLine)
        line.open()
        await pilot.press("down")
        assert page.heard == ["left"]
        assert not line.display


async def test_escape_takes_the_filter_away() -> None:
    page = _Page()
    async with page.run_test() as pilot:
        line = page.query_one(FilterLine)
        line.open()
        await pilot.press("a", "escape")
        assert set(page.heard) == {"a", "", "left"}
        assert line.text == ""
        assert not line.display


async def test_the_count_stands_at_its_end() -> None:
    page = _Page()
    async with page.run_test() as pilot:
        line = page.query_one(FilterLine)
        line.show_count(11, 3400)
        line.open()
        await pilot.pause()
        assert str(line.query_one("#filter-count", Static).render()) == "11/3,400"
        line.show_count(12, 3400)
        assert str(line.query_one("#filter-count", Static).render()) == "12/3,400"
        assert not line.has_class("-nothing")
        line.show_count(0, 3400)
        assert line.has_class("-nothing")
