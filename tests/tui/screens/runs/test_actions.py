"""What the keys of the monitor do to runs, one or all marked."""

import pytest

from tests.tui.conftest import Show, Shown
from tests.tui.looking import press, question, toasts, until
from tests.tui.screens.runs.screens import (
    a_running_run,
    add_run,
    line_at,
    lines,
    monitor,
    run_title,
    three_runs,
)
from tui_scheduler.errors import NotFound
from tui_scheduler.models import KillRequest, Overlap, Process, Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.queries.run_list import RunFilter
from tui_scheduler.services.views import RunView


async def run_of(shown: Shown, run_id: int) -> RunView:
    return await shown.runtime.read(shown.runtime.services.runs.get, run_id)


async def newest(shown: Shown) -> RunView:
    runs = await shown.runtime.read(shown.runtime.services.runs.latest, RunFilter(), 1)
    return runs[0]


async def asked(shown: Shown) -> str:
    """Wait for the question; return its title and text."""
    text = await question(shown)
    return f"{shown.app.screen.query_one('#question').border_title}\n{text}"


class TestStop:
    @pytest.mark.parametrize(("key", "how"), [("x", KillRequest.TERM), ("X", KillRequest.FORCE)])
    async def test_a_run_is_stopped_after_a_question_that_names_it(
        self, show: Show, key: str, how: KillRequest
    ) -> None:
        async with show(a_running_run) as shown:
            screen = await monitor(shown, 1)
            await press(shown, key)
            assert "run 1 of backup" in await asked(shown)
            await press(shown, "y")
            await until(shown, lambda: "stopping" in line_at(screen, 0))
            assert (await run_of(shown, 1)).kill_request is how

    async def test_no_is_the_safe_answer(self, show: Show) -> None:
        async with show(a_running_run) as shown:
            screen = await monitor(shown, 1)
            for answer in ("n", "escape", "enter"):
                await press(shown, "x")
                await question(shown)
                await press(shown, answer)
                await until(shown, lambda: shown.app.screen is screen)
            assert (await run_of(shown, 1)).kill_request is None

    async def test_only_what_a_run_allows_is_offered(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            a_running_run(services)
            add_run(services)

        async with show(prepare) as shown:
            screen = await monitor(shown, 2)
            await until(shown, lambda: "run 2" in run_title(shown))
            await press(shown, "x", "X")
            assert shown.app.screen is screen
            assert "D" in screen.active_bindings
            await press(shown, "j")
            await until(shown, lambda: "run 1" in run_title(shown))
            assert "x" in screen.active_bindings
            assert "D" not in screen.active_bindings

    async def test_marked_runs_that_have_ended_are_not_stopped(self, show: Show) -> None:
        async with show(add_run) as shown:
            screen = await monitor(shown, 1)
            await press(shown, "space", "x")
            await until(shown, lambda: toasts(shown))
            assert toasts(shown) == ["Nothing of it is running."]
            assert shown.app.screen is screen

    async def test_a_run_that_ends_while_asked_is_explained(self, show: Show) -> None:
        async with show(a_running_run) as shown:
            await monitor(shown, 1)
            await press(shown, "x")
            await question(shown)
            ended = Run.update(status=RunStatus.SUCCESS, end_time=0)
            await shown.runtime.write(ended.execute)
            await press(shown, "y")
            await until(shown, lambda: toasts(shown))
            assert "has ended already" in toasts(shown)[0]

    async def test_all_marked_runs_that_are_open_are_stopped(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            for process in ("one", "two", "three"):
                a_running_run(services, process)
            add_run(services, "four")

        async with show(prepare) as shown:
            screen = await monitor(shown, 4)
            await press(shown, "space", "j", "space", "j", "space", "x")
            question = await asked(shown)
            assert "2 runs" in question
            assert "three, run 3" in question
            assert "two, run 2" in question
            await press(shown, "y")
            await until(shown, lambda: "stopping" in line_at(screen, 2))
            assert "running" in line_at(screen, 3)
            await until(shown, lambda: not screen.list_pane.table.marked)


class TestDelete:
    async def test_a_run_is_deleted_after_a_question_that_names_it(self, show: Show) -> None:
        async with show(three_runs) as shown:
            screen = await monitor(shown, 3)
            await press(shown, "j", "D")
            assert "run 2 of import" in await asked(shown)
            await press(shown, "y")
            await until(shown, lambda: len(lines(screen)) == 2)
            with pytest.raises(NotFound):
                await run_of(shown, 2)

    async def test_a_running_run_is_kept_and_that_is_explained(self, show: Show) -> None:
        async with show(a_running_run) as shown:
            screen = await monitor(shown, 1)
            await press(shown, "space", "D")
            await question(shown)
            await press(shown, "y")
            await until(shown, lambda: toasts(shown))
            assert "Cannot delete run 1 of backup" in toasts(shown)[0]
            assert len(lines(screen)) == 1

    async def test_marked_runs_are_deleted_together(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            for _ in range(10):
                add_run(services)

        async with show(prepare) as shown:
            screen = await monitor(shown, 10)
            await press(shown, *["space", "j"] * 8, "D")
            question = await asked(shown)
            assert "8 runs" in question
            assert "and 2 more" in question
            await press(shown, "y")
            await until(shown, lambda: len(lines(screen)) == 2)


class TestRunAgain:
    async def test_the_request_of_the_run_is_triggered(self, show: Show) -> None:
        async with show(three_runs) as shown:
            screen = await monitor(shown, 3)
            await press(shown, "j", "t")
            await until(shown, lambda: len(lines(screen)) == 4)
            assert (await newest(shown)).process == "import"
            await until(shown, lambda: toasts(shown) == ["Triggered run 4 of import."])

    async def test_marked_runs_of_one_request_trigger_it_once(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            add_run(services)
            add_run(services)

        async with show(prepare) as shown:
            screen = await monitor(shown, 2)
            await press(shown, "space", "j", "space", "t")
            await until(shown, lambda: len(lines(screen)) == 3)
            await until(shown, lambda: not screen.list_pane.table.marked)

    async def test_a_run_that_is_skipped_says_why(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            a_running_run(services)
            Process.update(overlap=Overlap.SKIP).execute()

        async with show(prepare) as shown:
            await monitor(shown, 1)
            await press(shown, "t")
            await until(shown, lambda: toasts(shown))
            assert "Skipped run 2 of backup Concurrent attempt to execute" in toasts(shown)[0]

    async def test_an_inactive_process_is_explained(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            add_run(services)
            Process.update(active=False).execute()

        async with show(prepare) as shown:
            await monitor(shown, 1)
            await press(shown, "t")
            await until(shown, lambda: toasts(shown))
            assert "not active" in toasts(shown)[0]
