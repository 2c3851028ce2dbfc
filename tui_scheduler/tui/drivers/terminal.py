"""Textual's driver, made to last: terminals stall and go away, and programs are stopped.

Textual writes in a thread, but has whoever draws wait when that thread is 30 writes behind, and
never come back when it has died of a terminal that is gone. Here writing never waits and never
fails. What a stalled terminal does not take is dropped, and drawn anew when it goes on.

Whoever is stopped and goes on finds a terminal that others used meanwhile. Textual draws nothing
then, and after a SIGSTOP, of which nobody is told before, begins to read a second time. Here the
terminal is always given back before it is taken again, and everything is drawn.
"""

import os
import select
import signal
import threading
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from typing import Any

from textual.drivers import linux_driver

from tui_scheduler.tui.drivers.pasting import OrderedParser
from tui_scheduler.tui.terminal.signals import RESTORE_TITLE, SAVE_TITLE

MOST_PENDING = 1_000_000
"""Characters that wait for a terminal before it counts as stalled."""

_LAST_WORDS = 1.0  # seconds that a terminal gets at the end
_HALF_A_KEY = 0.1  # seconds between two looks whether the rest of an escape sequence will come
_MOST_READ = 4096  # bytes
_MOST_ENDS = 100  # of input one after the other, as which a ctrl+d may come, until no key will


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


class Bell(threading.Event):
    """An event that also rings: while it is set, its ``descriptor`` can be read."""

    def __init__(self) -> None:
        super().__init__()
        self.descriptor, self._ringing = os.pipe()

    def set(self) -> None:
        """Ring until it is cleared."""
        if not self.is_set():
            super().set()
            os.write(self._ringing, b"!")

    def clear(self) -> None:
        """Ring no more."""
        if self.is_set():
            super().clear()
            os.read(self.descriptor, 1)


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


class NonBlockingDriver(linux_driver.LinuxDriver):
    """Draws on Linux and macOS; whatever becomes of the terminal, the event loop goes on."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._output = TerminalOutput(self.fileno, self._draw_anew)
        self._file = self._output  # type: ignore[assignment]  # Textual needs no more of a file
        self._has_terminal = False
        self._wants_terminal = False
        self.exit_event: Bell = Bell()
        # In the event loop, not between any two of its instructions: both wait for our threads.
        self._loop.add_signal_handler(signal.SIGTSTP, self._stop)
        self._loop.add_signal_handler(signal.SIGCONT, self._go_on)

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._has_terminal = self._wants_terminal = True
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.write(SAVE_TITLE)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        if self._has_terminal:
            self.write(RESTORE_TITLE)
            super().stop_application_mode()
        self._has_terminal = self._wants_terminal = False

    def run_input_thread(self) -> None:
        """Read what is typed; sleep until there is something, where Textual looks now and then.

        Where nothing more can be typed, though nobody has said that the terminal is gone, it is.
        """
        parser = OrderedParser(self._debug)
        decode = getincrementaldecoder("utf-8")().decode
        ends = 0
        while not self.exit_event.is_set():
            waits = parser._timeout_time is not None  # noqa: SLF001 - nobody else knows
            both = [self.fileno, self.exit_event.descriptor]
            ready, _, _ = select.select(both, [], [], _HALF_A_KEY if waits else None)
            data = os.read(self.fileno, _MOST_READ) if self.fileno in ready else b""
            ends = ends + 1 if self.fileno in ready and not data else 0
            if ends == _MOST_ENDS:
                os.kill(os.getpid(), signal.SIGHUP)
                return
            text = decode(data)
            for message in chain(parser.feed(text) if text else (), parser.tick()):
                self.process_message(message)

    def disable_input(self) -> None:
        """Read no more."""
        if self._has_terminal:
            super().disable_input()

    def write(self, data: str) -> None:
        """Have ``data`` written, if the terminal is ours; one thread is enough for that."""
        if self._has_terminal:
            self._output.write(data)

    def _stop(self) -> None:
        """Give the terminal back, if we have it, and stop until somebody lets us go on."""
        if self._has_terminal:
            self.suspend_application_mode()
            self._wants_terminal = True
        os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self) -> None:
        """Take the terminal anew, unless a pager has it; in the background, stop again."""
        if not self._wants_terminal:
            return
        if self._is_in_background():
            os.kill(os.getpid(), signal.SIGSTOP)
            return
        if self._has_terminal:  # it was a SIGSTOP, which nobody can prepare for
            self.suspend_application_mode()
        self.start_application_mode()
        self._draw_anew()

    def _is_in_background(self) -> bool:
        """Whether the terminal is ours, but others have it now; to touch it would stop us."""
        try:
            return os.tcgetpgrp(self.fileno) != os.getpgrp()
        except OSError:
            return False

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
