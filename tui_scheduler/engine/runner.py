"""What the scheduler asks of whoever executes runs; behind this they may one day go elsewhere.

A runner names what it started by a handle, a text that only the runner understands and that is
stored with the run, so that a later scheduler can adopt it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from signal import Signals
from typing import Protocol

from tui_scheduler.services.running.dispatch import Claim, OpenRun


class CannotStart(Exception):
    """A run could not become a process; the text says why, for its log."""


@dataclass(frozen=True, slots=True)
class Started:
    """A run is a process now; ``note`` says what is special about that, for the run itself."""

    handle: str
    start_time: datetime
    pid: int | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A run has ended, with an exit code or by a signal.

    ``start_time`` is set, as well as it can be told, when it may not be known yet. ``note`` says
    what is special about the end. ``peak_memory`` is in bytes, and at most that. ``left`` is how
    many of its processes went on, as far as that is known.
    """

    end_time: datetime
    exit_code: int | None = None
    signal: int | None = None
    start_time: datetime | None = None
    cpu_time: timedelta | None = None
    peak_memory: int | None = None
    left: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """A run is gone, and how it ended cannot be known; ``reason`` says what can."""

    reason: str


@dataclass(frozen=True, slots=True)
class NeverStarted:
    """A run was taken, but had not become a process."""


@dataclass(frozen=True, slots=True)
class OutOfSight:
    """A run is on another machine, ``host``: nothing of it can be seen, or stopped, from here."""

    host: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """How a run was stopped: the last signal that was needed, and who survived even that.

    ``strangers`` were left alone: they may have been a part of it, or of another run.
    """

    by: Signals
    survivors: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()


Adopted = Started | Ended | Lost | NeverStarted | OutOfSight


class Runner(Protocol):
    """What the scheduler asks of whoever executes runs."""

    def prepare(self) -> None:
        """Get ready to start runs: some are to come."""
        ...

    async def start(
        self, claim: Claim, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> Started | Lost | NeverStarted:
        """Make ``claim`` a process; raises CannotStart.

        Waits while that is not possible, having told ``waits`` why, or until it is ``unwanted``.
        To cancel it leaves open whether something has begun.
        """
        ...

    async def watch(self, handle: str) -> Ended | Lost:
        """Wait until what was started, or adopted, has ended."""
        ...

    async def stop(self, handle: str, *, force: bool) -> Stopped | None:
        """End it with all its descendants and wait until nothing is left; None if it had ended."""
        ...

    async def adopt(self, run: OpenRun) -> Adopted:
        """Find out what became of a run that an earlier scheduler left."""
        ...

    async def note(self, run_id: int, log: Path, text: str) -> None:
        """Add a line of ours to the log of a run; whatever goes wrong with it is no matter."""
        ...

    def recorded(self, run_ids: Sequence[int]) -> None:
        """Forget how these runs ended: it is known for good."""
        ...

    async def let_go(self) -> None:
        """Begin and watch nothing any more; what runs goes on."""
        ...
