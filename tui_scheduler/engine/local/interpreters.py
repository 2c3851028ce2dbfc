"""Which Python runs the callable of a Python process, and how it is told to."""

import os
import shlex
import sys
from contextlib import suppress
from pathlib import Path

from tui_scheduler.engine.run_variables import PYTHON_CHILD
from tui_scheduler.engine.runner import CannotStart
from tui_scheduler.models import ProcessKind
from tui_scheduler.services.running.taken_runs import Claim


def interpreter_of(python: str | None) -> Path | None:
    """The executable that ``python`` names, in an environment if it is a folder; None if none.

    Links are not followed: where an interpreter is called by decides what it can import.
    """
    with suppress(RuntimeError, OSError):
        path = Path(python or sys.executable).expanduser()
        if path.is_dir():
            path = path / "bin" / "python"
        if path.is_file() and os.access(path, os.X_OK):
            return path
    return None


def shell_line(claim: Claim) -> str:
    """What the shell is to run for ``claim``; raises CannotStart."""
    if claim.kind is not ProcessKind.PYTHON:
        return claim.command
    interpreter = interpreter_of(claim.python)
    if interpreter is None:
        named = claim.python or sys.executable
        raise CannotStart(f"There is no Python interpreter {named}: name another, or install it")
    return f"exec {shlex.join([str(interpreter), str(PYTHON_CHILD), claim.command])}"
