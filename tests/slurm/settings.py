"""Slurm's own files for a cluster on this machine."""

import os
import pwd
import secrets
from pathlib import Path

from tests.slurm.place import FREEZER, Place

_SLURM = """\
ClusterName=t
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/{tracking}
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
KillWait=5
SlurmdTimeout=10
ReturnToService=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
PropagateResourceLimits=NONE
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_min_interval=1000
{nodes}
PartitionName=main Nodes={names} Default=YES MaxTime=INFINITE State=UP
"""

_NODE = (
    "NodeName={name} NodeHostname=localhost NodeAddr=127.0.0.1 Port={port}"
    " CPUs=8 RealMemory=2000 State=UNKNOWN"
)

_CONTROL_GROUPS = "CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n"


def has_control_groups() -> bool:
    """Whether Slurm can keep all processes of a job together here, so that none escapes it.

    Version 2 of control groups would need a systemd that is asked for each.
    """
    return (FREEZER / "cgroup.procs").exists() and os.access(FREEZER, os.W_OK)


def write_settings(folder: Path, place: Place) -> None:
    """Write what the daemons and tools read, and the key by which they trust each other."""
    nodes = (_NODE.format(name=name, port=port) for name, port in place.nodes.items())
    settings = _SLURM.format(
        folder=folder,
        port=place.controller_port,
        user=pwd.getpwuid(os.geteuid()).pw_name,
        tracking="cgroup" if has_control_groups() else "linuxproc",
        nodes="\n".join(nodes),
        names=",".join(place.nodes),
    )
    (folder / "slurm.conf").write_text(settings)
    if has_control_groups():
        (folder / "cgroup.conf").write_text(_CONTROL_GROUPS)
    key = folder / "munge.key"
    key.touch(0o600)
    key.write_bytes(secrets.token_bytes(128))
