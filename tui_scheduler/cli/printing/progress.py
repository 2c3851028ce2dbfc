"""How far something is that takes its time, on standard error, for a person who waits for it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from tui_scheduler.cli.printing.output import is_terminal

_PATIENCE = 1.0  # seconds until anything is said
_PAUSE = 0.2


@contextmanager
def progress(noun: str) -> Iterator[Callable[[int, int], None]]:
    """Yields what is told how many are done, of how many; the line is gone at the end."""
    due_at = monotonic() + _PATIENCE
    covered = 0

    def tell(done: int, total: int) -> None:
        nonlocal due_at, covered
        if monotonic() >= due_at and is_terminal(sys.stderr):
            text = f"{done:,} of {total:,} {noun}"
            print(f"\r{text.ljust(covered)}", end="", file=sys.stderr, flush=True)
            due_at, covered = monotonic() + _PAUSE, len(text)

    try:
        yield tell
    finally:
        if covered:
            print(f"\r{' ' * covered}\r", end="", file=sys.stderr, flush=True)
