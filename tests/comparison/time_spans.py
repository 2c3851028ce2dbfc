"""Random time spans: what they become, and how long they are for systemd."""

import random
from datetime import timedelta

from tests.comparison.agreement import Agreement
from tests.comparison.systemd_analyze import microseconds_by_systemd
from tui_scheduler.services.imports.proposals import Unreadable
from tui_scheduler.services.imports.systemd.spans import span_of

_NUMBERS = ("1", "5", "30", "1.5", "0.25", "07", "2.", "-1")
_UNITS = (
    "", "s", "sec", "second", "m", "min", "minutes", "h", "hr", "hours", "d", "day", "w", "weeks",
    "M", "month", "y", "years", "us", "usec", "ms", "msec", "x", "S",
)  # fmt: skip


def compare(count: int, seed: int) -> Agreement:
    """Compare ``count`` spans."""
    chance = random.Random(seed)
    agreement = Agreement()
    for _ in range(count):
        span = "".join(_part(chance) for _ in range(chance.randint(1, 3)))
        agreement.note(span, _ours(span), microseconds_by_systemd(span))
    return agreement


def _ours(text: str) -> int | str:
    try:
        span = span_of("TimeoutSec", text)
    except Unreadable as refused:
        return str(refused)
    return "for ever" if span is None else span // timedelta(microseconds=1)


def _part(chance: random.Random) -> str:
    before, after = chance.choices(("", "", " ", "  "), k=2)
    return f"{chance.choice(_NUMBERS)}{before}{chance.choice(_UNITS)}{after}"
