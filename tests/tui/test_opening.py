"""The first moments: the frame is there, the database is not yet."""

from tests.tui.conftest import OpenRuntime, Shown
from tests.tui.looking import keys, press, rows, screenful, until
from tui_scheduler.settings import Settings
from tui_scheduler.tui.run import OpeningApp
from tui_scheduler.tui.screens.help import HelpScreen
from tui_scheduler.tui.tabs import REQUESTS


async def test_the_frame_looks_like_the_requests(settings: Settings) -> None:
    app = OpeningApp(settings)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.is_painted.is_set()
        strips = app.screen._compositor.render_strips()
        first, second, *_ = [strip.text for strip in strips]
        assert "1 Requests  2 Monitor  3 Processes" in first
        assert "Requests" in second


async def test_only_help_and_quit_work_before_there_is_a_database(settings: Settings) -> None:
    app = OpeningApp(settings)
    async with app.run_test() as pilot:
        for key in ("1", "3", "p", "ctrl+p", "left_square_bracket", "n"):
            await pilot.press(key)
        assert app.current_mode == "opening"
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape", "q")
        assert app.return_code == 0


async def test_the_requests_follow_as_soon_as_there_is_one(a_runtime: OpenRuntime) -> None:
    async with a_runtime() as runtime:
        app = OpeningApp(runtime.settings)
        async with app.run_test() as pilot:
            shown = Shown(app, pilot, runtime)
            app.begin(runtime)
            app.call_later(app.switch_mode, REQUESTS)
            await until(shown, lambda: app.current_mode == REQUESTS)
            await until(shown, lambda: rows(shown) and keys(shown) == ["New", "Help", "Quit"])
            assert "No requests yet" in screenful(shown)
            await press(shown, "3")
            await until(shown, lambda: app.current_mode == "processes")
