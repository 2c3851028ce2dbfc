"""How a command line becomes a process that outlives us and leaves its exit status behind.

A tiny wrapper makes an empty file beside the log, runs the command in a shell of its own, waits
for it, and writes its exit code into that file: where there is none, the command never began. The
wrapper catches the signals that stop a process group, so that it lives to
tell; a caught signal is reset to its default in the command it runs. No word of the wrapper is
made of data: command and path are its arguments.
"""

import errno
import os
import resource
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tui_scheduler.engine.local.descriptor_limit import raise_descriptor_limit
from tui_scheduler.engine.local.interpreters import (
    PARAMETERS_VARIABLE,
    described_parameters,
    shell_line,
)
from tui_scheduler.engine.local.working_directory import folder_of, home_folder
from tui_scheduler.engine.runner import CannotStart
from tui_scheduler.services.logs.run_files import RunFiles, hold, line_of_ours
from tui_scheduler.services.running.dispatch import Claim

_SHELL = "/bin/sh"
RUN_VARIABLE = "TUI_SCHEDULER_RUN_ID"
LOG_VARIABLE = "TUI_SCHEDULER_LOG"
"""The mark: the path of its log tells every process of a run, whatever became of its parents."""

_MARKS = tuple(map(str.encode, (RUN_VARIABLE, LOG_VARIABLE, PARAMETERS_VARIABLE)))
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_NOT_KEPT = "Its output is not kept: the disk was full when it began"
_STANDARD_ERROR = 2
_FIRST_REAL_TIME_SIGNAL = 32
_WRAPPER = (
    'umask 077; true 2>/dev/null >"$2"; umask "$5"; '
    'cd -- "$3" || exit; '
    'ulimit -S -n "$4" 2>/dev/null; '
    "trap : HUP INT QUIT TERM USR1 USR2; "
    '/bin/sh -c -- "$1"; '
    'code=$?; umask 077; echo $code > "$2"; exit $code'
)
_WRAPPER_NAME = "tui-scheduler-run"
_RESET = {
    number
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
    if number < _FIRST_REAL_TIME_SIGNAL
}
"""What we ignore or handle, and what we were told to ignore, is no matter of the commands'."""


@dataclass(frozen=True, slots=True)
class Spawner:
    """Starts commands with the environment and the file limit that this program was given."""

    environment: Mapping[bytes, bytes] = field(repr=False)
    home: Path
    descriptor_limit: str
    umask: str

    @classmethod
    def for_this_process(cls) -> "Spawner":
        """Pass on what we were given ourselves, but no open file."""
        _close_on_exec()
        ours = {name: text for name, text in os.environb.items() if name not in _MARKS}
        limit = raise_descriptor_limit()
        files = "unlimited" if limit == resource.RLIM_INFINITY else str(limit)
        return cls(ours, home_folder(), files, f"{_umask():03o}")

    def spawn(self, claim: Claim) -> tuple[int, str]:
        """Start the command of ``claim``; returns its pid and what is to be noted of the start.

        The caller must reap the child. Takes about a millisecond. Raises CannotStart.
        """
        files = RunFiles.of(claim.log_path)
        log, trouble = _output(files)
        note = "; ".join(filter(None, (claim.note, trouble))) if trouble else ""
        try:
            if claim.missed:
                with suppress(OSError):  # a disk that is full is no reason not to run
                    os.write(log, line_of_ours(claim.note))
            return self._spawn(claim, files, log), note
        except (OSError, ValueError) as error:
            raise CannotStart(_reason(error)) from error
        finally:
            os.close(log)

    def _spawn(self, claim: Claim, files: RunFiles, log: int) -> int:
        folder = folder_of(claim.working_directory, self.home)
        ours = (self.descriptor_limit, self.umask)
        arguments = (shell_line(claim), str(files.status), str(folder), *ours)
        variables = {**claim.environment, **described_parameters(claim), **_mark(claim, files)}
        return os.posix_spawn(
            _SHELL,
            ["sh", "-c", _WRAPPER, _WRAPPER_NAME, *arguments],
            {**self.environment, **_encoded(variables)},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, 1, 2),
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            ],
            setsid=True,
            setsigmask=(),
            setsigdef=_RESET,
        )


def status_file_of(arguments: list[str]) -> str | None:
    """The status file that a process with these arguments will write, if it is a wrapper."""
    match arguments:
        case [_, "-c", _, name, _, status_file, *_] if name == _WRAPPER_NAME:
            return status_file
        case _:
            return None


def _output(files: RunFiles) -> tuple[int, str]:
    """Where a run may write, and why its output is not kept if it is not; raises CannotStart.

    On a disk that is full every write would fail, and the command with it.
    """
    try:
        log = files.open_log()
    except OSError as error:
        if error.errno not in _NO_SPACE:
            raise CannotStart(f"Its log cannot be written: {error}") from error
        return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC), _NOT_KEPT
    disk = os.fstatvfs(log)
    if disk.f_bavail or not disk.f_blocks:
        hold(log)
        return log, ""
    os.close(log)
    return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC), _NOT_KEPT


def _close_on_exec() -> None:
    """Keep to ourselves what whoever started us left open."""
    for file in list(Path("/dev/fd").iterdir()):
        if int(file.name) > _STANDARD_ERROR:
            with suppress(OSError):
                os.set_inheritable(int(file.name), False)


def _umask() -> int:
    """What the commands are to be given; it can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def _encoded(variables: Mapping[str, str]) -> dict[bytes, bytes]:
    return {os.fsencode(name): os.fsencode(text) for name, text in variables.items()}


def _mark(claim: Claim, files: RunFiles) -> dict[str, str]:
    return {RUN_VARIABLE: str(claim.run_id), LOG_VARIABLE: str(files.log)}


def _reason(error: OSError | ValueError) -> str:
    if not Path(_SHELL).exists():
        return f"There is no {_SHELL} to run it with"
    if isinstance(error, OSError):
        return f"The system could not start it: {error.strerror}"
    return f"Its command or its variables cannot be given to a process: {error}"
