"""What other schedulers run, read into drafts: pure functions of text, nothing is stored or run."""

from tui_scheduler.services.imports.crontab.reader import Circumstances, read_crontab
from tui_scheduler.services.imports.proposals import Note, Place, Proposal, Reading, Refusal
from tui_scheduler.services.imports.systemd.timers import Surroundings, read_timers

__all__ = [
    "Circumstances",
    "Note",
    "Place",
    "Proposal",
    "Reading",
    "Refusal",
    "Surroundings",
    "read_crontab",
    "read_timers",
]
