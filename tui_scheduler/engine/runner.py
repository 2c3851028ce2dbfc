"""What the scheduler asks of whoever executes runs; behind this they may one day go elsewhere.

A runner names what it started by a handle, a text that only the runner understands and that is
stored with the run, so that a later scheduler can adopt it.
"""

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Ended:
    """A run has ended; ``exit_code`` is 128 + n if signal n ended it.

    ``start_time`` is set, as well as it can be told, when it may not be known yet.
    """

    end_time: datetime
    exit_code: int
    start_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A run is gone, and how it ended cannot be known; ``reason`` says what can."""

    reason: str


@dataclass(frozen=True, slots=True)
class NeverStarted:
    """A run was taken, but had not become a process."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """How a run was stopped: the last signal that was needed, and what survived even that."""

    by: Signals
    survivors: int = 0


Adopted = Started | Ended | Lost | NeverStarted


class Runner(Protocol):
    """What the scheduler asks of whoever executes runs."""

    async def start(self, claim: Claim) -> Started:
        """Make ``claim`` a process; raises CannotStart."""
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

    def let_go(self) -> None:
        """Watch nothing any more; what runs goes on."""
        ...
