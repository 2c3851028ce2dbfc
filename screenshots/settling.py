"""Waits until a screen can be taken."""

from textual.pilot import Pilot
from textual.widgets import Input

_CALM = 0.15  # seconds between two looks at a screen
_MOST_LOOKS = 60


async def settled(pilot: Pilot[None], words: str = "") -> str:
    """Wait until the screen has ``words`` and no longer changes."""
    before = ""
    for _ in range(_MOST_LOOKS):
        await pilot.pause(_CALM)
        for entry in pilot.app.screen.query(Input):
            entry.cursor_blink = False
        now = pilot.app.export_screenshot(title="tui-scheduler")
        if now == before and words in now:
            return now
        before = now
    raise RuntimeError(f"The screen never came to rest with {words!r}")
