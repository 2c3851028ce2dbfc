"""What every service needs: who acts, the clock, where logs lie, and whom to tell."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from tui_scheduler.calendars import NamedCalendar
from tui_scheduler.clusters import Cluster
from tui_scheduler.identity import Boot, Host, machine_boot, this_host
from tui_scheduler.models import after_commit
from tui_scheduler.receivers import Notifying
from tui_scheduler.services.clock import Clock, SystemClock
from tui_scheduler.services.events import Event, Publish, nobody
from tui_scheduler.settings import config_file

RUNS_PER_FOLDER = 1000  # 100,000 files in one folder stall it for a quarter of a second


def new_token() -> str:
    """Draw what tells the files of a run that is taken now from those of any other.

    Numbers of runs are used again in a database that was restored, or made anew.
    """
    return os.urandom(4).hex()  # as ``secrets`` does, which takes 7 ms to import


def random_delay(spread: timedelta) -> timedelta:
    """Draw how much later a request fires that is spread over so long: whole seconds, any alike."""
    seconds = spread // timedelta(seconds=1) + 1
    return timedelta(seconds=int.from_bytes(os.urandom(8)) % seconds)


def files_stem(run_id: int, token: str | None) -> str:
    """The name of the files of a run, without their ends."""
    return str(run_id) if token is None else f"{run_id}-{token}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Shared by all services of one program; ``actor`` is the user that it acts for.

    ``host`` is the machine that it runs on, ``max_running`` how many processes run there at once;
    0 for any number; ``boot`` says which start of it that is at a moment. ``notifying`` says who
    can be told of what happens, ``clusters`` what runs can be handed to, ``calendars`` which days
    have a name, and ``config`` is the file that says all. ``draw`` gives the delay of a request
    from its spread. What whoever schedules does is published by ``publish_own``, if that is another
    way: it need not look for that anew.
    """

    log_folder: Path
    actor: str
    clock: Clock = field(default_factory=SystemClock)
    publish: Publish = nobody
    publish_own: Publish | None = None
    misfire_grace: timedelta = timedelta(seconds=60)
    host: Host = field(default_factory=this_host)
    notifying: Notifying = field(default_factory=Notifying)
    boot: Callable[[datetime], Boot] = machine_boot
    max_running: int = 0
    clusters: Mapping[str, Cluster] = field(default_factory=dict)
    calendars: Mapping[str, NamedCalendar] = field(default_factory=dict)
    config: Path = field(default_factory=config_file)
    draw: Callable[[timedelta], timedelta] = random_delay

    @property
    def of_scheduler(self) -> "Context":
        """The same, for what whoever schedules does."""
        return self if self.publish_own is None else replace(self, publish=self.publish_own)

    def log_path(self, run_id: int, token: str | None, log_folder: str | None = None) -> Path:
        """Where the output of a run is kept that was taken with ``token``, once there is any.

        None is that of runs which were taken by a version that drew no tokens. ``log_folder`` is
        that of a run which has its log elsewhere than beside the database.
        """
        top = self.log_folder if log_folder is None else Path(log_folder)
        return top / f"{run_id // RUNS_PER_FOLDER:05d}/{files_stem(run_id, token)}.log"

    def is_elsewhere(self, host: str, host_id: str | None) -> bool:
        """Whether a run was taken on a machine that is known to be another one."""
        return self.host.is_another_than(Host(host_id or "", host))

    def tell(self, event: Event) -> None:
        """Publish ``event`` after the transaction around this call is committed."""
        after_commit(lambda: self.publish(event))
