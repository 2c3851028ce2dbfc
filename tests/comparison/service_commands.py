"""Random values of ``ExecStart=``: the words that reach a program, and those systemd would give.

Variables are left out: systemd fills them in only when it starts something.
"""

import random
import subprocess
import tempfile
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

from tests.comparison.agreement import Agreement
from tests.comparison.systemd_analyze import commands_by_systemd
from tui_scheduler.services.imports import Surroundings, UnitFile, read_timers

_PIECES = (
    "a", "b c", '"', "'", '"d e"', "'f g'", "\\\\", "\\x20", "\\s", "\\t", "\\n", "\\101",
    "\\377", "\\400", "\\u00e9", "\\U0001f600", "\\q", "\\x0", "\\x00", '\\"', "\\'", "\\ ", ";",
    " ; {program} ", " \\; ", "\\;", "';'", " ", "\t", "%%", "%n", "%p", "%i", "%)", "\u00e9",
    "$$", "#", "*", "=", " \\\n", " \\\n# no\n",
)  # fmt: skip
_PROGRAM = """#!/bin/sh
printf '%s\\0' "$0" "$@"
printf '\\036'
"""


def compare(count: int, seed: int) -> Agreement:
    """Compare ``count`` values."""
    chance = random.Random(seed)
    agreement = Agreement()
    with tempfile.TemporaryDirectory(prefix="tui-scheduler-units-") as name:
        folder = Path(name)
        program = folder / "argv"
        program.write_text(_PROGRAM)
        program.chmod(0o755)
        units = [_unit(chance, program) for _ in range(count)]
        for number, (unit, commands) in enumerate(
            zip(units, commands_by_systemd(units, folder), strict=True)
        ):
            theirs = None if commands is None else _run_by(program, commands)
            agreement.note(unit, _ours(f"unit{number}", unit), theirs)
    return agreement


def _unit(chance: random.Random, program: Path) -> str:
    pieces = "".join(chance.choice(_PIECES) for _ in range(chance.randint(1, 9)))
    value = f"{program} {pieces.replace('{program}', str(program))}"
    return f"[Service]\nType=oneshot\nExecStart={value}\n"


def _run_by(program: Path, commands: list[list[bytes]]) -> list[list[bytes]]:
    """The words of the commands before one that names no program; a lone $ is left of two."""
    path = str(program).encode()
    run = takewhile(lambda words: words[0] == path, commands)
    return [[word.replace(b"$$", b"$") for word in words] for words in run]


def _ours(name: str, unit: str) -> list[list[bytes]] | str:
    """What the program prints of its words, each time that it is called."""
    files = {
        f"{name}.timer": UnitFile("[Timer]\nOnCalendar=daily\n"), f"{name}.service": UnitFile(unit)
    }  # fmt: skip
    now = datetime(2026, 11, 26, 13, tzinfo=UTC)
    reading = read_timers(files, Surroundings(zone="UTC", user="anna", home="/", now=now))
    if reading.refusals:
        return reading.refusals[0].reason
    command = reading.proposals[0].process.command.encode("utf-8", "surrogateescape")
    printed = subprocess.run(["/bin/sh", "-c", command], capture_output=True).stdout
    return [line.split(b"\0")[:-1] for line in printed.split(b"\x1e")[:-1]]
