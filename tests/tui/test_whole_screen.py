"""A screen acts only while all of it is there, and closes once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

from tui_scheduler.tui.dialog import Dialog


class _Asked(Dialog[str]):
    """A dialog that remembers whether it found its part."""

    has_begun = False
    has_worked = False

    def compose(self) -> ComposeResult:
        yield Static(id="part")

    async def begin(self) -> None:
        self.query_one("#part")
        self.has_begun = True

    async def work_after(self, event: asyncio.Event) -> None:
        await event.wait()
        self.query_one("#part")
        self.has_worked = True


@asynccontextmanager
async def _asked() -> AsyncIterator[tuple[_Asked, Pilot[None], list[str | None]]]:
    answers: list[str | None] = []
    async with App[None]().run_test() as pilot:
        dialog = _Asked()
        pilot.app.push_screen(dialog, answers.append)
        yield dialog, pilot, answers


async def test_it_begins_when_its_parts_are_there() -> None:
    async with _asked() as (dialog, pilot, _):
        assert not dialog.is_whole
        await pilot.pause()
        assert dialog.has_begun
        assert dialog.is_whole


async def test_closed_before_it_was_built_it_never_begins() -> None:
    async with _asked() as (dialog, pilot, answers):
        dialog.dismiss("early")
        await pilot.pause()
        assert not dialog.has_begun
        assert answers == ["early"]


async def test_the_application_may_leave_before_it_was_built() -> None:
    async with _asked() as (dialog, pilot, _):
        pilot.app.exit()
        await pilot.pause()
        assert not dialog.has_begun


async def test_it_closes_once() -> None:
    async with _asked() as (dialog, pilot, answers):
        await pilot.pause()
        for answer in ("first", "second"):
            dialog.dismiss(answer)
        await pilot.pause()
        assert answers == ["first"]
        assert len(pilot.app.screen_stack) == 1


async def test_beneath_another_it_closes_when_that_has() -> None:
    async with _asked() as (dialog, pilot, answers):
        await pilot.pause()
        above = _Asked()
        await pilot.app.push_screen(above)
        dialog.dismiss("late")
        await pilot.pause()
        assert pilot.app.screen is above
        assert answers == []
        above.dismiss("")
        await pilot.pause()
        assert answers == ["late"]
        assert len(pilot.app.screen_stack) == 1


@pytest.mark.parametrize("is_closed", [True, False])
async def test_what_it_has_under_way_goes_with_it(is_closed: bool) -> None:
    async with _asked() as (dialog, pilot, _):
        await pilot.pause()
        event = asyncio.Event()
        worker = dialog.run_worker(dialog.work_after(event))
        if is_closed:
            dialog.dismiss("")
            await pilot.pause()
        event.set()
        await pilot.pause()
        assert worker.is_finished
        assert dialog.has_worked is not is_closed
