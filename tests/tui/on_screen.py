"""What a person sees on the screen, and waiting until it is there."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from textual.content import Content
from textual.css.query import NoMatches
from textual.screen import Screen

from tests.support.patience import PATIENCE
from tests.tui.conftest import Ui
from tests.tui.quiet import press_keys, quiet
from tests.tui.textual_inside import notifications, strips
from tui_scheduler.tui.screens.dialogs.question import Question
from tui_scheduler.tui.widgets.key_bar import KeyBar
from tui_scheduler.tui.widgets.table.table import RowTable

_LOOK = 0.005  # seconds


async def until(ui: Ui, condition: Callable[[], object]) -> None:
    """Wait until what was asked of the database is on the screen.

    Meanwhile another one may be in front, such as one that tells how far something is.
    """
    await quiet(ui.app, is_seen=False)
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


async def press(ui: Ui, *keys: str) -> None:
    """Press keys one after the other."""
    await press_keys(ui.app, *keys, is_seen=False)


async def question(ui: Ui) -> str:
    """Wait for a question, and until it is laid out; what it asks."""
    await until(
        ui,
        lambda: isinstance(ui.app.screen, Question) and ui.app.focused and screenful(ui).strip(),
    )
    return words(ui, "#question-text")


async def answer(ui: Ui, *keys: str) -> None:
    """Press keys until the question is gone."""
    asked = ui.app.screen
    await press(ui, *keys)
    await until(ui, lambda: ui.app.screen is not asked)


def table(ui: Ui) -> RowTable[Any]:
    """The list of the screen."""
    return ui.app.screen.query_one(RowTable)


def rows(ui: Ui) -> list[str]:
    """The lines of the list below its header; what is said instead if there is none."""
    listed = table(ui)
    drawn = [listed.render_line(y).text.strip("▌ ") for y in range(1, listed.size.height)]
    return [line for line in drawn if line]


def keys(ui: Ui) -> list[str]:
    """The labels of the bottom line; none on a screen without one."""
    return [label for bar in ui.app.screen.query(KeyBar) for label in bar.labels]


def words(ui: Ui, selector: str) -> str:
    """The text of all that ``selector`` finds."""
    return "\n".join(map(_plain, ui.app.screen.query(selector)))


def details(ui: Ui) -> str:
    """What the pane beside the list tells."""
    return words(ui, ".details-block")


def toasts(ui: Ui) -> list[str]:
    """What was told in the corner of the screen."""
    return [f"{toast.title} {toast.message}".strip() for toast in notifications(ui.app)]


def screenful(ui: Ui) -> str:
    """Every character on the screen, line by line."""
    return screenful_of(ui.app.screen)


def screenful_of(screen: Screen[Any]) -> str:
    """Every character on a screen, as if nothing lay over it."""
    return "\n".join(strip.text for strip in strips(screen))


def _plain(widget: Any) -> str:
    content = widget.content
    return content.plain if isinstance(content, Content) else str(content)
