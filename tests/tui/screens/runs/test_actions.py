"""What the keys of the monitor do to runs, one or all marked."""

import pytest

from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import press, question, toasts, until
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
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.runs import RunView


async def run_of(ui: Ui, run_id: int) -> RunView:
    return await ui.runtime.read(ui.runtime.services.runs.get, run_id)


async def newest(ui: Ui) -> RunView:
    runs = await ui.runtime.read(ui.runtime.services.runs.latest, RunFilter(), 1)
    return runs[0]


async def asked(ui: Ui) -> str:
    """Wait for the question; return its title and text."""
    text = await question(ui)
    return f"{ui.app.screen.query_one('#question').border_title}\n{text}"


class TestStop:
    @pytest.mark.parametrize(("key", "how"), [("x", KillRequest.TERM), ("X", KillRequest.FORCE)])
    async def test_a_run_is_stopped_after_a_question_that_names_it(
        self, show: Show, key: str, how: KillRequest
    ) -> None:
        async with show(a_running_run) as ui:
            screen = await monitor(ui, 1)
            await press(ui, key)
            assert "run 1 of backup" in await asked(ui)
            await press(ui, "y")
            await until(ui, lambda: "stopping" in line_at(screen, 0))
            assert (await run_of(ui, 1)).kill_request is how

    async def test_no_is_the_safe_answer(self, show: Show) -> None:
        async with show(a_running_run) as ui:
            screen = await monitor(ui, 1)
            for answer in ("n", "escape", "enter"):
                await press(ui, "x")
                await question(ui)
                await press(ui, answer)
                await until(ui, lambda: ui.app.screen is screen)
            assert (await run_of(ui, 1)).kill_request is None

    async def test_only_what_a_run_allows_is_offered(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            a_running_run(services)
            add_run(services)

        async with show(prepare) as ui:
            screen = await monitor(ui, 2)
            await until(ui, lambda: "run 2" in run_title(ui))
            await press(ui, "x", "X")
            assert ui.app.screen is screen
            await press(ui, "j")
            await until(ui, lambda: "run 1" in run_title(ui))
            assert "x" in screen.active_bindings

    async def test_marked_runs_that_have_ended_are_not_stopped(self, show: Show) -> None:
        async with show(add_run) as ui:
            screen = await monitor(ui, 1)
            await press(ui, "space", "x")
            await until(ui, lambda: toasts(ui))
            assert toasts(ui) == ["Nothing of it is running."]
            assert ui.app.screen is screen

    async def test_a_run_that_ends_while_asked_is_explained(self, show: Show) -> None:
        async with show(a_running_run) as ui:
            await monitor(ui, 1)
            await press(ui, "x")
            await question(ui)
            ended = Run.update(status=RunStatus.SUCCESS, end_time=0)
            await ui.runtime.write(ended.execute)
            await press(ui, "y")
            await until(ui, lambda: toasts(ui))
            assert "has ended already" in toasts(ui)[0]

    async def test_all_marked_runs_that_are_open_are_stopped(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            for process in ("one", "two", "three"):
                a_running_run(services, process)
            add_run(services, "four")

        async with show(prepare) as ui:
            screen = await monitor(ui, 4)
            await press(ui, "space", "j", "space", "j", "space", "x")
            question = await asked(ui)
            assert "2 runs" in question
            assert "three, run 3" in question
            assert "two, run 2" in question
            await press(ui, "y")
            await until(ui, lambda: "stopping" in line_at(screen, 2))
            assert "running" in line_at(screen, 3)
            await until(ui, lambda: not screen.list_pane.table.marked)


class TestDelete:
    async def test_a_run_is_deleted_after_a_question_that_names_it(self, show: Show) -> None:
        async with show(three_runs) as ui:
            screen = await monitor(ui, 3)
            await press(ui, "j", "D")
            assert "run 2 of import" in await asked(ui)
            await press(ui, "y")
            await until(ui, lambda: len(lines(screen)) == 2)
            with pytest.raises(NotFound):
                await run_of(ui, 2)

    async def test_a_running_run_is_kept_and_that_is_explained(self, show: Show) -> None:
        async with show(a_running_run) as ui:
            screen = await monitor(ui, 1)
            await press(ui, "D")
            await until(ui, lambda: toasts(ui))
            assert "Cannot delete run 1 of backup" in toasts(ui)[0]
            assert "stop it first, or wait for it to end. Press x to stop it." in toasts(ui)[0]
            assert ui.app.screen is screen
            assert len(lines(screen)) == 1

    async def test_what_still_runs_of_the_marked_runs_is_not_asked_for(self, show: Show) -> None:
        async with show(three_runs) as ui:
            screen = await monitor(ui, 3)
            await press(ui, "space", "j", "space", "j", "space", "D")
            dialog = await asked(ui)
            assert "Delete 2 runs?" in dialog
            assert "running" not in dialog
            await press(ui, "y")
            await until(ui, lambda: len(lines(screen)) == 1)
            await until(ui, lambda: toasts(ui))
            assert "is still running: stop it first" in toasts(ui)[0]

    async def test_marked_runs_are_deleted_together(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            for _ in range(10):
                add_run(services)

        async with show(prepare) as ui:
            screen = await monitor(ui, 10)
            await press(ui, *["space", "j"] * 8, "D")
            question = await asked(ui)
            assert "8 runs" in question
            assert "and 2 more" not in question
            await press(ui, "y")
            await until(ui, lambda: len(lines(screen)) == 2)


class TestRunAgain:
    async def test_the_request_of_the_run_is_triggered(self, show: Show) -> None:
        async with show(three_runs) as ui:
            screen = await monitor(ui, 3)
            await press(ui, "j", "t")
            await until(ui, lambda: len(lines(screen)) == 4)
            assert (await newest(ui)).process == "import"
            await until(ui, lambda: toasts(ui) == ["Triggered run 4 of import."])

    async def test_marked_runs_of_one_request_trigger_it_once(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            add_run(services)
            add_run(services)

        async with show(prepare) as ui:
            screen = await monitor(ui, 2)
            await press(ui, "space", "j", "space", "t")
            await until(ui, lambda: len(lines(screen)) == 3)
            await until(ui, lambda: not screen.list_pane.table.marked)

    async def test_a_run_that_is_skipped_says_why(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            a_running_run(services)
            Process.update(overlap=Overlap.SKIP).execute()

        async with show(prepare) as ui:
            await monitor(ui, 1)
            await press(ui, "t")
            await until(ui, lambda: toasts(ui))
            assert "Skipped run 2 of backup Run 1 is still running" in toasts(ui)[0]

    async def test_an_inactive_process_is_explained(self, show: Show) -> None:
        def prepare(services: Services) -> None:
            add_run(services)
            Process.update(active=False).execute()

        async with show(prepare) as ui:
            await monitor(ui, 1)
            await press(ui, "t")
            await until(ui, lambda: toasts(ui))
            assert "not active" in toasts(ui)[0]
