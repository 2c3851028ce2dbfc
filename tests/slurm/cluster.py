"""A real Slurm of three nodes on this machine, ready in about half a second.

A call takes tens of milliseconds, and seconds if it starts something anew: where there is an event
loop, make it in a thread.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from tests.slurm.machine import Machine
from tests.slurm.place import Place, a_place, answers
from tests.slurm.settings import has_control_groups, write_settings
from tests.support.patience import PATIENCE

_PROGRAMS = ("sbatch", "squeue", "scancel", "scontrol", "sinfo", "slurmctld", "slurmd", "munged")
_PATH = f"{os.environ['PATH']}:/usr/sbin"
_CONTROLLER = "the controller"
_OF_USE = {"idle", "mixed", "allocated", "completing"}
_ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY"}
_LOOK = 0.01  # seconds


def missing() -> str | None:
    """Why there can be no cluster here; None if there can."""
    lacking = [program for program in _PROGRAMS if shutil.which(program, path=_PATH) is None]
    if not lacking:
        return None
    return f"needs {', '.join(lacking)} (Debian: slurmctld slurmd slurm-client munge)"


@dataclass(frozen=True)
class Job:
    """A job as ``squeue`` tells it; ``node`` is empty as long as it waits."""

    id: int
    state: str
    reason: str
    node: str
    name: str


class Cluster:
    """A controller and three nodes, which are on as long as the block lasts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shared = folder / "shared"
        """A folder that all nodes see."""
        self.variables = {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": _PATH}
        """What a program has to be given, so that it finds the cluster."""
        self._place: Place
        self._left = ExitStack()
        self._machines: dict[str, Machine] = {}
        self._daemons: dict[str, int] = {}

    def __enter__(self) -> Self:
        self.shared.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            self._place = stack.enter_context(a_place())
            stack.callback(self._end)
            write_settings(self.folder, self._place)
            self._begin()
            self._left = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.close()

    @property
    def nodes(self) -> tuple[str, ...]:
        """Their names: n1 to n3, unless another cluster on this machine has these."""
        return tuple(self._place.nodes)

    @property
    def pids(self) -> dict[str, int]:
        """The processes of ``munged``, ``slurmctld``, and of ``slurmd`` under its node's name."""
        return dict(self._daemons)

    @property
    def no_process_escapes(self) -> bool:
        """Whether a daemon that a job leaves behind is ended with it: control groups do that."""
        return has_control_groups()

    def run(self, *command: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a tool of Slurm, with ``text`` on its standard input."""
        return subprocess.run(
            command,
            input=text,
            env={**os.environ, **self.variables},
            cwd=self.shared,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def submit(self, script: str, *options: str) -> int:
        """Submit lines of a shell by hand; the number of the job."""
        return int(self._output_of("sbatch", "--parsable", *options, text=f"#!/bin/sh\n{script}\n"))

    def jobs(self) -> list[Job]:
        """All jobs that the controller knows, also those that have ended."""
        output = self._output_of("squeue", "--noheader", "--states=all", "--format=%A|%T|%r|%N|%j")
        lines = (line.split("|", 4) for line in output.splitlines())
        return [Job(int(number), *words) for number, *words in lines]

    def job(self, number: int) -> Job | None:
        """A job of which the number is known, or None where the controller does not know it."""
        return next((job for job in self.jobs() if job.id == number), None)

    def until_no_jobs(self) -> None:
        """Wait until all jobs have ended, of themselves."""
        self.until(lambda: all(job.state in _ENDED for job in self.jobs()))

    def node_states(self) -> dict[str, str]:
        """What the controller thinks of each node: ``idle``, ``down``, ``unknown``, ..."""
        output = self._output_of("sinfo", "--noheader", "--Node", "--format=%N %T")
        return dict(line.split() for line in output.splitlines())

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for something; raises RuntimeError if a daemon ends of itself meanwhile."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            time.sleep(_LOOK)
            dead = [name for name, pid in self._daemons.items() if not psutil.pid_exists(pid)]
            if dead or time.monotonic() > deadline:
                logs = "\n".join(path.read_text()[-2000:] for path in self.folder.glob("*.log"))
                raise RuntimeError(f"ended of themselves: {dead}; what they said:\n{logs}")

    def until_idle(self) -> None:
        """Wait until the controller knows that all nodes are there and have nothing to do."""
        self.until(lambda: set(self.node_states().values()) == {"idle"})

    def kill_controller(self) -> None:
        """Kill slurmctld with -9: it forgets the jobs of the last seconds, and uses ids again."""
        self._kill("slurmctld")

    def start_controller(self, *options: str) -> None:
        """Start it again with what it had saved, and wait until it answers."""
        self._start("slurmctld", _CONTROLLER, "slurmctld", "-D", *options)
        self.until(lambda: answers(self._place.controller_port))

    @contextmanager
    def controller_paused(self) -> Iterator[None]:
        """Have slurmctld take calls and answer none, as long as the block lasts."""
        pid = self._daemons["slurmctld"]
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def kill_slurmd(self, node: str) -> None:
        """Kill slurmd with -9: what runs on the node goes on."""
        self._kill(node)

    def start_slurmd(self, node: str) -> None:
        """Start it, again or for the first time; it tells the controller by itself."""
        self._start(node, node, "slurmd", "-D", "-N", node)

    def take_down(self, node: str) -> None:
        """Switch a node off with all that runs on it, and have the controller know at once."""
        self._daemons.pop(node, None)
        self._switch_off(node)
        self._output_of("scontrol", "update", f"nodename={node}", "state=down", "reason=off")

    def bring_back(self, node: str) -> None:
        """Switch a node on again, and wait until the controller has it back."""
        self._switch_on(node)
        self.start_slurmd(node)
        self.until(lambda: self.node_states()[node] in _OF_USE)

    def put_right(self) -> None:
        """Let it be as in the beginning, whatever was done to it, but for jobs that have ended."""
        try:
            is_right = self._is_whole() and self._comes_to_rest()
        except RuntimeError:  # a daemon was about to end
            is_right = False
        if not is_right:
            self._end()
            self._begin()

    def _is_whole(self) -> bool:
        daemons = {"munged", "slurmctld", *self.nodes}
        return self._daemons.keys() == daemons and all(map(_is_awake, self._daemons.values()))

    def _comes_to_rest(self) -> bool:
        """Cancel whatever has not ended; whether all nodes are of use then."""
        self.until(self._has_no_jobs)
        self.until(self._has_no_strays)
        return set(self.node_states().values()) == {"idle"}

    def _has_no_jobs(self) -> bool:
        """Cancel what waits and kill what runs; whether all had ended.

        What is just being started may not hear of it, so it is done until it helps. Without
        ``--batch`` each job would have some seconds left.
        """
        if all(job.state in _ENDED for job in self.jobs()):
            return True
        self.run("scancel", "--me", "--batch", "--full", "--signal=KILL")
        return False

    def _has_no_strays(self) -> bool:
        """Kill what is on a node and of no job that the controller knows; whether nothing was."""
        machines = [psutil.Process(self._machines[node].pid) for node in self.nodes]
        on_nodes = [program for machine in machines for program in machine.children()]
        strays = [program for program in on_nodes if program.pid not in self._daemons.values()]
        for stray in strays:
            with suppress(psutil.NoSuchProcess):
                stray.kill()
        return not strays

    def _begin(self) -> None:
        for path in (self.folder / "state", *self.folder.glob("spool-*")):
            shutil.rmtree(path, ignore_errors=True)
        for name in (_CONTROLLER, *self.nodes):
            self._switch_on(name)
        self._start_munged()
        self.start_controller("-c")
        for node in self.nodes:
            self.start_slurmd(node)
        self.until_idle()

    def _end(self) -> None:
        self._daemons.clear()
        self._switch_off(*self._machines)

    def _switch_on(self, name: str) -> None:
        has_group = self.no_process_escapes and name != _CONTROLLER
        group = self._place.control_group(name) if has_group else None
        self._machines[name] = Machine(self.folder, self.variables, group)

    def _switch_off(self, *names: str) -> None:
        machines = [self._machines.pop(name) for name in names]
        for machine in machines:
            machine.switch_off()
        for machine in machines:
            machine.wait()

    def _start_munged(self) -> None:
        socket, rest = self.folder / "munge.socket", ("key", "pid", "log", "seed")
        socket.unlink(missing_ok=True)
        files = (f"--{name}-file={self.folder}/munge.{name}" for name in rest)
        self._start("munged", _CONTROLLER, "munged", "-F", "--force", f"--socket={socket}", *files)
        self.until(lambda: answers(socket))

    def _start(self, daemon: str, machine: str, *command: str) -> None:
        self._daemons[daemon] = self._machines[machine].start(*command)

    def _kill(self, daemon: str) -> None:
        pid = self._daemons.pop(daemon)
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: not psutil.pid_exists(pid))

    def _output_of(self, *command: str, text: str = "") -> str:
        done = self.run(*command, text=text)
        if done.returncode:
            raise RuntimeError(f"{command[0]} ended with code {done.returncode}: {done.stderr}")
        return done.stdout


def _is_awake(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() not in {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE}
    except psutil.NoSuchProcess:
        return False
