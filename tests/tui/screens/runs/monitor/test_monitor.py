"""What the monitor shows: the history, live, and the run at the cursor."""

from datetime import timedelta

import pytest

from tests.services.drafts import a_process, a_request
from tests.support.clock import NOON, FakeClock
from tests.tui.conftest import Show
from tests.tui.on_screen import press, screenful, until, words
from tests.tui.screens.runs.screens import (
    a_running_run,
    add_run,
    count,
    line_at,
    lines,
    monitor,
    run_title,
    three_runs,
)
from tui_scheduler.models import KillRequest, Request, Run, RunStatus
from tui_scheduler.services import Services


async def test_an_empty_history_says_what_to_press(show: Show) -> None:
    async with show() as ui:
        screen = await monitor(ui)
        assert lines(screen)[0] == "Nothing has run yet"
        assert "Press 1" in line_at(screen, 1)
        await press(ui, "t", "x", "X", "D", "y", "f", "enter", "l")
        assert ui.app.screen is screen


async def test_the_newest_run_stands_first(show: Show) -> None:
    async with show(three_runs) as ui:
        screen = await monitor(ui)
        first, second, third = lines(screen)
        assert "► running" in first
        assert "report" in first
        assert "✗ failed" in second
        assert "3" in second.split()
        assert "✓ success" in third
        assert "1.5s" in third
        await until(ui, lambda: count(ui) == "3 runs")


async def test_a_new_run_appears_without_a_key_and_the_cursor_stays(show: Show) -> None:
    async with show(three_runs) as ui:
        screen = await monitor(ui)
        await press(ui, "j")
        at_cursor = screen.list_pane.table.cursor_id
        request_id = 1
        await ui.runtime.write(ui.runtime.services.runs.trigger, request_id)
        await until(ui, lambda: len(lines(screen)) == 4)
        assert "◌ queued" in line_at(screen, 0)
        assert screen.list_pane.table.cursor_id == at_cursor
        await until(ui, lambda: count(ui) == "4 runs")


async def test_a_change_of_the_run_at_the_cursor_is_shown_below(show: Show) -> None:
    async with show(a_running_run) as ui:
        await monitor(ui)
        await until(ui, lambda: "running" in run_title(ui))

        def end() -> None:
            changes = {"status": RunStatus.ERROR, "end_time": NOON, "exit_code": 9}
            Run.update(**changes).execute()

        await ui.runtime.write(end)
        await ui.runtime.write(ui.runtime.services.controls.hold)
        ui.app.screen.query_one("RowTable").refresh_rows()  # type: ignore[attr-defined]
        await until(ui, lambda: "✗ failed" in run_title(ui))
        assert "exit 9" in run_title(ui)


async def test_the_run_at_the_cursor_is_described_below(show: Show) -> None:
    async with show(three_runs) as ui:
        await monitor(ui)
        await until(ui, lambda: "report  run 3" in run_title(ui))
        await press(ui, "j")
        await until(ui, lambda: "import  run 2" in run_title(ui))
        assert "exit 3" in run_title(ui)
        assert "due 12:00 · " in words(ui, "#run-details")


async def test_a_signal_that_ended_a_run_stands_for_its_exit_code(show: Show) -> None:
    def prepare(services: Services) -> None:
        add_run(services, status=RunStatus.ERROR, exit_code=None, signal=15)

    async with show(prepare, size=(80, 24)) as ui:
        screen = await monitor(ui)
        assert "SIGTERM" in line_at(screen, 0)
        await until(ui, lambda: run_title(ui).endswith("  SIGTERM"))
        await until(ui, lambda: words(ui, "#run-details").startswith("Ended by SIGTERM · "))


@pytest.mark.parametrize("status", [RunStatus.SKIPPED, RunStatus.MISFIRED])
async def test_a_fire_that_did_not_run_says_why(show: Show, status: RunStatus) -> None:
    def prepare(services: Services) -> None:
        facts = {"note": "The machine slept", "missed": 4}
        never_started = {"start_time": None, "exit_code": None}
        add_run(services, "backup", status=status, **facts, **never_started)

    async with show(prepare, size=(180, 40)) as ui:
        screen = await monitor(ui)
        assert "The machine" in line_at(screen, 0)
        await until(ui, lambda: words(ui, "#run-details").startswith("The machine slept"))
        assert "stands for 4 missed runs" in words(ui, "#run-details")


async def test_a_running_duration_grows_with_the_clock(show: Show, clock: FakeClock) -> None:
    async with show(a_running_run) as ui:
        screen = await monitor(ui)
        clock.advance(seconds=61.25)
        screen.tick()
        await ui.pilot.pause()
        assert "1m01s" in line_at(screen, 0)
        assert "00:01:01.250" in run_title(ui)


async def test_a_run_that_is_being_stopped_counts_down(show: Show, clock: FakeClock) -> None:
    def prepare(services: Services) -> None:
        a_running_run(services, kill_request=KillRequest.TERM, kill_requested_at=NOON)

    async with show(prepare) as ui:
        screen = await monitor(ui)
        assert "■ stopping…" in line_at(screen, 0)
        await until(ui, lambda: "KILL in 10 s" in words(ui, "#run-details"))
        clock.advance(seconds=4)
        screen.tick()
        assert "KILL in 6 s" in words(ui, "#run-details")


async def test_times_of_other_days_have_a_date(show: Show) -> None:
    def prepare(services: Services) -> None:
        add_run(services, start_time=NOON - timedelta(days=1))
        add_run(services, start_time=NOON - timedelta(days=300))

    async with show(prepare) as ui:
        screen = await monitor(ui, 2)
        assert "Tue 6 May 2025" in line_at(screen, 0)
        assert "Sun 1 Mar 12:00" in line_at(screen, 1)


async def test_the_most_important_columns_stay_on_a_small_terminal(show: Show) -> None:
    def days_ago(services: Services) -> None:
        three_runs(services)
        add_run(services, "a-name-of-some-length", start_time=NOON - timedelta(days=3))
        Request.update(description="every night").execute()

    async with show(days_ago, size=(80, 24)) as ui:
        screen = await monitor(ui)
        header = screen.list_pane.table.render_line(0).text.split()
        assert header == ["Run", "▼", "Status", "Process", "Start", "Duration", "Exit", "Try"]
        assert screen.list_pane.table.size.height >= 8
        assert screen.run_pane.size.height >= 7


async def test_a_large_terminal_shows_every_column(show: Show) -> None:
    def with_a_note(services: Services) -> None:
        add_run(services, note="late")
        three_runs(services)
        Request.update(description="every night").execute()

    async with show(with_a_note, size=(220, 50)) as ui:
        screen = await monitor(ui)
        header = screen.list_pane.table.render_line(0).text
        for title in ("Request", "Channel", "Scheduled for", "End", "Try", "Note"):
            assert title in header
        assert "by plan" in line_at(screen, 0)


async def test_hostile_names_and_notes_are_harmless(show: Show) -> None:
    hostile = "[/etc] \x1b[2J\x9b31m\r"

    def prepare(services: Services) -> None:
        process = a_process(services)
        request = a_request(services, description="[red]\x07")
        Run.update(note=hostile).execute()
        add_run(services, note=hostile)
        assert process.id == request.process_id

    async with show(prepare, size=(200, 40)) as ui:
        screen = await monitor(ui)
        assert "[/etc] ␛[2J" in line_at(screen, 0)
        await until(ui, lambda: "[/etc] ␛[2J" in words(ui, "#run-details"))
        for text in (*lines(screen), words(ui, "#run-details"), run_title(ui)):
            assert text.isprintable()


async def test_a_long_history_is_loaded_only_where_it_is_looked_at(show: Show) -> None:
    def prepare(services: Services) -> None:
        add_run(services)
        row = dict(Run.select().dicts().first())
        del row["id"]
        for _ in range(6):
            Run.insert_many([row] * 500).execute()

    async with show(prepare) as ui:
        screen = await monitor(ui)
        await until(ui, lambda: count(ui) == "3,001 runs")
        await press(ui, "G")
        await until(ui, lambda: screen.list_pane.table.cursor_id == 1)
        await press(ui, "g")
        await until(ui, lambda: screen.list_pane.table.cursor_id == 3001)


async def test_a_failed_run_says_what_it_wrote_last(show: Show) -> None:
    def prepare(services: Services) -> None:
        run_id = add_run(services, status=RunStatus.ERROR, exit_code=3, log_bytes=1)
        log = services.runs.get(run_id).log_path
        log.parent.mkdir(parents=True)
        log.write_text("reading\n\x1b[31merror:\x1b[0m no such customer\n\n")

    async with show(prepare, size=(180, 40)) as ui:
        screen = await monitor(ui, 1)
        assert "error: no" in line_at(screen, 0)


async def test_messages_leave_the_end_of_the_log_in_sight(show: Show) -> None:
    async with show(add_run, size=(80, 24)) as ui:
        screen = await monitor(ui, 1)
        await press(ui, "t")
        await until(ui, lambda: "Triggered" in screenful(ui))
        places = [y for y, line in enumerate(screenful(ui).splitlines()) if "Triggered" in line]
        assert max(places) < screen.run_pane.region.y


async def test_a_tiny_terminal_keeps_the_list(show: Show) -> None:
    async with show(three_runs, size=(50, 10)) as ui:
        screen = await monitor(ui, 3)
        assert "running" in line_at(screen, 0)
        assert not screen.run_pane.display
