"""What systemd itself makes of units, calendar events and time spans, by ``systemd-analyze``."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

MISSING = None if shutil.which("systemd-analyze") else "needs systemd-analyze (Debian: systemd)"
"""Why nothing can be compared; None where it can."""

_UNIT = re.compile(r"^\t-> Unit (\S+):$\n((?:\t\t.*\n)*)", re.MULTILINE)
_COMMAND = re.compile(r"^\t\t\tCommand Line: (.*)$", re.MULTILINE)
_WORD = re.compile(r'"((?:\\.|[^"\\])*)"|(\S+)')
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_LETTERS = {
    b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"
}  # fmt: skip


def commands_by_systemd(units: Sequence[str], folder: Path) -> list[list[list[bytes]] | None]:
    """The words of every command that each service would start; None for one that is refused."""
    names = [f"unit{number}.service" for number in range(len(units))]
    for name, text in zip(names, units, strict=True):
        (folder / name).write_text(text, "utf-8", "surrogateescape")
    dumped = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", "--recursive-errors=no", *names],
        cwd=folder,
        env={**os.environ, "XDG_RUNTIME_DIR": str(folder), "SYSTEMD_LOG_LEVEL": "debug"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ).stdout.decode("utf-8", "surrogateescape")
    commands = {
        name: [_words(command) for command in _COMMAND.findall(lines)]
        for name, lines in _UNIT.findall(dumped)
    }
    return [commands.get(name) for name in names]


def fires_by_systemd(event: str, after: datetime, count: int) -> list[datetime] | None:
    """The first times of a calendar event; None for one that is refused."""
    base = f"{after.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    done = subprocess.run(
        ["systemd-analyze", "calendar", f"--base-time={base}", f"--iterations={count}", event],
        env={**os.environ, "TZ": "UTC"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return None
    times = re.findall(r"(?:elapse|#\d+): \w+ ([-\d]+ [:\d]+) UTC$", done.stdout, re.MULTILINE)
    return [datetime.fromisoformat(time).replace(tzinfo=UTC) for time in times]


def microseconds_by_systemd(span: str) -> int | None:
    """How long a time span is; None for one that is refused."""
    done = subprocess.run(
        ["systemd-analyze", "timespan", span], capture_output=True, text=True, encoding="utf-8"
    )
    match = re.search(r"s: (\d+)$", done.stdout, re.MULTILINE)
    return int(match[1]) if match and not done.returncode else None


def _words(printed: str) -> list[bytes]:
    return [_unescaped(quoted) if quoted else plain.encode("utf-8", "surrogateescape")
            for quoted, plain in _WORD.findall(printed)]  # fmt: skip


def _unescaped(text: str) -> bytes:
    def character(match: re.Match[bytes]) -> bytes:
        if match[1].isdigit():
            return bytes([int(match[1], 8)])
        return _LETTERS.get(match[1], match[1])

    return _ESCAPE.sub(character, text.encode("utf-8", "surrogateescape"))
