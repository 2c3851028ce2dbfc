"""Crontabs to read, and short ways to read them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.imports import Circumstances, ParsedJobs, read_crontab

ODD = Path(__file__).with_name("odd.crontab").read_bytes()
"""Every oddity that a crontab may have."""

NOW = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
ZONE = "America/New_York"


def reading(text: str | bytes, **circumstances: Any) -> ParsedJobs:
    """What is found in a crontab of anna's."""
    data = text.encode() if isinstance(text, str) else text
    given = {"zone": ZONE, "user": "anna", "now": NOW, **circumstances}
    return read_crontab(data, Circumstances(**given))


def process_of(text: str, **circumstances: Any) -> ProcessDraft:
    """The process of the one job in a crontab."""
    [proposal] = reading(text, **circumstances).proposals
    return proposal.process


def cron_of(text: str) -> str | None:
    """The expression of the one job in a crontab."""
    [proposal] = reading(text).proposals
    return proposal.request.plan.cron


def reason_for(text: str | bytes, **circumstances: Any) -> str:
    """Why the one job in a crontab is not taken over."""
    jobs = reading(text, **circumstances)
    assert not jobs.proposals
    [refusal] = jobs.refusals
    return refusal.reason


def notes_on(text: str | bytes) -> list[str]:
    """What is told about a crontab."""
    return [note.text for note in reading(text).notes]
