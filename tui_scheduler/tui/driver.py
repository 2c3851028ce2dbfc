"""Textual's driver, with an output that neither a stalled terminal nor a lost one can block."""

from contextlib import suppress
from typing import Any

from textual.drivers.linux_driver import LinuxDriver

from tui_scheduler.tui.terminal_output import TerminalOutput


class NonBlockingDriver(LinuxDriver):
    """Draws on Linux and macOS; whatever becomes of the terminal, the event loop goes on."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._output = TerminalOutput(self.fileno, self._draw_anew)
        self._file = self._output  # type: ignore[assignment]  # Textual needs no more of a file

    def close(self) -> None:
        """Stop writing; a terminal that works has taken everything by then."""
        super().close()
        self._output.settle()

    def _draw_anew(self) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self._refresh)

    def _refresh(self) -> None:
        if self._app.screen_stack:
            self._app.screen.refresh(layout=True)
