"""``S`` on a request: one run, for a while or for good; and again, to let it go on."""

from datetime import timedelta
from typing import cast

import pytest

from tests.services.drafts import a_request, every
from tests.support.clock import NOON, FakeClock
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import (
    answer,
    details,
    keys,
    press,
    question,
    rows,
    screenful,
    toasts,
    until,
)
from tui_scheduler.permissions import current_user
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services
from tui_scheduler.services.views.requests import RequestView
from tui_scheduler.tui.screens.requests.list import RequestsScreen
from tui_scheduler.tui.screens.requests.pausing import UntilForm

ME = current_user()
pytestmark = pytest.mark.usefixtures("_no_pause")


def hourly(services: Services, name: str = "backup", zone: str = "UTC") -> None:
    """A request whose first run is in half an hour."""
    start = (NOON + timedelta(hours=0.5)).replace(tzinfo=None)
    if zone == "Europe/Madrid":
        start += timedelta(hours=1)
    plan = every(Frequency.HOURLY, start=start, timezone=zone)
    services.requests.schedule(a_request(services, plan, name).id)


def in_two_zones(services: Services) -> None:
    hourly(services, "backup")
    hourly(services, "report", "Europe/Madrid")


async def stored(ui: Ui, request_id: int = 1) -> RequestView:
    return await ui.runtime.read(ui.runtime.services.requests.get, request_id)


async def listed(ui: Ui, count: int = 1) -> None:
    await until(ui, lambda: len(rows(ui)) == count and "Pause" in keys(ui) and details(ui).strip())


async def asked(ui: Ui) -> UntilForm:
    """Wait for the form that asks for the moment."""
    await until(ui, lambda: isinstance(ui.app.screen, UntilForm))
    form = cast("UntilForm", ui.app.screen)
    await until(ui, lambda: form._first_values is not None and ui.app.focused)
    return form


async def test_the_next_run_is_skipped(show: Show) -> None:
    async with show(hourly) as ui:
        await listed(ui)
        await press(ui, "S")
        assert "Next: 12:30" in await question(ui)
        assert "Pause backup (request 1)?" in screenful(ui)
        await answer(ui, "n")
        await until(ui, lambda: toasts(ui))
        assert toasts(ui) == [
            "Paused backup (request 1). It runs in 1h30m. Press S to let it go on."
        ]
        await until(ui, lambda: f"Skips 12:30, as {ME} asked: S lets it go on" in details(ui))
        await until(ui, lambda: "in 1h30m" in rows(ui)[0] and "scheduled" in rows(ui)[0])
        assert (await stored(ui)).next_fire == NOON + timedelta(hours=1.5)


async def test_for_good_and_back(show: Show, clock: FakeClock) -> None:
    async with show(hourly) as ui:
        await listed(ui)
        await press(ui, "S")
        await question(ui)
        await answer(ui, "g")
        await until(ui, lambda: "Resume" in keys(ui))
        assert "Pause" not in keys(ui)
        await until(ui, lambda: "‖" in rows(ui)[0] and rows(ui)[0].count("paused") == 2)
        await until(ui, lambda: f"Paused by {ME}, until it is resumed: S lets" in details(ui))
        await until(ui, lambda: "‖ paused: S lets it go on" in details(ui))
        clock.advance(hours=2)
        await press(ui, "S")
        await until(ui, lambda: "Resumed backup (request 1). It runs in 30m00s." in toasts(ui))
        await until(ui, lambda: "Pause" in keys(ui) and "»" in rows(ui)[0])
        await until(ui, lambda: "» skipped" in details(ui))


async def test_until_a_moment_of_its_zone(show: Show) -> None:
    def in_madrid(services: Services) -> None:
        hourly(services, zone="Europe/Madrid")

    async with show(in_madrid) as ui:
        await listed(ui)
        await press(ui, "S")
        await question(ui)
        await answer(ui, "u")
        await asked(ui)
        await until(ui, lambda: "The time in Europe/Madrid" in screenful(ui))
        await press(ui, *"13:00")
        await until(ui, lambda: "it is over; use a later moment" in screenful(ui))
        await press(ui, "ctrl+u", *"15:00")
        await until(ui, lambda: "The time in Europe/Madrid: 15:00, in 2h00m" in screenful(ui))
        await press(ui, "ctrl+u", *"2h")
        await until(ui, lambda: "The time in Europe/Madrid: 15:00, in 2h00m" in screenful(ui))
        await press(ui, "ctrl+s")
        await until(ui, lambda: isinstance(ui.app.screen, RequestsScreen) and toasts(ui))
        assert toasts(ui) == [
            "Paused backup (request 1). It runs in 2h30m. Press S to let it go on."
        ]
        pause = (await stored(ui)).last_pause
        assert pause is not None
        assert pause.until == NOON + timedelta(hours=2)


async def test_what_is_no_moment_is_told(show: Show) -> None:
    async with show(hourly) as ui:
        await listed(ui)
        await press(ui, "S")
        await question(ui)
        await answer(ui, "u")
        await asked(ui)
        await press(ui, "ctrl+s")
        await until(ui, lambda: "it is missing; write 2026-03-29 02:30" in screenful(ui))
        await press(ui, *"soon")
        await until(ui, lambda: "'soon' is not understood" in screenful(ui))
        await press(ui, "escape")
        await question(ui)
        await answer(ui, "y")
        await until(ui, lambda: isinstance(ui.app.screen, RequestsScreen))
        assert (await stored(ui)).last_pause is None


@pytest.mark.parametrize("key", ["c", "escape", "enter"])
async def test_the_safe_answer_pauses_nothing(show: Show, key: str) -> None:
    async with show(hourly) as ui:
        await listed(ui)
        await press(ui, "S")
        await question(ui)
        await answer(ui, key)
        await until(ui, lambda: isinstance(ui.app.screen, RequestsScreen))
        assert (await stored(ui)).last_pause is None


async def test_all_marked_are_paused_each_by_its_own_clock(show: Show) -> None:
    async with show(in_two_zones) as ui:
        await listed(ui, 2)
        await press(ui, "space", "j", "space", "S")
        await question(ui)
        assert "Pause 2 requests?" in screenful(ui)
        await answer(ui, "u")
        await asked(ui)
        await until(ui, lambda: "The time in each one's own zone" in screenful(ui))
        await press(ui, *"18:00")
        await press(ui, "ctrl+s")
        await until(ui, lambda: "Paused 2 requests. Press S to let it go on." in toasts(ui))
        untils = [
            pause and pause.until for pause in [(await stored(ui, n)).last_pause for n in (1, 2)]
        ]
        assert untils == [NOON + timedelta(hours=6), NOON + timedelta(hours=5)]
        await until(ui, lambda: all("paused" in row for row in rows(ui)))
        await press(ui, "space", "k", "space", "S")
        await until(ui, lambda: "Resumed 2 requests." in toasts(ui))


async def test_it_is_told_in_the_timeline(show: Show) -> None:
    def paused(services: Services) -> None:
        hourly(services)
        services.requests.pause(1, NOON + timedelta(hours=5))

    async with show(paused) as ui:
        await until(ui, lambda: len(rows(ui)) == 1)
        await press(ui, "5")
        await until(ui, lambda: "‖ backup" in screenful(ui))
        await until(ui, lambda: f"‖ paused by {ME} until 17:00" in details(ui))


async def test_the_help_tells_of_both(show: Show) -> None:
    async with show(hourly) as ui:
        await listed(ui)
        await press(ui, "question_mark")
        await until(ui, lambda: "Skip its next run, or pause it for a" in screenful(ui))
        assert "Let it go on, which is paused or to" in screenful(ui)
