"""Which Python runs the callable of a Python process, and how it is told to."""

import json
import os
import shlex
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tui_scheduler.engine.runner import CannotStart
from tui_scheduler.models import ProcessKind
from tui_scheduler.services.running.dispatch import Claim

CHILD = Path(__file__).with_name("python_child.py")
PARAMETERS_VARIABLE = "TUI_SCHEDULER_PARAMETERS"
"""The names of the parameters of a run, and of which type each is; values are variables."""


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
    return f"exec {shlex.join([str(interpreter), str(CHILD), claim.command])}"


def described_parameters(claim: Claim) -> Mapping[str, str]:
    """The variable that tells a callable which of its variables are parameters."""
    if claim.kind is not ProcessKind.PYTHON:
        return {}
    return {PARAMETERS_VARIABLE: json.dumps(dict(claim.parameters))}
