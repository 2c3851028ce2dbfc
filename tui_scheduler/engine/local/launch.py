"""What a run is started with: arguments, variables and folder, besides what all runs are given."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tui_scheduler.engine.in_time import in_time
from tui_scheduler.engine.local.interpreters import shell_line
from tui_scheduler.engine.local.keeper import raise_descriptor_limit
from tui_scheduler.engine.local.process_tree import Mark
from tui_scheduler.engine.local.working_directory import folder_of, home_folder
from tui_scheduler.engine.run_variables import MARK_VARIABLE, is_ours, own_variables
from tui_scheduler.engine.runner import CannotStart
from tui_scheduler.models import ProcessKind
from tui_scheduler.permissions import current_umask
from tui_scheduler.services.context import files_stem
from tui_scheduler.services.logs.run_files import make_log_folder
from tui_scheduler.services.running.taken_runs import Claim

_SHELL = "/bin/sh"
_UNBUFFERED = {"PYTHONUNBUFFERED": "1"}
_STANDARD_ERROR = 2
_FOLDER_PATIENCE = 10.0  # seconds until a folder that does not answer is given up
_FOLDER = os.O_DIRECTORY | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)


@dataclass(frozen=True, slots=True)
class Launch:
    """What the keeper needs to start one run; the caller is to close ``folder``."""

    arguments: list[bytes]
    variables: dict[bytes, bytes] = field(repr=False)
    folder: int


class Launcher:
    """Gives runs the environment, the umask and the limit of files that this program was given.

    They are ``given`` these variables as well, over those of this program and beneath their own.
    """

    def __init__(self, given: Mapping[str, str]) -> None:
        _close_on_exec()
        self._given = given if "PYTHONUNBUFFERED" in os.environ else {**_UNBUFFERED, **given}
        self.environment = {
            name: text for name, text in os.environb.items() if not is_ours(os.fsdecode(name))
        }
        self.descriptor_limit = raise_descriptor_limit()
        self.umask = current_umask()
        self._home = home_folder()

    async def launch(self, claim: Claim) -> Launch:
        """Returns what ``claim`` is started with; raises CannotStart.

        What the user has named is looked up in a thread, as it may lie on a mount that is dead.
        """
        if claim.working_directory is None and claim.kind is not ProcessKind.PYTHON:
            return self._launch(claim)
        try:
            return await in_time(lambda: self._launch(claim), _FOLDER_PATIENCE, _close_folder)
        except TimeoutError as error:
            named = claim.working_directory or claim.python
            raise CannotStart(f"{named} does not answer: is it on a disk that is gone?") from error

    def _launch(self, claim: Claim) -> Launch:
        line = shell_line(claim)
        if claim.kind is ProcessKind.PYTHON:
            with suppress(OSError):  # its progress is told beside a log that may come later
                make_log_folder(claim.log_path.parent)
        folder = folder_of(claim.working_directory, self._home)
        own = {**own_variables(claim), "PWD": str(folder)}
        variables = {**self._given, **claim.environment, **own}
        try:
            encoded = {os.fsencode(name): os.fsencode(text) for name, text in variables.items()}
            arguments = [os.fsencode(word) for word in (_SHELL, "sh", "-c", "--", line)]
        except ValueError as error:
            raise CannotStart(
                f"Its command or its variables cannot be given to a process: {error}"
            ) from error
        try:
            return Launch(arguments, encoded, os.open(folder, _FOLDER))
        except OSError as error:
            raise CannotStart(
                f"The working directory {folder} cannot be entered: {error.strerror}"
            ) from error


def run_mark(run_id: int, token: str) -> Mark:
    """Returns what tells the processes of a run from all others, of other databases too."""
    return Mark(MARK_VARIABLE, files_stem(run_id, token))


def _close_folder(launch: Launch) -> None:
    """Close what was opened for a run that is not started any more."""
    os.close(launch.folder)


def _close_on_exec() -> None:
    """Keep to ourselves what whoever started us left open."""
    for file in list(Path("/dev/fd").iterdir()):
        if int(file.name) > _STANDARD_ERROR:
            with suppress(OSError):
                os.set_inheritable(int(file.name), False)
