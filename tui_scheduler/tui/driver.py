"""Textual's driver, with an output that neither a stalled terminal nor a lost one can block.

Textual writes in a thread, but has whoever draws wait when that thread is 30 writes behind, and
never come back when it has died of a terminal that is gone. Here writing never waits and never
fails. What a stalled terminal does not take is dropped, and drawn anew when it goes on.
"""

import os
import select
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from textual.drivers.linux_driver import LinuxDriver

MOST_PENDING = 1_000_000
"""Characters that wait for a terminal before it counts as stalled."""

_LAST_WORDS = 1.0  # seconds that a terminal gets at the end


class TerminalOutput:
    """A file for Textual to write to; ``torn`` is called, in its thread, after a loss."""

    def __init__(self, descriptor: int, torn: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._torn = torn
        self._pending: deque[str] = deque()
        self._size = 0
        self._has_lost = False
        self._is_writing = False
        self._changed = threading.Condition()
        threading.Thread(target=self._work, name="terminal-output", daemon=True).start()

    def fileno(self) -> int:
        """The descriptor of the terminal."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether it is a terminal (still)."""
        return os.isatty(self._descriptor)

    def write(self, text: str) -> None:
        """Have ``text`` written; if too much waits already, all of it is dropped."""
        with self._changed:
            if self._size + len(text) > MOST_PENDING:
                self._pending.clear()
                self._size = 0
                self._has_lost = True
            else:
                self._pending.append(text)
                self._size += len(text)
            self._changed.notify_all()

    def flush(self) -> None:
        """Do nothing: all is written as soon as the terminal takes it."""

    def settle(self) -> None:
        """Wait until all is written, unless the terminal does not take it."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._pending and not self._is_writing, timeout=_LAST_WORDS
            )

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._pending or self._has_lost))
                text = "".join(self._pending)
                self._pending.clear()
                self._size = 0
                has_lost, self._has_lost = self._has_lost, False
                self._is_writing = True
            _write(self._descriptor, text.encode(errors="replace"))
            with self._changed:
                self._is_writing = False
                self._changed.notify_all()
            if has_lost:
                self._torn()


def _write(descriptor: int, data: bytes) -> None:
    """Write all of ``data``, however long that takes; to a terminal that is gone, nothing."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            select.select([], [descriptor], [])
        except OSError:
            return


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
