"""Search in the logs of all runs that the monitor has."""

import threading
from collections.abc import Callable, Iterable

import pytest

from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import keys, press, screenful, until, words
from tests.tui.screens.runs.screens import add_run, count, lines, monitor
from tests.tui.screens.runs.test_log_view import log_state, write_log
from tui_scheduler.models import RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.logs.many_logs import ManyLogs
from tui_scheduler.services.views.runs import RunLog
from tui_scheduler.tui.screens.runs.log_view import LogView
from tui_scheduler.tui.screens.runs.monitor import MonitorScreen


def four_runs(services: Services) -> None:
    """Runs 1 and 3 had no space left, of which only 1 failed."""
    texts = ["begin\nno space left\n", "fine\n", "No space left\n", ""]
    for number, text in enumerate(texts, start=1):
        status = RunStatus.ERROR if number == 1 else RunStatus.SUCCESS
        process = "backup" if number < 3 else "import"
        run_id = add_run(services, process, status=status, log_bytes=len(text))
        write_log(services.runs.get(run_id), text)


def state(ui: Ui) -> str:
    return words(ui, "#logs-search-state")


async def search(ui: Ui, text: str) -> None:
    await press(ui, "ctrl+f", *text, "enter")


async def test_the_runs_that_have_it_are_left(show: Show) -> None:
    async with show(four_runs) as ui:
        screen = await monitor(ui, 4)
        await search(ui, "no space")
        await until(ui, lambda: len(lines(screen)) == 2)
        await until(ui, lambda: "4 of 4 runs" in state(ui) and "2 found" in state(ui))
        await until(ui, lambda: count(ui).startswith("2 of 4 runs"))
        await until(ui, lambda: screen.list_pane.table.has_focus)
        await press(ui, "escape")
        await until(ui, lambda: len(lines(screen)) == 4)
        assert not screen.query_one("LogsSearch").has_class("-open")


async def test_it_hides_no_run_that_the_palette_goes_to(show: Show) -> None:
    async with show(four_runs) as ui:
        screen = await monitor(ui, 4)
        await search(ui, "no space")
        await until(ui, lambda: len(lines(screen)) == 2)
        await press(ui, ":", *"run 2", "enter")
        await until(ui, lambda: screen.list_pane.table.cursor_id == 2)
        await until(ui, lambda: len(lines(screen)) == 4)
        assert not screen.query_one("LogsSearch").has_class("-open")


async def test_what_is_found_is_marked_in_the_log_and_opened_there(show: Show) -> None:
    async with show(four_runs) as ui:
        screen = await monitor(ui, 4)
        await search(ui, "no space")
        await until(ui, lambda: len(lines(screen)) == 2)
        await until(ui, lambda: "“no space” 1" in log_state(ui))
        await press(ui, "enter")
        await until(ui, lambda: isinstance(ui.app.screen, LogView))
        await until(ui, lambda: "“no space” 1/1" in log_state(ui))


async def test_only_the_logs_of_what_the_list_has_are_searched(show: Show) -> None:
    async with show(four_runs) as ui:
        screen = await monitor(ui, 4)
        await press(ui, "E")
        await until(ui, lambda: len(lines(screen)) == 1)
        await search(ui, "space")
        await until(ui, lambda: "1 of 1 run," in state(ui))
        await press(ui, "escape", "escape")
        await until(ui, lambda: len(lines(screen)) == 4)
        await press(ui, "/", *"import", "enter")
        await until(ui, lambda: len(lines(screen)) == 2)
        await search(ui, "space")
        await until(ui, lambda: "2 of 2 runs" in state(ui))
        await until(ui, lambda: len(lines(screen)) == 1)


async def test_that_none_has_it_is_told(show: Show) -> None:
    async with show(four_runs) as ui:
        await monitor(ui, 4)
        await search(ui, "[nowhere]")
        await until(ui, lambda: "“[nowhere]” in the logs of 4 of 4 runs" in state(ui))
        await until(ui, lambda: "No run is like this" in screenful(ui))


async def test_another_text_is_searched_for_from_the_beginning(show: Show) -> None:
    async with show(four_runs) as ui:
        screen = await monitor(ui, 4)
        await search(ui, "fine")
        await until(ui, lambda: len(lines(screen)) == 1)
        await press(ui, "ctrl+f", *["backspace"] * 4, *"space", "enter")
        await until(ui, lambda: len(lines(screen)) == 2)
        await press(ui, "ctrl+f", "escape")  # it stays as it was
        await until(ui, lambda: "“space”" in state(ui))
        await until(ui, lambda: len(lines(screen)) == 2)


@pytest.fixture
def slow_logs(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """After the first found log nothing goes on until it is to stop."""
    go_on, is_stopped = ManyLogs.go_on, threading.Event()

    def slow(self: ManyLogs, logs: Iterable[RunLog], stop: Callable[[], bool]) -> None:
        for log in logs:
            go_on(self, [log], stop)
            while self.matches and not stop():
                pass
            if self.matches:
                is_stopped.set()
                return

    monkeypatch.setattr(ManyLogs, "go_on", slow)
    return is_stopped


async def test_escape_stops_the_search_and_then_takes_it_away(
    show: Show, slow_logs: threading.Event
) -> None:
    async with show(four_runs) as ui:
        screen = await monitor(ui, 4)
        await search(ui, "no space")
        await until(ui, lambda: len(lines(screen)) == 1)
        assert "esc stops" in state(ui)
        assert any("Clear" in key for key in keys(ui))
        await press(ui, "escape")
        await until(ui, slow_logs.is_set)
        await until(ui, lambda: "2 of 4 runs" in state(ui) and "esc clears" in state(ui))
        await until(ui, lambda: len(lines(screen)) == 1)
        await press(ui, "escape")
        await until(ui, lambda: len(lines(screen)) == 4)


async def test_the_program_ends_though_a_search_goes_on(
    show: Show, slow_logs: threading.Event
) -> None:
    async with show(four_runs) as ui:
        screen = await monitor(ui, 4)
        await search(ui, "no space")
        await until(ui, lambda: len(lines(screen)) == 1)
    assert slow_logs.wait(timeout=60)


async def test_nothing_is_searched_for_without_a_text(show: Show) -> None:
    async with show(four_runs) as ui:
        screen = await monitor(ui, 4)
        await press(ui, "ctrl+f", "space", "enter")
        await until(ui, lambda: screen.list_pane.table.has_focus)
        assert not screen.query_one("LogsSearch").has_class("-open")
        assert isinstance(ui.app.screen, MonitorScreen)
