"""The log of a run beside that of the last good one."""

from pathlib import Path

import pytest
from textual.content import Content

from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import keys, press, screenful, toasts, until
from tests.tui.screens.runs.screens import a_running_run, add_run, monitor
from tests.tui.screens.runs.test_log_view import opened, write_log
from tui_scheduler.models import RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.logs.comparison import LogComparison
from tui_scheduler.tui.screens.runs.compare_view import CompareView
from tui_scheduler.tui.screens.runs.log_view import LogView
from tui_scheduler.tui.screens.runs.monitor import MonitorScreen


def a_failed_night(services: Services) -> None:
    """Run 1 was good, and run 2 was not."""
    good = add_run(services, log_bytes=50)
    write_log(services.runs.get(good), "02:00:01 begin\n02:00:02 copied 12 files\n02:00:03 end\n")
    bad = add_run(services, status=RunStatus.ERROR, exit_code=3, log_bytes=50)
    write_log(services.runs.get(bad), "03:00:01 begin\n03:00:02 error: no disk\n03:00:03 end\n")


def differences(ui: Ui) -> list[str]:
    screen = ui.app.screen
    if not isinstance(screen, CompareView):
        return []
    view = screen.log_pane.view
    return [view.text_at(y) for y in range(len(view.parts))]


def title(ui: Ui) -> str:
    return Content.from_markup(ui.app.screen.query_one("#compared").border_title or "").plain


DIFFERENCES = ["  03:00:01 begin", "- 02:00:02 copied 12 files", "+ 03:00:02 error: no disk"]


async def test_from_the_monitor_a_key_shows_what_differs(show: Show) -> None:
    async with show(a_failed_night) as ui:
        await monitor(ui, 2)
        await press(ui, "c")
        await until(ui, lambda: differences(ui) == DIFFERENCES)
        await until(ui, lambda: title(ui).startswith("Run 2 beside run 1, the last good one"))
        await press(ui, "escape")
        await until(ui, lambda: isinstance(ui.app.screen, MonitorScreen))


async def test_what_differs_can_be_searched_as_a_log(show: Show) -> None:
    async with show(a_failed_night) as ui:
        screen = await opened(ui, 2)
        await press(ui, "c")
        await until(ui, lambda: differences(ui) == DIFFERENCES)
        await press(ui, "e")
        view = ui.app.screen
        assert isinstance(view, CompareView)
        await until(ui, lambda: view.log_pane.status.matches == 1)
        await press(ui, "escape", "escape")
        await until(ui, lambda: ui.app.screen is screen)


async def test_its_file_goes_with_the_screen(show: Show) -> None:
    async with show(a_failed_night) as ui:
        await opened(ui, 2)
        await press(ui, "c")
        await until(ui, lambda: differences(ui) == DIFFERENCES)
        view = ui.app.screen
        assert isinstance(view, CompareView)
        window = view.log_pane.view.window
        assert window is not None
        file: Path = window.log.path
        assert file.parent.stat().st_mode & 0o077 == 0
        await press(ui, "c")
        await until(ui, lambda: isinstance(ui.app.screen, LogView))
        await until(ui, lambda: not file.parent.exists())


async def test_without_a_good_run_it_says_so(show: Show) -> None:
    def prepare(services: Services) -> None:
        a_running_run(services)

    async with show(prepare) as ui:
        screen = await opened(ui)
        await press(ui, "c")
        await until(ui, lambda: any("No run of backup that has" in toast for toast in toasts(ui)))
        await until(ui, lambda: ui.app.screen is screen)


async def test_what_was_never_begun_has_nothing_to_compare(show: Show) -> None:
    def prepare(services: Services) -> None:
        add_run(services, status=RunStatus.SKIPPED, start_time=None)

    async with show(prepare) as ui:
        await monitor(ui, 1)
        await press(ui, "c")
        assert isinstance(ui.app.screen, MonitorScreen)
        assert not any("Compare" in key for key in keys(ui))


async def test_leaving_ends_a_comparison_that_takes_long(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogComparison, "step", lambda _comparison: True)
    async with show(a_failed_night) as ui:
        screen = await opened(ui, 2)
        await press(ui, "c")
        await until(ui, lambda: "Comparing with run 1: 0%" in screenful(ui))
        await press(ui, "escape")
        await until(ui, lambda: ui.app.screen is screen)
