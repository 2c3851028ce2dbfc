"""What a person sees on the screen, and waiting until it is there."""

import asyncio
from collections.abc import Callable
from typing import Any

from textual.content import Content
from textual.widgets import Static

from tests.tui.conftest import Shown
from tui_scheduler.tui.widgets.key_bar import KeyBar
from tui_scheduler.tui.widgets.row_table import RowTable

_LOOK = 0.005  # seconds
_MOST_LOOKS = 1_000


async def until(shown: Shown, condition: Callable[[], object]) -> None:
    """Wait until what was asked of the database is on the screen."""
    await shown.pilot.pause()
    for _ in range(_MOST_LOOKS):
        if condition():
            return
        await asyncio.sleep(_LOOK)
    raise AssertionError("it never came to be")


def table(shown: Shown) -> RowTable[Any]:
    """The list of the screen."""
    return shown.app.screen.query_one(RowTable)


def rows(shown: Shown) -> list[str]:
    """The lines of the list below its header; what is said instead if there is none."""
    listed = table(shown)
    drawn = [listed.render_line(y).text.strip("▌ ") for y in range(1, listed.size.height)]
    return [line for line in drawn if line]


def keys(shown: Shown) -> list[str]:
    """The labels of the bottom line."""
    return shown.app.screen.query_one(KeyBar).labels


def words(shown: Shown, selector: str) -> str:
    """The text of all that ``selector`` finds."""
    found = shown.app.screen.query(selector).results(Static)
    return "\n".join(_plain(static) for static in found)


def details(shown: Shown) -> str:
    """What the pane beside the list tells."""
    return words(shown, ".details-block")


def toasts(shown: Shown) -> list[str]:
    """What was told in the corner of the screen."""
    return [f"{toast.title} {toast.message}".strip() for toast in shown.app._notifications]


def screenful(shown: Shown) -> str:
    """Every character on the screen, line by line."""
    strips = shown.app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


def _plain(static: Static) -> str:
    content = static.content
    return content.plain if isinstance(content, Content) else str(content)
