"""What the scheduler asks of whoever executes runs, on this machine or elsewhere.

A runner names what it started by a handle, a text that only the runner understands and that is
stored with the run, so that a later scheduler can adopt it.

Where an engine of its own decides when a run begins, that was submitted is one thing, and that it
began another: start, duration and time limit count from the second.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from signal import Signals
from typing import Protocol

from tui_scheduler.models import RunStatus
from tui_scheduler.services.running.taken_runs import Claim, OpenRun


class CannotStart(Exception):
    """A run could not become a process; the text says why, for its log."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """An engine has accepted a run, which has not begun; ``place`` is where it is to run.

    ``note`` says why it waits, as far as that is known.
    """

    handle: str
    submitted_at: datetime
    place: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """A run is a process now; ``note`` says what is special about that, for the run itself.

    ``place`` is where it runs, unless that is this machine.
    """

    handle: str
    start_time: datetime
    pid: int | None
    note: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Waits:
    """Why a run that was submitted has not begun; "" if nothing is known to be in its way."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A run has ended, with an exit code or by a signal.

    ``start_time`` is set, as well as it can be told, when it may not be known yet. ``note`` says
    what is special about the end. ``peak_memory`` is in bytes, and at most that. ``left`` is how
    many of its processes went on, as far as that is known. ``log_bytes`` is the size of its log,
    where that was told with the end.
    """

    end_time: datetime
    exit_code: int | None = None
    signal: int | None = None
    start_time: datetime | None = None
    cpu_time: timedelta | None = None
    peak_memory: int | None = None
    left: int = 0
    log_bytes: int | None = None
    note: str = ""
    status: RunStatus | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A run is gone, and how it ended cannot be known; ``reason`` says what can.

    Where it ``is_gone`` for certain, with all that belongs to it, it may be tried again.
    """

    reason: str
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class NeverStarted:
    """A run was taken, but had not become a process, and will not; ``reason`` says why not."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class OutOfSight:
    """A run is somewhere, ``where``, of which nothing can be seen, or stopped, from here."""

    where: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """How a run was stopped: the last signal that was needed, and who survived even that.

    ``strangers`` were left alone: they may have been a part of it, or of another run.
    """

    by: Signals
    survivors: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()


Begun = Started | Submitted
Gone = Ended | Lost | NeverStarted
Adopted = Begun | Gone | OutOfSight


class Runner(Protocol):
    """What the scheduler asks of whoever executes runs."""

    def prepare(self) -> None:
        """Get ready to start runs: some are to come."""
        ...

    async def start(
        self, claim: Claim, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> Begun | Lost | NeverStarted:
        """Make ``claim`` a process, or submit it; raises CannotStart.

        Waits while that is not possible, having told ``waits`` why, or until it is ``unwanted``.
        To cancel it leaves open whether something has begun.
        """
        ...

    async def watch(self, handle: str, tell: Callable[[Started | Waits], None]) -> Gone:
        """Wait until what was started, submitted or adopted has ended; raises CannotStart.

        ``tell`` hears why what was submitted waits, and that it began: once, and before its end.
        """
        ...

    async def stop(self, handle: str, *, force: bool) -> Stopped | None:
        """End it with all its descendants and wait until nothing is left; None if it had ended.

        Whoever watches what had not begun is told that it has never started.
        """
        ...

    async def adopt(self, run: OpenRun) -> Adopted:
        """Find out what became of a run that an earlier scheduler left."""
        ...

    async def finish_log(self, run_id: int, log: Path, text: str) -> int | None:
        """Add ``text``, if there is any, as a line of ours to the log of a run that has ended.

        Whatever goes wrong with it is no matter. Returns the size of the log in bytes, or None
        where it lies on this machine and anybody can look.
        """
        ...

    def recorded(self, run_ids: Sequence[int]) -> None:
        """Forget how these runs ended: it is known for good."""
        ...

    async def let_go(self) -> None:
        """Begin and watch nothing any more; what runs goes on."""
        ...
