"""The way of a newcomer who knows nothing but the keys that are on the screen."""

from textual.widget import Widget

from tests.services.drafts import a_process, a_request
from tests.tui.conftest import Show, Shown
from tests.tui.looking import keys, press, rows, screenful, table, toasts, until
from tui_scheduler.models import RequestStatus
from tui_scheduler.services import Services
from tui_scheduler.tui.screens.forms.process_picker import ProcessPicker
from tui_scheduler.tui.screens.processes.form import ProcessForm
from tui_scheduler.tui.screens.requests.form import RequestForm
from tui_scheduler.tui.screens.requests.list import RequestsScreen


async def _open(shown: Shown, screen: type[object]) -> Widget:
    """Wait until a dialog is there and something in it has the focus."""
    await until(shown, lambda: isinstance(shown.app.screen, screen) and shown.app.focused)
    return shown.app.screen


async def test_from_nothing_to_a_scheduled_request(show: Show) -> None:
    async with show(size=(80, 24)) as shown:
        await until(shown, lambda: keys(shown) == ["New", "Help", "Quit"])
        await press(shown, "n")
        await _open(shown, RequestForm)
        await press(shown, "enter")
        await _open(shown, ProcessPicker)
        await press(shown, *"hello", "ctrl+n")
        await _open(shown, ProcessForm)
        await until(shown, lambda: "hello" in screenful(shown))
        await press(shown, "tab", *"date", "ctrl+s")
        await _open(shown, RequestForm)
        await until(shown, lambda: "hello ▾" in screenful(shown))
        await press(shown, "ctrl+s")
        await until(shown, lambda: isinstance(shown.app.screen, RequestsScreen))
        await until(shown, lambda: toasts(shown) and len(rows(shown)) == 1)
        assert toasts(shown) == ["Saved hello (request 1). Press s to schedule it."]
        await until(shown, lambda: "Schedule" in keys(shown))
        await press(shown, "s")
        await until(shown, lambda: "Unschedule" in keys(shown))
        request = await shown.runtime.read(shown.runtime.services.requests.get, 1)
        assert request.status is RequestStatus.SCHEDULED


async def test_saving_and_scheduling_are_one_key(show: Show) -> None:
    async with show(a_request) as shown:
        await until(shown, lambda: rows(shown) and "Edit" in keys(shown))
        await press(shown, "e")
        await _open(shown, RequestForm)
        await press(shown, "f2")
        await until(shown, lambda: toasts(shown) and "Unschedule" in keys(shown))
        assert toasts(shown) == ["Scheduled backup (request 1). It runs now."]


async def test_the_cursor_goes_to_what_was_just_added(show: Show) -> None:
    def three(services: Services) -> None:
        for process in ("apple", "mango", "zebra"):
            a_request(services, process=process)
        a_process(services, "banana")

    async with show(three) as shown:
        await until(shown, lambda: len(rows(shown)) == 3 and "Clone" not in keys(shown))
        await press(shown, "G", "n")
        await _open(shown, RequestForm)
        await press(shown, "enter")
        await _open(shown, ProcessPicker)
        await until(shown, lambda: "banana" in screenful(shown))
        await press(shown, *"banana", "enter")
        await _open(shown, RequestForm)
        await until(shown, lambda: "banana ▾" in screenful(shown))
        await press(shown, "ctrl+s")
        await until(shown, lambda: isinstance(shown.app.screen, RequestsScreen))
        await until(shown, lambda: table(shown).cursor_id == 4)
        assert "banana" in rows(shown)[1]
