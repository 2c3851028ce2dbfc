"""The processes of a world: they live on whoever schedules, and end as they like.

A run is known by its number and the token of its claim. What the machine knows of it is what the
journal of a keeper would say: that it began, and how it ended unless nobody saw that.
"""

import asyncio
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from signal import Signals

from tests.simulation.clock import WorldClock
from tests.simulation.loop import new_loop
from tui_scheduler.engine.runner import Ended, Lost
from tui_scheduler.services.running.taken_runs import Claim

NOBODY_SAW = "Nobody saw how it ended"
_DYING = 0.05  # seconds from a signal to the end


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the command of a process does."""

    seconds: float = 1
    exit_code: int = 0
    obeys: bool = True
    """Whether it ends when it is sent TERM."""

    @property
    def command(self) -> str:
        """The behaviour as a command line, which ``of`` reads."""
        return f"work {self.seconds} {self.exit_code} {int(self.obeys)}"

    @classmethod
    def of(cls, command: str) -> "Behaviour":
        _, seconds, exit_code, obeys = command.split()
        return cls(float(seconds), int(exit_code), obeys=obeys == "1")


@dataclass(slots=True)
class Child:
    """A process that was begun for a run."""

    run_id: int
    token: str
    process: str
    pid: int
    behaviour: Behaviour
    start_time: datetime
    began: float
    """When, as the clock says it that only goes forward."""
    end: Ended | Lost | None = None
    was_signalled: bool = False
    watchers: list["asyncio.Future[None]"] = field(default_factory=list)

    @property
    def handle(self) -> str:
        """What the runner knows it by."""
        return f"{self.run_id}:{self.token}"


class Machine:
    """Where children run; ``allowed`` is asked whether one may begin beside the others."""

    def __init__(self, clock: WorldClock) -> None:
        self.loop = new_loop(clock)
        self.children: dict[str, Child] = {}
        self.begun: Callable[[Child], None] = lambda _: None
        self.is_over = False
        self.in_a_hurry = False
        """Whether whatever begins ends soon."""
        self._clock = clock

    def begin(self, claim: Claim) -> Child:
        """Make ``claim`` a process."""
        behaviour = Behaviour.of(claim.command)
        child = Child(
            run_id=claim.run_id,
            token=claim.token,
            process=claim.environment["PROCESS"],
            pid=1000 + len(self.children),
            behaviour=behaviour,
            start_time=self._clock.now(),
            began=self._clock.monotonic(),
        )
        self.begun(child)
        self.children[child.handle] = child
        seconds = _DYING if self.in_a_hurry else behaviour.seconds
        self.loop.call_later(seconds, self.finish, child, behaviour.exit_code)
        return child

    def turn(self) -> None:
        """Let happen what happens next."""
        self.loop.turn()

    def alive(self) -> list[Child]:
        """What runs now, oldest first."""
        return [child for child in self.children.values() if child.end is None]

    def finish(self, child: Child, exit_code: int | None, number: int | None = None) -> None:
        """Let ``child`` end, unless it has."""
        self._end(child, Ended(end_time=self._clock.now(), exit_code=exit_code, signal=number))

    def lose(self, child: Child) -> None:
        """Let ``child`` end, and nobody see how."""
        self._end(child, Lost(NOBODY_SAW))

    def send(self, child: Child, number: Signals) -> None:
        """Send a signal, which it may not obey."""
        if child.end is None:
            child.was_signalled = True
            if child.behaviour.obeys or number is signal.SIGKILL:
                self.loop.call_later(_DYING, self.finish, child, None, number)

    def finish_all(self) -> None:
        """Let all that runs end, and soon what will."""
        self.in_a_hurry = True
        for child in self.alive():
            self.finish(child, child.behaviour.exit_code)

    async def ended(self, child: Child) -> Ended | Lost:
        """Wait for the end of ``child``."""
        while child.end is None:
            watcher = asyncio.get_running_loop().create_future()
            child.watchers.append(watcher)
            await watcher
        return replace(child.end)

    def _end(self, child: Child, end: Ended | Lost) -> None:
        if child.end is None:
            child.end = end
            _wake(child.watchers)
            child.watchers.clear()


def _wake(futures: Iterable["asyncio.Future[None]"]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)
