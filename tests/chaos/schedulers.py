"""Real schedulers as child processes, which a test starts, waits for, and kills."""

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.chaos.points import KEEPER_BEGINS, Death
from tests.chaos.victim import BOTH
from tests.chaos.world import WORLD_VARIABLE
from tests.support.patience import PATIENCE

_SCHEDULES = b"scheduling."
_WAITS = b"schedules;"


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
        limited = ["sh", "-c", f'ulimit -n {open_files}; exec "$@"', "sh"] if open_files else []
        self._process = subprocess.Popen(
            [*limited, sys.executable, "-m", "tests.chaos.victim", str(database), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, WORLD_VARIABLE: str(database)},
        )
        self._stderr = b""
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
    def pid(self) -> int:
        return self._process.pid

    @property
    def stderr(self) -> str:
        """What it has told on standard error so far."""
        return self._stderr.decode(errors="replace")

    def until_it_schedules(self) -> float:
        """Wait until it schedules (or is dead); returns how many seconds that took."""
        begin = time.monotonic()
        self._until_said(_SCHEDULES)
        return time.monotonic() - begin

    @property
    def keepers(self) -> int:
        """How many keepers it has begun, as far as we have heard."""
        return self._stderr.count(KEEPER_BEGINS.encode())

    def until_keepers(self, count: int, patience: float) -> bool:
        """Wait until it has begun so many keepers; False if it has not within that time."""
        deadline = time.monotonic() + patience
        while self.keepers < count and self._hear(deadline - time.monotonic()):
            pass
        return self.keepers >= count

    def until_it_waits(self) -> None:
        """Wait until it has found that another one schedules (or is dead)."""
        self._until_said(_WAITS)

    def until_it_is_dead(self, patience: float) -> bool:
        """Wait for it to die of itself; False if it has not within ``patience`` seconds."""
        deadline = time.monotonic() + patience
        while self._hear(deadline - time.monotonic()):
            pass
        return self.is_silent

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """Kill it as kill -9 does; does nothing if it is dead."""
        self._process.kill()
        self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()

    def stop(self) -> int:
        """Ask it to end and wait until it has; returns its exit code."""
        self.send(signal.SIGTERM)
        return self._process.wait(PATIENCE)

    def pause(self) -> None:
        """Let it stand still, as a machine that sleeps."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WNOWAIT)

    def go_on(self) -> None:
        """Wake it up."""
        self._process.send_signal(signal.SIGCONT)

    def _until_said(self, words: bytes) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in self._stderr and self._hear(deadline - time.monotonic()):
            pass

    def _hear(self, seconds: float) -> bool:
        """Read more of what it tells; False when it says nothing for so long, or is dead."""
        if self._process.stderr is None or seconds <= 0:
            return False
        descriptor = self._process.stderr.fileno()
        if not select.select([descriptor], [], [], seconds)[0]:
            return False
        more = os.read(descriptor, 4096)
        self._stderr += more
        self.is_silent = not more  # nobody holds the other end any more
        return bool(more)
