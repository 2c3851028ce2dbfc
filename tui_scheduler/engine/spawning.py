"""How a command line becomes a process that outlives us and leaves its exit status behind.

A tiny wrapper runs the command in a shell of its own, waits for it, and writes its exit code
beside the log. The wrapper catches the signals that stop a process group, so that it lives to
tell; a caught signal is reset to its default in the command it runs. No word of the wrapper is
made of data: command and path are its arguments.
"""

import os
import resource
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui_scheduler.engine.limits import raise_descriptor_limit
from tui_scheduler.engine.run_files import RunFiles
from tui_scheduler.engine.runner import CannotStart
from tui_scheduler.services.execution import Claim

_SHELL = "/bin/sh"
RUN_VARIABLE = "TUI_SCHEDULER_RUN_ID"
LOG_VARIABLE = "TUI_SCHEDULER_LOG"
"""The mark: the path of its log tells every process of a run, whatever became of its parents."""

_WRAPPER = (
    'ulimit -S -n "$3" 2>/dev/null; '
    "trap : HUP INT QUIT TERM USR1 USR2; "
    '/bin/sh -c -- "$1"; '
    'code=$?; umask 077; echo $code > "$2"; exit $code'
)
_WRAPPER_NAME = "tui-scheduler-run"


@dataclass(frozen=True, slots=True)
class Spawner:
    """Starts commands with the environment and the file limit that this program was given."""

    environment: Mapping[str, str]
    descriptor_limit: int

    @classmethod
    def for_this_process(cls) -> "Spawner":
        """Pass on what we were given ourselves."""
        ours = {name: value for name, value in os.environ.items() if not _is_ours(name)}
        return cls(ours, raise_descriptor_limit())

    def spawn(self, claim: Claim) -> int:
        """Start the command of ``claim``; returns the pid of a child that the caller must reap.

        Takes about a millisecond. Raises CannotStart.
        """
        files = RunFiles.of(claim.log_path)
        try:
            log = files.open_log()
        except OSError as error:
            raise CannotStart(f"Its log cannot be written: {error}") from error
        try:
            if claim.missed:
                os.write(log, f"-- {claim.note} --\n".encode(errors="replace"))
            return self._spawn(claim, files, log)
        except (OSError, ValueError) as error:
            raise CannotStart(_reason(claim, error)) from error
        finally:
            os.close(log)

    def _spawn(self, claim: Claim, files: RunFiles, log: int) -> int:
        folder = _folder(claim)
        limit = _limit_text(self.descriptor_limit)
        process = subprocess.Popen(
            [_SHELL, "-c", _WRAPPER, _WRAPPER_NAME, claim.command, files.status, limit],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=folder,
            env={**self.environment, **claim.environment, **_mark(claim, files)},
        )
        process.returncode = 0  # the child is ours to reap: Popen must not warn that it still runs
        return process.pid


def status_file_of(arguments: list[str]) -> str | None:
    """The status file that a process with these arguments will write, if it is a wrapper."""
    match arguments:
        case [_, "-c", _, name, _, status_file, _] if name == _WRAPPER_NAME:
            return status_file
        case _:
            return None


def _is_ours(name: str) -> bool:
    return name in (RUN_VARIABLE, LOG_VARIABLE)


def _limit_text(limit: int) -> str:
    return "unlimited" if limit == resource.RLIM_INFINITY else str(limit)


def _mark(claim: Claim, files: RunFiles) -> dict[str, str]:
    return {RUN_VARIABLE: str(claim.run_id), LOG_VARIABLE: str(files.log)}


def _folder(claim: Claim) -> Path:
    """Where the command runs: as given, else the user's home, whoever started this program."""
    if claim.working_directory is None:
        return _home()
    try:
        folder = Path(claim.working_directory).expanduser()
    except RuntimeError as error:
        raise CannotStart(
            f"The working directory {claim.working_directory} names an unknown user"
        ) from error
    if not folder.is_dir():
        raise CannotStart(f"The working directory {folder} does not exist or is not a directory")
    return folder


def _home() -> Path:
    with suppress(RuntimeError, OSError):
        if (home := Path.home()).is_dir():
            return home
    return Path("/")


def _reason(claim: Claim, error: OSError | ValueError) -> str:
    if not Path(_SHELL).exists():
        return f"There is no {_SHELL} to run it with"
    match error:
        case PermissionError():
            return f"It may not run in the working directory {claim.working_directory}: {error}"
        case OSError():
            return f"The system could not start it: {error.strerror}"
        case _:
            return f"Its command or its variables cannot be given to a process: {error}"
