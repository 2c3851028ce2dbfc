"""The log of a run, and beside it the exit status that is left by runs of the version before.

Both are for the user alone, whatever the umask; the umask itself is passed on to the run as the
user has set it.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tui_scheduler.permissions import make_folders, open_file, read_file

_ATTEMPTS = 3
_FOLDERS = 2  # that of the logs, and the one in it; the database's may only have been moved away


def line_of_ours(text: str, *, after_line_end: bool = True) -> bytes:
    """What sets a line of ours apart from the output in a log."""
    start = "" if after_line_end else "\n"
    return f"{start}-- {text} --\n".encode(errors="replace")


def make_log_folder(folder: Path) -> None:
    """Make a folder among the logs; raises OSError, also where the database's own is gone."""
    make_folders(folder, _FOLDERS)


@dataclass(frozen=True, slots=True)
class ExitStatus:
    """What a run of the version before left when its command had ended."""

    code: int
    end_time: datetime


@dataclass(frozen=True, slots=True)
class RunFiles:
    """Where the output and the exit status of one run lie."""

    log: Path

    @classmethod
    def of(cls, log: Path) -> "RunFiles":
        """The files of the run whose log is ``log``, wherever a process that uses them stands."""
        return cls(log.absolute())

    @property
    def status(self) -> Path:
        """The file that holds the exit code, complete when it ends in a newline."""
        return self.log.with_suffix(".exit")

    @property
    def begun(self) -> Path:
        """The file that lets a run on a cluster begin once, and at last holds its exit code."""
        return self.log.with_suffix(".status")

    def open_log(self) -> int:
        """A descriptor that reads the log and appends to it, which is made if need be.

        Raises OSError.
        """
        for _ in range(_ATTEMPTS):
            # The folder may go before the log is in it: whoever removes old logs takes empty ones.
            with suppress(FileNotFoundError):
                return self._opened()
            with suppress(FileNotFoundError):
                make_log_folder(self.log.parent)
        return self._opened()

    def append(self, text: str) -> None:
        """Add a line of ours to the log, set apart from the output; raises OSError."""
        descriptor = self.open_log()
        try:
            os.write(descriptor, line_of_ours(text, after_line_end=_ends_with_newline(descriptor)))
        finally:
            os.close(descriptor)

    def exit_status(self) -> ExitStatus | None:
        """How the command ended, or None while that is not known."""
        try:
            text = read_file(self.status)
            if text.endswith(b"\n"):
                changed = self.status.lstat().st_mtime
                return ExitStatus(int(text), datetime.fromtimestamp(changed, UTC))
        except (OSError, ValueError):
            pass
        return None

    def log_bytes(self) -> int:
        """The size of the log; 0 if there is none."""
        try:
            return self.log.lstat().st_size
        except OSError:
            return 0

    def began_at(self) -> datetime:
        """When the first file was made, as well as can be told; raises OSError if none is left."""
        stat = (self.log if self.log.exists() else self.status).lstat()
        return datetime.fromtimestamp(min(stat.st_atime, stat.st_mtime), UTC)

    def _opened(self) -> int:
        return open_file(self.log, os.O_RDWR | os.O_APPEND | os.O_CREAT)


def _ends_with_newline(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
