"""Timers and services to read, and short ways to read them."""

import subprocess
from collections.abc import Sequence
from typing import Any

from tests.services.imports.crontabs import NOW
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.imports import (
    ParsedJobs,
    Proposal,
    Surroundings,
    UnitFile,
    read_timers,
)

TIMER = "[Timer]\nOnCalendar=daily\nPersistent=true\n"
SERVICE = "[Service]\nType=oneshot\n"
RUNS = f"{SERVICE}ExecStart=/opt/backup.sh\n"

Text = str | None | Sequence[str | None]
"""A unit's file, which may be missing, and perhaps its drop-ins."""


def reading(units: dict[str, Text], **surroundings: Any) -> ParsedJobs:
    """What is found in units of anna's, by their names."""
    files = {name: _file(text) for name, text in units.items()}
    given = {"zone": "Europe/Madrid", "user": "anna", "home": "/home/anna", "now": NOW}
    return read_timers(files, Surroundings(**{**given, **surroundings}))


def _file(text: Text) -> UnitFile:
    parts = [text] if text is None or isinstance(text, str) else list(text)
    return UnitFile(parts[0], tuple(part or "" for part in parts[1:]))


def of_pair(timer: Text = TIMER, service: Text = RUNS, **surroundings: Any) -> ParsedJobs:
    """What is found in ``backup.timer`` and ``backup.service``."""
    return reading({"backup.timer": timer, "backup.service": service}, **surroundings)


def one(timer: Text = TIMER, service: Text = RUNS, **surroundings: Any) -> Proposal:
    """The only proposal of a timer and its service."""
    [proposal] = of_pair(timer, service, **surroundings).proposals
    return proposal


def process_with(*lines: str, **surroundings: Any) -> ProcessDraft:
    """The process of a oneshot service that is made of these lines."""
    return one(service=SERVICE + "\n".join(lines) + "\n", **surroundings).process


def reason_with(*lines: str, **surroundings: Any) -> str:
    """Why nothing is made of a oneshot service that is made of these lines."""
    jobs = of_pair(service=SERVICE + "\n".join(lines) + "\n", **surroundings)
    assert not jobs.proposals
    return jobs.refusals[-1].reason


def notes_with(*lines: str, timer: str = TIMER, service: str = RUNS) -> list[str]:
    """What is told of a service with these lines besides, or of a timer."""
    return [note.text for note in of_pair(timer, service + "\n".join(lines) + "\n").notes]


def printed(process: ProcessDraft, **environment: str) -> tuple[str, int]:
    """What a process prints when it runs, and its exit code."""
    done = subprocess.run(
        ["/bin/sh", "-c", process.command],
        env={"PATH": "/usr/bin:/bin", **process.environment, **environment},
        cwd="/",
        capture_output=True,
    )
    assert done.stderr == b""
    return done.stdout.decode(), done.returncode
