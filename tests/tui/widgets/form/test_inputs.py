"""Any text can be shown and edited without reaching the terminal as anything but text."""

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget

from tests.tui.textual_inside import strips
from tui_scheduler.tui.widgets.form.inputs import LineEntry, LinesEntry, PickEntry, visible

NASTY = "a\x1b[31mb\x9b2J\x07\x00[bold]\N{RIGHT-TO-LEFT OVERRIDE}z"


class EntryApp(App[None]):
    """Shows one entry and remembers what it asked for."""

    def __init__(self, entry: Widget) -> None:
        super().__init__()
        self.entry = entry
        self.asked: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.entry

    def on_pick_entry_asked(self, event: PickEntry.Asked) -> None:
        assert event.control is self.entry
        self.asked.append(event.typed)


@pytest.mark.parametrize("text", [NASTY, "tab\there", "two\nlines", "plain"])
def test_visible_text_keeps_every_place(text: str) -> None:
    assert visible(text).isprintable()
    assert len(visible(text)) == len(text)


@pytest.mark.parametrize("entry", [LineEntry, LinesEntry, PickEntry])
async def test_what_is_shown_is_harmless(
    entry: type[LineEntry] | type[LinesEntry] | type[PickEntry],
) -> None:
    widget = entry()
    app = EntryApp(widget)
    async with app.run_test(size=(60, 5)) as pilot:
        widget.value = NASTY
        await pilot.pause()
        text = "".join(segment.text for line in strips(app.screen) for segment in line)
        assert text.isprintable()
        assert "a␛[31mb" in text
        assert "[bold]" in text


@pytest.mark.parametrize("text", ["", "a", "a\n", "a\r\nb\rc", "a\x0cb\x85c\u2028d", NASTY])
async def test_lines_that_nobody_edits_are_given_back_exactly(text: str) -> None:
    entry = LinesEntry()
    async with EntryApp(entry).run_test() as pilot:
        entry.value = text
        await pilot.pause()
        assert entry.value == text
        assert LinesEntry(text).value == text


async def test_edited_lines_are_what_is_seen() -> None:
    entry = LinesEntry("a\r\nb")
    async with EntryApp(entry).run_test() as pilot:
        entry.focus()
        await pilot.press("x")
        assert entry.value.splitlines() == ["xa", "b"]


async def test_tab_leaves_the_lines() -> None:
    entry = LinesEntry("a")
    async with EntryApp(entry).run_test() as pilot:
        entry.focus()
        await pilot.press("tab")
        assert entry.value == "a"


async def test_up_and_down_leave_the_lines_only_at_their_ends() -> None:
    one, two = LinesEntry("a\nb"), LinesEntry("c")

    class TwoApp(App[None]):
        def compose(self) -> ComposeResult:
            yield one
            yield two

    async with TwoApp().run_test() as pilot:
        one.focus()
        await pilot.press("down")
        assert pilot.app.focused is one
        await pilot.press("down")
        assert pilot.app.focused is two
        await pilot.press("up")
        assert pilot.app.focused is one
        await pilot.press("shift+down", "shift+down")
        assert pilot.app.focused is one


@pytest.mark.parametrize(
    ("key", "typed"), [("enter", ""), ("space", ""), ("x", "x"), ("Ñ", "Ñ"), ("1", "1")]
)
async def test_a_pick_is_asked_for_by_enter_space_or_typing(key: str, typed: str) -> None:
    app = EntryApp(PickEntry("mail"))
    async with app.run_test() as pilot:
        app.entry.focus()
        await pilot.press(key)
        assert app.asked == [typed]


async def test_a_pick_is_asked_for_by_a_click() -> None:
    app = EntryApp(PickEntry("mail"))
    async with app.run_test() as pilot:
        await pilot.click(PickEntry)
        assert app.asked == [""]


async def test_without_a_value_it_says_what_to_do() -> None:
    entry = PickEntry(placeholder="Choose one")
    async with EntryApp(entry).run_test() as pilot:
        assert str(entry.render()) == "Choose one ▾"
        assert entry.has_class("-empty")
        entry.value = "mail"
        await pilot.pause()
        assert str(entry.render()) == "mail ▾"
        assert not entry.has_class("-empty")
