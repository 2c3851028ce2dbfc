"""The two files of a run: its log, and beside it the exit status that its wrapper leaves.

Both are for the user alone, whatever the umask; the umask itself is passed on to the run as the
user has set it.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_FILE_MODE = 0o600
_FOLDER_MODE = 0o700
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class ExitStatus:
    """What the wrapper wrote when the command had ended."""

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

    def open_log(self) -> int:
        """A descriptor that appends to the log, which is made if need be; raises OSError."""
        for _ in range(_ATTEMPTS):
            # The folder may go before the log is in it: whoever removes old logs takes empty ones.
            with suppress(FileNotFoundError):
                return self._opened()
            with suppress(FileNotFoundError):
                self._make_folders()
        return self._opened()

    def append(self, text: str) -> None:
        """Add a line of ours to the log, set apart from the output; raises OSError."""
        descriptor = self.open_log()
        try:
            start = "" if self._ends_with_newline() else "\n"
            os.write(descriptor, f"{start}-- {text} --\n".encode(errors="replace"))
        finally:
            os.close(descriptor)

    def exit_status(self) -> ExitStatus | None:
        """How the command ended, or None while that is not known."""
        try:
            text = self.status.read_bytes()
            if text.endswith(b"\n"):
                changed = self.status.stat().st_mtime
                return ExitStatus(int(text), datetime.fromtimestamp(changed, UTC))
        except (OSError, ValueError):
            pass
        return None

    def log_bytes(self) -> int:
        """The size of the log; 0 if there is none."""
        try:
            return self.log.stat().st_size
        except OSError:
            return 0

    def began_at(self) -> datetime:
        """When the log was made, as well as can be told; raises OSError if there is none."""
        found = self.log.stat()
        return datetime.fromtimestamp(min(found.st_atime, found.st_mtime), UTC)

    def _opened(self) -> int:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(self.log, flags, _FILE_MODE)
        os.fchmod(descriptor, _FILE_MODE)
        return descriptor

    def _make_folders(self) -> None:
        shard = self.log.parent
        shard.parent.parent.mkdir(parents=True, exist_ok=True)
        for folder in (shard.parent, shard):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                folder.chmod(_FOLDER_MODE)

    def _ends_with_newline(self) -> bool:
        with self.log.open("rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return True
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"
