"""What can be found out of a cluster without a run: whether it answers, and what its nodes see."""

import asyncio
import os
import shlex
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tui_scheduler.clusters import Cluster
from tui_scheduler.engine.in_time import in_time
from tui_scheduler.engine.slurm.commands import NoAnswer, Refused, Slurm, State
from tui_scheduler.engine.slurm.job_script import NOWHERE
from tui_scheduler.permissions import open_file
from tui_scheduler.services.context import new_token

MOST_PROBED = 5
"""Nodes that are tried: all of a large cluster would be too many."""

_PATIENCE = 30.0  # seconds until a job that waits for its node is given up
_FOLDER_PATIENCE = 10.0
_LOOK = 0.2  # seconds
_QUESTION = 1.0  # seconds between two questions to Slurm
_UNSEEN = 5.0  # seconds until what a node has written is seen here
_READY = ("idle", "mixed", "allocated", "completing")

_SCRIPT = """\
#!/bin/sh
umask 077
token=$(cat {folder}/token 2>/dev/null) || exit 3
missing=
for tool in mktemp mkfifo awk date cat stdbuf; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
done
echo "$token$missing" >{folder}/"$SLURMD_NODENAME".new || exit 3
mv {folder}/"$SLURMD_NODENAME".new {folder}/"$SLURMD_NODENAME"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterState:
    """Whether a cluster answers, with the number of nodes in each state, or why it does not."""

    nodes: Mapping[str, int]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Probed:
    """What a job on a node has found out.

    ``problem`` says why it is of no use; ``missing`` are tools that it does not have.
    """

    node: str
    problem: str = ""
    missing: tuple[str, ...] = ()


async def state_of(cluster: Cluster) -> ClusterState:
    """Ask a cluster for its nodes; takes as long as a call may take, if it does not answer."""
    try:
        nodes = await Slurm(cluster).nodes()
    except NoAnswer as error:
        return ClusterState(nodes={}, problem=str(error))
    return ClusterState(nodes=dict(Counter(_plain(state) for _, state in nodes)))


async def keeps_together(cluster: Cluster) -> bool | None:
    """Whether nothing that a job leaves behind outlives it; None if that is not said."""
    try:
        word = await Slurm(cluster).setting("ProctrackType")
    except NoAnswer:
        return None
    return word == "proctrack/cgroup"


async def probe(cluster: Cluster) -> list[Probed]:
    """Have a job on each of some nodes read and write in the folder of a cluster.

    Returns what each has found; raises NoAnswer, and OSError if the folder cannot be used here.
    """
    slurm = Slurm(cluster)
    nodes = [name for name, state in await slurm.nodes() if _plain(state) in _READY]
    async with _a_folder(cluster.folder) as (folder, token):
        tries = (_try(slurm, node, folder, token) for node in nodes[:MOST_PROBED])
        probed = await asyncio.gather(*tries)
    return [each for each in probed if each is not None]


async def _try(slurm: Slurm, node: str, folder: Path, token: str) -> Probed | None:
    """Try one node; None if it is not one that runs of the cluster may be on."""
    name = f"tui-scheduler-probe-{token}-{node}"
    ours = (f"--job-name={name}", *NOWHERE)
    script = _SCRIPT.format(folder=shlex.quote(str(folder)))
    try:
        number = await slurm.submit(script, ours, [f"--nodelist={node}"], {})
    except Refused:
        return None
    try:
        return await _outcome(slurm, node, number, folder / node, token)
    finally:
        with suppress(NoAnswer):
            await slurm.cancel(name, number)


async def _outcome(slurm: Slurm, node: str, number: str, answer: Path, token: str) -> Probed:
    """Wait for what the job writes, or for its end; returns what became of it."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + _PATIENCE
    ask = loop.time() + _QUESTION
    reason = ""
    while loop.time() < give_up:
        await asyncio.sleep(_LOOK)
        text = await in_time(lambda: _read(answer), _FOLDER_PATIENCE)
        if text is not None:
            words = text.split()
            if words[:1] == [token]:
                return Probed(node, missing=tuple(words[1:]))
            return Probed(node, "it reads another file there than we have written")
        if loop.time() < ask:
            continue
        ask = loop.time() + _QUESTION
        jobs = [job for job in await slurm.jobs() if job.number == number]
        if not jobs or jobs[0].state is State.OVER:
            give_up = min(give_up, loop.time() + _UNSEEN)
            reason = "it does not see the folder under this name, or cannot write there: mount it"
        else:
            reason = f"its job waits ({jobs[0].reason}): try again later"
    return Probed(node, reason)


def _read(path: Path) -> str | None:
    with suppress(FileNotFoundError):
        return path.read_text(errors="replace")
    return None


@asynccontextmanager
async def _a_folder(shared: Path) -> AsyncIterator[tuple[Path, str]]:
    """Make a folder with a token in it, in ``shared``, which is gone afterwards; raises OSError."""
    token = new_token()
    folder = shared / f"probe-{token}"

    def make() -> None:
        folder.mkdir(mode=0o700)
        descriptor = open_file(folder / "token", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        os.write(descriptor, f"{token}\n".encode())
        os.close(descriptor)

    def remove() -> None:
        for path in list(folder.iterdir()):
            path.unlink()
        folder.rmdir()

    await in_time(make, _FOLDER_PATIENCE)
    try:
        yield folder, token
    finally:
        with suppress(OSError):
            await in_time(remove, _FOLDER_PATIENCE)


def _plain(state: str) -> str:
    """The word of a state, without the signs that Slurm puts after it."""
    return state.rstrip("*~#!%$@^-+").lower()
