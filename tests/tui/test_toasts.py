"""Messages in the corner: text, never markup; errors with all they say."""

from typing import Any

from textual.app import App
from textual.notifications import Notification

from tests.tui.screens.names import HARMLESS, HOSTILE
from tests.tui.textual_inside import notifications
from tui_scheduler.errors import InvalidInput, NotFound, Problem
from tui_scheduler.tui.toasts import explain, say, sentence


def _toast(app: App[Any]) -> Notification:
    (toast,) = notifications(app)
    return toast


async def test_hostile_text_is_shown_as_it_is() -> None:
    app = App[None]()
    async with app.run_test(notifications=True) as pilot:
        say(app, HOSTILE, title=HOSTILE)
        await pilot.pause()
        assert (_toast(app).message, _toast(app).title) == (HARMLESS, HARMLESS)
        assert not _toast(app).markup


async def test_a_warning_looks_like_one() -> None:
    app = App[None]()
    async with app.run_test(notifications=True) as pilot:
        say(app, "Two of three.", is_warning=True)
        await pilot.pause()
        assert _toast(app).severity == "warning"


async def test_an_error_stays_long_enough_to_be_read() -> None:
    app = App[None]()
    async with app.run_test(notifications=True) as pilot:
        explain(app, "Cannot delete", NotFound("There is no request 7."))
        await pilot.pause()
        assert _toast(app).severity == "error"
        assert _toast(app).message == "There is no request 7."
        assert _toast(app).timeout > app.NOTIFICATION_TIMEOUT


async def test_endless_text_is_cut() -> None:
    app = App[None]()
    async with app.run_test(notifications=True) as pilot:
        say(app, "long " * 1000)
        await pilot.pause()
        assert len(_toast(app).message) == 400
        assert _toast(app).message.endswith("…")


def test_several_problems_stand_on_lines_of_their_own() -> None:
    error = InvalidInput([Problem("name", "is taken"), Problem("command", "is missing")])
    assert sentence(error) == "name: is taken\ncommand: is missing"


def test_an_error_without_words_has_at_least_a_name() -> None:
    assert sentence(NotFound()) == "NotFound"
