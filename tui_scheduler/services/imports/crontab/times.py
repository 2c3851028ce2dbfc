"""The time of a crontab line in the words of our cron expressions, which are nearly the same."""

import re
from collections.abc import Sequence
from zlib import crc32

from tui_scheduler.schedules.cron.fields import UNIX, CronField
from tui_scheduler.services.imports.proposals import Unreadable

_RANDOM = re.compile(r"(\d{0,6})~(\d{0,6})")
_IN_ALL_MONTHS = 28  # the last day that all months have
REBOOT = "@reboot"
"""The time of a line that is run when the machine has started."""


def expression_of(times: Sequence[str], seed: str) -> tuple[str, list[str]]:
    """The cron expression, and what in it differs from the words; raises Unreadable.

    A random value (``0~59``) is chosen by ``seed``, so that the same line is always the same plan.
    """
    if times[0].startswith("@"):
        return times[0], []
    notes: list[str] = []
    fields = zip(UNIX, times, strict=True)
    return " ".join(_word(field, word, seed, notes) for field, word in fields), notes


def _word(field: CronField, word: str, seed: str, notes: list[str]) -> str:
    return ",".join(_item(field, item, seed, notes) for item in word.split(","))


def _item(field: CronField, item: str, seed: str, notes: list[str]) -> str:
    if "~" in item:
        value = _chosen(field, item, seed)
        notes.append(f"{item} is a random {field.name} for cron; here it is {value}, always")
        return value
    return item


def _chosen(field: CronField, item: str, seed: str) -> str:
    match = _RANDOM.fullmatch(item)
    if match is None:
        raise Unreadable(f"{field.name}: {item!r} is not understood: write LOW~HIGH in numbers")
    low = int(match[1] or field.low)
    high = int(match[2] or field.high)
    if field.name == "day of month" and not match[2] and low <= _IN_ALL_MONTHS:
        high = _IN_ALL_MONTHS
    if not field.low <= low <= high <= field.high:
        raise Unreadable(f"{field.name}: {item} is out of order: use values of {field.bounds}")
    return str(low + crc32(f"{field.name} {seed}".encode()) % (high - low + 1))
