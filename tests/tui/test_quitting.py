"""Leaving: at once when nothing runs, and never by accident when something does."""

import pytest

from tests.services.drafts import a_request
from tests.tui.conftest import Show, Ui
from tests.tui.looking import answer, press, question, screenful, toasts, until
from tests.tui.screens.names import HOSTILE, SHOWN
from tui_scheduler.models import KillRequest, Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.tui.screens.dialogs.picker import Picker
from tui_scheduler.tui.screens.dialogs.progress import StoppingDialog
from tui_scheduler.tui.screens.dialogs.question import QuitQuestion
from tui_scheduler.tui.screens.forms.form import Form


def _a_run(services: Services) -> None:
    services.runs.trigger(a_request(services, process="backup").id)


def _is_over(ui: Ui) -> bool:
    return ui.app.return_code is not None


def _end_all(services: Services) -> None:
    now = services.context.clock.now()
    Run.update(status=RunStatus.KILLED, end_time=now).execute()


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_without_runs_one_leaves_at_once(show: Show, key: str) -> None:
    async with show() as ui:
        await press(ui, key)
        await until(ui, lambda: _is_over(ui))


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_with_runs_one_is_asked_and_stays_by_default(show: Show, key: str) -> None:
    async with show(_a_run) as ui:
        await press(ui, key)
        asked = await question(ui)
        assert "1 run is going" in asked
        assert "◌ #1 backup, queued" in asked
        await answer(ui, "enter")
        assert not _is_over(ui)


@pytest.mark.parametrize("answer", [["l"], ["right", "enter"]])
async def test_runs_may_be_left_running(show: Show, answer: list[str]) -> None:
    async with show(_a_run) as ui:
        await press(ui, "q")
        await question(ui)
        await press(ui, *answer)
        await until(ui, lambda: _is_over(ui))
        run = await ui.runtime.read(ui.runtime.services.runs.get, 1)
        assert run.kill_request is None


async def test_stopping_them_waits_until_none_is_left(show: Show) -> None:
    async with show(_a_run) as ui:
        await press(ui, "q")
        await question(ui)
        await press(ui, "x")
        await until(ui, lambda: "Waiting for" in screenful(ui))
        services = ui.runtime.services
        assert not _is_over(ui)
        run = await ui.runtime.read(services.runs.get, 1)
        assert run.kill_request is KillRequest.TERM
        await ui.runtime.write(_end_all, services)
        await ui.runtime.write(services.controls.hold)  # an event, as the engine gives one
        await until(ui, lambda: _is_over(ui))


@pytest.mark.parametrize(("key", "is_over"), [("escape", False), ("s", False), ("q", True)])
async def test_one_may_stay_or_leave_while_waiting(show: Show, key: str, is_over: bool) -> None:
    async with show(_a_run) as ui:
        await press(ui, "q")
        await question(ui)
        await press(ui, "x")
        await until(ui, lambda: isinstance(ui.app.screen, StoppingDialog))
        await press(ui, key)
        await until(ui, lambda: not isinstance(ui.app.screen, StoppingDialog))
        await until(ui, lambda: _is_over(ui) is is_over)


async def test_the_question_is_asked_once_however_often_one_quits(show: Show) -> None:
    async with show(_a_run) as ui:
        await press(ui, "q")
        await question(ui)
        await press(ui, "ctrl+q")
        await answer(ui, "escape")
        assert not isinstance(ui.app.screen, QuitQuestion)


async def test_many_runs_are_counted_and_the_first_ones_named(show: Show) -> None:
    def ten(services: Services) -> None:
        for number in range(10):
            services.runs.trigger(a_request(services, process=f"job {number}").id)

    async with show(ten) as ui:
        await press(ui, "q")
        asked = await question(ui)
        assert "10 runs are going" in asked
        assert "and 2 more" in asked


async def test_a_hostile_name_is_only_text(show: Show) -> None:
    async with show(
        lambda services: services.runs.trigger(a_request(services, process="x").id)
    ) as ui:
        name = HOSTILE.replace("\x00", "")
        await ui.runtime.write(_rename, name)
        await press(ui, "q")
        assert SHOWN.replace("␀", "") in await question(ui)
        assert "\x1b" not in screenful(ui)


def _rename(name: str) -> None:
    from tui_scheduler.models import Process

    Process.update(name=name).execute()


async def a_form_with_changes(ui: Ui) -> Form:
    await press(ui, "3", "n")
    await until(ui, lambda: isinstance(ui.app.screen, Form) and ui.app.focused)
    form = ui.app.screen
    assert isinstance(form, Form)
    await press(ui, *"backup")
    await until(ui, lambda: form.is_changed)
    return form


async def test_what_was_entered_is_not_lost_unasked(show: Show) -> None:
    async with show(_a_run) as ui:
        form = await a_form_with_changes(ui)
        await press(ui, "ctrl+q")
        assert "not saved yet" in await question(ui)
        await press(ui, "ctrl+q")  # this one has to be answered
        assert len(ui.app.screen_stack) == 3
        await answer(ui, "n")
        assert ui.app.screen is form
        await press(ui, "ctrl+q")
        await question(ui)
        await answer(ui, "y")
        assert "1 run is going" in await question(ui)
        await answer(ui, "s")
        assert ui.app.screen is form
        assert not _is_over(ui)


async def test_a_form_beneath_a_picker_counts_as_well(show: Show) -> None:
    async with show(a_request) as ui:
        await press(ui, "n")
        await until(ui, lambda: isinstance(ui.app.screen, Form) and ui.app.focused)
        await press(ui, "tab", *"nightly", "shift+tab", "enter")
        await until(ui, lambda: isinstance(ui.app.screen, Picker))
        await press(ui, "ctrl+q")
        assert "not saved yet" in await question(ui)
        await answer(ui, "y")
        await until(ui, lambda: _is_over(ui))


async def test_a_form_without_changes_does_not_ask(show: Show) -> None:
    async with show() as ui:
        await press(ui, "3", "n")
        await until(ui, lambda: isinstance(ui.app.screen, Form) and ui.app.focused)
        await press(ui, "ctrl+q")
        await until(ui, lambda: _is_over(ui))


async def test_copying_in_a_form_where_nothing_is_selected_says_so(show: Show) -> None:
    async with show() as ui:
        form = await a_form_with_changes(ui)
        await press(ui, "ctrl+c")
        await until(ui, lambda: toasts(ui) == ["Nothing is selected that could be copied."])
        await press(ui, "shift+home", "ctrl+c")
        await until(ui, lambda: ui.app.clipboard == "backup")
        assert ui.app.screen is form
        assert len(toasts(ui)) == 1
