"""A world: one database, one machine, the programs that use them, and a person who does things."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from tests.simulation.clock import WorldClock
from tests.simulation.faults import Faults, failing, seams
from tests.simulation.ground import cleared_ground
from tests.simulation.machine import Machine
from tests.simulation.program import Program, programs_of_worlds
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import Event
from tui_scheduler.settings import Settings

KEEP_DAYS = 30
GRACE = timedelta(seconds=60)
_SPINNING = 50_000
"""Turns that nobody takes without the time going on, unless somebody waits for nothing."""


class Spins(AssertionError):
    """Somebody is always busy and waits for nothing, so that no time passes."""


class World:
    """All that there is; what a person does, they do with ``services``, at once."""

    def __init__(self, path: Path) -> None:
        self.clock = WorldClock()
        self.faults = Faults()
        self.machine = Machine(self.clock)
        self.programs: list[Program] = []
        self.settings = Settings(database=path, misfire_grace=GRACE, keep_days=KEEP_DAYS)
        self.services: Services = services_on(
            Context(
                log_folder=self.settings.log_folder,
                actor="ann",
                clock=self.clock,
                publish=self._publish,
                misfire_grace=GRACE,
                draw=lambda spread: spread / 2,
            )
        )
        self._actors: list[Program | Machine] = [self.machine]
        """Who does anything: whoever has waited longest for their turn comes first."""
        self.commits = 0
        """How often somebody who is no program of the world has changed the database."""

    @property
    def alive(self) -> list[Program]:
        """The programs that have not ended."""
        return [program for program in self.programs if not program.is_over]

    def start(self) -> Program:
        """Start one more program."""
        program = Program(self.settings, self.clock, self.machine, self.faults)
        self.programs.append(program)
        self._actors.append(program)
        return program

    def pass_time(self, seconds: float) -> None:
        """Let everybody do what they do in so many seconds."""
        until = self.clock.monotonic() + seconds
        turns = 0
        while (following := self._next(until)) is not None:
            moment, actor = following
            if moment > self.clock.monotonic():
                self.clock.pass_until(moment)
                turns = 0
            turns += 1
            if turns > _SPINNING:
                raise Spins
            self._actors.remove(actor)
            self._actors.append(actor)
            actor.turn()
            if actor.is_over:
                self._actors.remove(actor)
        self.clock.pass_until(until)

    def _next(self, until: float) -> tuple[float, Program | Machine] | None:
        """Who does something next, and when; None if nobody does, up to ``until``."""
        now = self.clock.monotonic()
        following = None
        for actor in self._actors:
            moment = actor.loop.next_moment()
            if moment is None or moment > until or (following and moment == until):
                continue
            following, until = (moment, actor), moment
            if moment <= now:
                break
        return following

    def _publish(self, _: Event) -> None:
        self.commits += 1


@contextmanager
def a_world() -> Iterator[World]:
    """A world with an empty database and nobody in it."""
    with ExitStack() as stack:
        world = World(stack.enter_context(cleared_ground()))
        stack.enter_context(seams())
        stack.enter_context(programs_of_worlds(lambda: world.commits))
        stack.enter_context(failing(world.faults))
        try:
            yield world
        finally:
            for program in world.programs:
                program.kill()
