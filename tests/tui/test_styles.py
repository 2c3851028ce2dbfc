"""Nothing is parsed or styled a second time that is as it was; what changed is."""

from pathlib import Path
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widgets import Static

from tests.tui.conftest import Show
from tests.tui.on_screen import press, until
from tests.tui.textual_inside import match_rules_anew, note_what_is_parsed, rules_of
from tui_scheduler import tui
from tui_scheduler.tui.screens.requests.form import RequestForm
from tui_scheduler.tui.screens.runs.log_view import LogView
from tui_scheduler.tui.styles import StyledApp
from tui_scheduler.tui.themes import DARK, LIGHT, THEMES
from tui_scheduler.tui.whole_screen import WholeScreen

_TUI = Path(tui.__file__).parent
_APP_STYLES, _FORM_STYLES = (
    (_TUI / f"{name}.tcss").read_text("utf-8") for name in ("app", "screens/forms/form")
)


@pytest.fixture
def styled(monkeypatch: pytest.MonkeyPatch) -> list[DOMNode]:
    """What was given styles, one after the other."""
    nodes: list[DOMNode] = []
    apply = Stylesheet.apply

    def noted(sheet: Stylesheet, node: DOMNode, **options: Any) -> None:
        nodes.append(node)
        apply(sheet, node, **options)

    monkeypatch.setattr(Stylesheet, "apply", noted)
    return nodes


async def test_those_of_a_screen_are_parsed_once_when_it_is_first_seen(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = note_what_is_parsed(monkeypatch)
    async with show() as ui:
        assert _FORM_STYLES not in parsed
        for _ in range(2):
            await press(ui, "n")
            await until(ui, lambda: isinstance(ui.app.screen, RequestForm) and ui.app.focused)
            await press(ui, "escape")
            await until(ui, lambda: not isinstance(ui.app.screen, RequestForm))
        assert parsed.count(_FORM_STYLES) == 1


def test_those_of_one_screen_are_for_no_other() -> None:
    sheet = (_TUI / "screens/runs/log_view.tcss").read_text("utf-8")
    assert [line for line in sheet.splitlines() if line[:1].isalpha()] == [f"{LogView.__name__} {{"]


async def test_what_tests_share_of_styles_is_what_textual_finds(show: Show) -> None:
    for keys in ("n", "n", "tab"):  # the second time all of it is known
        async with show() as ui:
            await press(ui, keys)
            widgets = list(ui.app.screen.walk_children(with_self=True))
            shared = list(map(rules_of, widgets))
            for widget in widgets:
                match_rules_anew(widget)
            assert list(map(rules_of, widgets)) == shared
            assert all(shared)


async def test_a_screen_over_another_leaves_that_as_it_is(
    show: Show, styled: list[DOMNode]
) -> None:
    async with show() as ui:
        requests = ui.app.screen
        styled.clear()
        await press(ui, "n")
        await until(ui, lambda: isinstance(ui.app.screen, RequestForm) and ui.app.focused)
        assert ui.app.screen in styled
        assert not {requests.query_one("#panes"), requests.query_one("HeaderBar")} & set(styled)


_WIDTHS = [(0, "-narrow"), (50, "-wide")]
_HEIGHTS = [(0, "-low"), (30, "-high")]


class _Sized(WholeScreen[None]):
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    CSS = "_Sized { &.-wide Static { width: 9; } &.-narrow Static { width: 3; } }"

    def compose(self) -> ComposeResult:
        yield Static(id="part")


_Looks = tuple[tuple[int, int], set[str], int]
_NARROW: _Looks = ((49, 30), {"-narrow", "-high"}, 3)
_WIDE: _Looks = ((50, 29), {"-wide", "-low"}, 9)


@pytest.mark.parametrize(("first", "then"), [(_NARROW, _WIDE), (_WIDE, _NARROW)])
async def test_the_parts_of_a_new_screen_are_styled_once_for_its_size(
    styled: list[DOMNode], first: _Looks, then: _Looks
) -> None:
    app = StyledApp[None]()
    size, classes, width = first
    async with app.run_test(size=size) as pilot:
        screen = _Sized()
        await app.push_screen(screen)
        await pilot.pause()
        part = screen.query_one("#part")
        assert (set(screen.classes), part.size.width) == (classes, width)
        assert styled.count(part) == 1
        size, classes, width = then
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert (set(screen.classes), part.size.width) == (classes, width)


async def test_a_screen_with_styles_of_its_own_leaves_the_others_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed = note_what_is_parsed(monkeypatch)
    app = StyledApp[None]()
    async with app.run_test() as pilot:
        assert _APP_STYLES in parsed
        parsed.clear()
        await app.push_screen(_Sized())
        await pilot.pause()
        assert _Sized.CSS in parsed
        assert _APP_STYLES not in parsed


async def test_one_that_comes_back_has_the_theme_that_was_chosen_meanwhile() -> None:
    app = StyledApp[None]()
    for theme in THEMES:
        app.register_theme(theme)
    app.theme = DARK
    async with app.run_test() as pilot:
        first = _Sized()
        await app.push_screen(first)
        await pilot.pause()
        dark = first.styles.background
        await app.push_screen(_Sized())
        app.theme = LIGHT
        await pilot.pause()
        await app.pop_screen()
        await pilot.pause()
        assert app.screen is first
        assert first.styles.background != dark
        app.theme = DARK
        await pilot.pause()
        assert first.styles.background == dark


async def test_what_is_not_mounted_yet_is_given_its_styles_when_it_is(
    styled: list[DOMNode],
) -> None:
    class OfOurs(StyledApp[None]):
        CSS = "Static.-late { width: 7; }"

    async with OfOurs().run_test() as pilot:
        part = Static()
        styled.clear()
        part.add_class("-late")
        assert styled == []
        await pilot.app.mount(part)
        await pilot.pause()
        assert part.size.width == 7
        part.remove_class("-late")
        await pilot.pause()
        assert part.size.width == pilot.app.size.width
