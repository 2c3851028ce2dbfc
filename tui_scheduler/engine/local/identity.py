"""Telling one process from all others, also those that get its pid later.

A pid alone says nothing after a crash: it may have been given to somebody else. Together with
the moment the process began and the boot of the machine it is unique.
"""

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tui_scheduler.errors import Lacking

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_HAS_PROC = sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class Identity:
    """A process: its pid, when it began (in the system's own ticks), and the machine's boot."""

    pid: int
    began: str
    boot: str

    def __str__(self) -> str:
        return f"{self.pid} {self.began} {self.boot}"

    @classmethod
    def parse(cls, text: str) -> "Identity":
        """The identity that ``str`` wrote; raises ValueError for anything else."""
        match text.split(" "):
            case [pid, began, boot] if pid.isdecimal():
                return cls(int(pid), began, boot)
            case _:
                raise ValueError(f"{text!r} does not name a process")

    @classmethod
    def of(cls, pid: int) -> "Identity":
        """The process that has ``pid`` now, ended or not; raises ProcessLookupError."""
        return cls(pid, _began(pid), current_boot())

    def is_present(self) -> bool:
        """Whether this very process is there still, be it as an unreaped one."""
        try:
            return self.boot == current_boot() and self.began == _began(self.pid)
        except ProcessLookupError:
            return False
        except OSError:  # no descriptor left to look with: ask again later
            return True

    def is_running(self) -> bool:
        """Whether this very process is there and has not ended."""
        return self.is_present() and not has_ended(self.pid)

    def wait_status(self) -> int | None:
        """With what it has ended, if it is there as an unreaped one and the system tells that."""
        with suppress(OSError):
            if _HAS_PROC and _stat_field(self.pid, 3) == "Z" and _is_of_our_user(self.pid):
                status = int(_stat_field(self.pid, 52))
                return status if self.is_present() else None
        return None


def refuse_unknown() -> None:
    """Raise Lacking where the system does not show its processes, so that none could be told."""
    if _HAS_PROC and not _BOOT_ID.exists():
        reason = "the system does not show its processes (/proc)"
        raise Lacking(reason, "Have it mounted: mount -t proc proc /proc")


@cache
def current_boot() -> str:
    """Which boot of the machine this is."""
    if _HAS_PROC:
        return _BOOT_ID.read_text().strip()
    import psutil  # 33 ms that Linux need not pay

    return f"{psutil.boot_time():.0f}"


def has_ended(pid: int) -> bool:
    """Whether whoever has ``pid`` has ended, reaped or not."""
    if _HAS_PROC:
        try:
            return _stat_field(pid, 3) in "ZX"
        except ProcessLookupError:
            return True
        except OSError:
            return False
    import psutil

    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return True


def _is_of_our_user(pid: int) -> bool:
    """Whether the system tells us all of a process; of others it says that they ended with 0."""
    lines = Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines()
    ids = {name: set(rest.split()) for name, _, rest in (line.partition(":") for line in lines)}
    return ids["Uid"] == {str(os.geteuid())} and ids["Gid"] == {str(os.getegid())}


def _began(pid: int) -> str:
    if _HAS_PROC:
        return _stat_field(pid, 22)
    import psutil

    try:
        return f"{psutil.Process(pid).create_time():.6f}"
    except psutil.NoSuchProcess as error:
        raise ProcessLookupError(pid) from error


def _stat_field(pid: int, number: int) -> str:
    """A field of /proc/PID/stat, counted as in proc(5); the second may hold spaces and ``)``."""
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY)
    except FileNotFoundError as error:
        raise ProcessLookupError(pid) from error
    try:
        content = os.read(descriptor, 4096)
    finally:
        os.close(descriptor)
    return content.rpartition(b")")[2].split()[number - 3].decode()
