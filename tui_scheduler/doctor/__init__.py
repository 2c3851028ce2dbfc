"""What is wrong: each check looks at one thing, says what it found, and may repair it."""

from tui_scheduler.doctor.examination import examine
from tui_scheduler.doctor.finding import Finding, Verdict
from tui_scheduler.doctor.target import Target

__all__ = ["Finding", "Target", "Verdict", "examine"]
