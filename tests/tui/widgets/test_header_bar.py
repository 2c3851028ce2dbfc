"""What the header says, in long words and short."""

from datetime import datetime, timedelta

import pytest
from textual.app import App, ComposeResult

from tests.support.clock import NOON
from tests.tui.conftest import Show
from tests.tui.on_screen import screenful, until
from tests.tui.quiet import quiet
from tests.tui.textual_inside import strips
from tui_scheduler.runtime import SchedulerState
from tui_scheduler.services.views.overview import Counts, Hold
from tui_scheduler.tui.tabs import REQUESTS, TABS
from tui_scheduler.tui.widgets.header_bar import HeaderBar, HeaderStatus, Wording, wordings

_WALL = datetime(2026, 3, 2, 12, 0, 5, tzinfo=NOON.tzinfo)
_FREE = Hold(held_at=None, held_by="", released_at=None)
_HELD = Hold(held_at=NOON, held_by="ann", released_at=None)


def _wordings(
    scheduler: SchedulerState, hold: Hold = _FREE, counts: Counts | None = None
) -> list[Wording]:
    header_status = HeaderStatus(counts or Counts(2, 1, 0), hold, scheduler)
    return list(wordings(header_status, _WALL))


def test_we_schedule() -> None:
    assert _wordings(SchedulerState(is_scheduling=True))[0].scheduler == "● scheduling"


def test_somebody_else_schedules() -> None:
    longest, *_, shortest = _wordings(SchedulerState(pid=4711))
    assert longest.scheduler == "○ viewer, pid 4711 schedules"
    assert shortest.scheduler == "○ viewer"


def test_somebody_on_another_machine_schedules() -> None:
    longest, *_, shortest = _wordings(SchedulerState(pid=4711, host="alpha"))
    assert longest.scheduler == "○ viewer, pid 4711 on alpha schedules"
    assert shortest.scheduler == "○ on alpha"


def test_of_the_name_of_a_machine_the_beginning_will_do() -> None:
    *_, shortest = _wordings(SchedulerState(pid=4711, host="node-of-a-large-cluster.example.org"))
    assert shortest.scheduler == "○ on node-of-a-la"
    *_, shortest = _wordings(SchedulerState(pid=4711, host="alpha", headline="! nothing begins"))
    assert shortest.scheduler == "! nothing begins"


def test_somebody_has_the_lock_and_does_not_get_on() -> None:
    longest, *_, shortest = _wordings(SchedulerState(pid=4711, headline="! nothing begins"))
    assert longest.scheduler == "! nothing begins, pid 4711 has the lock"
    assert shortest.scheduler == "! nothing begins"


def test_nobody_schedules() -> None:
    longest, *_, shortest = _wordings(SchedulerState())
    assert longest.scheduler == "○ nobody schedules"
    assert shortest.scheduler == "○ nobody"


def test_a_hold_is_more_important_than_who_schedules() -> None:
    assert _wordings(SchedulerState(is_scheduling=True), _HELD)[0].scheduler == "■ on hold"


def test_what_runs_and_what_failed_is_counted() -> None:
    longest, *_, shortest = _wordings(SchedulerState(), counts=Counts(1234, 0, 5))
    assert longest.counts.plain == "► 1,234 running  ✗ 5 failed today"
    assert shortest.counts.plain == "► 1,234 ✗ 5"


def test_the_clock_has_weekday_and_zone_until_there_is_no_room_and_goes_last() -> None:
    longest, *_, shorter, shortest = _wordings(SchedulerState())
    assert longest.clock == "Mon 12:00:05 UTC"
    assert (shorter.clock, shortest.clock) == ("12:00", "")


def test_what_is_waited_for_is_said_where_there_is_room() -> None:
    waiting = "! waiting: the disk is full since 10:02"
    longest, *_, shortest = _wordings(SchedulerState(is_scheduling=True, headline=waiting))
    assert (longest.scheduler, shortest.scheduler) == (waiting, "! waiting")


def test_every_way_to_say_it_is_shorter_than_the_one_before() -> None:
    lengths = [
        sum(part.cell_length for part in wording.parts.values())
        for wording in _wordings(SchedulerState(pid=4711), counts=Counts(12, 0, 34))
    ]
    assert lengths == sorted(lengths, reverse=True)
    assert len(set(lengths)) == len(lengths)


@pytest.mark.parametrize("running", [0, 3, 12_345])
async def test_five_tabs_and_all_that_is_to_be_told_fit_into_eighty_cells(
    show: Show, monkeypatch: pytest.MonkeyPatch, running: int
) -> None:
    numbers = Counts(running, 0, 3)
    monkeypatch.setattr("tui_scheduler.tui.screens.main_screen.counts", lambda _: numbers)
    async with show(size=(80, 24)) as ui:
        ui.runtime.set_scheduler(SchedulerState(is_scheduling=True))
        await until(ui, lambda: "● scheduling" in screenful(ui).splitlines()[0])
        header = screenful(ui).splitlines()[0]
        assert header.startswith("1 Requests 2 Monitor 3 Processes 4 Groups 5 Timeline ")
        assert f"► {running:,}{'  ' if running < 10 else ' '}✗ 3 ● scheduling" in header
        assert header.endswith("12:00") == (running < 10)


class _Header(App[None]):
    def compose(self) -> ComposeResult:
        yield HeaderBar(TABS, REQUESTS)


async def test_the_clock_goes_on_with_the_second_the_minute_and_the_day() -> None:
    app = _Header()
    async with app.run_test(size=(140, 5)):
        header, wall = app.query_one(HeaderBar), _WALL
        for later in (0, 1, 54, 60, 86_400, 86_401):
            header.tick(wall + timedelta(seconds=later))
            await quiet(app)
            clock = f"{wall + timedelta(seconds=later):%a %H:%M:%S %Z}"
            assert clock in strips(app.screen)[0].text


async def test_a_clock_without_room_for_seconds_tells_none() -> None:
    app = _Header()
    async with app.run_test(size=(35, 5)):
        header = app.query_one(HeaderBar)
        header.show(HeaderStatus(Counts(0, 0, 0), _FREE, SchedulerState(is_scheduling=True)))
        for second in (1, 2, 3):
            header.tick(_WALL.replace(second=second))
            await quiet(app)
            assert f":{second:02}" not in strips(app.screen)[0].text
