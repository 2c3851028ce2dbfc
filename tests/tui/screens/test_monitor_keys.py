"""Every key of the monitor."""

from datetime import timedelta

import pytest
from textual.binding import Binding
from textual.widgets import Input

from tests.clock import NOON
from tests.tui.conftest import Show, Shown
from tests.tui.screens.monitor_screens import (
    a_running_run,
    add_run,
    count,
    lines,
    monitor,
    run_title,
    three_runs,
    toasts,
    until,
    words,
)
from tui_scheduler.errors import NotFound
from tui_scheduler.models import KillRequest, Overlap, Process, Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.run_list import RunFilter
from tui_scheduler.services.views import RunView
from tui_scheduler.tui.screens.confirm import ConfirmDialog
from tui_scheduler.tui.screens.log_view import LogView
from tui_scheduler.tui.screens.monitor_keys import LOG_VIEW_KEYS, MONITOR_KEYS


async def run_of(shown: Shown, run_id: int) -> RunView:
    return await shown.runtime.read(shown.runtime.services.runs.get, run_id)


async def newest(shown: Shown) -> RunView:
    runs = await shown.runtime.read(shown.runtime.services.runs.latest, RunFilter(), 1)
    return runs[0]


async def dialog(shown: Shown) -> ConfirmDialog:
    await until(shown, lambda: isinstance(shown.app.screen, ConfirmDialog))
    assert isinstance(shown.app.screen, ConfirmDialog)
    return shown.app.screen


async def asked(shown: Shown) -> str:
    """Wait for the question; return its title and text."""
    question = await dialog(shown)
    title = question.query_one("#question").border_title
    return f"{title}\n{words(shown, '#question-text')}"


def moment(line: str) -> str:
    """The hour and minute in a line of the table."""
    return line[line.index("12:0") :][:5]


class TestToggles:
    @pytest.mark.parametrize(
        ("key", "left"), [("E", ["error"]), ("R", ["running"]), ("H", ["running", "error"])]
    )
    async def test_a_key_leaves_only_some_runs(self, show: Show, key: str, left: list[str]) -> None:
        def prepare(services: Services) -> None:
            three_runs(services)
            Run.update(scheduled_for=0).where(Run.status == RunStatus.SUCCESS).execute()

        async with show(prepare) as shown:
            screen = await monitor(shown, 3)
            await shown.pilot.press(key)
            await until(shown, lambda: len(lines(screen)) == len(left))
            assert all(word in line for word, line in zip(left, lines(screen), strict=True))
            assert count(shown) == f"{len(left)}/3"
            await shown.pilot.press(key)
            await until(shown, lambda: len(lines(screen)) == 3)

    async def test_a_toggle_shows_its_key_and_whether_it_is_on(self, show: Show) -> None:
        async with show(three_runs) as shown:
            await monitor(shown)
            assert words(shown, "#toggle-failed") == "E ○ failed only"
            await shown.pilot.press("E")
            assert words(shown, "#toggle-failed") == "E ● failed only"
            await shown.pilot.press("R")
            assert words(shown, "#toggle-failed") == "E ○ failed only"
            assert words(shown, "#toggle-running") == "R ● running only"

    async def test_a_click_turns_a_toggle_over(self, show: Show) -> None:
        async with show(three_runs) as shown:
            screen = await monitor(shown, 3)
            await shown.pilot.click("#toggle-failed")
            await until(shown, lambda: len(lines(screen)) == 1)

    async def test_nothing_left_says_how_to_see_all_again(self, show: Show) -> None:
        async with show(add_run) as shown:
            screen = await monitor(shown, 1)
            await shown.pilot.press("R")
            await until(shown, lambda: lines(screen)[:1] == ["No run is like this"])
            await shown.pilot.press("escape")
            await until(shown, lambda: "success" in lines(screen)[0])


class TestFilterAndOrder:
    async def test_typing_filters_with_a_live_count(self, show: Show) -> None:
        async with show(three_runs) as shown:
            screen = await monitor(shown, 3)
            await shown.pilot.press("slash", *"imp")
            await until(shown, lambda: len(lines(screen)) == 1)
            assert words(shown, "#filter-count") == "1/3"
            await shown.pilot.press("enter")
            assert screen.table.has_focus
            await shown.pilot.press("escape")
            await until(shown, lambda: len(lines(screen)) == 3)

    async def test_letters_of_a_filter_are_not_keys(self, show: Show) -> None:
        async with show(three_runs) as shown:
            screen = await monitor(shown, 3)
            await shown.pilot.press("slash", *"EXq")
            assert screen.query_one(Input).value == "EXq"
            assert shown.app.screen is screen

    async def test_sorting_shows_its_direction_and_keeps_the_cursor(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            for minute in (3, 1, 2):
                add_run(services, start_time=NOON + timedelta(minutes=minute))

        async with show(prepare, size=(100, 30)) as shown:
            screen = await monitor(shown, 3)
            at_cursor = screen.table.cursor_id
            await shown.pilot.press("o")
            await until(shown, lambda: "▲" in screen.table.render_line(0).text)
            assert [moment(line) for line in lines(screen)] == ["12:01", "12:02", "12:03"]
            await shown.pilot.press("O")
            await until(shown, lambda: "▼" in screen.table.render_line(0).text)
            assert [moment(line) for line in lines(screen)] == ["12:03", "12:02", "12:01"]
            assert screen.table.cursor_id == at_cursor


class TestStop:
    @pytest.mark.parametrize(("key", "how"), [("x", KillRequest.TERM), ("X", KillRequest.FORCE)])
    async def test_a_run_is_stopped_after_a_question_that_names_it(
        self, show: Show, key: str, how: KillRequest
    ) -> None:
        async with show(a_running_run) as shown:
            screen = await monitor(shown, 1)
            await shown.pilot.press(key)
            assert "run 1 of backup" in await asked(shown)
            await shown.pilot.press("y")
            await until(shown, lambda: "stopping" in lines(screen)[0])
            assert (await run_of(shown, 1)).kill_request is how

    async def test_no_is_the_safe_answer(self, show: Show) -> None:
        async with show(a_running_run) as shown:
            screen = await monitor(shown, 1)
            for answer in ("n", "escape", "enter"):
                await shown.pilot.press("x")
                await dialog(shown)
                await shown.pilot.press(answer)
                await until(shown, lambda: shown.app.screen is screen)
            assert (await run_of(shown, 1)).kill_request is None

    async def test_only_what_a_run_allows_is_offered(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            a_running_run(services)
            add_run(services)

        async with show(prepare) as shown:
            screen = await monitor(shown, 2)
            await until(shown, lambda: "run 2" in run_title(shown))
            await shown.pilot.press("x", "X")
            assert shown.app.screen is screen
            assert "D" in screen.active_bindings
            await shown.pilot.press("j")
            await until(shown, lambda: "run 1" in run_title(shown))
            assert "x" in screen.active_bindings
            assert "D" not in screen.active_bindings

    async def test_marked_runs_that_have_ended_are_not_stopped(self, show: Show) -> None:
        async with show(add_run) as shown:
            screen = await monitor(shown, 1)
            await shown.pilot.press("space", "x")
            await until(shown, lambda: toasts(shown))
            assert toasts(shown) == ["Nothing of it is running."]
            assert shown.app.screen is screen

    async def test_a_run_that_ends_while_asked_is_explained(self, show: Show) -> None:
        async with show(a_running_run) as shown:
            await monitor(shown, 1)
            await shown.pilot.press("x")
            await dialog(shown)
            ended = Run.update(status=RunStatus.SUCCESS, end_time=0)
            await shown.runtime.write(ended.execute)
            await shown.pilot.press("y")
            await until(shown, lambda: toasts(shown))
            assert "has ended already" in toasts(shown)[0]

    async def test_all_marked_runs_that_are_open_are_stopped(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            for process in ("one", "two", "three"):
                a_running_run(services, process)
            add_run(services, "four")

        async with show(prepare) as shown:
            screen = await monitor(shown, 4)
            await shown.pilot.press("space", "j", "space", "j", "space", "x")
            question = await asked(shown)
            assert "2 runs" in question
            assert "three, run 3" in question
            assert "two, run 2" in question
            await shown.pilot.press("y")
            await until(shown, lambda: "stopping" in lines(screen)[2])
            assert "running" in lines(screen)[3]
            await until(shown, lambda: not screen.table.marked)


class TestDelete:
    async def test_a_run_is_deleted_after_a_question_that_names_it(self, show: Show) -> None:
        async with show(three_runs) as shown:
            screen = await monitor(shown, 3)
            await shown.pilot.press("j", "D")
            assert "run 2 of import" in await asked(shown)
            await shown.pilot.press("y")
            await until(shown, lambda: len(lines(screen)) == 2)
            with pytest.raises(NotFound):
                await run_of(shown, 2)

    async def test_a_running_run_is_kept_and_that_is_explained(self, show: Show) -> None:
        async with show(a_running_run) as shown:
            screen = await monitor(shown, 1)
            await shown.pilot.press("space", "D")
            await dialog(shown)
            await shown.pilot.press("y")
            await until(shown, lambda: toasts(shown))
            assert "Cannot delete run 1 of backup" in toasts(shown)[0]
            assert len(lines(screen)) == 1

    async def test_marked_runs_are_deleted_together(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            for _ in range(10):
                add_run(services)

        async with show(prepare) as shown:
            screen = await monitor(shown, 10)
            await shown.pilot.press(*["space", "j"] * 8, "D")
            question = await asked(shown)
            assert "8 runs" in question
            assert "and 2 more" in question
            await shown.pilot.press("y")
            await until(shown, lambda: len(lines(screen)) == 2)


class TestRunAgain:
    async def test_the_request_of_the_run_is_triggered(self, show: Show) -> None:
        async with show(three_runs) as shown:
            screen = await monitor(shown, 3)
            await shown.pilot.press("j", "t")
            await until(shown, lambda: len(lines(screen)) == 4)
            assert (await newest(shown)).process == "import"
            assert toasts(shown) == ["Triggered run 4 of import."]

    async def test_marked_runs_of_one_request_trigger_it_once(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            add_run(services)
            add_run(services)

        async with show(prepare) as shown:
            screen = await monitor(shown, 2)
            await shown.pilot.press("space", "j", "space", "t")
            await until(shown, lambda: len(lines(screen)) == 3)
            await until(shown, lambda: not screen.table.marked)

    async def test_a_run_that_is_skipped_says_why(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            a_running_run(services)
            Process.update(overlap=Overlap.SKIP).execute()

        async with show(prepare) as shown:
            await monitor(shown, 1)
            await shown.pilot.press("t")
            await until(shown, lambda: toasts(shown))
            assert "Skipped run 2 of backup Concurrent attempt to execute" in toasts(shown)[0]

    async def test_an_inactive_process_is_explained(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            add_run(services)
            Process.update(active=False).execute()

        async with show(prepare) as shown:
            await monitor(shown, 1)
            await shown.pilot.press("t")
            await until(shown, lambda: toasts(shown))
            assert "not active" in toasts(shown)[0]


class TestTheRest:
    async def test_copying_takes_what_the_run_is(self, show: Show) -> None:
        async with show(add_run) as shown:
            await monitor(shown, 1)
            await shown.pilot.press("y")
            await until(shown, lambda: shown.app.clipboard)
            assert shown.app.clipboard.startswith("run 1 of backup · success · 00:00:01.500")

    @pytest.mark.parametrize("key", ["enter", "f"])
    async def test_the_log_fills_the_screen_and_escape_comes_back(
        self, show: Show, key: str
    ) -> None:
        async with show(three_runs) as shown:
            screen = await monitor(shown, 3)
            await shown.pilot.press("j", key)
            await until(shown, lambda: isinstance(shown.app.screen, LogView))
            await shown.pilot.press("escape")
            await until(shown, lambda: shown.app.screen is screen)
            assert screen.table.cursor_id == 2

    async def test_keys_lead_to_the_log_and_back(self, show: Show) -> None:
        async with show(three_runs) as shown:
            screen = await monitor(shown, 3)
            for there, back in (("l", "escape"), ("tab", "shift+tab")):
                await shown.pilot.press(there)
                assert screen.pane.log_pane.view.has_focus
                await shown.pilot.press(back)
                assert screen.table.has_focus

    async def test_escape_takes_away_one_thing_after_the_other(self, show: Show) -> None:
        async with show(three_runs) as shown:
            screen = await monitor(shown, 3)
            await shown.pilot.press("space", "E", "slash", "i", "enter")
            assert screen.table.filter == "i"
            await shown.pilot.press("escape")
            assert screen.table.filter == ""
            await until(shown, lambda: len(lines(screen)) == 1)
            await shown.pilot.press("escape")
            await until(shown, lambda: len(lines(screen)) == 3)
            assert screen.table.marked
            await shown.pilot.press("escape")
            assert not screen.table.marked

    def test_every_key_has_an_id_and_a_tooltip(self) -> None:
        for binding in (*MONITOR_KEYS, *LOG_VIEW_KEYS):
            assert isinstance(binding, Binding)
            assert binding.id, binding
            assert binding.tooltip, binding
