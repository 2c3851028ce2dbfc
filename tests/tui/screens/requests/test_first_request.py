"""The way of a newcomer who knows nothing but the keys that are on the screen."""

from textual.widget import Widget

from tests.services.drafts import a_process, a_request
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import keys, press, rows, screenful, table, toasts, until
from tui_scheduler.models import RequestStatus
from tui_scheduler.services import Services
from tui_scheduler.tui.screens.forms.process_picker import ProcessPicker
from tui_scheduler.tui.screens.list_pane import ListPane
from tui_scheduler.tui.screens.processes.form import ProcessForm
from tui_scheduler.tui.screens.requests.form import RequestForm
from tui_scheduler.tui.screens.requests.list import RequestsScreen


async def _open(ui: Ui, screen: type[object]) -> Widget:
    """Wait until a dialog is there and something in it has the focus."""
    await until(ui, lambda: isinstance(ui.app.screen, screen) and ui.app.focused)
    return ui.app.screen


async def test_from_nothing_to_a_scheduled_request(show: Show) -> None:
    async with show(size=(80, 24)) as ui:
        await until(ui, lambda: keys(ui) == ["New", "Help", "Quit"])
        await press(ui, "n")
        await _open(ui, RequestForm)
        await press(ui, "enter")
        await _open(ui, ProcessPicker)
        await press(ui, *"hello", "ctrl+n")
        await _open(ui, ProcessForm)
        await until(ui, lambda: "hello" in screenful(ui))
        await press(ui, "tab", *"date", "ctrl+s")
        await _open(ui, RequestForm)
        await until(ui, lambda: "hello ▾" in screenful(ui))
        await press(ui, "ctrl+s")
        await until(ui, lambda: isinstance(ui.app.screen, RequestsScreen))
        await until(ui, lambda: toasts(ui) and len(rows(ui)) == 1)
        assert toasts(ui) == ["Saved hello (request 1). Press s to schedule it."]
        await until(ui, lambda: "Schedule" in keys(ui))
        await press(ui, "s")
        await until(ui, lambda: "Unschedule" in keys(ui))
        request = await ui.runtime.read(ui.runtime.services.requests.get, 1)
        assert request.status is RequestStatus.SCHEDULED


async def test_saving_and_scheduling_are_one_key(show: Show) -> None:
    async with show(a_request) as ui:
        await until(ui, lambda: rows(ui) and "Edit" in keys(ui))
        await press(ui, "e")
        await _open(ui, RequestForm)
        await press(ui, "f2")
        await until(ui, lambda: toasts(ui) and "Unschedule" in keys(ui))
        assert toasts(ui) == ["Scheduled backup (request 1). It runs now."]


async def test_the_cursor_goes_to_what_was_just_added(show: Show) -> None:
    def three(services: Services) -> None:
        for process in ("apple", "mango", "zebra"):
            a_request(services, process=process)
        a_process(services, "banana")

    async with show(three) as ui:
        await until(ui, lambda: len(rows(ui)) == 3 and "Clone" not in keys(ui))
        await press(ui, "G", "n")
        await _open(ui, RequestForm)
        await press(ui, "enter")
        await _open(ui, ProcessPicker)
        await until(ui, lambda: "banana" in screenful(ui))
        await press(ui, *"banana", "enter")
        await _open(ui, RequestForm)
        await until(ui, lambda: "banana ▾" in screenful(ui))
        await press(ui, "ctrl+s")
        await until(ui, lambda: isinstance(ui.app.screen, RequestsScreen))
        await until(ui, lambda: table(ui).cursor_id == 4)
        assert "banana" in rows(ui)[1]
        await until(ui, lambda: "banana · request 4" in screenful(ui))


async def test_it_does_so_when_that_is_in_the_list_already(show: Show) -> None:
    """The list behind a form goes on, and may be quicker than the form is closed."""

    def banana(services: Services) -> int:
        return a_request(services, process="banana").id

    def others(services: Services) -> None:
        for process in ("apple", "mango", "zebra"):
            a_request(services, process=process)

    async with show(others) as ui:
        await until(ui, lambda: len(rows(ui)) == 3)
        await press(ui, "G")
        added = await ui.runtime.write(banana, ui.runtime.services)
        await until(ui, lambda: len(rows(ui)) == 4)
        assert table(ui).cursor_id != added
        ui.app.screen.query_one(ListPane).reveal(added)
        await until(ui, lambda: table(ui).cursor_id == added)
