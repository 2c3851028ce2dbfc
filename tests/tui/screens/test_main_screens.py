"""What all main screens do: listen and tick while they are seen, and rest while they are not."""

from collections.abc import Iterable

import pytest
from textual.app import ComposeResult

from tests.services.drafts import a_request
from tests.support.clock import FakeClock
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import press, question, screenful, screenful_of, toasts, until
from tests.tui.screens.runs.screens import a_running_run, add_run
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.models import RunStatus
from tui_scheduler.runtime import SchedulerState, calm
from tui_scheduler.services import Services
from tui_scheduler.services.events import ForeignCommit, RequestSaved
from tui_scheduler.settings import Settings
from tui_scheduler.signs_of_life import Trouble
from tui_scheduler.tui.refresh import UiEvent
from tui_scheduler.tui.screens.dialogs.question import ConfirmDialog
from tui_scheduler.tui.screens.main_screen import MainScreen
from tui_scheduler.tui.tabs import TABS


class _Probe(MainScreen):
    """A main screen that remembers what it was told."""

    MODE = "probe"

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.runtime)
        self.events: list[UiEvent] = []
        self.ticks = 0

    def compose_body(self) -> ComposeResult:
        yield from ()

    def data_changed(self, event: UiEvent) -> None:
        self.events.append(event)

    def tick(self) -> None:
        self.ticks += 1


async def _probe(ui: Ui) -> _Probe:
    probe = _Probe(ui)
    await ui.app.push_screen(probe)
    await until(ui, lambda: probe.events and probe.ticks)
    return probe


def _saved(events: Iterable[UiEvent]) -> list[UiEvent]:
    return [event for event in events if isinstance(event, RequestSaved)]


async def test_a_screen_that_appears_is_told_that_anything_may_be_different(show: Show) -> None:
    async with show() as ui:
        probe = await _probe(ui)
        assert probe.events[0] == ForeignCommit()


async def test_a_screen_hears_of_every_change_while_it_is_seen(show: Show) -> None:
    async with show() as ui:
        probe = await _probe(ui)
        await ui.runtime.write(a_request, ui.runtime.services)
        await until(ui, lambda: _saved(probe.events) == [RequestSaved(1)])


async def test_a_screen_shows_what_happens_where_something_is_always_about_to_begin(
    show: Show,
) -> None:
    async with show() as ui:
        ui.runtime.calm.ask(lambda: 0.0)
        await ui.runtime.write(a_request, ui.runtime.services)
        await until(ui, lambda: "backup" in screenful(ui))


async def test_what_happens_is_told_once_nothing_is_about_to_begin(show: Show) -> None:
    async with show() as ui:
        probe = await _probe(ui)
        asked: list[float] = []

        def spare_time() -> float:
            asked.append(0.0 if not asked else 1.0)
            return asked[-1]

        ui.runtime.calm.ask(spare_time)
        probe.events.clear()
        await ui.runtime.write(a_request, ui.runtime.services)
        await until(ui, lambda: _saved(probe.events))
        assert asked[:2] == [0.0, 1.0]


async def test_after_a_key_nothing_waits(
    show: Show, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calm, "monotonic", clock.monotonic)
    async with show() as ui:
        ui.runtime.calm.ask(lambda: 0.0)
        assert not ui.runtime.calm.is_now
        await press(ui, "j")
        assert ui.runtime.calm.is_now


async def test_a_screen_goes_on_behind_a_dialog(show: Show) -> None:
    async with show() as ui:
        probe = await _probe(ui)
        await ui.app.push_screen(ConfirmDialog("Sure?", ""))
        ticks = probe.ticks
        probe.events.clear()
        await ui.runtime.write(a_request, ui.runtime.services)
        await until(ui, lambda: _saved(probe.events) and probe.ticks > ticks)


async def test_behind_a_dialog_one_sees_what_happens(show: Show, clock: FakeClock) -> None:
    def two(services: Services) -> None:
        a_request(services, process="archive")
        a_request(services, process="backup")

    def change(services: Services) -> None:
        services.controls.hold()
        while services.requests.remove_step(2):
            pass

    async with show(two) as ui:
        await press(ui, "D")
        await question(ui)
        clock.advance(minutes=7)
        await ui.runtime.write(change, ui.runtime.services)
        list_screen = ui.app.screen_stack[0]
        await until(ui, lambda: "12:07:0" in screenful_of(list_screen))
        await until(ui, lambda: "on hold" in screenful_of(list_screen))
        await until(ui, lambda: "backup" not in screenful_of(list_screen))
        assert "archive" in screenful_of(list_screen)
        assert isinstance(ui.app.screen, ConfirmDialog)


async def test_a_screen_rests_below_another_and_catches_up_afterwards(show: Show) -> None:
    async with show() as ui:
        probe = await _probe(ui)
        above = await _probe(ui)
        probe.events.clear()
        await ui.runtime.write(a_request, ui.runtime.services)
        await until(ui, lambda: _saved(above.events))
        assert probe.events == []
        ui.app.pop_screen()
        await until(ui, lambda: probe.events)
        assert probe.events[0] == ForeignCommit()


async def test_the_clock_of_the_header_goes_on(show: Show, clock: FakeClock) -> None:
    async with show() as ui:
        await until(ui, lambda: "Mon 12:00:00 UTC" in screenful(ui))
        clock.advance(hours=1, seconds=5)
        await until(ui, lambda: "Mon 13:00:05 UTC" in screenful(ui))


async def test_the_counts_follow_what_happens(show: Show) -> None:
    async with show(a_request) as ui:
        services = ui.runtime.services
        await ui.runtime.write(a_running_run, services)
        await ui.runtime.write(add_run, services, status=RunStatus.ERROR)
        await ui.runtime.write(services.runs.trigger, 1)
        await until(ui, lambda: "► 1 running  ✗ 1 failed today" in screenful(ui))


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (SchedulerState(is_scheduling=True), "● scheduling"),
        (SchedulerState(pid=4711), "○ viewer, pid 4711 schedules"),
    ],
)
async def test_the_header_says_who_schedules(show: Show, state: SchedulerState, text: str) -> None:
    async with show() as ui:
        await until(ui, lambda: "○ nobody schedules" in screenful(ui))
        ui.runtime.set_scheduler(state)
        await until(ui, lambda: text in screenful(ui))


async def test_a_database_that_cannot_be_read_is_told_and_the_screen_stays(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with show() as ui:

        def locked() -> None:
            raise DatabaseUnusable("The database is locked.")

        monkeypatch.setattr(ui.runtime.services.controls, "state", locked)
        ui.runtime.set_scheduler(SchedulerState(pid=1))
        wanted = "The database cannot be read The database is locked."
        await until(ui, lambda: wanted in toasts(ui))
        assert "1 Requests" in screenful(ui)


async def test_at_80_columns_the_clock_is_whole_although_some_failed(
    show: Show, clock: FakeClock
) -> None:
    def twelve_failed(services: Services) -> None:
        for _ in range(12):
            add_run(services, status=RunStatus.ERROR)

    async with show(twelve_failed, size=(80, 24)) as ui:
        ui.runtime.set_scheduler(SchedulerState(is_scheduling=True))
        await until(ui, lambda: "► 0 ✗ 12 ● scheduling 12:00\n" in screenful(ui))


@pytest.mark.parametrize("width", [200, 120, 100, 80, 60, 40, 20])
async def test_the_header_never_pushes_the_tabs_away(show: Show, width: int) -> None:
    async with show(size=(width, 24)) as ui:
        await until(ui, lambda: "1 Requests" in screenful(ui)[:width] or width < 12)
        tabs = ui.app.screen.query("TabLabel")
        assert [tab.region.height for tab in tabs] == [1] * len(TABS)


async def test_a_database_that_is_gone_is_said_until_it_is_back(
    show: Show, settings: Settings
) -> None:
    async with show(a_request, size=(160, 40)) as ui:
        await until(ui, lambda: "backup" in screenful(ui))
        away = settings.database.rename(settings.database.with_name("away.db"))
        await until(ui, lambda: "is not there any more" in screenful(ui))
        await ui.pilot.press("2")
        await until(ui, lambda: "is not there any more" in screenful(ui))
        assert toasts(ui) == []
        away.rename(settings.database)
        await until(ui, lambda: "is not there any more" not in screenful(ui))
        await ui.pilot.press("1")
        await until(ui, lambda: "backup" in screenful(ui))


async def test_one_that_does_not_get_on_is_said(show: Show) -> None:
    async with show(size=(160, 40)) as ui:
        trouble = Trouble("Process 4711 is stopped", "Let it go on: kill -CONT 4711")
        ui.runtime.set_scheduler(SchedulerState(pid=4711).troubled(trouble))
        await until(ui, lambda: "! nothing begins" in screenful(ui))
        await until(ui, lambda: str(trouble) in screenful(ui))
