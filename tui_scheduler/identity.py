"""What tells one machine and one file from all others, whatever they are called at the moment."""

import os
from contextlib import suppress
from functools import cache
from pathlib import Path

from tui_scheduler.frozen import frozen

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))

FileIdentity = tuple[int, int]
"""The device of a file and its number there: a file that takes its name has another one."""


@frozen
class Host:
    """A machine: ``id`` stays when ``name`` changes; it is empty where the system has none.

    Most containers have none, and are told apart from nobody: what ran in one is gone with it.
    """

    id: str
    name: str

    def is_another_than(self, other: "Host") -> bool:
        """Whether both are known, and are not the same."""
        return bool(self.id and other.id) and self.id != other.id


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
