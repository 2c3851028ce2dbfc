"""A world: one database, one machine, the programs that use them, and a person who does things."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.simulation.clock import WorldClock
from tests.simulation.faults import Faults, failing, seams
from tests.simulation.machine import Machine
from tests.simulation.program import Program, programs_of_worlds
from tui_scheduler.models import database
from tui_scheduler.models.sqlite import open_database
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

    def __init__(self, folder: Path) -> None:
        self.clock = WorldClock()
        self.faults = Faults()
        self.machine = Machine(self.clock)
        self.programs: list[Program] = []
        self.settings = Settings(
            database=folder / "world.db", misfire_grace=GRACE, keep_days=KEEP_DAYS
        )
        self.services: Services = services_on(
            Context(
                log_folder=self.settings.log_folder,
                actor="ann",
                clock=self.clock,
                publish=self._publish,
                misfire_grace=GRACE,
            )
        )
        self._last = 0
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
        return program

    def pass_time(self, seconds: float) -> None:
        """Let everybody do what they do in so many seconds."""
        until = self.clock.monotonic() + seconds
        turns = 0
        while (actor := self._next(until)) is not None:
            moment = actor.loop.next_moment() or 0
            turns = 0 if moment > self.clock.monotonic() else turns + 1
            if turns > _SPINNING:
                raise Spins
            self.clock.pass_until(moment)
            actor.turn()
        self.clock.pass_until(until)

    def _next(self, until: float) -> Program | Machine | None:
        """Who does something next, no later than ``until``; of several, one after the other."""
        now = self.clock.monotonic()
        actors: list[Program | Machine] = [self.machine, *self.alive]
        moments = [
            (max(moment, now), (number - self._last) % len(actors) or len(actors), number)
            for number, actor in enumerate(actors)
            if (moment := actor.loop.next_moment()) is not None and moment <= until
        ]
        if not moments:
            return None
        *_, self._last = min(moments)
        return actors[self._last]

    def _publish(self, _: Event) -> None:
        self.commits += 1


@contextmanager
def a_world() -> Iterator[World]:
    """A world with an empty database and nobody in it."""
    with TemporaryDirectory(dir=_fast_folder()) as name, ExitStack() as stack:
        world = World(Path(name))
        shutil.copyfile(_empty_database(), world.settings.database)
        stack.enter_context(seams())
        stack.enter_context(programs_of_worlds(lambda: world.commits))
        stack.enter_context(open_database(world.settings.database))
        database.pragma("synchronous", 0)  # the machine goes on, only programs die
        stack.enter_context(failing(world.faults))
        try:
            yield world
        finally:
            for program in world.programs:
                program.kill()


def _fast_folder() -> Path | None:
    """Where files cost the least."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() else None


@cache
def _empty_database() -> Path:
    """A database to copy: to make its tables takes longer than most worlds."""
    folder = TemporaryDirectory(dir=_fast_folder())
    _kept.append(folder)
    path = Path(folder.name) / "empty.db"
    with open_database(path):
        pass
    return path


_kept: list["TemporaryDirectory[str]"] = []
