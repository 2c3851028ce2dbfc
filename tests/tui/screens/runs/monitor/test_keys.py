"""The keys of the monitor that look for runs and show them."""

from datetime import timedelta

import pytest
from textual.binding import Binding
from textual.widgets import Input

from tests.support.clock import NOON
from tests.tui.conftest import Show
from tests.tui.on_screen import press, until, words
from tests.tui.screens.runs.screens import (
    add_run,
    count,
    line_at,
    lines,
    monitor,
    run_title,
    three_runs,
)
from tui_scheduler.models import Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.tui.screens.runs.actions import LOG_VIEW_KEYS, MONITOR_KEYS
from tui_scheduler.tui.screens.runs.log_view import LogView


def numbers(lines: list[str]) -> list[int]:
    """The numbers of the runs in lines of the table."""
    return [int(line.split()[0]) for line in lines]


class TestToggles:
    @pytest.mark.parametrize(
        ("key", "left"), [("E", ["failed"]), ("R", ["running"]), ("H", ["running", "failed"])]
    )
    async def test_a_key_leaves_only_some_runs(self, show: Show, key: str, left: list[str]) -> None:
        def prepare(services: Services) -> None:
            three_runs(services)
            Run.update(scheduled_for=0).where(Run.status == RunStatus.SUCCESS).execute()

        async with show(prepare) as ui:
            screen = await monitor(ui, 3)
            await press(ui, key)
            await until(ui, lambda: len(lines(screen)) == len(left))
            assert all(word in line for word, line in zip(left, lines(screen), strict=True))
            await until(ui, lambda: count(ui) == f"{len(left)} of 3 runs")
            await press(ui, key)
            await until(ui, lambda: len(lines(screen)) == 3)

    async def test_a_toggle_shows_its_key_and_whether_it_is_on(self, show: Show) -> None:
        async with show(three_runs) as ui:
            await monitor(ui)
            assert words(ui, "#toggle-failed") == "E [ ] failed only"
            await press(ui, "E")
            assert words(ui, "#toggle-failed") == "E [x] failed only"
            await press(ui, "R")
            assert words(ui, "#toggle-failed") == "E [ ] failed only"
            assert words(ui, "#toggle-running") == "R [x] running only"

    async def test_a_click_turns_a_toggle_over(self, show: Show) -> None:
        async with show(three_runs) as ui:
            screen = await monitor(ui, 3)
            await ui.pilot.click("#toggle-failed")
            await until(ui, lambda: len(lines(screen)) == 1)

    async def test_marks_stay_while_only_the_last_day_is_shown(self, show: Show) -> None:
        async with show(three_runs) as ui:
            screen = await monitor(ui, 3)
            await press(ui, "space", "H")
            await until(ui, lambda: count(ui) == "3 runs · 1 marked")
            await ui.runtime.write(ui.runtime.services.runs.trigger, 1)
            await until(ui, lambda: len(lines(screen)) == 4)
            await until(ui, lambda: count(ui) == "4 runs · 1 marked")

    async def test_nothing_left_says_how_to_see_all_again(self, show: Show) -> None:
        async with show(add_run) as ui:
            screen = await monitor(ui, 1)
            await press(ui, "R")
            await until(ui, lambda: lines(screen)[:1] == ["No run is like this"])
            await press(ui, "escape")
            await until(ui, lambda: "success" in line_at(screen, 0))


class TestFilterAndOrder:
    async def test_typing_filters_with_a_live_count(self, show: Show) -> None:
        async with show(three_runs) as ui:
            screen = await monitor(ui, 3)
            await press(ui, "slash", *"imp")
            await until(ui, lambda: len(lines(screen)) == 1)
            await until(ui, lambda: words(ui, "#filter-count") == "1/3")
            await press(ui, "enter")
            assert screen.list_pane.table.has_focus
            await press(ui, "escape")
            await until(ui, lambda: len(lines(screen)) == 3)

    async def test_letters_of_a_filter_are_not_keys(self, show: Show) -> None:
        async with show(three_runs) as ui:
            screen = await monitor(ui, 3)
            await press(ui, "slash", *"EXq")
            assert screen.query_one(Input).value == "EXq"
            assert ui.app.screen is screen

    async def test_sorting_shows_its_direction_and_keeps_the_cursor(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            for minute in (3, 1, 2):
                add_run(services, start_time=NOON + timedelta(minutes=minute))

        async with show(prepare, size=(100, 30)) as ui:
            screen = await monitor(ui, 3)
            at_cursor = screen.list_pane.table.cursor_id
            await press(ui, "o", "o", "o", "o")
            await until(ui, lambda: "Start ▲" in screen.list_pane.table.render_line(0).text)
            assert numbers(lines(screen)) == [2, 3, 1]
            await press(ui, "O")
            await until(ui, lambda: "Start ▼" in screen.list_pane.table.render_line(0).text)
            assert numbers(lines(screen)) == [1, 3, 2]
            assert screen.list_pane.table.cursor_id == at_cursor

    async def test_turning_the_order_round_leaves_the_cursor_and_its_log_in_sight(
        self, show: Show
    ) -> None:
        def many(services: Services) -> None:
            for _ in range(60):
                add_run(services)

        async with show(many, size=(80, 24)) as ui:
            screen = await monitor(ui)
            table = screen.list_pane.table
            assert "Run ▼" in table.render_line(0).text
            await press(ui, "O")
            await until(ui, lambda: "Run ▲" in table.render_line(0).text)
            assert (table.cursor_id, table.place.cursor_in_view) == (60, True)
            assert any(line.startswith("60 ") for line in lines(screen))
            assert "run 60" in run_title(ui)

    @pytest.mark.parametrize(
        ("keys", "title", "order"),
        [
            ("o", "Status ▲", [3, 1, 2]),
            ("oO", "Status ▼", [2, 1, 3]),
            ("oo", "Process ▲", [2, 3, 1]),
        ],
    )
    async def test_status_and_process_can_be_sorted_by(
        self, show: Show, keys: str, title: str, order: list[int]
    ) -> None:
        def prepare(services: Services) -> None:
            add_run(services, "report")
            add_run(services, "archive")
            add_run(services, "backup", status=RunStatus.ERROR)

        async with show(prepare, size=(100, 30)) as ui:
            screen = await monitor(ui, 3)
            await press(ui, *keys)
            await until(ui, lambda: title in screen.list_pane.table.render_line(0).text)
            assert numbers(lines(screen)) == order


class TestTheRest:
    async def test_copying_takes_what_the_run_is(self, show: Show) -> None:
        async with show(add_run) as ui:
            await monitor(ui, 1)
            await press(ui, "y")
            await until(ui, lambda: ui.app.clipboard)
            assert ui.app.clipboard.startswith("run 1 of backup · success · 00:00:01.500")

    @pytest.mark.parametrize("key", ["enter", "f"])
    async def test_the_log_fills_the_screen_and_escape_comes_back(
        self, show: Show, key: str
    ) -> None:
        async with show(three_runs) as ui:
            screen = await monitor(ui, 3)
            await press(ui, "j", key)
            await until(ui, lambda: isinstance(ui.app.screen, LogView))
            await press(ui, "escape")
            await until(ui, lambda: ui.app.screen is screen)
            assert screen.list_pane.table.cursor_id == 2

    async def test_keys_lead_to_the_log_and_back(self, show: Show) -> None:
        async with show(three_runs) as ui:
            screen = await monitor(ui, 3)
            for there, back in (("l", "escape"), ("tab", "shift+tab")):
                await press(ui, there)
                assert screen.run_pane.log_pane.view.has_focus
                await press(ui, back)
                assert screen.list_pane.table.has_focus

    async def test_escape_takes_away_one_thing_after_the_other(self, show: Show) -> None:
        async with show(three_runs) as ui:
            screen = await monitor(ui, 3)
            await press(ui, "space", "E", "slash", "i", "enter")
            assert screen.list_pane.table.filter == "i"
            await press(ui, "escape")
            assert screen.list_pane.table.filter == ""
            await until(ui, lambda: len(lines(screen)) == 1)
            await press(ui, "escape")
            await until(ui, lambda: len(lines(screen)) == 3)
            assert screen.list_pane.table.marked
            await press(ui, "escape")
            assert not screen.list_pane.table.marked

    async def test_marks_go_with_their_runs(self, show: Show) -> None:
        async with show(three_runs) as ui:
            screen = await monitor(ui, 3)
            await press(ui, "space", "j", "space")
            gone, left = sorted(screen.list_pane.table.marked)
            await ui.runtime.write(ui.runtime.services.runs.delete, gone)
            await until(ui, lambda: screen.list_pane.table.marked == {left})

    def test_every_key_has_an_id_and_a_tooltip(self) -> None:
        for binding in (*MONITOR_KEYS, *LOG_VIEW_KEYS):
            assert isinstance(binding, Binding)
            assert binding.id, binding
            assert binding.tooltip, binding
