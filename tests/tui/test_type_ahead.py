"""Keys in quick succession: each acts on the screen that the one before has led to."""

from textual.events import Key

from tests.services.drafts import a_process
from tests.tui.conftest import Show, Ui
from tests.tui.looking import until
from tui_scheduler.tui.screens.dialogs.help import HelpScreen
from tui_scheduler.tui.screens.processes.form import ProcessForm


def _type(ui: Ui, *keys: str) -> None:
    """Press keys all at once."""
    for key in keys:
        ui.app.post_message(Key(key, key if len(key) == 1 else None))


async def test_what_is_typed_ahead_of_a_form_goes_into_it(show: Show) -> None:
    async with show() as ui:
        _type(ui, "3", "n", *"Daily", "tab", *"echo")
        await until(ui, lambda: isinstance(ui.app.screen, ProcessForm))
        form = ui.app.screen
        assert isinstance(form, ProcessForm)
        assert form.values().name == "Daily"
        assert form.values().command == "echo"


async def test_keys_after_the_one_that_closes_a_form_are_those_of_the_list(show: Show) -> None:
    async with show(a_process) as ui:
        for key in ("1", "3", "4"):
            _type(ui, key, "n", "escape", "f1")
            await until(ui, lambda: isinstance(ui.app.screen, HelpScreen))
            _type(ui, "escape")
            await until(ui, lambda: len(ui.app.screen_stack) == 1)


async def test_one_leaves_at_once_by_keys_in_quick_succession(show: Show) -> None:
    async with show() as ui:
        _type(ui, "n", "escape", "q")
        await until(ui, lambda: ui.app.return_code is not None)
        assert ui.app.failure is None
