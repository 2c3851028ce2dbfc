"""Real schedulers as processes, which a test starts, waits for, and kills."""

import atexit
import os
import select
import signal
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.chaos.victims.mother import BOTH, Mother
from tests.chaos.victims.points import KEEPER_BEGINS, Death
from tests.chaos.world import WORLD_VARIABLE
from tests.support.patience import PATIENCE

_SCHEDULES = b"scheduling."
_WAITS = b"schedules;"
_LOOK = 0.001  # seconds
_mothers: list[Mother] = []


def end_mother() -> None:
    """End the process that victims are forked of, if there is one; the next one begins another."""
    while _mothers:
        _mothers.pop().end()


atexit.register(end_mother)


class Victim:
    """A process that schedules, or waits to; it is killed at the latest when it is left."""

    def __init__(self, database: Path, *deaths: Death, open_files: int | None = None) -> None:
        """``deaths`` are its own, or those of its keepers, one after the other.

        Neither can open more than so many files, if that is limited.
        """
        words = [
            word
            for death in deaths
            for word in (death.point, str(death.occasion), BOTH if death.of_both else "")
        ]
        if not _mothers:
            _mothers.append(Mother())
        self._mother = _mothers[0]
        self._pipe, stderr = os.pipe()
        self._code: int | None = None
        self.pid = self._mother.begin(
            [str(database), *words],
            stderr,
            environment={**os.environ, WORLD_VARIABLE: str(database)},
            open_files=open_files,
        )
        os.close(stderr)
        self._output = b""
        self.is_silent = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def stderr(self) -> str:
        """What it has told on standard error so far."""
        return self._output.decode(errors="replace")

    def until_it_schedules(self) -> float:
        """Wait until it schedules (or is dead); returns how many seconds that took."""
        begin = time.monotonic()
        self._until_told(_SCHEDULES)
        return time.monotonic() - begin

    @property
    def keepers(self) -> int:
        """How many keepers it has begun, as far as we have heard."""
        return self._output.count(KEEPER_BEGINS.encode())

    def until_keepers(self, count: int, patience: float) -> bool:
        """Wait until it has begun so many keepers; False if it has not within that time."""
        deadline = time.monotonic() + patience
        while self.keepers < count and self._hear(deadline - time.monotonic()):
            pass
        return self.keepers >= count

    def until_it_waits(self) -> None:
        """Wait until it has found that another one schedules (or is dead)."""
        self._until_told(_WAITS)

    def until_it_is_dead(self, patience: float) -> bool:
        """Wait for it to die of itself; False if it has not within ``patience`` seconds."""
        deadline = time.monotonic() + patience
        while self._hear(deadline - time.monotonic()):
            pass
        return self.is_silent

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self._code is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it as kill -9 does; does nothing if it is dead."""
        self.send(signal.SIGKILL)
        self._wait()
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1

    def stop(self) -> int:
        """Ask it to end and wait until it has; returns its exit code."""
        self.send(signal.SIGTERM)
        return self._wait(PATIENCE)

    def _wait(self, patience: float | None = None) -> int:
        if self._code is None:
            self._code = self._mother.wait(self.pid, patience)
        return self._code

    def pause(self) -> None:
        """Let it stand still, as a machine that sleeps."""
        self.send(signal.SIGSTOP)
        while Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(_LOOK)

    def go_on(self) -> None:
        """Wake it up."""
        self.send(signal.SIGCONT)

    def _until_told(self, words: bytes) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in self._output and self._hear(deadline - time.monotonic()):
            pass

    def _hear(self, seconds: float) -> bool:
        """Read more of what it tells; False when it says nothing for so long, or is dead."""
        if self._pipe < 0 or seconds <= 0:
            return False
        if not select.select([self._pipe], [], [], seconds)[0]:
            return False
        more = os.read(self._pipe, 4096)
        self._output += more
        self.is_silent = not more  # nobody holds the other end any more
        return bool(more)
