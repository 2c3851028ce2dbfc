"""The targets of Python processes: ``package.module:callable``, and the interpreter for them.

When one is saved, it is imported by its interpreter to see that it can be called; the engine does
that, for no longer than is told here.
"""

import re

from tui_scheduler.errors import Problem
from tui_scheduler.services.parameters.variables import text_problems

IMPORT_TIME = 15.0
"""Seconds that an import may take."""

_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_TARGET = re.compile(rf"{_NAME}:{_NAME}\Z")


def target_problems(target: str, python: str | None) -> list[Problem]:
    """What is wrong with the words of a Python process; nothing is imported."""
    if not target:
        return [Problem("command", "is missing: name a callable, for example: reports.daily:main")]
    problems = text_problems("command", target) + text_problems("python", python or "")
    if not problems and not _TARGET.match(target):
        problems.append(Problem("command", f"{target!r} is not package.module:callable"))
    if python is not None and not python.startswith(("/", "~")):
        problems.append(Problem("python", f"{python!r} is not absolute: begin with / or ~"))
    return problems
