"""Keys in quick succession: each acts on the screen that the one before has led to."""

import asyncio
from collections.abc import Callable

import pytest
from textual.events import Key

from tests.services.drafts import a_process, a_request
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import table, until
from tui_scheduler.services import Services
from tui_scheduler.tui.screens.dialogs.help import HelpScreen
from tui_scheduler.tui.screens.processes.form import ProcessForm
from tui_scheduler.tui.widgets.form.field import Field


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
        await until(ui, lambda: form.values().command == "echo")
        assert form.values().name == "Daily"


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


class Held:
    """A question that the database answers only when it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answered = asyncio.Event()

    async def let_go(self) -> None:
        """Have it answered, once it is asked and the application has nothing else to do."""
        await self.asked.wait()
        for _ in range(20):
            await asyncio.sleep(0)
        self.answered.set()


def held(ui: Ui, monkeypatch: pytest.MonkeyPatch, use_case: object, do: str) -> Held:
    """Hold ``use_case`` back."""
    held, ask = Held(), getattr(ui.runtime, do)

    async def slowly(asked: Callable[..., object], *args: object, **options: object) -> object:
        if asked == use_case:
            held.asked.set()
            await held.answered.wait()
        return await ask(asked, *args, **options)

    monkeypatch.setattr(ui.runtime, do, slowly)
    return held


async def test_an_answer_that_is_typed_ahead_of_a_slow_question_answers_it(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with show(a_request) as ui:
        question = held(ui, monkeypatch, ui.runtime.services.runs.count, "read")
        _type(ui, "D", "y")
        await question.let_go()
        await until(ui, lambda: table(ui).cursor_row is None)


async def test_keys_after_saving_are_those_of_the_list(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with show(a_process) as ui:
        question = held(ui, monkeypatch, ui.runtime.services.processes.create, "write")
        _type(ui, "3", "n", *"copy", "tab", *"true", "ctrl+s", "f1")
        await question.let_go()
        await until(ui, lambda: isinstance(ui.app.screen, HelpScreen))
        assert len(ui.app.screen_stack) == 2


async def test_a_key_ahead_of_the_first_rows_acts_on_them(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with show(a_process) as ui:
        question = held(ui, monkeypatch, ui.runtime.services.processes.page, "read")
        _type(ui, "3", "e")
        await question.let_go()
        await until(ui, lambda: isinstance(ui.app.screen, ProcessForm))
        assert isinstance(ui.app.screen, ProcessForm)
        await until(ui, lambda: ui.app.screen.query_one("#name", Field).value == "backup")


async def test_a_key_right_after_a_filter_acts_on_what_is_left(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    def two(services: Services) -> None:
        a_process(services, "archive")
        a_process(services, "backup")

    async with show(two) as ui:
        _type(ui, "3")
        await until(ui, lambda: table(ui).cursor_row)
        question = held(ui, monkeypatch, ui.runtime.services.processes.page, "read")
        _type(ui, "slash", *"backup", "enter", "e")
        await question.let_go()
        await until(ui, lambda: isinstance(ui.app.screen, ProcessForm))
        await until(ui, lambda: ui.app.screen.query_one("#name", Field).value == "backup")
