"""How much work a call is, told by no clock: the same on every machine, however busy."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from tui_scheduler.models import database


def effort(work: Callable[[], object]) -> int:
    """How many functions are called while ``work`` is done, in Python and in C."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def steps(work: Callable[[], object]) -> int:
    """How many steps SQLite takes for it: the same on every machine."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    connection = database.connection()
    connection.set_progress_handler(count, 1)
    try:
        work()
    finally:
        connection.set_progress_handler(None, 1)
    return taken
