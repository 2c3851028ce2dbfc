"""What Slurm is asked, through its own command line tools; each call has a limit of time.

A controller that does not answer is one thing, and that it says no another: after the first nothing
is known. Formats and words are those that Slurm has had since version 20.11.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tui_scheduler.clusters import Cluster
from tui_scheduler.engine.in_time import in_time

PROGRAMS = ("sbatch", "squeue", "scancel", "scontrol", "sinfo")
"""The tools that are called."""

_PATIENCE = 20.0  # seconds for a call; a busy controller may take some
_SEPARATOR = "|"
_QUEUE_FORMAT = _SEPARATOR.join(("%i", "%T", "%r", "%N", "%j"))
_UNREACHABLE = re.compile(
    r"unable to contact|connect failure|connection (failure|refused|reset|timed out)|timed out"
    r"|time out|zero bytes|communication|configuration source|backup controller|in standby"
    r"|temporarily unavailable|no route|network|munge|authentication|incompatible versions"
    r"|unexpected message|slurmctld",
    re.IGNORECASE,
)
"""What the tools say, in many words, when they got no answer."""

_ERROR = re.compile(r"^\w+: (?:error|fatal): ", re.MULTILINE)
_LONGEST = 500  # characters of what is repeated of an error


class NoAnswer(Exception):
    """Slurm did not answer, or cannot be asked from here; the text says why."""


class Refused(Exception):
    """Slurm answered no; the text is its own."""


class State(Enum):
    """What the state of a job means for what is run in it."""

    WAITING = "it has not been given a node"
    RUNNING = "it has one, or is just about to have it, or is being tidied up"
    OVER = "nothing of it is left"


_WAITING = {"PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"}
_OVER = {
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "DEADLINE",
    "FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PREEMPTED",
    "REVOKED",
    "TIMEOUT",
}


@dataclass(frozen=True, slots=True)
class Job:
    """A job as Slurm lists it: ``word`` is its state in Slurm's word, ``reason`` why it waits.

    Nodes are listed once it has some.
    """

    number: str
    word: str
    reason: str
    nodes: str
    name: str

    @property
    def state(self) -> State:
        """What that means; a word that is not known is taken for one of a job that goes on."""
        if self.word in _WAITING:
            return State.WAITING
        return State.OVER if self.word in _OVER else State.RUNNING


class Slurm:
    """The tools of one installation, as they are found on the PATH of this program."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    async def submit(
        self, script: str, options: Sequence[str], variables: Mapping[str, str]
    ) -> str:
        """Submit ``script`` with the options of the cluster and then these; returns the number.

        It is given ``variables`` and no others of ours. Raises Refused, and NoAnswer: then it may
        have been submitted all the same.
        """
        words = ["--parsable", *self._cluster.options, *options]
        exported = ",".join(variables) or "NIL"
        words += [f"--export={exported}", "--no-requeue"]
        answer = await self._ask("sbatch", words, script, variables)
        number = answer.strip().rpartition("\n")[2].partition(";")[0]
        if not number.isdigit():
            raise NoAnswer(f"sbatch answered {answer.strip()[:_LONGEST]!r}, which is no number")
        return number

    async def test(self, script: str, options: Sequence[str]) -> str:
        """Returns what Slurm says of when and where a job would start; raises Refused, NoAnswer."""
        words = ["--test-only", *self._cluster.options, *options]
        return await self._ask("sbatch", words, script, merged=True)

    async def jobs(self) -> list[Job]:
        """Returns the user's jobs, those included that ended a while ago; raises NoAnswer."""
        words = ("--me", "--noheader", "--states=all", f"--format={_QUEUE_FORMAT}")
        try:
            lines = (await self._ask("squeue", words)).splitlines()
        except Refused as error:
            raise NoAnswer(str(error)) from error
        rows = (line.strip().split(_SEPARATOR, 4) for line in lines)
        return [Job(*row) for row in rows if len(row) == 5]

    async def signal(self, number: str, name: str) -> None:
        """Send a signal to all that belongs to a job; raises NoAnswer. One that is over is fine."""
        await self._cancel("--batch", "--full", f"--signal={name}", number)

    async def cancel(self, number: str) -> None:
        """End a job, or take it from the queue; raises NoAnswer. One that is over is fine."""
        await self._cancel(number)

    async def nodes(self) -> list[tuple[str, str]]:
        """Returns each node with its state, in Slurm's word; raises NoAnswer."""
        words = ("--noheader", "--Node", "--format=%N|%T")
        try:
            lines = (await self._ask("sinfo", words)).splitlines()
        except Refused as error:
            raise NoAnswer(str(error)) from error
        pairs = (line.strip().partition(_SEPARATOR)[::2] for line in lines)
        return sorted({name: state for name, state in pairs if name}.items())

    async def setting(self, name: str) -> str:
        """Returns a setting of Slurm, empty if it has none of this name; raises NoAnswer."""
        try:
            lines = (await self._ask("scontrol", ("show", "config"))).splitlines()
        except Refused as error:
            raise NoAnswer(str(error)) from error
        pairs = (line.partition("=")[::2] for line in lines)
        return next((value.strip() for key, value in pairs if key.strip() == name), "")

    async def _cancel(self, *words: str) -> None:
        try:
            await self._ask("scancel", words)
        except Refused:
            return  # it is over, or being tidied up: whoever watches it sees which

    async def _ask(
        self,
        tool: str,
        words: Sequence[str],
        text: str = "",
        variables: Mapping[str, str] | None = None,
        *,
        merged: bool = False,
    ) -> str:
        """Call a tool with ``text`` as its input; returns its output, ``merged`` with its errors.

        Raises NoAnswer and Refused.
        """
        path = shutil.which(tool)
        if path is None:
            raise NoAnswer(f"{tool} is not installed on this machine, or not on the PATH")
        environment = {**os.environ, **(variables or {})}

        def call() -> subprocess.CompletedProcess[bytes]:
            return subprocess.run(
                [path, *words],
                input=text.encode(errors="surrogateescape"),
                capture_output=True,
                env=environment,
                cwd=Path("/"),
                timeout=_PATIENCE,
                check=False,
            )

        try:
            done = await in_time(call, _PATIENCE * 2)
        except (TimeoutError, subprocess.TimeoutExpired):
            raise NoAnswer(f"{tool} has not answered within {_PATIENCE:.0f} seconds") from None
        except OSError as error:
            raise NoAnswer(f"{tool} cannot be started: {error.strerror or error}") from error
        output = done.stdout.decode(errors="replace")
        errors = done.stderr.decode(errors="replace")
        if done.returncode == 0:
            return output + errors if merged else output
        sentence = _sentence(errors or output) or f"{tool} ended with {done.returncode}"
        if done.returncode < 0 or _UNREACHABLE.search(sentence):
            raise NoAnswer(sentence)
        raise Refused(sentence)


def _sentence(errors: str) -> str:
    """What a tool says, on one line, without its name."""
    lines = (line.strip() for line in _ERROR.sub("", errors).splitlines())
    return "; ".join(dict.fromkeys(filter(None, lines)))[:_LONGEST]
