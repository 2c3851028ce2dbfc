"""Who holds the lock of the scheduler, as the lock file tells it, and what keeps him from his work.

The first line of the file is the process id alone, which is all that earlier versions write, and
read. The sign of life behind it is written in place and always in as many bytes, so that neither a
full disk nor a viewer has to do with it.
"""

import os
import shlex
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui_scheduler import __version__
from tui_scheduler.identity import file_identity
from tui_scheduler.signs_of_life import Background, Beat, Trouble, beat_of, record_of
from tui_scheduler.wording import day_and_time, local_zone

SIZE = 1024
"""Bytes of the file; they are overwritten, so that a full disk takes them as well."""

NOTHING = b" " * SIZE
"""What stands in a lock file that nobody holds."""

_PID_LINE = 32  # bytes: as much as earlier versions read
_SILENCE = timedelta(seconds=15)  # after which a scheduler of this machine does not get on
_SILENCE_ELSEWHERE = timedelta(minutes=3)  # also the clocks differ, and network folders lag
_LONG_WAIT = timedelta(seconds=15)
_LONGEST_TEXTS = (1000, 250, 100, 30, 0)  # characters: as long as there is room for them


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever holds the lock; ``pid`` and ``beat`` are None if the file does not tell them."""

    pid: int | None
    beat: Beat | None = None

    @property
    def host(self) -> str:
        """The name of its machine; empty if that is this one, or not known."""
        return self.beat.host.name if self.beat is not None and self.is_elsewhere else ""

    @property
    def host_name(self) -> str | None:
        """The name of its machine, also if it is this one; None if it is not known."""
        return None if self.beat is None else self.beat.host.name

    @property
    def name(self) -> str:
        """How it is called: ``process 12``, ``process 12 on alpha``."""
        process = "another process" if self.pid is None else f"process {self.pid}"
        return f"{process} on {self.host}" if self.host else process

    @property
    def title(self) -> str:
        """Its name as a sentence begins with it."""
        return f"{self.name[0].upper()}{self.name[1:]}"

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is known to be a process of another machine."""
        return self.beat is not None and not self.beat.is_from_here

    @property
    def background(self) -> Background | None:
        """Why it has no terminal, if it was a screen that began it."""
        return None if self.beat is None else self.beat.background

    @property
    def other_version(self) -> str:
        """The version of its program, if that is another one than ours; "?" if it tells none."""
        if self.beat is None or self.beat.version == __version__:
            return ""
        return self.beat.version or "?"

    @property
    def is_silent(self) -> bool:
        """Whether it has given no sign of life for too long; False if it never gives any."""
        limit = _SILENCE_ELSEWHERE if self.is_elsewhere else _SILENCE
        return self.beat is not None and self.beat.silence() > limit

    def trouble(self, database: Path) -> Trouble | None:
        """Returns what keeps it from running what is due in ``database``, if anything is known.

        What only its own machine could do or see is neither looked at here nor advised.
        """
        if self.beat is None:  # of an earlier version
            return None
        if not self.is_elsewhere and _is_stopped(self.pid):
            return Trouble(
                f"{self.title} is stopped, and has given no sign of life since"
                f" {_wall(self.beat.at)}",
                f"Let it go on: kill -CONT {self.pid}",
            )
        if self.is_silent:
            return self._silence(self.beat)
        if (trouble := self.beat.trouble) is not None:
            text = f"{self.title} is {trouble.brief}" if trouble.brief else trouble.text
            if self.is_elsewhere and not trouble.brief:
                text = f"{self.title} says: {trouble.text}"
            remedy = self._there(trouble.remedy)
            return Trouble(text, remedy, trouble.brief, trouble.is_minor)
        if (waiting := self.beat.waiting) is not None:
            waited = timedelta(seconds=self.beat.steady - waiting.since)
            if waited > _LONG_WAIT:
                since = _wall(self.beat.at - waited)
                return Trouble(
                    f"{self.title} has waited for {waiting.reason} since {since}",
                    self._there(f"See what holds it: fuser -v {shlex.quote(str(database))}"),
                    f"waiting: {waiting.reason} does not answer since {since[:-3]}",
                )
        is_known = not self.is_elsewhere and self.beat.database is not None
        if is_known and self.beat.database != file_identity(database):
            return Trouble(
                f"{self.title} works on a file that is not {database} any more",
                f"If this lasts, end it: kill {self.pid}. Its runs go on",
            )
        return None

    def _there(self, remedy: str) -> str:
        """A remedy, with the machine on which it is one if that is not ours."""
        return f"On {self.host}: {remedy}" if remedy and self.host else remedy

    def _silence(self, beat: Beat) -> Trouble:
        """What is known of a process that holds the lock and does nothing."""
        silent = f"{self.title} has given no sign of life since {_wall(beat.at)}"
        if self.is_elsewhere:
            return Trouble(f"{silent}, by its own clock", f"See to it on {self.host}")
        return Trouble(
            f"{silent}, so nothing is begun",
            f"If this lasts, end it: kill -9 {self.pid}. Its runs go on, and whoever schedules"
            " next finds them",
        )


def encode(pid: int, beat: Beat | None) -> bytes:
    """Returns what the file says of its holder."""
    first = f"{pid}".ljust(_PID_LINE - 1) + "\n"
    records = [] if beat is None else [record_of(beat, longest) for longest in _LONGEST_TEXTS]
    contents = [(first + record).encode("utf-8", "replace") for record in (*records, "")]
    return next(content.ljust(SIZE) for content in contents if len(content) <= SIZE)


def parse(content: bytes) -> Holder:
    """Returns what ``encode`` wrote, or an earlier version; what makes no sense is not known."""
    pid = beat = None
    with suppress(ValueError):
        pid = max(int(content[:_PID_LINE]), 0) or None
    with suppress(ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        beat = beat_of(content[_PID_LINE:])
    return Holder(pid, beat)


def _is_stopped(pid: int | None) -> bool:
    """Whether somebody stopped the process, for example with ctrl+z; False if nobody can tell."""
    if pid in (None, os.getpid()):  # whoever asks goes on
        return False
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] in (b"T", b"t")
    return False


def _wall(moment: datetime) -> str:
    return day_and_time(moment, local_zone(), datetime.now(UTC), in_seconds=True)
