"""A machine of a cluster: one process that becomes the parent of all that is left behind on it.

So it can be switched off, and nothing outlives it: no step of Slurm, no daemon of a job, no folder
of control groups. It is off, too, as soon as whoever switched it on is dead.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.patience import PATIENCE

OUTPUT = "daemons.log"
"""What its daemons have to say before they know their own log file."""

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, see prctl(2)


class Machine:
    """A machine that is on: its programs are in ``folder``, with ``variables`` of their own.

    Its folder of control groups is ``group``, which goes with it.
    """

    def __init__(self, folder: Path, variables: Mapping[str, str], group: Path | None) -> None:
        self._first = subprocess.Popen(
            [sys.executable, "-m", "tests.slurm.machine", folder, group or ""],
            cwd=Path(__file__).parents[2],
            env={**os.environ, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # ctrl+c in a terminal is for whoever switched it on
        )

    def start(self, *command: str) -> int:
        """Start a program that stays in the foreground; its process id."""
        assert self._first.stdin
        assert self._first.stdout
        print(json.dumps(command), file=self._first.stdin, flush=True)
        return int(self._first.stdout.readline())

    @property
    def pid(self) -> int:
        """The process that is the parent of all that runs on it."""
        return self._first.pid

    def switch_off(self) -> None:
        """Have everything on it end at once, as without electricity."""
        assert self._first.stdin
        assert self._first.stdout
        self._first.stdin.close()
        self._first.stdout.close()

    def wait(self) -> None:
        """Wait until nothing is left of it; raises RuntimeError if something may be."""
        if code := self._first.wait(PATIENCE):
            raise RuntimeError(f"a machine ended with code {code}, and may have left something")


def _be_a_machine(folder: str, group: str) -> None:
    """Start what is asked for until nobody can ask any more, then end all of it."""
    import ctypes

    os.chdir(folder)
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGCHLD, _bury)
    for line in sys.stdin:
        sys.stdout.write(f"{_start(json.loads(line))}\n")
        sys.stdout.flush()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for path in _within(group):
        (path / "freezer.state").write_text("THAWED")  # nothing that is frozen can die
    _end_all()
    for path in _within(group):
        path.rmdir()


def _start(command: list[str]) -> int:
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawnp(command[0], command, os.environ, file_actions=actions, setsid=True)


def _within(group: str) -> list[Path]:
    """The folder of control groups and all within it, deepest first; nothing if there is none."""
    return [Path(path) for path, _, _ in os.walk(group, topdown=False)] if group else []


def _bury(*_: object) -> None:
    """Have nobody stay a zombie: who is dead is then no longer there, for those who look."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _end_all() -> None:
    """Kill our children until there are none: the children of who is dead become ours."""
    import psutil

    this = psutil.Process()
    while True:
        for child in this.children():
            child.kill()
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


if __name__ == "__main__":
    _be_a_machine(*sys.argv[1:])
