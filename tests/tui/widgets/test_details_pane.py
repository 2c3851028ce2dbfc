"""The pane beside a list has the screen laid out only if it needs other lines."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot

from tests.tui.quiet import quiet
from tests.tui.textual_inside import count_layouts, draws, stale_regions
from tui_scheduler.tui.content import fitted
from tui_scheduler.tui.widgets.details_pane import DetailsBlock, DetailsPane


class _Details(App[None]):
    def compose(self) -> ComposeResult:
        yield DetailsPane()


@asynccontextmanager
async def _details_app() -> AsyncIterator[tuple[App[None], DetailsPane, Pilot[None]]]:
    app = _Details()
    async with app.run_test(size=(90, 12)) as pilot:
        pane = app.query_one(DetailsPane)
        pane.show("backup", [Content("11 runs\nthe next one in 10s")])
        await quiet(app)
        yield app, pane, pilot


@pytest.mark.parametrize(
    ("text", "is_laid_out"),
    [
        ("12 runs\nthe next one in 9s", False),
        ("another text\nof two lines", False),
        ("11 runs\nthe next one in 10s\nand a third line", True),
        ("11 runs", True),
    ],
)
async def test_only_another_number_of_lines_lays_the_screen_out(
    monkeypatch: pytest.MonkeyPatch, text: str, is_laid_out: bool
) -> None:
    async with _details_app() as (app, pane, _):
        laid_out = count_layouts(monkeypatch)
        pane.show("backup", [Content(text)])
        await quiet(app, is_seen=False)
        assert bool(laid_out) == is_laid_out
        assert is_laid_out or draws(app)


async def test_a_text_that_came_in_another_width_has_all_its_lines_in_this_one() -> None:
    app = _Details()
    async with app.run_test(size=(90, 12)) as pilot:
        pane = app.query_one(DetailsPane)
        pane.show("backup", [Content("short")])
        await quiet(app)
        for width in (40, 90):
            await pilot.resize_terminal(width, 12)
            await quiet(app)
        pane.show("backup", [Content("words that fill a line")])
        await quiet(app)
        await pilot.resize_terminal(40, 12)
        await quiet(app)
        block = app.query(DetailsBlock).first()
        assert block.size.height == block.get_content_height(app.size, app.size, block.size.width)
        assert block.size.height > 1


async def test_of_a_block_only_the_lines_that_differ_are_drawn_again() -> None:
    async with _details_app() as (app, pane, _):
        block = app.query(DetailsBlock).first()
        stale_regions(block)
        pane.show("backup", [Content("11 runs\nthe next one in 9s")])
        assert [(region.y, region.height) for region in stale_regions(block)] == [(1, 1)]
        assert [block.render_line(y).text for y in range(2)] == ["11 runs", "the next one in 9s"]


async def test_what_is_selected_in_a_block_is_its_text() -> None:
    async with _details_app() as (app, _, pilot):
        block = app.query(DetailsBlock).first()
        await pilot.mouse_down(block, offset=(3, 0))
        await pilot.hover(block, offset=(3, 1))
        await pilot.mouse_up(block, offset=(7, 1))
        await quiet(app)
        assert app.screen.get_selected_text() == "runs\nthe next"


async def test_what_is_drawn_before_it_hears_of_another_width_is_in_that_width(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DetailsBlock, "on_resize", lambda _: None)
    app = _Details()
    text = Content("words that fill a line")
    async with app.run_test(size=(90, 12)) as pilot:
        pane = app.query_one(DetailsPane)
        pane.show("backup", [text])
        await quiet(app)
        block = app.query(DetailsBlock).first()
        for width in (40, 90, 50):
            await pilot.resize_terminal(width, 12)
            await quiet(app)
            lines = [line.plain for line in fitted(text, block.size.width)]
            assert [block.render_line(y).text for y in range(len(lines))] == lines
