"""How far something has come, in a line on standard error that is written over itself."""

import shutil
import sys
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Self

from tui_scheduler.cells import cell_width
from tui_scheduler.cli.printing.output import is_terminal
from tui_scheduler.text import plain
from tui_scheduler.wording import cut

_AGAIN = 0.1  # seconds


class ProgressLine:
    """Tells a person, and nobody else, what is going on; nothing of it stays."""

    def __init__(self) -> None:
        self._is_wanted = is_terminal(sys.stderr)
        self._told_at = monotonic()  # what is done at once is not told at all
        self._cells = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def show(self, text: str) -> None:
        """Say how far it is, some times a second."""
        now = monotonic()
        if not self._is_wanted or now - self._told_at < _AGAIN:
            return
        self.clear()
        line = cut(plain(text), max(1, shutil.get_terminal_size().columns - 1))
        self._write(line)
        self._told_at, self._cells = now, cell_width(line)

    def clear(self) -> None:
        """Make room for something else."""
        if self._cells:
            self._write(f"\r{' ' * self._cells}\r")
            self._cells = 0

    def _write(self, text: str) -> None:
        with suppress(OSError):  # its terminal was closed
            sys.stderr.write(text)
            sys.stderr.flush()
