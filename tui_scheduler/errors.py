"""Our own errors: each names a field and a remedy for a form, and an exit code for a shell."""

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
        return f"{self.field}: {self.text}"


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


class Refused(SchedulerError):
    """The object exists, but its state does not allow what was asked; nothing was changed."""


class ChangedMeanwhile(Refused):
    """What was edited is no longer what is stored; ``stored`` is the draft of what is."""

    def __init__(self, what: str, stored: Any) -> None:
        self.stored = stored
        super().__init__(f"{what} was changed meanwhile; nothing was stored. Look at it again.")


class DatabaseUnusable(SchedulerError):
    """The database is locked, read-only, damaged, foreign, or written by a newer version."""

    exit_code = ExitCode.DATABASE


class DatabaseGone(DatabaseUnusable):
    """The file that was opened was removed, or another one has taken its place."""
