"""What whoever schedules says of itself, every second: that it gets on, or what it waits for.

Where that is written, and what it means that nothing is, ``lock_file`` knows. Like that, this is
read for a prompt, and imports next to nothing.
"""

import math
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tui_scheduler import __version__
from tui_scheduler.identity import FileIdentity, Host, this_boot, this_host
from tui_scheduler.wording import STALLED, cut

BEAT_PERIOD = 1.0
"""Seconds between two signs of life."""

_LONGEST_NAME = 64


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

    ``at`` is the same moment on the wall. ``database`` is the file that it works on, None until it
    knows; ``trouble`` what it says itself, ``version`` that of its program, if that tells it, and
    ``boot`` the start of its machine.
    """

    host: Host
    steady: float
    at: datetime
    database: FileIdentity | None = None
    waiting: Waiting | None = None
    trouble: Trouble | None = None
    version: str | None = None
    background: Background | None = None
    boot: str = ""

    @classmethod
    def now(
        cls,
        database: FileIdentity | None = None,
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
            boot=this_boot(),
        )

    @property
    def is_from_here(self) -> bool:
        """Whether its process is one of this machine.

        Machines that were made of one image may have one id, or none: those of another name, and of
        another boot, are taken for others.
        """
        here, boot = this_host(), this_boot()
        is_other_boot = bool(self.boot and boot) and self.boot != boot
        is_a_copy = is_other_boot and self.host.name != here.name
        return not (self.host.is_another_than(here) or is_a_copy)

    def silence(self) -> timedelta:
        """Returns how long ago that was; by the wall clock if it was on another machine."""
        if self.is_from_here:
            return timedelta(seconds=max(steady_seconds() - self.steady, 0))
        return max(datetime.now(UTC) - self.at, timedelta())


def record_of(beat: Beat, longest: int) -> str:
    """Returns a sign of life as JSON, in which no text of a trouble is longer than that."""
    import json

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
            "boot": beat.boot[:_LONGEST_NAME],
        },
        ensure_ascii=False,
    )


def beat_of(text: bytes) -> Beat:
    """Returns what ``record_of`` wrote.

    Raises ValueError, KeyError, TypeError, OverflowError, OSError or RecursionError for nonsense.
    """
    import json  # there is nothing to be read where nobody schedules

    record = json.loads(text)
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
        str(record.get("boot") or ""),
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
