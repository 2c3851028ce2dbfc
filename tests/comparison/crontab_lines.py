"""Random lines of a crontab: what is read of them, and whether Debian's cron takes them.

It is asked by ``crontab -n``, which installs nothing. When a line fires is compared with
``cron_walk``, which follows crontab(5) minute by minute.
"""

import random
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.comparison.agreement import Agreement
from tests.services.imports.cron_walk import DAY, DAYS_LOOKED_AT, walk
from tui_scheduler.schedules import fires
from tui_scheduler.services.imports import Circumstances, read_crontab

_AFTER = datetime(2026, 11, 26, 13, tzinfo=UTC)
_BEFORE = _AFTER + (DAYS_LOOKED_AT - 2) * DAY
_FIRES = 5
_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_COMMANDS = ("true", "* true", "1-5 true", "echo *", "true%a", "-n true", "")


def _missing() -> str | None:
    program = shutil.which("crontab")
    if program is None:
        return "needs crontab (Debian: cron)"
    usage = subprocess.run([program, "-h"], capture_output=True, text=True)
    return None if "-n" in usage.stderr else "needs a crontab with -n (Debian: cron)"


MISSING = _missing()
"""Why nothing can be compared; None where it can."""


def compare(count: int, seed: int) -> Agreement:
    """Compare ``count`` lines."""
    chance = random.Random(seed)
    agreement = Agreement()
    with tempfile.TemporaryDirectory(prefix="tui-scheduler-crontab-") as name:
        file = Path(name, "crontab")
        for _ in range(count):
            times = _times(chance)
            line = f"{times} {chance.choice((*_COMMANDS[:1] * 9, *_COMMANDS))}\n"
            file.write_text(line)
            taken = subprocess.run(["crontab", "-n", file], capture_output=True).returncode == 0
            walked = walk(times, "UTC", _AFTER, _FIRES) if taken else []
            theirs = [fire for fire in walked if fire < _BEFORE]
            agreement.note(line, _ours(line), theirs or None)  # never is as good as refused
    return agreement


def _ours(line: str) -> list[datetime] | str:
    reading = read_crontab(line.encode(), Circumstances(zone="UTC", user="anna", now=_AFTER))
    if reading.refusals:
        return reading.refusals[0].reason
    upcoming = fires(reading.proposals[0].request.plan, _AFTER, _FIRES)
    return [fire for fire in upcoming if fire < _BEFORE] or "nothing in all the time looked at"


def _times(chance: random.Random) -> str:
    if chance.random() < 0.05:
        return chance.choice(["@hourly", "@daily", "@weekly", "@monthly", "@yearly", "@sometimes"])
    return " ".join(_field(chance, low, high) for low, high in _FIELDS)


def _field(chance: random.Random, low: int, high: int) -> str:
    items = (_item(chance, low, high) for _ in range(chance.choice([1, 1, 1, 2])))
    return "*" if chance.random() < 0.4 else ",".join(items)


def _item(chance: random.Random, low: int, high: int) -> str:
    first, last = chance.randint(low, high + chance.choice([0, 0, 0, 1])), chance.randint(low, high)
    shape = chance.choice(["{0}", "{0}", "{0}-{1}", "{0}-{1}/{2}", "*/{2}"])
    return shape.format(first, last, chance.randint(1, high + 3))
