"""Our own errors: each names a field and a remedy for a form, and an exit code for a shell."""

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar


class ExitCode(IntEnum):
    """What the command line answers the shell with."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    DATABASE = 4
    INTERRUPTED = 130  # as shells say it of a program that ctrl+c ended


@dataclass(frozen=True, slots=True)
class Problem:
    """One field that cannot be accepted; ``text`` says what is wrong and what to enter instead."""

    field: str
    text: str

    def __str__(self) -> str:
        return f"{spelled(self.field)}: {self.text}"


def spelled(field: str) -> str:
    """Returns the name of a field as files and people have it: without what Python needs."""
    return field.removesuffix("_")


class SchedulerError(Exception):
    """Base of all errors a user may see; its text is a sentence, without a traceback."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED


class InvalidInput(SchedulerError):
    """Input that was refused before anything was stored; carries every problem found."""

    exit_code = ExitCode.USAGE

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


class NotFound(SchedulerError):
    """The named process, request or run does not exist (any more)."""

    exit_code = ExitCode.NOT_FOUND


class Ambiguous(SchedulerError):
    """A name that means several, where one is asked for; its text says which. Nothing was done."""

    exit_code = ExitCode.USAGE


class Refused(SchedulerError):
    """The object exists, but its state does not allow what was asked; nothing was changed."""


class Unexpected(SchedulerError):
    """Something that nobody foresaw; the diagnostics have the rest of it."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(f"Something unexpected happened: {type(error).__name__}: {error}.")


class Replaced(SchedulerError, ImportError):
    """What is to be imported is of another version of the program than what runs, or is gone."""

    def __init__(self) -> None:
        super().__init__(
            "tui-scheduler was upgraded or removed while this program was open. Leave it, and start"
            " it again."
        )


class Lacking(SchedulerError):
    """Something is missing that nobody can run anything without; ``reason`` in few words."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason[:1].upper()}{reason[1:]}. {remedy}")
        self.reason = reason
        self.remedy = remedy


class SchedulingEnded(SchedulerError):
    """What was to go on as long as the program does has ended, so the program ends."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(
            f"Scheduling has ended: {type(error).__name__} {error}".rstrip()
            + ". Runs go on; begin again with the screen or: tui-scheduler serve"
        )


class ChangedMeanwhile(Refused):
    """What was edited is no longer what is stored; ``stored`` is the draft of what is."""

    def __init__(self, what: str, stored: Any) -> None:
        self.stored = stored
        super().__init__(f"{what} was changed meanwhile; nothing was stored. Look at it again.")


class DatabaseUnusable(SchedulerError):
    """The database is locked, read-only, damaged, foreign, or written by a newer version.

    ``reason`` is why, in so few words that "waiting:" may stand before it, and ``remedy`` what to
    do about that.
    """

    exit_code = ExitCode.DATABASE

    def __init__(self, text: str = "", reason: str = "", remedy: str = "") -> None:
        super().__init__(text)
        self.reason = reason or "the database cannot be used"
        self.remedy = remedy or "See what is wrong: tui-scheduler doctor"


class DatabaseGone(DatabaseUnusable):
    """The file that was opened was removed, or another one has taken its place."""


class DatabaseOutgrown(DatabaseGone):
    """A newer version of the program has changed the tables of the file that was opened."""


_GONE = "Was it removed, or its disk taken away? Put it back, or name another one"
_CLOSED = "See who may use it, and the folders above it: ls -ld"
_FULL = "Free some space, and try again"
_SCARCE = "Raise the limit of processes (ulimit -u, or pids.max of the cgroup), or end some"
_REMEDIES = {
    errno.ENOENT: _GONE,
    errno.ENOTDIR: _GONE,
    errno.ESTALE: _GONE,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: "Your quota is used up: free some space, and try again",
    errno.EFBIG: "Raise the limit on the size of files: ulimit -f",
    errno.EBADF: "It is closed: redirect it, for example to a file or /dev/null",
    errno.EROFS: "Its disk can only be read: name another one",
    errno.EIO: "Its disk fails: see what the system says of it (dmesg)",
    errno.ENOLCK: "Its file system gives no locks: have them enabled, or name another one",
    errno.EMFILE: "Raise the limit of open files: ulimit -n",
    errno.ENFILE: "The system has no open files left: end some programs",
    errno.EAGAIN: _SCARCE,
    errno.ENOMEM: "Free some memory, and try again",
}


def lacks_threads(error: Exception) -> bool:
    """Whether the system has no more threads for us; Python says so in words alone."""
    return isinstance(error, RuntimeError) and "start new thread" in str(error)


def remedy_of(error: OSError) -> str:
    """Returns what a person can do about what the system refused, without a full stop."""
    return _REMEDIES.get(error.errno or 0, "See to it, and try again")


def cause_of(error: Exception) -> tuple[str, str]:
    """Returns why something failed, in few words, and the remedy; neither has a full stop."""
    match error:
        case DatabaseUnusable() | Lacking():
            return error.reason, error.remedy
        case OSError() if error.errno is not None:
            file = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
            return f"{file}{error.strerror or os.strerror(error.errno)}", remedy_of(error)
    if lacks_threads(error):
        return "no more threads can be started", _SCARCE
    return f"{type(error).__name__}: {error}", "See the log of the program, and report this"
