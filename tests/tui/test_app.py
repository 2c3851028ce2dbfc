"""The application as a whole: its screens and the keys that work everywhere."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.drafts import a_request
from tests.tui.conftest import OpenRuntime, Show, Ui
from tests.tui.on_screen import (
    answer,
    keys,
    press,
    question,
    screenful,
    toasts,
    until,
    words,
)
from tests.tui.quiet import quiet
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.runtime import SchedulerState
from tui_scheduler.services import Services
from tui_scheduler.signs_of_life import Trouble
from tui_scheduler.tui.app import SchedulerApp
from tui_scheduler.tui.screens.dialogs.help import HelpScreen
from tui_scheduler.tui.widgets.banner import Banner


async def test_the_requests_are_the_first_screen(show: Show) -> None:
    async with show() as ui:
        assert ui.app.current_mode == "requests"


@pytest.mark.parametrize(
    ("pressed", "mode"),
    [
        (["2"], "monitor"),
        (["3"], "processes"),
        (["4"], "groups"),
        (["3", "1"], "requests"),
        (["right_square_bracket"], "monitor"),
        (["5"], "timeline"),
        (["left_square_bracket"], "timeline"),
        (["3", "right_square_bracket"], "groups"),
        (["4", "right_square_bracket"], "timeline"),
        (["5", "right_square_bracket"], "requests"),
    ],
)
async def test_digits_and_brackets_go_to_a_screen(
    show: Show, pressed: list[str], mode: str
) -> None:
    async with show() as ui:
        await press(ui, *pressed)
        assert ui.app.current_mode == mode


async def test_a_click_on_a_tab_goes_to_its_screen(show: Show) -> None:
    async with show() as ui:
        tabs = list(ui.app.screen.query("TabLabel"))
        names = ["1 Requests", "2 Monitor", "3 Processes", "4 Groups", "5 Timeline"]
        assert [str(tab.render()).strip() for tab in tabs] == names
        await until(ui, lambda: words(ui, "#header-scheduler"))  # which may move them
        await quiet(ui.app)
        await ui.pilot.click(tabs[2])
        assert ui.app.current_mode == "processes"


async def test_a_digit_leaves_whatever_lies_over_its_screen(show: Show) -> None:
    def triggered(services: Services) -> None:
        services.runs.trigger(a_request(services).id)

    async with show(triggered) as ui:
        requests = ui.app.screen
        await until(ui, lambda: "Log" in keys(ui))
        await press(ui, "l")
        await until(ui, lambda: ui.app.screen is not requests)
        await press(ui, "1")
        await until(ui, lambda: ui.app.screen is requests)


async def test_help_lists_the_keys_of_the_screen_and_of_all_screens(show: Show) -> None:
    async with show() as ui:
        await press(ui, "question_mark")
        assert isinstance(ui.app.screen, HelpScreen)
        assert words(ui, ".help-heading").splitlines()[-1] == "Everywhere"
        assert "Make a request" in screenful(ui)
        await press(ui, "escape")
        assert not isinstance(ui.app.screen, HelpScreen)


async def test_hold_is_told_on_every_screen_and_released_by_the_same_key(show: Show) -> None:
    async with show() as ui:
        await press(ui, "p")
        assert "Nothing starts until p releases it." in await question(ui)
        await answer(ui, "y")
        await until(ui, lambda: "On hold since 12:00 by" in screenful(ui))
        assert "■ on hold" in screenful(ui)
        await press(ui, "3")
        await until(ui, lambda: "On hold since" in screenful(ui))
        await press(ui, "p")
        await until(ui, lambda: "On hold since" not in screenful(ui))
        await until(ui, lambda: len(toasts(ui)) == 2)
        assert [toast[:13] for toast in toasts(ui)] == ["Nothing start", "Scheduling go"]


async def test_scheduling_goes_on_unless_the_question_is_answered(show: Show) -> None:
    async with show() as ui:
        await press(ui, "p")
        await question(ui)
        await answer(ui, "escape")
        assert not (await ui.runtime.read(ui.runtime.services.controls.state)).is_held


async def test_trouble_is_told_on_every_screen_below_a_hold(show: Show) -> None:
    async with show() as ui:
        ui.runtime.set_scheduler(SchedulerState(is_scheduling=True))
        ui.runtime.set_trouble(Trouble("The disk [/] is tired", "Let it sleep"))
        await until(ui, lambda: "! The disk [/] is tired" in screenful(ui))
        assert ui.app.screen.query_one(Banner).has_class("-troubled")
        for key in "234":
            await press(ui, key)
            await until(ui, lambda: "! The disk [/] is tired" in screenful(ui))
        await press(ui, "p")
        assert "Nothing starts until p releases it." in await question(ui)
        await answer(ui, "y")
        await until(ui, lambda: "On hold since" in screenful(ui))
        assert "The disk" not in screenful(ui)
        await press(ui, "p")
        await until(ui, lambda: "! The disk [/] is tired" in screenful(ui))
        ui.runtime.set_trouble(None)
        await until(ui, lambda: "The disk" not in screenful(ui))


async def test_a_folder_that_others_may_change_is_told_until_it_is_closed(
    show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_scheduler.permissions._members", lambda group: frozenset({"ann"}))
    monkeypatch.setenv("HOME", str(tmp_path))  # nothing above that matters
    await asyncio.to_thread(tmp_path.chmod, 0o770)
    async with show() as ui:
        await until(ui, lambda: "may be written by others of the group" in screenful(ui))
        await asyncio.to_thread(tmp_path.chmod, 0o700)
        await press(ui, "p")
        assert "Nothing starts until p releases it." in await question(ui)
        await answer(ui, "y")
        await until(ui, lambda: "On hold since" in screenful(ui))
        await press(ui, "p")
        await until(ui, lambda: "On hold since" not in screenful(ui))
        assert "of the group" not in screenful(ui)


async def test_trouble_is_no_matter_of_a_viewer(show: Show) -> None:
    async with show() as ui:
        ui.runtime.set_trouble(Trouble("The disk is tired", "Let it sleep"))
        await until(ui, lambda: "The disk is tired" in screenful(ui))
        ui.runtime.set_scheduler(SchedulerState(pid=4711))
        await until(ui, lambda: "pid 4711 schedules" in screenful(ui))
        assert "The disk is tired" not in screenful(ui)


async def test_a_hold_by_another_program_is_seen_soon(show: Show) -> None:
    async with show() as ui:
        await ui.runtime.write(ui.runtime.services.controls.hold)
        await until(ui, lambda: "On hold since" in screenful(ui))


async def test_a_hold_that_fails_says_why(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    async with show() as ui:

        def locked() -> None:
            raise DatabaseUnusable("The database is locked by another program.")

        monkeypatch.setattr(ui.runtime.services.controls, "state", locked)
        await press(ui, "p")
        wanted = "Cannot hold or release The database is locked by another program."
        await until(ui, lambda: wanted in toasts(ui))


async def test_the_header_counts_what_runs_and_what_failed_today(show: Show) -> None:
    async with show() as ui:
        assert "► 0 running  ✗ 0 failed today" in screenful(ui)
        assert "○ nobody schedules" in screenful(ui)
        assert "Mon 12:00:00 UTC" in screenful(ui)


async def test_the_smallest_terminal_has_room_for_all_that_matters(show: Show) -> None:
    async with show(size=(80, 24)) as ui:
        first, *_, last = screenful(ui).splitlines()
        for part in ("1 Requests", "2 Monitor", "3 Processes", "► 0", "✗ 0", "nobody", "12:00:00"):
            assert part in first
        assert "? Help" in last
        assert "q Quit" in last


@pytest.mark.parametrize(
    ("theme", "used"),
    [
        (None, "scheduler-dark"),
        ("scheduler-light", "scheduler-light"),
        ("nord", "nord"),
        ("[/nope", "scheduler-dark"),
    ],
)
async def test_the_theme_of_the_settings_is_used(
    a_runtime: OpenRuntime, theme: str | None, used: str
) -> None:
    async with a_runtime() as runtime:
        runtime.settings = replace(runtime.settings, theme=theme)
        app = SchedulerApp(runtime)
        async with app.run_test(notifications=True) as pilot:
            assert app.theme == used
            messages = toasts(Ui(app, pilot, runtime))
            assert bool(messages) is (theme == "[/nope")
            assert all("There is no theme '[/nope'" in toast for toast in messages)


@pytest.mark.parametrize(("value", "is_grey"), [(None, False), ("", False), ("1", True)])
async def test_an_empty_no_color_is_no_wish(
    a_runtime: OpenRuntime, monkeypatch: pytest.MonkeyPatch, value: str | None, is_grey: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if value is not None:
        monkeypatch.setenv("NO_COLOR", value)
    async with a_runtime() as runtime:
        assert SchedulerApp(runtime).no_color is is_grey


async def test_keys_are_remapped_by_the_id_of_their_binding(a_runtime: OpenRuntime) -> None:
    async with a_runtime() as runtime:
        keymap = {"app.processes": "f7,P", "request.new": "i"}
        runtime.settings = replace(runtime.settings, keymap=keymap)
        app = SchedulerApp(runtime)
        async with app.run_test(size=(120, 60)) as pilot:
            ui = Ui(app, pilot, runtime)
            assert keys(ui)[0] == "New"
            await press(ui, "3")
            assert app.current_mode == "requests"
            await press(ui, "question_mark")
            assert "f7  P" in screenful(ui)
            await press(ui, "escape", "P")
            assert app.current_mode == "processes"


async def test_what_is_wrong_with_the_users_keys_is_told_with_their_file(
    a_runtime: OpenRuntime,
) -> None:
    async with a_runtime() as runtime:
        config = Path("/etc/mine.toml")
        keymap = {"request.nwe": "n", "app.help": "h", "request.new": "s"}
        runtime.settings = replace(runtime.settings, keymap=keymap, config=config)
        app = SchedulerApp(runtime)
        async with app.run_test(notifications=True) as pilot:
            ui = Ui(app, pilot, runtime)
            await until(ui, lambda: len(toasts(ui)) == 2)
            mine = "Your keys /etc/mine.toml: keymap: "
            unknown, conflict = toasts(ui)
            assert unknown == f"{mine}No key has the id 'request.nwe'. Did you mean request.new?"
            assert conflict.startswith(f"{mine}'s' is the key of both request.new and request.")
