"""The manual on the screen: from the help and the palette, page by page, and through its links."""

import subprocess
import sys

import pytest
from textual.widgets import Markdown, OptionList

from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import keys, press, screenful, until
from tui_scheduler.manual import TOPICS, title
from tui_scheduler.tui.screens.dialogs.help import HelpScreen
from tui_scheduler.tui.screens.dialogs.manual import ManualScreen


async def _manual(ui: Ui, *way: str) -> None:
    await press(ui, *way)
    await until(ui, lambda: isinstance(ui.app.screen, ManualScreen))
    await until(ui, lambda: "The program has five screens" in screenful(ui))


async def test_the_help_leads_to_the_manual_and_gets_the_screen_back(show: Show) -> None:
    async with show() as ui:
        await press(ui, "?")
        await until(ui, lambda: "Manual" in keys(ui))
        await _manual(ui, "m")
        await press(ui, "escape")
        await until(ui, lambda: isinstance(ui.app.screen, HelpScreen))


async def test_it_lists_every_topic_and_shows_the_one_that_is_lit_up(show: Show) -> None:
    async with show() as ui:
        await _manual(ui, "f4")
        assert all(title(topic)[:20] in screenful(ui) for topic in TOPICS)
        await press(ui, "down")
        await until(ui, lambda: "A request runs a process or a group by its plan" in screenful(ui))
        await press(ui, "end")
        await until(ui, lambda: "May I close the window?" in screenful(ui))


async def test_the_page_scrolls_while_the_topics_have_the_focus(show: Show) -> None:
    async with show() as ui:
        await _manual(ui, "f4")
        await press(ui, "G")
        await until(ui, lambda: "side will do (--port" in screenful(ui))
        await press(ui, "g")
        await until(ui, lambda: "The program has five screens" in screenful(ui))
        await press(ui, "enter", "pagedown")
        await until(ui, lambda: "The program has five screens" not in screenful(ui))


async def test_a_link_goes_to_its_page(show: Show) -> None:
    async with show() as ui:
        await _manual(ui, "f4")
        ui.app.screen.post_message(
            Markdown.LinkClicked(ui.app.screen.query_one(Markdown), "groups.md")
        )
        await until(ui, lambda: "A group runs processes in an order" in screenful(ui))
        assert ui.app.screen.query_one(OptionList).highlighted == [*TOPICS].index("groups")


@pytest.mark.parametrize("topic", TOPICS)
async def test_every_page_is_drawn(show: Show, topic: str) -> None:
    async with show(size=(80, 24)) as ui:
        ui.app.push_screen(ManualScreen(topic))
        await until(ui, lambda: str(ui.app.screen.query_one(Markdown).source).startswith("# "))
        await until(ui, lambda: title(topic).split()[-1] in screenful(ui))


async def test_it_is_opened_once(show: Show) -> None:
    async with show() as ui:
        await _manual(ui, "f4")
        await press(ui, "f1")
        await until(ui, lambda: isinstance(ui.app.screen, HelpScreen))
        await press(ui, "escape", "escape")
        await until(ui, lambda: len(ui.app.screen_stack) == 1)


def test_nobody_who_does_not_read_waits_for_it() -> None:
    script = (
        "import sys; import tui_scheduler.tui.app, tui_scheduler.tui.screens.dialogs.manual;"
        "assert not {'textual.widgets._markdown', 'markdown_it'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
