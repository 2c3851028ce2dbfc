"""One log on the whole screen."""

from datetime import timedelta
from pathlib import Path

import pytest
from textual.content import Content

from tests.clock import NOON, FakeClock
from tests.tui.conftest import Show, Shown
from tests.tui.looking import press, question, toasts, until, words
from tests.tui.screens.runs.screens import a_running_run, add_run, run_title
from tui_scheduler.models import KillRequest, Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.events import RunChanged
from tui_scheduler.tui.screens.runs.log_view import LogView
from tui_scheduler.tui.screens.runs.pane import RunPane

_LINES = [f"line {number}" for number in range(1, 201)]


def write_log(services: Services, run_id: int, text: str) -> Path:
    path = services.context.log_path(run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def an_ended_run_with_a_log(services: Services) -> None:
    write_log(services, add_run(services, note="Late by 0:02:00"), "\n".join(_LINES) + "\n")


async def opened(shown: Shown, run_id: int = 1) -> LogView:
    """Open the log of a run and wait until the run is known."""
    screen = LogView(shown.runtime, run_id)
    await shown.app.push_screen(screen)
    await until(shown, lambda: run_title(shown))
    return screen


def text_of(screen: LogView) -> list[str]:
    """What stands on the lines of the log."""
    view = screen.pane.log_pane.view
    return [view.text_at(y) for y in range(len(view.parts))]


def log_state(shown: Shown) -> str:
    markup = shown.app.screen.query_one(RunPane).border_subtitle or ""
    return Content.from_markup(markup).plain


async def changed(shown: Shown, **columns: object) -> None:
    """Change the run behind the screen's back, and tell what changed."""

    def change() -> None:
        Run.update(**columns).execute()
        shown.runtime.services.context.publish(RunChanged(1))

    await shown.runtime.write(change)


async def test_a_log_opens_at_its_end_under_a_line_about_its_run(show: Show) -> None:
    async with show(an_ended_run_with_a_log) as shown:
        screen = await opened(shown)
        assert run_title(shown) == "✓ success  backup  run 1  00:00:01.500  exit 0"
        assert words(shown, "#run-details").startswith("Late by 0:02:00 · ")
        await until(shown, lambda: text_of(screen)[-1:] == ["line 200"])
        await until(shown, lambda: log_state(shown) == "200 lines · 1.7 kB")


async def test_the_log_of_a_running_run_is_followed(show: Show) -> None:
    def prepare(services: Services) -> None:
        write_log(services, a_running_run(services), "first\n")

    async with show(prepare) as shown:
        screen = await opened(shown)
        await until(shown, lambda: text_of(screen) == ["first"])
        write_log(shown.runtime.services, 1, "\n".join(_LINES))
        await until(shown, lambda: text_of(screen)[-1:] == ["line 200"])
        assert "following" in log_state(shown)
        await press(shown, "g")
        await until(shown, lambda: "paused" in log_state(shown))
        assert text_of(screen)[0] == "line 1"
        await press(shown, "G")
        await until(shown, lambda: "following" in log_state(shown))


async def test_the_end_of_a_run_is_shown_without_a_key(show: Show) -> None:
    async with show(a_running_run) as shown:
        await opened(shown)
        end = NOON + timedelta(seconds=2)
        await changed(shown, status=RunStatus.ERROR, exit_code=127, end_time=end)
        await until(shown, lambda: "✗ error" in run_title(shown))
        assert "exit 127" in run_title(shown)
        assert "command not found" in words(shown, "#run-details")


async def test_the_duration_grows_with_the_clock(show: Show, clock: FakeClock) -> None:
    async with show(a_running_run) as shown:
        screen = await opened(shown)
        clock.advance(hours=2)
        screen.tick()
        assert "02:00:00.000" in run_title(shown)


async def test_a_search_counts_its_matches_and_walks_through_them(show: Show) -> None:
    async with show(an_ended_run_with_a_log) as shown:
        screen = await opened(shown)
        await until(shown, lambda: text_of(screen))
        await press(shown, "g", "slash", *"ne 19", "enter")
        await until(shown, lambda: "“ne 19” 1/11" in log_state(shown))
        await press(shown, "n")
        await until(shown, lambda: "2/11" in log_state(shown))
        await press(shown, "N")
        await until(shown, lambda: "1/11" in log_state(shown))
        await press(shown, "escape")
        await until(shown, lambda: "“" not in log_state(shown))
        assert shown.app.screen is screen
        await press(shown, "escape")
        await until(shown, lambda: shown.app.screen is not screen)


async def test_long_lines_are_wrapped_and_cut(show: Show) -> None:
    def prepare(services: Services) -> None:
        write_log(services, add_run(services), "x" * 300)

    async with show(prepare, size=(100, 30)) as shown:
        screen = await opened(shown)
        await until(shown, lambda: len(text_of(screen)) == 1)
        await press(shown, "w")
        await until(shown, lambda: len(text_of(screen)) == 4)
        assert "wrapped" in log_state(shown)


@pytest.mark.parametrize("status", [RunStatus.SKIPPED, RunStatus.MISFIRED])
async def test_a_fire_that_did_not_execute_says_so_instead_of_a_log(
    show: Show, status: RunStatus
) -> None:
    def prepare(services: Services) -> None:
        add_run(services, "backup", status=status, start_time=None)

    async with show(prepare) as shown:
        screen = await opened(shown)
        said = screen.pane.log_pane.view.line(0).text
        assert "This fire did not execute" in said


async def test_a_run_can_be_stopped_from_its_log(show: Show) -> None:
    async with show(a_running_run) as shown:
        await opened(shown)
        await press(shown, "x")
        await question(shown)
        await press(shown, "y")
        await until(shown, lambda: "stopping" in run_title(shown))
        run = await shown.runtime.read(shown.runtime.services.runs.get, 1)
        assert run.kill_request is KillRequest.TERM


async def test_the_screen_closes_when_its_run_is_deleted(show: Show) -> None:
    async with show(an_ended_run_with_a_log) as shown:
        screen = await opened(shown)
        assert "x" not in screen.active_bindings
        await press(shown, "D")
        await question(shown)
        await press(shown, "y")
        await until(shown, lambda: not shown.app.screen_stack.count(screen))
        await until(shown, lambda: any("no run 1" in toast for toast in toasts(shown)))


async def test_a_run_that_is_gone_is_explained(show: Show) -> None:
    async with show() as shown:
        before = shown.app.screen
        await shown.app.push_screen(LogView(shown.runtime, 99))
        await until(shown, lambda: shown.app.screen is before)
        await until(shown, lambda: any("no run 99" in toast for toast in toasts(shown)))


@pytest.mark.parametrize("key", ["escape", "f"])
async def test_a_key_goes_back(show: Show, key: str) -> None:
    async with show(an_ended_run_with_a_log) as shown:
        before = shown.app.screen
        await opened(shown)
        await press(shown, key)
        await until(shown, lambda: shown.app.screen is before)
