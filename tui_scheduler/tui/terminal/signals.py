"""What the terminal tells by itself: the title of its window and, if wanted, a bell or a notice.

Whoever looks at the screen needs no bell: one rings only while the terminal has not the focus.
"""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress

from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.queries.counts import counts
from tui_scheduler.services.views.overview import Counts
from tui_scheduler.wording import midnight, plural

_NAME = "tui-scheduler"
_PAUSE = 1.0  # seconds between two looks
_LONGEST = 60.0  # seconds; at midnight nothing has failed today
_BELL = "\a"
_WITHOUT_TITLE = ("", "dumb", "linux")
_NOTIFIED_BY_777 = ("foot", "rxvt")

SAVE_TITLE, RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"


def title_of(counts: Counts) -> str:
    """Returns the title of the window: what runs, and what has failed today."""
    parts = [
        *([f"{counts.running:,} running"] if counts.running else []),
        *([f"{counts.failed_today:,} failed"] if counts.failed_today else []),
    ]
    return f"{', '.join(parts)} - {_NAME}" if parts else _NAME


class TerminalSignals:
    """Keeps the title up to date while ``run`` runs; ``write`` gives text to the terminal."""

    def __init__(
        self, runtime: Runtime, write: Callable[[str], None], has_focus: Callable[[], bool]
    ) -> None:
        self._runtime = runtime
        self._write = write
        self._has_focus = has_focus
        self._title = ""
        self._failed: int | None = None

    async def run(self) -> None:
        """Look whenever something has changed, at most once a second, until cancelled."""
        changed = asyncio.Event()
        unsubscribe = self._runtime.subscribe(lambda _event: changed.set())
        try:
            while True:
                changed.clear()
                with suppress(SchedulerError):  # it is said elsewhere
                    self.show(await self._runtime.read_calmly(self._counts))
                await asyncio.sleep(_PAUSE)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LONGEST):
                        await changed.wait()
        finally:
            unsubscribe()

    def show(self, counts: Counts) -> None:
        """Say what is new."""
        title = title_of(counts)
        if title != self._title:
            self._title = title
            if os.environ.get("TERM", "") not in _WITHOUT_TITLE:
                self._write(f"\x1b]2;{title}\x07")
        failed, self._failed = self._failed, counts.failed_today
        if failed is not None and counts.failed_today > failed and not self._has_focus():
            self._call(f"{plural(counts.failed_today - failed, 'run')} failed")

    def _counts(self) -> Counts:
        today = midnight(self._runtime.clock.now(), self._runtime.zone)
        return counts(today)

    def _call(self, text: str) -> None:
        settings = self._runtime.settings
        if settings.bell:
            self._write(_BELL)
        if settings.desktop_notice:
            self._write(_through_tmux(_notice(text)))


def _notice(text: str) -> str:
    is_by_777 = "VTE_VERSION" in os.environ or os.environ.get("TERM", "").startswith(
        _NOTIFIED_BY_777
    )
    return f"\x1b]777;notify;{_NAME};{text}\x1b\\" if is_by_777 else f"\x1b]9;{_NAME}: {text}\x07"


def _through_tmux(sequence: str) -> str:
    """Returns it so that tmux passes it on, if its own settings allow that."""
    if "TMUX" not in os.environ:
        return sequence
    doubled = sequence.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"
