"""Why a script could not be executed that is there: its first line ends as lines of Windows do.

The system then looks for an interpreter whose name ends in a carriage return, and what the shell
says of that is that the script was not found.
"""

import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui_scheduler.engine.local.working_directory import folder_of, home_folder
from tui_scheduler.engine.runner import CannotStart
from tui_scheduler.services.running.taken_runs import Claim

COULD_NOT_EXECUTE = (126, 127)
"""The exit codes with which a shell says so."""
_LONGEST = 256  # bytes of a first line


def carriage_return_hint(claim: Claim) -> str:
    """Returns what is wrong with a script that ``claim`` names, and the remedy; empty if nothing.

    Reads the first lines of the files that are named in the command, wherever they lie.
    """
    with suppress(CannotStart, OSError, ValueError):
        for script in _scripts(claim):
            line = _first_line(script)
            if line.startswith(b"#!") and line.endswith(b"\r"):
                return f"The first line of {script} ends in CR LF: save it with Unix line ends (LF)"
    return ""


def _scripts(claim: Claim) -> Iterator[Path]:
    """Yield the files that words of the command may mean; raises ValueError."""
    folder = folder_of(claim.working_directory, home_folder())
    search = claim.environment.get("PATH", os.environ.get("PATH"))
    for word in shlex.split(claim.command):
        path = word if "/" in word else shutil.which(word, path=search)
        if path and (script := folder / Path(path).expanduser()).is_file():
            yield script


def _first_line(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.readline(_LONGEST).rstrip(b"\n")
