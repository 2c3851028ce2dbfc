"""What stands in the lock file of the scheduler: who holds it, and its last sign of life.

That somebody holds the lock says nothing of whether he gets on with his work. So whoever schedules
writes down every second what it waits for: in place and always in as many bytes, so that neither a
full disk nor a viewer has to do with it. Like ``status_query``, this is read for a prompt, and
imports next to nothing.

The first line is the process id alone, which is all that earlier versions write, and read.
"""

import fcntl
import json
import math
import os
import shlex
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from tui_scheduler import __version__
from tui_scheduler.errors import remedy_of
from tui_scheduler.identity import FileIdentity, Host, file_identity, this_host
from tui_scheduler.permissions import open_file
from tui_scheduler.wording import STALLED, cut, day_and_time, local_zone

_LOOK = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # as whoever takes it would
SIZE = 1024
"""Bytes of the file; they are overwritten, so that a full disk takes them as well."""

NOTHING = b" " * SIZE
"""What stands in a lock file that nobody holds."""

BEAT_PERIOD = 1.0
"""Seconds between two signs of life."""

_PID_LINE = 32  # bytes: as much as earlier versions read
_SILENCE = timedelta(seconds=15)  # after which a scheduler of this machine does not get on
_SILENCE_ELSEWHERE = timedelta(minutes=3)  # also the clocks differ, and network folders lag
_LONG_WAIT = timedelta(seconds=15)
_LONGEST_NAME = 64
_LONGEST_TEXTS = (1000, 250, 100, 30, 0)  # characters: as long as there is room for them


def steady_seconds() -> float:
    """Returns the seconds that this machine was awake since it was started.

    Nobody sets this clock, and all programs of one machine read the same on it. While the machine
    sleeps it stands still: nobody is to be called silent for that.
    """
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a scheduler waits for, and since when, as ``steady_seconds``."""

    reason: str
    since: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing is run although somebody holds the lock, and what a person can do about it.

    ``brief`` says in few words what is waited for, if that is known. Where it ``is_minor``, what is
    due is run all the same.
    """

    text: str
    remedy: str
    brief: str = ""
    is_minor: bool = False

    @property
    def headline(self) -> str:
        """What is said in the place of "scheduling"; empty if that is true all the same."""
        return "" if self.is_minor else f"! {self.brief}" if self.brief else STALLED

    def __str__(self) -> str:
        return f"{self.text}. {self.remedy}" if self.remedy else self.text


class Why(StrEnum):
    """Why somebody schedules without a terminal: it was asked for, or the window was closed."""

    ASKED = "asked"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Background:
    """That a scheduler has no terminal: why, and since when."""

    why: Why
    since: datetime

    def __str__(self) -> str:
        return f"{self.why}@{self.since.timestamp():.0f}"

    @classmethod
    def parse(cls, text: str) -> "Background":
        """Reads it as it writes itself; raises ValueError."""
        why, _, since = text.partition("@")
        try:
            return cls(Why(why), datetime.fromtimestamp(int(since), UTC))
        except (OverflowError, OSError) as error:
            raise ValueError(text) from error


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life of a scheduler on ``host``, at ``steady`` by its steady clock.

    ``at`` is the same moment on the wall. ``database`` is the file that it works on, ``trouble``
    what it says itself, ``version`` that of its program, if that tells it.
    """

    host: Host
    steady: float
    at: datetime
    database: FileIdentity | None = None
    waiting: Waiting | None = None
    trouble: Trouble | None = None
    version: str | None = None
    background: Background | None = None

    @classmethod
    def now(
        cls,
        database: FileIdentity | None,
        waiting: Waiting | None = None,
        trouble: Trouble | None = None,
        background: Background | None = None,
    ) -> "Beat":
        """Returns the sign of life that this process gives at this moment."""
        return cls(
            host=this_host(),
            steady=steady_seconds(),
            at=datetime.now(UTC),
            database=database,
            waiting=waiting,
            trouble=trouble,
            version=__version__,
            background=background,
        )

    @property
    def is_from_here(self) -> bool:
        """Whether its process is one of this machine."""
        return not self.host.is_another_than(this_host())

    def silence(self) -> timedelta:
        """Returns how long ago that was; by the wall clock if it was on another machine."""
        if self.is_from_here:
            return timedelta(seconds=max(steady_seconds() - self.steady, 0))
        return max(datetime.now(UTC) - self.at, timedelta())


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
        """Returns what keeps it from running what is due in ``database``, if anything is known."""
        if self.beat is None:  # of an earlier version, or only about to begin
            return None
        if not self.is_elsewhere and self.pid is not None and _is_stopped(self.pid):
            return Trouble(
                f"{self.title} is stopped, and has given no sign of life since"
                f" {_wall(self.beat.at)}",
                f"Let it go on: kill -CONT {self.pid}",
            )
        if self.is_silent:
            return self._silence(self.beat)
        if (trouble := self.beat.trouble) is not None:
            text = f"{self.title} is {trouble.brief}" if trouble.brief else trouble.text
            return replace(trouble, text=text)
        if (waiting := self.beat.waiting) is not None:
            waited = timedelta(seconds=self.beat.steady - waiting.since)
            if waited > _LONG_WAIT:
                since = _wall(self.beat.at - waited)
                return Trouble(
                    f"{self.title} has waited for {waiting.reason} since {since}",
                    f"See what holds it: fuser -v {shlex.quote(str(database))}",
                    f"waiting: {waiting.reason} does not answer since {since[:-3]}",
                )
        if not self.is_elsewhere and self.beat.database != file_identity(database):
            return Trouble(
                f"{self.title} works on a file that is not {database} any more",
                f"If this lasts, end it: kill {self.pid}. Its runs go on",
            )
        return None

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


def unavailable(lock_file: Path, error: OSError) -> Trouble:
    """Returns why nobody can have the lock from here, as ``error`` says."""
    return Trouble(f"The lock {lock_file} cannot be had: {error.strerror}", remedy_of(error))


def obstacle(lock_file: Path) -> Trouble | None:
    """Returns why nobody could take the lock from here, if that can be seen; changes nothing."""
    try:
        descriptor = os.open(lock_file, _LOOK)
    except FileNotFoundError:
        return None
    except OSError as error:
        return unavailable(lock_file, error)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    except OSError as error:
        return unavailable(lock_file, error)
    finally:
        os.close(descriptor)
    return None


def trouble_of(database: Path, lock_file: Path, holder: Holder | None) -> Trouble | None:
    """Returns what keeps ``holder``, or whoever would be it, from running what is due."""
    return obstacle(lock_file) if holder is None else holder.trouble(database)


def lock_file_of(database: Path) -> Path:
    """Returns the file whose lock makes its holder the one scheduler of ``database``."""
    return database.with_name(f"{database.name}.lock")


def query_holder(*lock_files: Path) -> Holder | None:
    """Returns who holds the lock of the scheduler on one of ``lock_files``; None if nobody does.

    What is written in the file is believed only while somebody holds the lock; or as long as it is
    news from another machine, whose locks may not reach us on a network folder.
    """
    return next((holder for file in lock_files if (holder := _holder(file)) is not None), None)


def _holder(lock_file: Path) -> Holder | None:
    with suppress(OSError):
        descriptor = open_file(lock_file, os.O_RDONLY)
        try:
            return _holder_of(descriptor)
        finally:
            os.close(descriptor)
    return None


def _holder_of(descriptor: int) -> Holder | None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return parse(os.pread(descriptor, SIZE, 0))
    holder = parse(os.pread(descriptor, SIZE, 0))
    return holder if holder.is_elsewhere and not holder.is_silent else None


def encode(pid: int, beat: Beat | None) -> bytes:
    """Returns what the file says of its holder."""
    first = f"{pid}".ljust(_PID_LINE - 1) + "\n"
    records = [] if beat is None else [_record(beat, longest) for longest in _LONGEST_TEXTS]
    contents = [(first + record).encode("utf-8", "replace") for record in (*records, "")]
    return next(content.ljust(SIZE) for content in contents if len(content) <= SIZE)


def parse(content: bytes) -> Holder:
    """Returns what ``encode`` wrote, or an earlier version; what makes no sense is not known."""
    pid = beat = None
    with suppress(ValueError):
        pid = max(int(content[:_PID_LINE]), 0) or None
    with suppress(ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        beat = _beat(json.loads(content[_PID_LINE:]))
    return Holder(pid, beat)


def _record(beat: Beat, longest: int) -> str:
    waiting, trouble = beat.waiting, beat.trouble
    words = trouble and (trouble.text, trouble.remedy, trouble.brief)
    return json.dumps(
        {
            "host": beat.host.id[:_LONGEST_NAME],
            "name": beat.host.name[:_LONGEST_NAME],
            "steady": round(beat.steady, 3),
            "at": round(beat.at.timestamp(), 3),
            "database": beat.database,
            "waits_for": waiting and waiting.reason,
            "since": waiting and round(waiting.since, 3),
            "trouble": words and [cut(text, longest) for text in words],
            "minor": trouble is not None and trouble.is_minor,
            "version": beat.version and beat.version[:_LONGEST_NAME],
            "background": beat.background and str(beat.background),
        },
        ensure_ascii=False,
    )


def _beat(record: dict[str, object]) -> Beat:
    """Raises ValueError, KeyError, TypeError, OverflowError or OSError for nonsense."""
    reason = record["waits_for"]
    return Beat(
        Host(str(record["host"]), str(record["name"])),
        _number(record["steady"]),
        datetime.fromtimestamp(_number(record["at"]), UTC),
        _file(record["database"]),
        Waiting(reason, _number(record["since"])) if isinstance(reason, str) else None,
        _trouble(record.get("trouble"), is_minor=record.get("minor") is True),
        version if isinstance(version := record.get("version"), str) else None,
        _background(record.get("background")),
    )


def _background(value: object) -> Background | None:
    with suppress(ValueError):
        return Background.parse(str(value or ""))
    return None


def _trouble(value: object, *, is_minor: bool) -> Trouble | None:
    match value:
        case [str(text), str(remedy), str(brief)]:
            return Trouble(text, remedy, brief, is_minor)
    return None


def _file(value: object) -> FileIdentity | None:
    match value:
        case [int(device), int(number)]:
            return device, number
    return None


def _number(value: object) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(value)
    return float(value)


def _is_stopped(pid: int) -> bool:
    """Whether somebody stopped the process, for example with ctrl+z; False if nobody can tell."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] in (b"T", b"t")
    return False


def _wall(moment: datetime) -> str:
    return day_and_time(moment, local_zone(), datetime.now(UTC), in_seconds=True)
