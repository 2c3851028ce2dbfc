"""What a person sees on the screen, and waiting until it is there."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from textual.content import Content
from textual.css.query import NoMatches
from textual.widgets import Static

from tests.patience import PATIENCE
from tests.tui.conftest import Shown
from tests.tui.quiet import press_keys, quiet
from tests.tui.textual_inside import notifications, strips
from tui_scheduler.tui.screens.dialogs.question import Question
from tui_scheduler.tui.widgets.key_bar import KeyBar
from tui_scheduler.tui.widgets.table.table import RowTable

_LOOK = 0.005  # seconds


async def until(shown: Shown, condition: Callable[[], object]) -> None:
    """Wait until what was asked of the database is on the screen.

    Meanwhile another one may be in front, such as one that tells how far something is.
    """
    await quiet(shown.app, is_seen=False)
    deadline = time.monotonic() + PATIENCE
    while not _holds(condition):
        await asyncio.sleep(_LOOK)
        if time.monotonic() > deadline:
            raise AssertionError("it never came to be")


def _holds(condition: Callable[[], object]) -> bool:
    try:
        return bool(condition())
    except NoMatches:
        return False


async def press(shown: Shown, *keys: str) -> None:
    """Press keys one after the other."""
    await press_keys(shown.app, *keys, is_seen=False)


async def question(shown: Shown) -> str:
    """Wait for a question; what it asks."""
    await until(shown, lambda: isinstance(shown.app.screen, Question) and shown.app.focused)
    return words(shown, "#question-text")


async def answer(shown: Shown, *keys: str) -> None:
    """Press keys until the question is gone."""
    asked = shown.app.screen
    await press(shown, *keys)
    await until(shown, lambda: shown.app.screen is not asked)


def table(shown: Shown) -> RowTable[Any]:
    """The list of the screen."""
    return shown.app.screen.query_one(RowTable)


def rows(shown: Shown) -> list[str]:
    """The lines of the list below its header; what is said instead if there is none."""
    listed = table(shown)
    drawn = [listed.render_line(y).text.strip("▌ ") for y in range(1, listed.size.height)]
    return [line for line in drawn if line]


def keys(shown: Shown) -> list[str]:
    """The labels of the bottom line; none on a screen without one."""
    return [label for bar in shown.app.screen.query(KeyBar) for label in bar.labels]


def words(shown: Shown, selector: str) -> str:
    """The text of all that ``selector`` finds."""
    found = shown.app.screen.query(selector).results(Static)
    return "\n".join(_plain(static) for static in found)


def details(shown: Shown) -> str:
    """What the pane beside the list tells."""
    return words(shown, ".details-block")


def toasts(shown: Shown) -> list[str]:
    """What was told in the corner of the screen."""
    return [f"{toast.title} {toast.message}".strip() for toast in notifications(shown.app)]


def screenful(shown: Shown) -> str:
    """Every character on the screen, line by line."""
    return "\n".join(strip.text for strip in strips(shown.app))


def _plain(static: Static) -> str:
    content = static.content
    return content.plain if isinstance(content, Content) else str(content)
