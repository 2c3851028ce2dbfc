"""What other schedulers run, read into drafts: pure functions of text, nothing is stored or run."""

from tui_scheduler.services.moving_in.crontab import Circumstances, read_crontab
from tui_scheduler.services.moving_in.proposals import Note, Place, Proposal, Reading, Refusal

__all__ = ["Circumstances", "Note", "Place", "Proposal", "Reading", "Refusal", "read_crontab"]
