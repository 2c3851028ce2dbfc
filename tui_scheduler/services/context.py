"""What every service needs: who acts, the clock, where logs lie, and whom to tell."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tui_scheduler.models import after_commit
from tui_scheduler.services.clock import Clock, SystemClock
from tui_scheduler.services.events import Event, Publish, nobody

RUNS_PER_FOLDER = 1000  # 100,000 files in one folder stall it for a quarter of a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Shared by all services of one program; ``actor`` is the user that it acts for."""

    log_folder: Path
    actor: str
    clock: Clock = field(default_factory=SystemClock)
    publish: Publish = nobody
    misfire_grace: timedelta = timedelta(seconds=60)

    def log_path(self, run_id: int) -> Path:
        """Where the output of a run is kept."""
        return self.log_folder / f"{run_id // RUNS_PER_FOLDER:05d}" / f"{run_id}.log"

    def tell(self, event: Event) -> None:
        """Publish ``event`` after the transaction around this call is committed."""
        after_commit(lambda: self.publish(event))
