"""A run that Slurm has, or may have, as it is known here; and whoever waits for its end."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tui_scheduler.clusters import handle_of
from tui_scheduler.engine.runner import CannotStart, Gone, Started, Waits
from tui_scheduler.engine.slurm import begun_file
from tui_scheduler.engine.slurm.begun_file import Begin, Said
from tui_scheduler.engine.slurm.verdicts import Known
from tui_scheduler.services.logs.run_files import RunFiles


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
    said: Said = field(default_factory=Said)
    looked: tuple[int, int] | None = None
    unheard: list[Started | Waits] = field(default_factory=list)

    @property
    def handle(self) -> str:
        """What names it."""
        newest = max(self.numbers, key=lambda number: (len(number), number), default="")
        return handle_of(self.known.begin.job if self.known.begin else newest, self.known.stem)

    def look(self) -> Said:
        """Returns what its file says; raises OSError.

        As long as it looks the same it is not read again, unless its job seems to be over.
        """
        path = self.files.begun
        try:
            status = path.lstat()
        except FileNotFoundError:
            looks = None
        else:
            looks = status.st_size, status.st_mtime_ns
        if looks is None or looks != self.looked or self.known.over_since is not None:
            self.said, self.looked = begun_file.read(path), looks
        return self.said

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


def look_at(jobs: Sequence[Watched]) -> list[Said | OSError]:
    """What the files of these runs say, or why that cannot be known now."""
    said: list[Said | OSError] = []
    for job in jobs:
        try:
            said.append(job.look())
        except OSError as error:
            said.append(error)
    return said
