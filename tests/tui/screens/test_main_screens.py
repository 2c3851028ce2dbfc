"""What all main screens do: listen and tick while they are seen, and rest while they are not."""

from collections.abc import Iterable

import pytest
from textual.app import ComposeResult

from tests.clock import FakeClock
from tests.services.drafts import a_request
from tests.tui.conftest import Show, Shown
from tests.tui.looking import press, screenful, toasts, until
from tests.tui.screens.runs.screens import a_running_run, add_run
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.models import RunStatus
from tui_scheduler.runtime import SchedulerState
from tui_scheduler.services.events import ForeignCommit, RequestSaved
from tui_scheduler.tui.refresh import UiEvent
from tui_scheduler.tui.screens.main_screen import MainScreen
from tui_scheduler.tui.tabs import TABS


class _Probe(MainScreen):
    """A main screen that remembers what it was told."""

    MODE = "probe"

    def __init__(self, shown: Shown) -> None:
        super().__init__(shown.runtime)
        self.told: list[UiEvent] = []
        self.ticks = 0

    def compose_body(self) -> ComposeResult:
        yield from ()

    def data_changed(self, event: UiEvent) -> None:
        self.told.append(event)

    def tick(self) -> None:
        self.ticks += 1


async def _probe(shown: Shown) -> _Probe:
    probe = _Probe(shown)
    await shown.app.push_screen(probe)
    await until(shown, lambda: probe.told and probe.ticks)
    return probe


def _saved(told: Iterable[UiEvent]) -> list[UiEvent]:
    return [event for event in told if isinstance(event, RequestSaved)]


async def test_a_screen_that_appears_is_told_that_anything_may_be_different(show: Show) -> None:
    async with show() as shown:
        probe = await _probe(shown)
        assert probe.told[0] == ForeignCommit()


async def test_a_screen_hears_of_every_change_while_it_is_seen(show: Show) -> None:
    async with show() as shown:
        probe = await _probe(shown)
        await shown.runtime.write(a_request, shown.runtime.services)
        await until(shown, lambda: _saved(probe.told) == [RequestSaved(1)])


async def test_a_screen_rests_below_another_and_catches_up_afterwards(show: Show) -> None:
    async with show() as shown:
        probe = await _probe(shown)
        await press(shown, "?")
        await until(shown, lambda: shown.app.screen is not probe)
        probe.told.clear()
        await shown.runtime.write(a_request, shown.runtime.services)
        above = await _probe(shown)
        await until(shown, lambda: above.told)
        assert probe.told == []
        shown.app.pop_screen()
        shown.app.pop_screen()
        await until(shown, lambda: probe.told)
        assert probe.told[0] == ForeignCommit()


async def test_the_clock_of_the_header_goes_on(show: Show, clock: FakeClock) -> None:
    async with show() as shown:
        await until(shown, lambda: "Mon 12:00:00 UTC" in screenful(shown))
        clock.advance(hours=1, seconds=5)
        await until(shown, lambda: "Mon 13:00:05 UTC" in screenful(shown))


async def test_the_counts_follow_what_happens(show: Show) -> None:
    async with show(a_request) as shown:
        services = shown.runtime.services
        await shown.runtime.write(a_running_run, services)
        await shown.runtime.write(add_run, services, status=RunStatus.ERROR)
        await shown.runtime.write(services.runs.trigger, 1)
        await until(shown, lambda: "► 1 running  ✗ 1 failed today" in screenful(shown))


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (SchedulerState(is_scheduling=True), "● scheduling"),
        (SchedulerState(pid=4711), "○ viewer, pid 4711 schedules"),
    ],
)
async def test_the_header_says_who_schedules(show: Show, state: SchedulerState, told: str) -> None:
    async with show() as shown:
        await until(shown, lambda: "○ nobody schedules" in screenful(shown))
        shown.runtime.set_scheduler(state)
        await until(shown, lambda: told in screenful(shown))


async def test_a_database_that_cannot_be_read_is_told_and_the_screen_stays(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with show() as shown:

        def locked() -> None:
            raise DatabaseUnusable("The database is locked.")

        monkeypatch.setattr(shown.runtime.services.controls, "state", locked)
        shown.runtime.set_scheduler(SchedulerState(pid=1))
        wanted = "The database cannot be read The database is locked."
        await until(shown, lambda: wanted in toasts(shown))
        assert "1 Requests" in screenful(shown)


@pytest.mark.parametrize("width", [200, 120, 100, 80, 60, 40, 20])
async def test_the_header_never_pushes_the_tabs_away(show: Show, width: int) -> None:
    async with show(size=(width, 24)) as shown:
        await until(shown, lambda: "1 Requests" in screenful(shown)[:width] or width < 12)
        tabs = shown.app.screen.query("TabLabel")
        assert [tab.region.height for tab in tabs] == [1] * len(TABS)
