"""The application in a page of a browser: drawn into a pipe to whoever serves that page.

Textual's driver for this never ends when nobody is at the other end of its pipes any more, begins
without the focus, and reads what is pasted as its driver for terminals does.
"""

import os
from functools import partial
from typing import Any

from textual import events, messages
from textual.color import Color
from textual.drivers import web_driver
from textual.theme import Theme

from tui_scheduler.tui.drivers.pasting import OrderedParser

web_driver.XTermParser = OrderedParser  # type: ignore[attr-defined]  # it asks nobody

_PRELUDE = b"__GANGLION__\n"
_OUT = 1
_LAST_WORDS = 5.0  # seconds to end in, once nobody looks any more


def begin() -> None:
    """Take the pipes of this process for those of a page: nothing else comes out of it.

    What a shell or a terminal that it was begun from asks of it does not reach it any more.
    """
    os.setsid()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)  # what is said there is told to the page, or logged
    os.close(nowhere)
    os.environ["TERM"] = "xterm-256color"
    for name in ("TMUX", "VTE_VERSION"):  # of the terminal of whoever serves the page
        os.environ.pop(name, None)
    os.write(_OUT, _PRELUDE)


def say(text: str) -> None:
    """Show a sentence in the page, where the application has ended or never began."""
    _write(_packet(text.replace("\n", "\r\n")))


class PageDriver(web_driver.WebDriver):
    """Draws for a page, and ends when that is gone, or whoever serves it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._write = partial(_write)

    def start_application_mode(self) -> None:
        """Begin to draw and to read; a page that has just been opened has the focus."""
        super().start_application_mode()
        self._app.call_later(self._app.post_message, events.AppFocus())
        self._app.theme_changed_signal.subscribe(self._app, self._fill, immediate=True)
        self._fill(self._app.current_theme)

    def _fill(self, theme: Theme) -> None:
        """Have what is left of the page beside the last whole cells look as the screen does."""
        background = Color.parse(theme.to_color_system().generate()["background"])
        if background.ansi is None:
            self.write(f"\x1b]11;{background.hex6}\x07")

    def run_input_thread(self) -> None:
        """Read until nobody writes any more, and end then, in order or else without."""
        super().run_input_thread()
        self._app.post_message(messages.ExitApp())
        if not self.exit_event.wait(_LAST_WORDS):
            os._exit(1)


def _packet(text: str) -> bytes:
    data = text.encode()
    return b"D%s%s" % (len(data).to_bytes(4, "big"), data)


def _write(data: bytes) -> int:
    """Write it, unless that is the prelude again, or nobody reads: who does not hears of that."""
    if data != _PRELUDE:
        try:
            return os.write(_OUT, data)
        except OSError:
            pass
    return len(data)
