"""A run that Slurm has, or may have, as it is known here; and whoever waits for its end."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from tui_scheduler.clusters import handle_of
from tui_scheduler.engine.runner import CannotStart, Gone, Started, Waits
from tui_scheduler.engine.slurm import begun_file
from tui_scheduler.engine.slurm.begun_file import Begin, BegunRecord
from tui_scheduler.engine.slurm.commands import Job
from tui_scheduler.engine.slurm.verdicts import Known, Listing
from tui_scheduler.services.logs.run_files import RunFiles

_NOTHING = BegunRecord()


@dataclass(slots=True, eq=False)
class Watched:
    """A run, with the ``numbers`` of its jobs: there may be several, of which one begins.

    Since ``begun_at``, on the clock of the event loop, it is known which one.
    What becomes of it is in ``gone``; CannotStart is for whoever waits to raise.
    """

    known: Known
    files: RunFiles
    numbers: set[str]
    gone: "asyncio.Future[Gone | CannotStart]"
    begun_at: float = 0.0
    tell: Callable[[Started | Waits], None] | None = None
    reason: str | None = None
    record: BegunRecord = field(default_factory=BegunRecord)
    looked: tuple[int, int] | None = None
    unheard: list[Started | Waits] = field(default_factory=list)
    considered: tuple[BegunRecord, Known, Sequence[Job] | None] | None = None
    path: Path = field(init=False)
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.path = self.files.begun
        self.folder = self.path.parent

    def is_news(self, record: BegunRecord, listing: Listing | None) -> bool:
        """Returns whether anything can be concluded since the last look, if only from the time."""
        known, before = self.known, self.considered
        is_told = listing is not None and listing.asked_at >= known.known_at
        jobs = listing.of(known.name) if listing is not None and is_told else None
        self.considered = record, known, jobs
        is_same = before == self.considered
        return not is_same or known.over_since is not None or known.ended_at is not None

    @property
    def handle(self) -> str:
        """What names it."""
        newest = max(self.numbers, key=lambda number: (len(number), number), default="")
        return handle_of(self.known.begin.job if self.known.begin else newest, self.known.stem)

    def look(self, see_folder: Callable[[Path], object]) -> BegunRecord:
        """Returns what its file says; raises OSError, also what ``see_folder`` raises.

        As long as it looks the same it is not read again, unless its job seems to be over.
        """
        try:
            status = os.lstat(self.path)
        except FileNotFoundError:
            see_folder(self.folder)  # a disk that is not mounted says nothing
            self.record, self.looked = _NOTHING, None
            return self.record
        looks = status.st_size, status.st_mtime_ns
        if looks != self.looked or self.known.over_since is not None:
            self.record, self.looked = begun_file.read(self.path), looks
        return self.record

    def begin(self, begin: Begin) -> None:
        """Know which of its jobs has begun."""
        self.known = replace(self.known, begin=begin)
        self.begun_at = asyncio.get_running_loop().time()
        self.numbers.add(begin.job)

    def say(self, event: Started | Waits) -> None:
        """Tell whoever watches, or will."""
        self.unheard.append(event)
        self.speak()

    def speak(self) -> None:
        """Tell what nobody has heard yet."""
        if self.tell is not None:
            events, self.unheard = self.unheard, []
            for event in events:
                self.tell(event)


def look_at(jobs: Sequence[Watched]) -> list[BegunRecord | OSError]:
    """Returns what the files of these runs say, or why that cannot be known now."""
    records: list[BegunRecord | OSError] = []
    see_folder = cache(os.stat)  # one folder has the files of many
    for job in jobs:
        try:
            records.append(job.look(see_folder))
        except OSError as error:
            records.append(error)
    return records
