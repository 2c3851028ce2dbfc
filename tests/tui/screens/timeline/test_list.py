"""The timeline as one sees it: lanes, the time along them, and what keys and mouse do."""

from datetime import timedelta
from functools import partial

import pytest
from textual.events import Click, MouseEvent, MouseScrollDown, MouseScrollLeft, MouseScrollUp
from textual.widget import Widget

from tests.services.drafts import a_process, every, scheduled
from tests.services.groups import a_group, triggered
from tests.support.clock import NOON, FakeClock
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import details, keys, press, rows, screenful, until, words
from tests.tui.screens.runs.screens import a_running_run, add_run
from tests.tui.textual_inside import count_layouts
from tui_scheduler.models import Request, RunStatus
from tui_scheduler.schedules import Frequency, parse_exceptions
from tui_scheduler.services import Services
from tui_scheduler.services.events import ForeignCommit
from tui_scheduler.tui.screens.list_pane import ListPane
from tui_scheduler.tui.screens.requests.form import RequestForm
from tui_scheduler.tui.screens.runs.log_view import LogView
from tui_scheduler.tui.screens.timeline.list import TimelineScreen
from tui_scheduler.tui.screens.timeline.view import LaneRow

HOUR = timedelta(hours=1)


def a_night(services: Services) -> None:
    """A backup that failed at 10:00 and fires at 13:00, and a report that runs since noon."""
    a_process(services, "backup")
    hourly = every(Frequency.HOURLY, interval=2, start=(NOON + HOUR).replace(tzinfo=None))
    scheduled(services, hourly, process="backup")
    for hours, status in ((4, RunStatus.SUCCESS), (2, RunStatus.ERROR)):
        begun = NOON - hours * HOUR
        times = {"scheduled_for": begun, "start_time": begun, "end_time": begun + HOUR}
        add_run(services, "backup", status=status, **times)
    a_running_run(services, "report")


def wheel(
    event: type[MouseEvent],
    table: Widget,
    x: int,
    *,
    y: int = 1,
    ctrl: bool = False,
    shift: bool = False,
) -> MouseEvent:
    return event(table, x, y, 0, 0, 0, shift=shift, meta=False, ctrl=ctrl, screen_x=x, screen_y=y)


def subtitle_has(pane: ListPane[LaneRow], text: str) -> bool:
    return text in str(pane.border_subtitle)


async def timeline(ui: Ui) -> TimelineScreen:
    await press(ui, "5")
    await until(ui, lambda: isinstance(ui.app.screen, TimelineScreen) and ui.app.screen.is_ready)
    screen = ui.app.screen
    assert isinstance(screen, TimelineScreen)
    await until(ui, lambda: not screen.list_pane.table.is_behind and rows(ui))
    return screen


async def test_an_empty_timeline_says_what_to_press(show: Show) -> None:
    async with show() as ui:
        await timeline(ui)
        assert rows(ui)[0] == "No requests yet, so nothing ran and nothing is to come"
        await press(ui, "left", "right", "enter", "l", "e", "plus", "minus", "less_than_sign")
        await press(ui, "full_stop")
        assert isinstance(ui.app.screen, TimelineScreen)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50), (60, 16)])
async def test_past_now_and_future_are_there_in_any_size(show: Show, size: tuple[int, int]) -> None:
    async with show(a_night, size=size) as ui:
        screen = await timeline(ui)
        await until(ui, lambda: "✗" in rows(ui)[0])
        backup, report = rows(ui)
        assert backup.index("✓") < backup.index("✗") < backup.index("▹")
        assert "━" in backup
        assert "─" in backup
        assert "►" in report
        span = screen.view.span
        assert span.begin < NOON - 15 * HOUR
        assert span.until > NOON + 7 * HOUR


async def test_how_many_run_at_once_stands_over_the_lanes(show: Show) -> None:
    async with show(a_night) as ui:
        await timeline(ui)
        await until(ui, lambda: "up to 1 at once" in words(ui, "AtOnceLines"))
        assert "▁" in words(ui, "AtOnceLines")
        assert "Mon 2 Mar" in words(ui, "AtOnceLines")


async def test_the_cursor_walks_from_bar_to_bar_and_tells_of_each(show: Show) -> None:
    async with show(a_night) as ui:
        await timeline(ui)
        await until(ui, lambda: "Will run" in details(ui))
        assert "13:00, in 1h00m" in details(ui)
        assert "14:00:00" in details(ui)
        await press(ui, "left")
        await until(ui, lambda: "✗ failed" in details(ui))
        assert "10:00" in details(ui)
        await press(ui, "left")
        await until(ui, lambda: "✓ success" in details(ui))
        await press(ui, "right", "right")
        await until(ui, lambda: "Will run" in details(ui))
        await press(ui, "j")
        await until(ui, lambda: "► running" in details(ui))


async def test_at_the_edge_the_cursor_walks_to_another_time(show: Show) -> None:
    async with show(a_night) as ui:
        screen = await timeline(ui)
        before = screen.view.span
        await press(ui, "left", "left", "left")
        assert screen.view.span.begin < before.begin
        await until(ui, lambda: "moved" in str(screen.list_pane.border_subtitle))
        await press(ui, "full_stop")
        assert screen.view.span == before
        await until(ui, lambda: "moved" not in str(screen.list_pane.border_subtitle))


async def test_enter_opens_the_log_of_a_run_and_the_request_of_a_fire(show: Show) -> None:
    async with show(a_night) as ui:
        await timeline(ui)
        await until(ui, lambda: "Will run" in details(ui))
        await press(ui, "enter")
        await until(ui, lambda: isinstance(ui.app.screen, RequestForm))
        await press(ui, "escape")
        await until(ui, lambda: isinstance(ui.app.screen, TimelineScreen))
        await press(ui, "left", "enter")
        await until(ui, lambda: isinstance(ui.app.screen, LogView))
        await until(ui, lambda: "run 2" in screenful(ui))


async def test_the_log_of_a_fire_is_that_of_the_latest_run(show: Show) -> None:
    def prepare(services: Services) -> None:
        a_night(services)
        Request.update(last_run_id=2).where(Request.id == 1).execute()

    async with show(prepare) as ui:
        await timeline(ui)
        await until(ui, lambda: "Will run" in details(ui))
        await press(ui, "l")
        await until(ui, lambda: isinstance(ui.app.screen, LogView))


async def test_zooming_shows_less_and_more_and_stays_at_now(show: Show) -> None:
    async with show(a_night) as ui:
        screen = await timeline(ui)
        await press(ui, "plus", "equals_sign")
        assert abs(screen.view.span.length - 6 * HOUR) < screen.view.span.cell
        assert screen.view.span.has(NOON)
        await until(ui, lambda: "6 h a screen" in str(screen.list_pane.border_subtitle))
        for _ in range(20):
            await press(ui, "minus")
        assert abs(screen.view.span.length - 720 * HOUR) < screen.view.span.cell
        await until(ui, lambda: "30 days a screen" in str(screen.list_pane.border_subtitle))
        assert screen.view.is_following


async def test_the_time_is_moved_by_a_quarter(show: Show) -> None:
    async with show(a_night) as ui:
        screen = await timeline(ui)
        begin, cells = screen.view.span.begin, screen.view.span.width // 4
        await press(ui, "greater_than_sign", "shift+right", "less_than_sign")
        assert screen.view.span.begin == begin + cells * screen.view.span.cell


async def test_it_follows_the_time_cell_by_cell(show: Show, clock: FakeClock) -> None:
    async with show(a_night) as ui:
        screen = await timeline(ui)
        before = screen.view.span
        clock.advance(hours=1)
        screen.tick()
        assert abs(screen.view.span.begin - before.begin - HOUR) <= before.cell
        await until(ui, lambda: rows(ui)[1].count("━") >= 3)


async def test_what_happens_is_seen_at_once(show: Show) -> None:
    async with show(a_night) as ui:
        await timeline(ui)
        await until(ui, lambda: "✗" in rows(ui)[0])
        assert "◌" not in rows(ui)[0]
        await ui.runtime.write(ui.runtime.services.runs.trigger, 1)
        await until(ui, lambda: "◌" in rows(ui)[0])


async def test_a_click_takes_the_cursor_there_and_the_wheel_zooms_and_moves(show: Show) -> None:
    async with show(a_night) as ui:
        screen = await timeline(ui)
        table = screen.list_pane.table
        failed = table.render_line(1).text.index("✗")
        await ui.pilot.click(table, offset=(failed, 1))
        await until(ui, lambda: "✗ failed" in details(ui))
        before = screen.view.span
        for event, modifiers in (
            (MouseScrollUp, {"ctrl": True}),
            (MouseScrollDown, {"shift": True}),
        ):
            table.post_message(wheel(event, table, failed, **modifiers))
        await until(ui, lambda: screen.view.span.length < before.length)
        await until(ui, lambda: not screen.view.is_following)
        zoomed = screen.view.span
        table.post_message(wheel(MouseScrollLeft, table, failed))
        await until(ui, lambda: screen.view.span.begin < zoomed.begin)


async def test_a_second_click_opens_what_was_clicked(show: Show) -> None:
    async with show(a_night) as ui:
        screen = await timeline(ui)
        table = screen.list_pane.table
        failed = table.render_line(1).text.index("✗")
        await ui.pilot.click(table, offset=(failed, 1))
        await until(ui, lambda: "✗ failed" in details(ui))
        click = Click(table, failed, 1, 0, 0, 1, False, False, False, failed, 1, chain=1)
        table.post_message(click)  # later than a double click
        await until(ui, lambda: isinstance(ui.app.screen, LogView))


@pytest.mark.parametrize("place", ["AtOnceLines", "LaneTable"])
async def test_the_wheel_zooms_over_the_times(show: Show, place: str) -> None:
    async with show(a_night) as ui:
        screen = await timeline(ui)
        widget = screen.query_one(place)
        for event in (MouseScrollUp, MouseScrollUp, MouseScrollDown):
            widget.post_message(wheel(event, widget, 60, y=0))
        await until(ui, lambda: abs(screen.view.span.length - 12 * HOUR) < screen.view.span.cell)
        begin = screen.view.span.begin
        widget.post_message(wheel(MouseScrollUp, widget, 60, y=0, shift=True))
        await until(ui, lambda: screen.view.span.begin < begin)


async def test_a_click_over_the_lanes_takes_the_cursor_to_that_moment(show: Show) -> None:
    async with show(a_night) as ui:
        screen = await timeline(ui)
        failed = screen.list_pane.table.render_line(1).text.index("✗")
        await ui.pilot.click("AtOnceLines", offset=(failed, 1))
        await until(ui, lambda: "✗ failed" in details(ui))


async def test_a_filter_leaves_the_lanes_that_match(show: Show) -> None:
    async with show(a_night) as ui:
        await timeline(ui)
        await press(ui, "slash", *"repo", "enter")
        await until(ui, lambda: len(rows(ui)) == 1)
        assert "report" in rows(ui)[0]
        assert "Clear" in keys(ui)
        await press(ui, "escape")
        await until(ui, lambda: len(rows(ui)) == 2)


async def test_order_filter_and_marks_are_those_of_the_requests(show: Show) -> None:
    async with show(a_night) as ui:
        await press(ui, "1")
        await until(ui, lambda: len(rows(ui)) == 2)
        await press(ui, "space", "o", "slash", *"repo", "enter")
        await until(ui, lambda: len(rows(ui)) == 1)
        screen = await timeline(ui)
        pane = screen.list_pane
        await until(ui, lambda: len(rows(ui)) == 1 and "report" in rows(ui)[0])
        await until(ui, lambda: "1 of 2 requests · 1 marked" in str(pane.border_subtitle))
        assert pane.table.marked
        assert "by " in str(pane.border_subtitle)
        await until(ui, lambda: "repo" in screenful(ui))
        await press(ui, "escape")
        await until(ui, lambda: len(rows(ui)) == 2)
        await press(ui, "escape", "O", "1")
        await until(ui, lambda: not isinstance(ui.app.screen, TimelineScreen))
        await until(ui, lambda: len(rows(ui)) == 2 and "▼" in screenful(ui))
        assert "marked" not in screenful(ui)


async def test_the_order_goes_through_those_of_the_requests(show: Show) -> None:
    async with show(a_night, size=(120, 36)) as ui:
        pane = (await timeline(ui)).list_pane
        for order in ("next run ▲", "last run ▲", "schedule ▲", "state ▲"):
            await press(ui, "o")
            await until(ui, partial(subtitle_has, pane, f"by {order} · "))
        await press(ui, "o")
        await until(ui, lambda: not subtitle_has(pane, "by "))


async def test_what_is_seen_again_is_not_laid_out_anew(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with show(a_night) as ui:
        screen = await timeline(ui)
        await until(ui, lambda: "up to 1 at once" in words(ui, "AtOnceLines"))
        await until(ui, lambda: "Will run" in details(ui))
        await ui.pilot.pause()
        laid_out = count_layouts(monkeypatch)
        loaded = screen.list_pane.table.rows_at_hand
        screen.data_changed(ForeignCommit())
        await until(ui, lambda: screen.list_pane.table.rows_at_hand is not loaded)
        await ui.pilot.pause()
        assert not laid_out


async def test_what_is_held_is_not_counted_down(show: Show) -> None:
    async with show(a_night) as ui:
        await timeline(ui)
        await until(ui, lambda: "Will run" in details(ui))
        await ui.runtime.write(ui.runtime.services.controls.hold)
        await until(ui, lambda: "Is held" in details(ui))
        assert "13:00" in details(ui)
        assert "in 1h" not in details(ui)
        assert "Until" not in details(ui)


async def test_how_many_run_beside_it_is_told_of_a_run(show: Show) -> None:
    def prepare(services: Services) -> None:
        a_night(services)
        begun = NOON - 2 * HOUR
        add_run(services, "other", scheduled_for=begun, start_time=begun, end_time=begun + HOUR)

    async with show(prepare) as ui:
        await timeline(ui)
        await until(ui, lambda: "up to 2 at once" in words(ui, "AtOnceLines"))
        await press(ui, "left")
        await until(ui, lambda: "up to 2 runs" in details(ui))


async def test_the_help_says_what_the_signs_of_a_timeline_mean(show: Show) -> None:
    async with show(a_night, size=(160, 80)) as ui:
        await timeline(ui)
        await press(ui, "question_mark")
        await until(ui, lambda: "Signs of the timeline" in screenful(ui))
        assert "▹ to come" in screenful(ui)
        await press(ui, "escape", "1", "question_mark")
        await until(ui, lambda: "Signs of runs" in screenful(ui))
        assert "Signs of the timeline" not in screenful(ui)


async def test_a_day_that_is_left_out_is_told_with_its_reason(show: Show) -> None:
    def six_hourly(services: Services) -> None:
        start = (NOON + HOUR).replace(tzinfo=None)
        left_out = parse_exceptions("2026-03-03")
        plan = every(Frequency.HOURLY, interval=6, start=start, except_=left_out)
        scheduled(services, plan, process="backup")

    async with show(six_hourly, size=(140, 30)) as ui:
        await timeline(ui)
        await press(ui, "minus")
        await until(ui, lambda: "⊘" in rows(ui)[0])
        assert rows(ui)[0].count("▹") == 2
        await press(ui, "right", "right")
        await until(ui, lambda: "Left out" in details(ui))
        assert "Tue 3 Mar 01:00\nWhy        2026-03-03" in details(ui)
        await press(ui, "enter")
        await until(ui, lambda: isinstance(ui.app.screen, RequestForm))


async def test_the_run_of_a_group_says_how_far_it_has_come(show: Show) -> None:
    def prepare(services: Services) -> None:
        a_group(services, ("left", "right"), "last")
        triggered(services)
        for claim in services.dispatch.claim():
            services.dispatch.started(claim.run_id, services.context.clock.now(), 1, "handle")

    async with show(prepare) as ui:
        await timeline(ui)
        await press(ui, "left")
        await until(ui, lambda: "0 of 3 have ended" in details(ui))
        await until(ui, lambda: "up to 2 runs" in details(ui))


async def test_a_short_run_usually_takes_what_the_lists_say(show: Show) -> None:
    def short_runs(services: Services) -> None:
        hourly = every(Frequency.HOURLY, start=(NOON + HOUR).replace(tzinfo=None))
        scheduled(services, hourly, process="backup")
        for hours in range(1, 6):
            begun = NOON - hours * HOUR
            ended = begun + timedelta(milliseconds=400)
            times = {"scheduled_for": begun, "start_time": begun, "end_time": ended}
            add_run(services, "backup", status=RunStatus.SUCCESS, **times)

    async with show(short_runs) as ui:
        await timeline(ui)
        await until(ui, lambda: "Usually    0.4s" in details(ui))
