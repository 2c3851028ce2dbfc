"""The application as a whole: its screens and the keys that work everywhere."""

from dataclasses import replace

import pytest

from tests.services.drafts import a_request
from tests.tui.conftest import OpenRuntime, Show, Shown
from tests.tui.looking import keys, press, screenful, toasts, until, words
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.services import Services
from tui_scheduler.tui.app import SchedulerApp
from tui_scheduler.tui.screens.dialogs.help import HelpScreen


async def test_the_requests_are_the_first_screen(show: Show) -> None:
    async with show() as shown:
        assert shown.app.current_mode == "requests"


@pytest.mark.parametrize(
    ("pressed", "mode"),
    [
        (["2"], "monitor"),
        (["3"], "processes"),
        (["4"], "groups"),
        (["3", "1"], "requests"),
        (["right_square_bracket"], "monitor"),
        (["left_square_bracket"], "groups"),
        (["3", "right_square_bracket"], "groups"),
        (["4", "right_square_bracket"], "requests"),
    ],
)
async def test_digits_and_brackets_go_to_a_screen(
    show: Show, pressed: list[str], mode: str
) -> None:
    async with show() as shown:
        await press(shown, *pressed)
        assert shown.app.current_mode == mode


async def test_a_click_on_a_tab_goes_to_its_screen(show: Show) -> None:
    async with show() as shown:
        tabs = list(shown.app.screen.query("TabLabel"))
        names = ["1 Requests", "2 Monitor", "3 Processes", "4 Groups"]
        assert [str(tab.render()) for tab in tabs] == names
        await shown.pilot.click(tabs[2])
        assert shown.app.current_mode == "processes"


async def test_a_digit_leaves_whatever_lies_over_its_screen(show: Show) -> None:
    def triggered(services: Services) -> None:
        services.runs.trigger(a_request(services).id)

    async with show(triggered) as shown:
        requests = shown.app.screen
        await until(shown, lambda: "Log" in keys(shown))
        await press(shown, "l")
        await until(shown, lambda: shown.app.screen is not requests)
        await press(shown, "1")
        await until(shown, lambda: shown.app.screen is requests)


async def test_help_lists_the_keys_of_the_screen_and_of_all_screens(show: Show) -> None:
    async with show() as shown:
        await press(shown, "question_mark")
        assert isinstance(shown.app.screen, HelpScreen)
        assert words(shown, ".help-heading").splitlines()[-1] == "Everywhere"
        assert "Make a request" in screenful(shown)
        await press(shown, "escape")
        assert not isinstance(shown.app.screen, HelpScreen)


async def test_hold_is_told_on_every_screen_and_released_by_the_same_key(show: Show) -> None:
    async with show() as shown:
        await press(shown, "p")
        await until(shown, lambda: "On hold since 12:00:00" in screenful(shown))
        assert "■ on hold" in screenful(shown)
        await press(shown, "3")
        await until(shown, lambda: "On hold since" in screenful(shown))
        await press(shown, "p")
        await until(shown, lambda: "On hold since" not in screenful(shown))
        await until(shown, lambda: len(toasts(shown)) == 2)
        assert [toast[:13] for toast in toasts(shown)] == ["Nothing start", "Scheduling go"]


async def test_a_hold_by_another_program_is_seen_soon(show: Show) -> None:
    async with show() as shown:
        await shown.runtime.write(shown.runtime.services.controls.hold)
        await until(shown, lambda: "On hold since" in screenful(shown))


async def test_a_hold_that_fails_says_why(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    async with show() as shown:

        def locked() -> None:
            raise DatabaseUnusable("The database is locked by another program.")

        monkeypatch.setattr(shown.runtime.services.controls, "state", locked)
        await press(shown, "p")
        wanted = "Cannot hold or release The database is locked by another program."
        await until(shown, lambda: wanted in toasts(shown))


async def test_the_header_counts_what_runs_and_what_failed_today(show: Show) -> None:
    async with show() as shown:
        assert "► 0 running  ✗ 0 failed today" in screenful(shown)
        assert "○ nobody schedules" in screenful(shown)
        assert "Mon 12:00:00 UTC" in screenful(shown)


async def test_the_smallest_terminal_has_room_for_all_that_matters(show: Show) -> None:
    async with show(size=(80, 24)) as shown:
        first, *_, last = screenful(shown).splitlines()
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
            told = toasts(Shown(app, pilot, runtime))
            assert bool(told) is (theme == "[/nope")
            assert all("There is no theme '[/nope'" in toast for toast in told)


async def test_keys_are_remapped_by_the_id_of_their_binding(a_runtime: OpenRuntime) -> None:
    async with a_runtime() as runtime:
        keymap = {"app.processes": "f7,P", "request.new": "i"}
        runtime.settings = replace(runtime.settings, keymap=keymap)
        app = SchedulerApp(runtime)
        async with app.run_test(size=(120, 60)) as pilot:
            shown = Shown(app, pilot, runtime)
            assert keys(shown)[0] == "New"
            await press(shown, "3")
            assert app.current_mode == "requests"
            await press(shown, "question_mark")
            assert "f7  P" in screenful(shown)
            await press(shown, "escape", "P")
            assert app.current_mode == "processes"


async def test_an_id_that_no_binding_has_is_told(a_runtime: OpenRuntime) -> None:
    async with a_runtime() as runtime:
        runtime.settings = replace(runtime.settings, keymap={"request.nwe": "n", "app.help": "h"})
        app = SchedulerApp(runtime)
        async with app.run_test(notifications=True) as pilot:
            shown = Shown(app, pilot, runtime)
            await until(shown, lambda: toasts(shown))
            told = "Your keys No key has the id 'request.nwe'. Did you mean request.new?"
            assert toasts(shown) == [told]
