"""What tells one machine and one file from all others, whatever they are called at the moment."""

import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))

FileIdentity = tuple[int, int]
"""The device of a file and its number there: a file that takes its name has another one."""


@dataclass(frozen=True, slots=True)
class Host:
    """A machine: ``id`` stays when ``name`` changes; it is empty where the system has none.

    Most containers have none, and are told apart from nobody: what ran in one is gone with it.
    """

    id: str
    name: str

    def is_another_than(self, other: "Host") -> bool:
        """Whether both are known, and are not the same."""
        return bool(self.id and other.id) and self.id != other.id


@dataclass(frozen=True, slots=True)
class Boot:
    """A start of a machine, or of a container: ``id`` is that of no other, ``at`` when it was."""

    id: str
    at: datetime


@cache
def this_host() -> Host:
    """Returns the machine that this program runs on."""
    return Host(_machine_id(), os.uname().nodename)


@cache
def this_boot() -> str:
    """Returns which start of this machine this is; empty where the system does not tell."""
    with suppress(OSError):
        return _BOOT_ID.read_text(encoding="ascii", errors="replace").strip()
    return ""


def machine_boot(now: datetime) -> Boot:
    """Returns which start of this machine it is ``now``; that of process 1 in a container.

    When it was is counted back from now: so it is right also if the clock was set since.
    """
    if sys.platform == "darwin":
        return _boot_of_mac(now)
    ticks = _start_of_process_1()
    up = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return Boot(f"{this_boot()} {ticks}".strip(), now - timedelta(seconds=max(up, 0)))


def _start_of_process_1() -> int:
    """When process 1 began, in ticks since the machine did; 0 where the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        # The name of a program, in parentheses, may have anything in it.
        return int(Path("/proc/1/stat").read_bytes().rpartition(b")")[2].split()[19])
    return 0


def _boot_of_mac(now: datetime) -> Boot:
    import subprocess

    import psutil

    up = timedelta(seconds=max(time.time() - psutil.boot_time(), 0))
    asked = subprocess.run(
        ["sysctl", "-n", "kern.bootsessionuuid"], capture_output=True, text=True, check=False
    )
    return Boot(asked.stdout.strip() or f"{psutil.boot_time():.0f}", now - up)


def _machine_id() -> str:
    for file in _MACHINE_IDS:
        with suppress(OSError):
            if machine_id := file.read_text(encoding="ascii", errors="replace").strip():
                return machine_id
    return ""


def file_identity(path: Path) -> FileIdentity | None:
    """Returns which file is at ``path`` now; None if there is none, or that cannot be told."""
    with suppress(OSError):
        status = path.stat()
        return status.st_dev, status.st_ino
    return None


def real_path(path: Path) -> Path:
    """Returns ``path`` without symbolic links; in a circle of them it stays as it is spelled.

    ``Path.resolve`` raises RuntimeError there before Python 3.13.
    """
    return Path(os.path.realpath(path))
