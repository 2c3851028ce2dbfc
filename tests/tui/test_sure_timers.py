"""Timers on a machine that takes the processor away just when one begins to run."""

import pytest
from textual import _time
from textual.app import App
from textual.events import Resize
from textual.geometry import Size

from tests.tui.conftest import Show
from tests.tui.on_screen import table, until
from tui_scheduler.tui.whole_screen import WholeScreen

_AWAY = 0.02  # seconds that pass whenever anybody looks at the clock
_SOON = 0.01


@pytest.fixture
def _slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, looks = _time.get_time, 0

    def later() -> float:
        nonlocal looks
        looks += 1
        return clock() + looks * _AWAY

    monkeypatch.setattr(_time, "get_time", later)


@pytest.mark.usefixtures("_slow_machine")
async def test_one_that_is_late_from_its_beginning_goes_off(show: Show) -> None:
    async with show() as ui:
        rung: list[str] = []
        ui.app.set_timer(_SOON, lambda: rung.append("app"))
        ui.app.screen.set_timer(_SOON, lambda: rung.append("screen"))
        table(ui).set_timer(_SOON, lambda: rung.append("table"))
        await until(ui, lambda: len(rung) == 3)


@pytest.mark.usefixtures("_slow_machine")
async def test_the_size_of_the_terminal_is_followed(show: Show) -> None:
    async with show() as ui:
        for size in (Size(60, 24), Size(100, 30)):
            ui.app.post_message(Resize(size, size))
            await until(ui, lambda size=size: ui.app.screen.size == size)  # type: ignore[misc]


async def test_one_that_is_paused_waits() -> None:
    async with App[None]().run_test() as pilot:
        screen, rung = WholeScreen[None](), list[bool]()
        await pilot.app.push_screen(screen)
        timer = screen.set_timer(0, lambda: rung.append(True), pause=True)
        await pilot.pause()
        assert not rung
        timer.resume()
        while not rung:
            await pilot.pause()
