"""A process that has loaded the program, of which victims are forked.

To load it takes longer than most of them live, and dozens are begun. All else about them is as if
they had been started: a process with a pid of its own, which dies alone.
"""

import gc
import json
import os
import resource
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from io import FileIO, TextIOWrapper
from typing import Any

BOTH = "both"  # the keeper dies as well
_LONGEST = 65536  # bytes of an order
_LOADED = (
    "tests.chaos.victims.points",
    "tui_scheduler.cli.serving.serve",
    "tui_scheduler.engine.housekeeping",
    "tui_scheduler.engine.local.runner",
    "tui_scheduler.engine.scheduler",
    "tui_scheduler.services.requests",
    "tui_scheduler.services.runs",
)


class Mother:
    """Begins victims, and tells how they ended; ends when it is left."""

    def __init__(self) -> None:
        self._waited_for: int | None = None
        self._orders, hers = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with hers:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(hers.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[hers.fileno()],
            )

    def begin(self, words: list[str], stderr: int, **order: Any) -> int:
        """Begin a victim, see ``_live``; returns its pid."""
        socket.send_fds(self._orders, [json.dumps({"words": words, **order}).encode()], [stderr])
        return self._answer()

    def wait(self, pid: int, patience: float | None = None) -> int:
        """Wait until a victim is dead; its exit code, or minus the number of the signal.

        Raises TimeoutError if it lives on for so many seconds.
        """
        self._orders.settimeout(patience)
        if self._waited_for != pid:
            self._waited_for = pid
            self._orders.send(json.dumps({"wait": pid}).encode())
        code = self._answer()
        self._waited_for = None
        return code

    def end(self) -> None:
        """End, when all victims have."""
        self._orders.close()
        self._process.wait()

    def _answer(self) -> int:
        return int(self._orders.recv(_LONGEST))


def _tend(orders: socket.socket) -> None:
    """Do what is ordered until nobody is there to order anything."""
    while True:
        text, descriptors, _, _ = socket.recv_fds(orders, _LONGEST, 1)
        if not text:
            return
        order = json.loads(text)
        if "wait" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                orders.close()
                os.dup2(descriptors[0], sys.stderr.fileno())
            os.close(descriptors[0])
            if answer == 0:
                _live(**order)
        with suppress(BrokenPipeError):
            orders.send(str(answer).encode())


def _live(words: list[str], environment: dict[str, str], open_files: int | None) -> None:
    """Be a victim: a real ``serve``, with these words, in this environment and no other."""
    # What there was may have been opened on a file, which this pipe is not.
    sys.stderr = TextIOWrapper(FileIO(2, "w", closefd=False), line_buffering=True)
    os.environ.clear()
    os.environ.update(environment)
    if open_files is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))
    raise SystemExit(_serve(*words))


def _serve(database: str, *deaths: str) -> int:
    """Serve, until one dies of what is named by point, number and ``BOTH``; the exit code."""
    from tests.chaos.victims.points import Death, die_at
    from tui_scheduler.cli import main

    threes = zip(deaths[::3], deaths[1::3], deaths[2::3], strict=True)
    die_at([Death(point, int(occasion), who == BOTH) for point, occasion, who in threes])
    return main(["--database", database, "serve"])


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in _LOADED:
        import_module(name)
    gc.freeze()  # or the first look for garbage would copy all of it
    _tend(socket.socket(fileno=int(sys.argv[1])))
