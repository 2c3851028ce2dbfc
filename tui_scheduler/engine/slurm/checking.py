"""What Slurm says of a run before there is any: whether it takes it, and when and where it begins.

Some of what it refuses has nothing to do with what is asked for. Only the words tell: sbatch ends
with the same code, and its messages have no numbers.
"""

import asyncio
import os
import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress

from tui_scheduler.clusters import ANSWER_TIME, Cluster
from tui_scheduler.errors import Refused
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.wording import cut

_SCRIPT = b"#!/bin/sh\n"
_SAYS_WHO = re.compile(r"(sbatch|error|fatal|allocation failure): ")
_USELESS = 'Try "sbatch --help"'
_NO_ANSWER = re.compile(
    r"controller|control machine|munge|authenticat|timed out|zero bytes|connect|communicat"
    r"|configuration (source|file)|cannot stat|find an address|unable to resolve|\bno error\b"
    r"|incompatible version|internal error|database",
    re.IGNORECASE,
)
_FOR_NOW = re.compile(r"\bnow\b|again|currently|inactive or drain|down, drained|maintenance")
_WIDEST = 300  # characters


class NotInstalled(Refused):
    """There is no sbatch to ask; the text says what to do."""


class Undecided(Exception):
    """Nobody can say at the moment whether Slurm takes a run; the text says why."""


async def test_only(cluster: Cluster, options: Sequence[str], draft: ProcessDraft) -> str:  # noqa: ARG001 it says what else is asked for
    """Returns what sbatch says of when and where a run with these ``options`` would begin.

    Takes at most ``ANSWER_TIME``. Raises Refused with Slurm's own sentence if it takes no such run,
    NotInstalled, and Undecided.
    """
    try:
        code, said = await _answer("--test-only", "--no-requeue", *cluster.options, *options)
    except TimeoutError:
        raise Undecided(_unchecked(cluster, f"nothing within {ANSWER_TIME:.0f} s")) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise NotInstalled(
            f"{cluster.name} needs sbatch, which cannot be started here ({why}): install Slurm's"
            " tools (Debian: slurm-client), or choose this machine"
        ) from None
    sentence = cut("; ".join(dict.fromkeys(_sentences(said))), _WIDEST)
    if not code:
        return sentence
    if _NO_ANSWER.search(sentence) or code < 0:
        raise Undecided(_unchecked(cluster, sentence or f"sbatch ended by signal {-code}"))
    if _FOR_NOW.search(sentence):
        raise Undecided(f"{cluster.name} takes no such run now: {sentence}")
    raise Refused(sentence or f"sbatch ends with code {code} and says nothing")


def _unchecked(cluster: Cluster, why: str) -> str:
    return f"{cluster.name} does not answer now: the options are not checked ({why})"


async def _answer(*arguments: str) -> tuple[int, str]:
    """Returns how sbatch ends and what it says; raises OSError and TimeoutError."""
    sbatch = await asyncio.create_subprocess_exec(
        "sbatch",
        *arguments,
        cwd="/",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(ANSWER_TIME):
            _, said = await sbatch.communicate(_SCRIPT)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(sbatch.pid, signal.SIGKILL)
        await sbatch.wait()
    return sbatch.returncode or 0, said.decode(errors="replace")


def _sentences(said: str) -> Iterator[str]:
    for line in filter(str.strip, said.splitlines()):
        if not line.startswith(_USELESS):
            yield _without_who(line)


def _without_who(line: str) -> str:
    while prefix := _SAYS_WHO.match(line):
        line = line[prefix.end() :]
    return line.strip()
