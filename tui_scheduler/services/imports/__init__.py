"""What other schedulers run, read into drafts: pure functions of text, nothing is stored or run."""

from tui_scheduler.services.imports.crontab.guards import Machine
from tui_scheduler.services.imports.crontab.reader import CATCHING_UP, Circumstances, read_crontab
from tui_scheduler.services.imports.proposals import (
    Note,
    ParsedJobs,
    Place,
    Proposal,
    ReceiverProposal,
    Refusal,
)
from tui_scheduler.services.imports.systemd.services import Surroundings
from tui_scheduler.services.imports.systemd.timers import read_timers
from tui_scheduler.services.imports.systemd.units import UnitFile

__all__ = [
    "CATCHING_UP",
    "Circumstances",
    "Machine",
    "Note",
    "ParsedJobs",
    "Place",
    "Proposal",
    "ReceiverProposal",
    "Refusal",
    "Surroundings",
    "UnitFile",
    "read_crontab",
    "read_timers",
]
