"""What is wrong: each check looks at one thing, says what it found, and may mend it."""

from tui_scheduler.checkup.examination import examine
from tui_scheduler.checkup.finding import Finding, Verdict
from tui_scheduler.checkup.site import Site

__all__ = ["Finding", "Site", "Verdict", "examine"]
