"""Whether runs can be handed to the clusters of the configuration, and whether any are in others.

Several databases may share the folder of a cluster, and their files are named alike. So of those
that belong to no run of this one nothing is said, and none is ever removed.
"""

import asyncio
import os
import shlex
import shutil
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator
from threading import Thread

from tui_scheduler.clusters import SLURM, Cluster, cluster_at
from tui_scheduler.doctor.finding import Finding, counted, ok, problem, some, warning
from tui_scheduler.doctor.target import Target
from tui_scheduler.engine.slurm.commands import NoAnswer
from tui_scheduler.engine.slurm.inquiry import Probed, keeps_together, probe
from tui_scheduler.file_systems import mount_of
from tui_scheduler.models import Process, Run, rows
from tui_scheduler.permissions import folder_dangers, is_trusted_owner, user_name

_COMMANDS = {SLURM: ("sbatch", "squeue", "scancel", "scontrol", "sinfo")}
"""What an engine is asked with, by its name."""

_IN_MEMORY = ("tmpfs", "ramfs", "devtmpfs")
_ANOTHER = "Name a folder of yours in the configuration that all nodes see"
_PATIENCE = 5.0  # seconds for a shared folder, which may be on a machine that is gone


def check(target: Target) -> Iterator[Finding]:
    """Folders and commands that do not work, and clusters that are named and not configured."""
    clusters = target.settings.clusters
    findings = [
        *(each for cluster in clusters.values() for look in _LOOKS for each in look(cluster)),
        *_named_and_gone(target),
        *_open_and_gone(target),
    ]
    if findings:
        yield from findings
    elif not clusters:
        yield ok("All runs on this machine: no cluster is configured")
    else:
        yield ok(f"{counted(len(clusters), 'cluster')}, each with its folder and its commands")


def _folder(cluster: Cluster) -> Iterator[Finding]:
    """Whether its folder can be used, as far as that is seen from here."""
    findings = _answered(lambda: list(_seen(cluster)))
    if findings is None:
        yield problem(
            f"The folder {cluster.folder} of {cluster.name} does not answer",
            "See to the file system that it lies on, or name another one in the configuration",
        )
    else:
        yield from findings


def _seen(cluster: Cluster) -> Iterator[Finding]:
    folder, name = cluster.folder, shlex.quote(str(cluster.folder))
    what = f"The folder {folder} of {cluster.name}"
    try:
        status = folder.stat()
    except FileNotFoundError:
        make = f"Make it where all nodes see it: mkdir -p -m 700 {name}"
        yield problem(f"{what} is not there", make)
        return
    except OSError as error:
        yield problem(f"{what} cannot be looked at: {error.strerror}", _ANOTHER)
        return
    if not stat.S_ISDIR(status.st_mode):
        yield problem(f"{folder}, which is to be the folder of {cluster.name}, is none", _ANOTHER)
    elif not os.access(folder, os.W_OK | os.X_OK):
        owner = user_name(status.st_uid)
        yield problem(f"{what} belongs to {owner}, and may not be written by you", _ANOTHER)
    else:
        yield from _dangers(cluster)


def _dangers(cluster: Cluster) -> Iterator[Finding]:
    """What lets others change its files, or keeps the nodes from seeing them."""
    folder = cluster.folder
    for danger in folder_dangers(folder):
        finding = warning if danger.is_shared else problem
        remedy = danger.remedy if is_trusted_owner(danger.folder.stat()) else _ANOTHER
        yield finding(f"{danger.text}, and {cluster.name} has its files there", remedy)
    if (mount := mount_of(folder)) is not None and (kind := mount.type) in _IN_MEMORY:
        yield warning(
            f"The folder {folder} of {cluster.name} is in the memory of this machine ({kind}),"
            " which no other one sees",
            _ANOTHER,
        )


def _commands(cluster: Cluster) -> Iterator[Finding]:
    """Whether its engine can be asked."""
    missing = [name for name in _COMMANDS[cluster.engine] if shutil.which(name) is None]
    if missing:
        yield problem(
            f"Nothing can be handed to {cluster.name}: {', '.join(missing)} not found on the PATH",
            "Install the commands of Slurm on this machine (Debian: slurm-client), or add their"
            " folder to the PATH",
        )


def _nodes(cluster: Cluster) -> Iterator[Finding]:
    """Whether its nodes see the folder: a job on some of them reads and writes there."""
    if any(_folder(cluster)) or any(_commands(cluster)):
        return
    try:
        probed, keeps_together = asyncio.run(_asked(cluster))
    except (NoAnswer, OSError, TimeoutError) as error:
        yield problem(f"{cluster.name} cannot be tried: {error}", "See: sinfo, scontrol ping")
        return
    for each in probed:
        if each.problem:
            yield problem(
                f"{each.node} of {cluster.name} was tried with {cluster.folder}: {each.problem}",
                "Runs that begin there fail, or wait: have it mended, or leave the node out with an"
                f" option such as --exclude={each.node}",
            )
        elif each.missing:
            yield warning(
                f"{each.node} of {cluster.name} does not have {', '.join(each.missing)}",
                "Install GNU coreutils and awk there: without stdbuf, logs are not limited",
            )
    if not probed:
        yield warning(f"{cluster.name} has no node that a job could be tried on", "See: sinfo")
    if keeps_together is False:
        yield warning(
            f"{cluster.name} does not use proctrack/cgroup: daemons that a run leaves survive it",
            "Have ProctrackType=proctrack/cgroup set, or let commands start none",
        )


async def _asked(cluster: Cluster) -> tuple[list[Probed], bool | None]:
    return await probe(cluster), await keeps_together(cluster)


_LOOKS: tuple[Callable[[Cluster], Iterator[Finding]], ...] = (_folder, _commands, _nodes)
"""What is looked at of each cluster."""


def _named_and_gone(target: Target) -> Iterator[Finding]:
    """Processes that cannot run, as their cluster is not configured."""
    named = defaultdict(list)
    stored = Process.select(Process.runs_on, Process.name).where(Process.runs_on.is_null(False))
    for cluster, process in rows(stored.order_by(Process.name)):
        named[cluster].append(process)
    for cluster, processes in named.items():
        if cluster not in target.settings.clusters:
            yield problem(
                f"There is no [cluster.{cluster}], which is to run {some(processes)}",
                f"Add it to {target.settings.config}, or edit the process",
            )


def _open_and_gone(target: Target) -> Iterator[Finding]:
    """Runs whose end nobody sees, as their cluster is not configured any more."""
    gone = defaultdict(list)
    still_open = Run.select(Run.place, Run.id).where(Run.end_time.is_null(), Run.host != "")
    for place, run_id in rows(still_open.order_by(Run.id)):
        if (cluster := cluster_at(place)) and cluster not in target.settings.clusters:
            gone[cluster].append(run_id)
    for cluster, run_ids in gone.items():
        yield problem(
            f"There is no [cluster.{cluster}], where {counted(len(run_ids), 'run')} did not end as"
            f" far as is known: {some(run_ids)}",
            f"Add it to {target.settings.config} again; or, if nothing of a run is left, have it"
            f" recorded as lost: tui-scheduler kill {run_ids[0]} --force",
        )


def _answered(look: Callable[[], list[Finding]]) -> list[Finding] | None:
    """What ``look`` gives; None where the file system that it looks at does not answer."""
    answers: list[list[Finding]] = []
    asking = Thread(target=lambda: answers.append(look()), daemon=True)
    asking.start()
    asking.join(_PATIENCE)
    return answers[0] if answers else None
