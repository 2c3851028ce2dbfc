"""What children print all the time, and whether their logs have it."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from tui_scheduler.engine.local.journals import MAY_BE_MISSING

_TURNS = 12
_AT_ONCE = 15
LINES = _TURNS * _AT_ONCE
_OURS = re.compile(rb"-- [^\n]* --\n")


def chatter(pause: float) -> str:
    """A command that prints numbered lines, some at once and then none for ``pause`` seconds."""
    some = '[ $n -ge $last ] || { n=$((n + 1)); echo "line $n of it"; }; ' * _AT_ONCE
    return (
        f"n=0; last=0; while [ $n -lt {LINES} ]; do"
        f" last=$((last + {_AT_ONCE})); {some} sleep {pause}; done"
    )


def wrong_output(log: Path, note: str, *, is_whole: bool, may_miss: bool) -> Iterator[str]:
    """What is wrong with a log of ``chatter``.

    All of it must be there, once and in order, if it ``is_whole``; but for what keepers took with
    them if it ``may_miss`` some, and then the log must say so, or the ``note`` of the run.
    """
    content = log.read_bytes() if log.exists() else b""
    deaths = content.count(b"-- " + MAY_BE_MISSING.encode()) + note.count(MAY_BE_MISSING)
    if deaths and not may_miss:
        yield f"{log} tells of {deaths} deaths"
    numbers = []
    for line in _OURS.sub(b"", content).splitlines(keepends=True):
        if match := re.fullmatch(rb"line (\d+) of it\n", line):
            numbers.append(int(match[1]))
        elif not may_miss:
            yield f"{log} has {line!r}"
    jumps = [(one, other) for one, other in pairwise([0, *numbers]) if other != one + 1]
    yield from (f"{log}: {other} after {one}" for one, other in jumps if other <= one)
    gaps = len(jumps) + (is_whole and numbers[-1:] != [LINES])
    if gaps > (deaths if may_miss else 0):
        yield f"{log} has {gaps} gaps, and tells of {deaths} deaths"
