"""CPU of commands, in turn with ``python -c pass``."""

import os
import subprocess
import sys
from statistics import median

from tests.bench.figures import against, throwaway_settings
from tests.bench.history import seed

ROUNDS = 7
RUNS = 1_000
COMMANDS = (
    "--version",
    "--help",
    "status",
    "process list",
    "request list",
    "runs",
    "next",
    "log 1000",
)
GOALS = {"status": 5.0, "process list": 10.0}
"""At most so many times ``python -c pass``."""


def measure() -> str:
    """How many times the CPU of an interpreter that does nothing each command takes."""
    with throwaway_settings() as settings:
        seed(settings, RUNS)
        place = ["-m", "tui_scheduler", "--database", str(settings.database)]
        calls = {"": ["-c", "pass"], **{name: [*place, *name.split()] for name in COMMANDS}}
        used: dict[str, list[float]] = {name: [] for name in calls}
        for number in range(ROUNDS + 1):
            for name, words in calls.items():
                seconds = cpu_of(words)
                if number:  # the first ones warm the caches of the disk
                    used[name].append(seconds)
    nothing, *each = (median(used[name]) for name in calls)
    ratios = (
        f"{name} {against(seconds / nothing, GOALS.get(name))}"
        for name, seconds in zip(COMMANDS, each, strict=True)
    )
    return (
        f"commands, CPU in times `python -c pass` ({nothing * 1000:.0f} ms): {', '.join(ratios)};"
        f" median of {ROUNDS} rounds"
    )


def cpu_of(words: list[str]) -> float:
    """Seconds of CPU that the interpreter takes to its end."""
    environment = {**os.environ, "NO_COLOR": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what pip installs is compiled
    child = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{words} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime
