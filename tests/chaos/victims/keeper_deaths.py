"""The instants between two steps of a run at which its keeper can be made to die.

The keepers of the chaos tests are made of the code of a real one with this file after it, see
``points``. So it may import nothing but what a keeper does.
"""

import os
import signal
from typing import Any, NamedTuple


class Instant(NamedTuple):
    """Before or after a method is called, with that for its first word if one is given."""

    owner: str
    method: str
    is_before: bool = False
    word: str | None = None


KEEPER_POINTS = {
    "begin written": Instant("Journal", "write", word="begin"),
    "child spawned": Instant("Keeper", "_spawn"),
    "pid written": Instant("Journal", "write", word="pid"),
    "answer sent": Instant("Keeper", "_send", word="began"),
    "output read": Instant("Output", "_store", is_before=True),
    "end written": Instant("Journal", "write", word="end"),
    "child reaped": Instant("Journal", "write", is_before=True, word="cost"),
    "end not told": Instant("Keeper", "_send", is_before=True, word="ended"),
}


def die_inside(keeper: dict[str, Any], point: str, occasion: int, scheduler: int) -> None:
    """Have the keeper that has these names die when ``point`` is reached for the n-th time.

    It takes its scheduler with it if that is given, by its pid; 0 is nobody.
    """
    instant = KEEPER_POINTS[point]
    owner = keeper[instant.owner]
    call = getattr(owner, instant.method)
    left = occasion

    def reached() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            if scheduler and os.getppid() == scheduler:
                os.kill(scheduler, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)

    def deadly(self: Any, *words: Any) -> Any:
        is_meant = instant.word is None or words[0] == instant.word
        if is_meant and instant.is_before:
            reached()
        value = call(self, *words)
        if is_meant and not instant.is_before:
            reached()
        return value

    setattr(owner, instant.method, deadly)
