"""Leaving: at once when nothing runs, and never by accident when something does."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.services.drafts import a_request, later, scheduled
from tests.support.signs_of_life import ELSEWHERE, a_beat, held
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import answer, press, question, screenful, toasts, until
from tests.tui.screens.names import HARMLESS, HOSTILE
from tui_scheduler.models import KillRequest, Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.settings import Settings, config_file
from tui_scheduler.signs_of_life import Background, Why
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


@pytest.mark.parametrize("answer", [["l"], ["right", "right", "enter"]])
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
        assert HARMLESS.replace("␀", "") in await question(ui)
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


def nightly(services: Services, process: str = "backup", hour: int = 14) -> None:
    scheduled(services, later(f"2026-03-02T{hour}:30:00"), process=process)


async def test_what_nobody_would_schedule_then_is_named_with_its_time(show: Show) -> None:
    async with show(nightly) as ui:
        await press(ui, "q")
        asked = await question(ui)
        assert asked == "Nobody schedules then: backup at 14:30, in 2h30m"
        await until(ui, lambda: "b Keep scheduling in the background" in screenful(ui))
        await answer(ui, "enter")
        assert not _is_over(ui)


async def test_one_may_quit_all_the_same(show: Show) -> None:
    async with show(nightly) as ui:
        await press(ui, "q")
        await question(ui)
        await press(ui, "q")
        await until(ui, lambda: _is_over(ui))


async def test_of_many_the_next_ones_are_named(show: Show) -> None:
    def seven(services: Services) -> None:
        for hour in range(14, 21):
            nightly(services, f"job {hour}", hour)

    async with show(seven, size=(80, 24)) as ui:
        await press(ui, "q")
        asked = await question(ui)
        assert "  job 14 at 14:30, in 2h30m\n  job 15 at 15:30" in asked
        assert "job 18" not in asked
        assert "and 3 other requests" in asked


async def test_with_runs_both_are_told_and_all_answers_fit(show: Show) -> None:
    def both(services: Services) -> None:
        _a_run(services)
        nightly(services, "report")

    async with show(both, size=(80, 24)) as ui:
        await press(ui, "q")
        asked = await question(ui)
        assert "Nobody schedules then: report at 14:30" in asked
        assert "1 run is going" in asked
        words = ("s Stay", "b Keep scheduling in", "l Leave running", "x Stop them and quit")
        await until(ui, lambda: all(word in screenful(ui) for word in words))


async def test_while_somebody_else_schedules_one_leaves_at_once(
    show: Show, settings: Settings
) -> None:
    with held(settings.lock_file, a_beat(settings.database), pid=4711):
        async with show(nightly, may_schedule=True) as ui:
            await until(ui, lambda: ui.runtime.scheduler.pid == 4711)
            await press(ui, "q")
            await until(ui, lambda: _is_over(ui))


async def test_a_demo_is_left_at_once(show: Show, settings: Settings) -> None:
    async with show(nightly) as ui:
        ui.runtime.settings = replace(settings, is_demo=True)
        await press(ui, "q")
        await until(ui, lambda: _is_over(ui))


async def test_where_it_cannot_go_on_in_the_background_one_stays_and_is_told(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    async with show(nightly) as ui:
        await press(ui, "q")
        await question(ui)
        await answer(ui, "b")
        await until(ui, lambda: "cannot go on in the background" in "".join(toasts(ui)))
        assert "/nowhere/python: No such file or directory" in "".join(toasts(ui))
        assert not _is_over(ui)


async def test_what_the_one_in_the_background_says_of_itself_is_told(show: Show) -> None:
    async with show(nightly) as ui:
        config = config_file()
        config.parent.mkdir(parents=True)
        config.write_text("colour = 1")
        await press(ui, "q")
        await question(ui)
        await answer(ui, "b")
        await until(ui, lambda: "colour: is not a setting" in "".join(toasts(ui)))
        assert not _is_over(ui)


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 24)])
async def test_the_answers_are_seen_in_a_small_terminal(show: Show, size: tuple[int, int]) -> None:
    async with show(nightly, size=size) as ui:
        await press(ui, "q")
        await question(ui)
        words = ("s Stay", "b Keep scheduling", "q Quit")
        await until(ui, lambda: all(word in screenful(ui) for word in words))


SINCE = datetime(2026, 3, 2, 11, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("why", "message"),
    [
        (Why.CLOSED, "The window was closed at 11:15. Process 4711 schedules"),
        (Why.ASKED, "Process 4711 schedules in the background, since 11:15."),
    ],
)
async def test_who_schedules_in_the_background_is_told_at_the_next_start(
    show: Show, settings: Settings, why: Why, message: str
) -> None:
    beat = replace(a_beat(settings.database), background=Background(why, SINCE))
    with held(settings.lock_file, beat, pid=4711):
        async with show(may_schedule=True) as ui:
            await until(ui, lambda: message in "".join(toasts(ui)))
            assert "B ends it, and schedules here." in "".join(toasts(ui))
            assert "version" not in "".join(toasts(ui))
            await until(ui, lambda: "○ in the background, pid 4711" in screenful(ui))


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process of this machine that has nothing to do with it."""
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


async def test_one_of_another_machine_is_neither_offered_to_be_ended_nor_ended(
    show: Show, settings: Settings, bystander: subprocess.Popen[bytes]
) -> None:
    beat = a_beat(host=ELSEWHERE, background=Background(Why.ASKED, SINCE))
    with held(settings.lock_file, beat, bystander.pid):
        async with show(may_schedule=True) as ui:
            message = f"Process {bystander.pid} on alpha schedules in the background, since 11:15."
            await until(ui, lambda: message in "".join(toasts(ui)))
            assert "B ends it" not in "".join(toasts(ui))
            await press(ui, "B")
            await until(ui, lambda: "end it on alpha" in "".join(toasts(ui)))
    assert bystander.poll() is None


@pytest.mark.parametrize(
    ("version", "message"), [("0.0.1", "is of version 0.0.1"), (None, "is of an earlier version")]
)
async def test_a_scheduler_of_another_version_is_told(
    show: Show, settings: Settings, version: str | None, message: str
) -> None:
    beat = replace(a_beat(settings.database), version=version)
    with held(settings.lock_file, beat, pid=4711):
        async with show(may_schedule=True) as ui:
            await until(ui, lambda: f"Process 4711 {message}" in "".join(toasts(ui)))


async def test_only_what_is_in_the_background_can_be_ended_from_here(show: Show) -> None:
    async with show() as ui:
        await press(ui, "B")
        await until(ui, lambda: toasts(ui) == ["Nobody schedules in the background."])
