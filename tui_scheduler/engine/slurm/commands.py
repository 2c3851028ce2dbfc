"""What Slurm is asked, through its own command line tools; each call has a limit of time.

A controller that does not answer is one thing, and that it says no another: after the first nothing
is known. Formats and words are those that Slurm has had since version 20.11.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import partial

from tui_scheduler.clusters import Cluster
from tui_scheduler.engine.in_time import in_time
from tui_scheduler.engine.run_variables import is_ours
from tui_scheduler.wording import cut

_PATIENCE = 20.0  # seconds for a call; a busy controller may take some
_SEPARATOR = "\x1f"  # reasons and names may hold anything that can be typed
_QUEUE_FORMAT = _SEPARATOR.join(("%i", "%T", "%r", "%N", "%j"))
_NO_ANSWER = re.compile(
    r"controller|control machine|munge|authenticat|timed out|zero bytes|connect|communicat"
    r"|configuration (source|file)|cannot stat|find an address|unable to resolve|\bno error\b"
    r"|incompatible version|internal error|database|in standby|no route|slurmctld",
    re.IGNORECASE,
)
"""What the tools say, in many words, when they got no answer."""

_SAYERS = re.compile(r"((sbatch|squeue|scancel|scontrol|sinfo|error|fatal|allocation failure): )+")
_OPTIONS = ("SBATCH_", "SQUEUE_", "SCANCEL_", "SINFO_", "SCONTROL_", "SLURM_")
_WHERE = {"SLURM_CONF"}
_USELESS = 'Try "'
_LONGEST = 500  # characters of what is repeated of an error


class NoAnswer(Exception):
    """Slurm did not answer, or cannot be asked from here; the text says why."""


class NotInstalled(NoAnswer):
    """There is no tool to ask with on this machine; the text says what to do."""


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

    def __init__(self, cluster: Cluster, patience: float = _PATIENCE) -> None:
        self._cluster = cluster
        self._patience = patience
        self._listed: tuple[str, list[Job]] = "", []

    async def submit(
        self,
        script: str,
        ours: Sequence[str],
        options: Sequence[str],
        variables: Mapping[str, str],
    ) -> str:
        """Submit ``script`` with our options, the cluster's, and its own; returns its number.

        It has ``variables`` beside those of this program: to name them would have Slurm begin a
        login shell for each job, which takes seconds. Raises Refused, and NoAnswer: then it may
        have been submitted all the same.
        """
        # ours come first: an option without its value takes the next word for that
        words = ("--parsable", "--no-requeue", *ours, *self._cluster.options, *options)
        given = {name: text for name, text in _environment().items() if not is_ours(name)}
        given |= variables
        answer = await call("sbatch", words, script, given, patience=self._patience)
        output = answer.output.strip()
        number = output.rpartition("\n")[2].partition(";")[0]
        if not number.isdecimal():
            raise NoAnswer(f"sbatch answered {output[:_LONGEST]!r}, which is no number")
        return number

    async def jobs(self) -> list[Job]:
        """Returns the user's jobs, those included that ended a while ago; raises NoAnswer.

        What Slurm says in the same words as before is not taken apart again.
        """
        words = ("--me", "--noheader", "--states=all", f"--format={_QUEUE_FORMAT}")
        text = await self._ask("squeue", words)
        if text != self._listed[0]:
            rows = (line.split(_SEPARATOR, 4) for line in text.split("\n"))
            self._listed = text, [Job(*row) for row in rows if len(row) == 5]
        return self._listed[1]

    async def signal(self, number: str, name: str, signal_name: str) -> None:
        """Send a signal to all that belongs to a job; raises NoAnswer. One that is over is fine.

        It must be called ``name``: a controller that forgot it may have given another its number.
        """
        await self._cancel("--batch", "--full", f"--signal={signal_name}", f"--name={name}", number)

    async def cancel(self, name: str, *numbers: str) -> None:
        """End jobs that are called so, or all that are; raises NoAnswer. What is over is fine."""
        await self._cancel("--me", f"--name={name}", *numbers)

    async def nodes(self) -> list[tuple[str, str]]:
        """Returns each node with its state, in Slurm's word; raises NoAnswer."""
        lines = (await self._ask("sinfo", ("--noheader", "--Node", "--format=%N|%T"))).splitlines()
        pairs = (line.strip().partition("|")[::2] for line in lines)
        return sorted({name: state for name, state in pairs if name}.items())

    async def setting(self, name: str) -> str:
        """Returns a setting of Slurm, empty if it has none of this name; raises NoAnswer."""
        lines = (await self._ask("scontrol", ("show", "config"))).splitlines()
        pairs = (line.partition("=")[::2] for line in lines)
        return next((value.strip() for key, value in pairs if key.strip() == name), "")

    async def _cancel(self, *words: str) -> None:
        with suppress(Refused):  # it is over, or being tidied up: whoever watches it sees which
            await call("scancel", words, patience=self._patience)

    async def _ask(self, tool: str, words: Sequence[str]) -> str:
        """Returns what a tool prints; raises NoAnswer, also for a refusal: it was only asked."""
        try:
            return (await call(tool, words, patience=self._patience)).output
        except Refused as error:
            raise NoAnswer(str(error)) from error


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool printed, and, in one sentence, what it wrote to standard error."""

    output: str
    message: str


async def call(
    tool: str,
    words: Sequence[str],
    text: str = "",
    variables: Mapping[str, str] | None = None,
    *,
    patience: float = _PATIENCE,
) -> Answer:
    """Call a tool with ``text`` as its input, and ``variables`` in the place of our own.

    Raises Refused with its sentence, and NoAnswer, also when ``patience`` seconds are over.
    """
    environment = _environment() if variables is None else variables
    asked = text.encode(errors="surrogateescape")
    try:
        done = await in_time(partial(_run, tool, words, asked, environment, patience), patience * 2)
    except (TimeoutError, subprocess.TimeoutExpired):
        raise NoAnswer(f"nothing from {tool} within {patience:.0f} s") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise NotInstalled(f"{tool} cannot be started: {reason}") from error
    output, errors, code = done
    message = _sentence(errors.decode(errors="replace"))
    if code == 0:
        return Answer(output.decode(errors="replace"), message)
    if code < 0:
        raise NoAnswer(f"{tool} ended by signal {-code}")
    if _NO_ANSWER.search(message):
        raise NoAnswer(message)
    raise Refused(message or f"{tool} ends with code {code} and says nothing")


def _run(
    tool: str,
    words: Sequence[str],
    text: bytes,
    environment: Mapping[str, str],
    patience: float,
) -> tuple[bytes, bytes, int]:
    """Run a tool to its end, or end it with all that it has begun; returns what it said."""
    path = shutil.which(tool)
    if path is None:
        raise NotInstalled(f"there is no {tool} on the PATH: install Slurm's tools")
    with subprocess.Popen(
        [path, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd="/",
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate(text, timeout=patience)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return output, errors, process.returncode


def _environment() -> dict[str, str]:
    """Our own variables, without those by which the tools can be told to do something else."""
    return {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(_OPTIONS) or name in _WHERE
    }


def _sentence(errors: str) -> str:
    """What a tool says, on one line, without its name."""
    lines = (line.strip() for line in errors.splitlines() if not line.startswith(_USELESS))
    without = (_SAYERS.sub("", line, count=1) if _SAYERS.match(line) else line for line in lines)
    return cut("; ".join(dict.fromkeys(filter(None, without))), _LONGEST)
