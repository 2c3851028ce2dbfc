"""What looks as before is neither drawn nor laid out again."""

import asyncio

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from tests.chaos.quick_keys import something_of_everything
from tests.support.patience import PATIENCE
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import press
from tests.tui.quiet import quiet
from tests.tui.textual_inside import count_layouts, draws
from tui_scheduler.tui.saying import entitle, say
from tui_scheduler.tui.screens.main_screen import MainScreen


async def _answered(ui: Ui) -> None:
    """Let the database answer whatever was asked of it, one question after the other."""
    for _ in range(5):
        await ui.runtime.read(int)
        await quiet(ui.app, is_seen=False)


@pytest.mark.parametrize("way", ["1", "2", "3", "4", "5", "2 l", "2 i", "1 l"])
async def test_a_screen_on_which_nothing_changes_writes_nothing(
    show: Show, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    async with show(something_of_everything, size=(140, 40)) as ui, asyncio.timeout(PATIENCE):
        for key in way.split():
            await press(ui, key)
            await _answered(ui)
        screen = ui.app.screen
        assert isinstance(screen, MainScreen)
        laid_out = count_layouts(monkeypatch)
        while laid_out or await _draws_in_a_second(ui, screen):  # what was asked for comes late
            laid_out.clear()
            await _answered(ui)


async def _draws_in_a_second(ui: Ui, screen: MainScreen) -> bool:
    """Whether anything is drawn when a second passes, in which nothing happens."""
    await quiet(ui.app)
    screen.tick()
    await quiet(ui.app, is_seen=False)
    return draws(ui.app)


class _Says(App[None]):
    def compose(self) -> ComposeResult:
        yield Static(Content("4m59s to go"))


@pytest.mark.parametrize(
    ("text", "is_laid_out"),
    [
        ("4m58s to go", False),
        ("4m58s  to go", True),
        ("14m58s to go", True),
    ],
)
async def test_only_what_may_take_another_place_lays_the_screen_out(
    monkeypatch: pytest.MonkeyPatch, text: str, is_laid_out: bool
) -> None:
    app = _Says()
    async with app.run_test():
        await quiet(app)
        laid_out = count_layouts(monkeypatch)
        say(app.query_one(Static), Content(text))
        await quiet(app, is_seen=False)
        assert bool(laid_out) == is_laid_out
        assert is_laid_out or draws(app)


async def test_a_title_is_drawn_once() -> None:
    app = _Says()
    async with app.run_test():
        static = app.query_one(Static)
        static.styles.border = ("solid", "red")
        entitle(static, Content("[b]1[/b]"))
        await quiet(app)
        entitle(static, Content("[b]1[/b]"))
        await quiet(app, is_seen=False)
        assert not draws(app)
        entitle(static, None)
        await quiet(app, is_seen=False)
        assert draws(app)
