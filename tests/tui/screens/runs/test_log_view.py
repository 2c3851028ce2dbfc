"""One log on the whole screen."""

from datetime import timedelta

import pytest
from textual.content import Content

from tests.support.clock import NOON, FakeClock
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import keys, press, question, screenful, toasts, until, words
from tests.tui.screens.runs.screens import a_running_run, add_run, run_title
from tui_scheduler.models import KillRequest, Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.events import RunChanged
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.tui.screens.runs.log_view import LogView
from tui_scheduler.tui.screens.runs.pane import RunPane

_LINES = [f"line {number}" for number in range(1, 201)]


def write_log(run: RunView, text: str) -> None:
    run.log_path.parent.mkdir(parents=True, exist_ok=True)
    run.log_path.write_text(text, encoding="utf-8")


async def write_on(ui: Ui, text: str) -> None:
    """Let run 1 write, as it stands by now."""
    write_log(await ui.runtime.read(ui.runtime.services.runs.get, 1), text)


def an_ended_run_with_a_log(services: Services) -> None:
    run_id = add_run(services, note="Late by 2 min")
    write_log(services.runs.get(run_id), "\n".join(_LINES) + "\n")


async def opened(ui: Ui, run_id: int = 1) -> LogView:
    """Open the log of a run and wait until the run is known."""
    screen = LogView(ui.runtime, run_id)
    await ui.app.push_screen(screen)
    await until(ui, lambda: run_title(ui))
    return screen


def text_of(screen: LogView) -> list[str]:
    """What stands on the lines of the log."""
    view = screen.pane.log_pane.view
    return [view.text_at(y) for y in range(len(view.parts))]


def log_state(ui: Ui) -> str:
    markup = ui.app.screen.query_one(RunPane).border_subtitle or ""
    return Content.from_markup(markup).plain


async def changed(ui: Ui, **columns: object) -> None:
    """Change the run behind the screen's back, and tell what changed."""

    def change() -> None:
        Run.update(**columns).execute()
        ui.runtime.services.context.publish(RunChanged(1))

    await ui.runtime.write(change)


async def test_a_log_opens_at_its_end_under_a_line_about_its_run(show: Show) -> None:
    async with show(an_ended_run_with_a_log) as ui:
        screen = await opened(ui)
        assert run_title(ui) == "✓ success  backup  run 1  00:00:01.500  exit 0"
        assert words(ui, "#run-details").startswith("Late by 2 min · ")
        await until(ui, lambda: text_of(screen)[-1:] == ["line 200"])
        await until(ui, lambda: log_state(ui) == "200 lines · 1.7 kB")


async def test_the_log_of_a_running_run_is_followed(show: Show) -> None:
    def prepare(services: Services) -> None:
        write_log(services.runs.get(a_running_run(services)), "first\n")

    async with show(prepare) as ui:
        screen = await opened(ui)
        await until(ui, lambda: text_of(screen) == ["first"])
        await write_on(ui, "\n".join(_LINES))
        await until(ui, lambda: text_of(screen)[-1:] == ["line 200"])
        assert "following" in log_state(ui)
        await press(ui, "g")
        await until(ui, lambda: "paused" in log_state(ui))
        assert text_of(screen)[0] == "line 1"
        await press(ui, "G")
        await until(ui, lambda: "following" in log_state(ui))


async def test_a_log_is_followed_from_its_first_byte(show: Show) -> None:
    async with show(a_running_run) as ui:
        screen = await opened(ui)
        view = screen.pane.log_pane.view
        await until(ui, lambda: view.line(0).text.startswith("It has written nothing yet."))
        await write_on(ui, "first\n")
        await until(ui, lambda: text_of(screen) == ["first"])


async def test_the_log_of_a_run_is_known_once_it_is_taken(show: Show) -> None:
    """Until then another run of the same number may have left one there."""

    def prepare(services: Services) -> None:
        unbegun = {"start_time": None, "end_time": None, "exit_code": None}
        run_id = add_run(services, "backup", status=RunStatus.QUEUED, **unbegun)
        write_log(services.runs.get(run_id), "of another run\n")

    async with show(prepare) as ui:
        screen = await opened(ui)
        assert screen.pane.log_pane.view.line(0).text.startswith("It waits to start")
        await changed(ui, host="here", token="0123abcd", status="processing", start_time=NOON)
        await until(ui, lambda: "running" in run_title(ui))
        await write_on(ui, "first\n")
        await until(ui, lambda: text_of(screen) == ["first"])


async def test_the_end_of_a_run_is_shown_without_a_key(show: Show) -> None:
    async with show(a_running_run) as ui:
        await opened(ui)
        end = NOON + timedelta(seconds=2)
        await changed(ui, status=RunStatus.ERROR, exit_code=127, end_time=end)
        await until(ui, lambda: "✗ failed" in run_title(ui))
        assert "exit 127" in run_title(ui)
        await until(ui, lambda: "following" not in log_state(ui))
        assert "a command was not found" in words(ui, "#run-details")


async def test_the_duration_grows_with_the_clock(show: Show, clock: FakeClock) -> None:
    async with show(a_running_run) as ui:
        screen = await opened(ui)
        clock.advance(hours=2)
        screen.tick()
        assert "02:00:00.000" in run_title(ui)


async def test_a_search_counts_its_matches_and_walks_through_them(show: Show) -> None:
    async with show(an_ended_run_with_a_log) as ui:
        screen = await opened(ui)
        await until(ui, lambda: text_of(screen))
        await press(ui, "g", "slash", *"ne 19", "enter")
        await until(ui, lambda: "“ne 19” 1/11" in log_state(ui))
        await until(ui, lambda: {"Next", "Previous"} <= set(keys(ui)))
        await press(ui, "n")
        await until(ui, lambda: "2/11" in log_state(ui))
        await press(ui, "N")
        await until(ui, lambda: "1/11" in log_state(ui))
        await press(ui, "escape")
        await until(ui, lambda: "“" not in log_state(ui))
        assert ui.app.screen is screen
        await until(ui, lambda: "Next" not in keys(ui))
        await press(ui, "escape")
        await until(ui, lambda: ui.app.screen is not screen)


async def test_the_way_back_is_named_on_the_narrowest_terminal(show: Show) -> None:
    async with show(an_ended_run_with_a_log, size=(40, 20)) as ui:
        await opened(ui)
        await until(ui, lambda: keys(ui))
        assert keys(ui)[0] == "Back"


async def test_long_lines_are_wrapped_and_cut(show: Show) -> None:
    def prepare(services: Services) -> None:
        write_log(services.runs.get(add_run(services)), "x" * 300)

    async with show(prepare, size=(100, 30)) as ui:
        screen = await opened(ui)
        await until(ui, lambda: len(text_of(screen)) == 1)
        await press(ui, "w")
        await until(ui, lambda: len(text_of(screen)) == 4)
        assert "wrapped" in log_state(ui)


@pytest.mark.parametrize("status", [RunStatus.SKIPPED, RunStatus.MISFIRED])
async def test_a_fire_that_did_not_run_says_so_instead_of_a_log(
    show: Show, status: RunStatus
) -> None:
    def prepare(services: Services) -> None:
        add_run(services, "backup", status=status, start_time=None)

    async with show(prepare) as ui:
        screen = await opened(ui)
        text = screen.pane.log_pane.view.line(0).text
        assert "It did not run" in text


async def test_a_run_can_be_stopped_from_its_log(show: Show) -> None:
    async with show(a_running_run) as ui:
        await opened(ui)
        await press(ui, "x")
        await question(ui)
        await press(ui, "y")
        await until(ui, lambda: "stopping" in run_title(ui))
        run = await ui.runtime.read(ui.runtime.services.runs.get, 1)
        assert run.kill_request is KillRequest.TERM


async def test_the_log_of_the_new_run_is_shown_when_it_is_run_again(show: Show) -> None:
    async with show(an_ended_run_with_a_log) as ui:
        await opened(ui)
        await press(ui, "t")
        await until(ui, lambda: "queued  backup  run 2" in run_title(ui))


async def test_the_log_stays_when_the_new_run_is_skipped(show: Show) -> None:
    def prepare(services: Services) -> None:
        an_ended_run_with_a_log(services)
        a_running_run(services)

    async with show(prepare) as ui:
        await opened(ui)
        await press(ui, "t")
        await until(ui, lambda: any("Skipped" in toast for toast in toasts(ui)))
        assert "run 1" in run_title(ui)


async def test_messages_leave_the_end_of_the_log_in_sight(show: Show) -> None:
    async with show(an_ended_run_with_a_log, size=(80, 24)) as ui:
        screen = await opened(ui)
        await until(ui, lambda: text_of(screen)[-1:] == ["line 200"])
        await press(ui, "t")
        await until(ui, lambda: "Triggered" in screenful(ui))
        lines = screenful(ui).splitlines()
        assert all("Triggered" not in line for line in lines[len(lines) // 2 :])


async def test_the_screen_closes_when_its_run_is_deleted(show: Show) -> None:
    async with show(an_ended_run_with_a_log) as ui:
        screen = await opened(ui)
        assert "x" not in screen.active_bindings
        await press(ui, "D")
        await question(ui)
        await press(ui, "y")
        await until(ui, lambda: not ui.app.screen_stack.count(screen))
        await until(ui, lambda: any("no run 1" in toast for toast in toasts(ui)))


async def test_a_run_that_is_gone_is_explained(show: Show) -> None:
    async with show() as ui:
        before = ui.app.screen
        await ui.app.push_screen(LogView(ui.runtime, 99))
        await until(ui, lambda: ui.app.screen is before)
        await until(ui, lambda: any("no run 99" in toast for toast in toasts(ui)))


@pytest.mark.parametrize("key", ["escape", "f"])
async def test_a_key_goes_back(show: Show, key: str) -> None:
    async with show(an_ended_run_with_a_log) as ui:
        before = ui.app.screen
        await opened(ui)
        await press(ui, key)
        await until(ui, lambda: ui.app.screen is before)
