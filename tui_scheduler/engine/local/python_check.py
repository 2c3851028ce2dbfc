"""Whether the callable of a Python process can be called, asked of the interpreter itself.

An import may take seconds and do anything, so it is tried in a child, which is killed when it
takes too long or nobody wants to know any more.
"""

import asyncio
import json
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from tui_scheduler.engine.local.interpreters import interpreter_of
from tui_scheduler.engine.local.working_directory import folder_of, home_folder
from tui_scheduler.engine.run_variables import PYTHON_CHILD
from tui_scheduler.engine.runner import CannotStart
from tui_scheduler.errors import Problem
from tui_scheduler.models import ProcessKind
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.parameters.parameters import filled
from tui_scheduler.services.parameters.python_targets import IMPORT_TIME

_HELLO = b"python\n"
_ENDED = "its module ends Python while it is imported"
_NO_PYTHON = "is not a Python 3.8 or later: name an interpreter or a virtual environment"


async def import_problems(draft: ProcessDraft, before: ProcessDraft | None = None) -> list[Problem]:
    """Why a Python process cannot be run on this machine; takes up to ``IMPORT_TIME`` seconds.

    What is as it was ``before`` is not tried again. Call it neither in a transaction nor on a
    thread of the database, and only for a draft that has no other problems.
    """
    if draft.kind is not ProcessKind.PYTHON or draft.runs_on is not None:
        return []  # where it runs there may be what is lacking here
    if before is not None and draft.import_inputs == before.import_inputs:
        return []
    interpreter = interpreter_of(draft.python)
    if interpreter is None:
        text = (
            f"there is no interpreter {draft.python or 'of our own'}: name one, or an environment"
        )
        return [Problem("python", text)]
    try:
        folder = folder_of(draft.working_directory, home_folder())
    except CannotStart as error:
        return [Problem("working_directory", f"cannot be used: {error}")]
    return await _tried(draft, interpreter, folder)


async def _tried(draft: ProcessDraft, interpreter: Path, folder: Path) -> list[Problem]:
    try:
        child = await asyncio.create_subprocess_exec(
            interpreter,
            PYTHON_CHILD,
            "--check",
            draft.command,
            cwd=folder,
            env={**os.environ, **_variables(draft)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return [Problem("python", f"{interpreter} {_NO_PYTHON}")]
    try:
        async with asyncio.timeout(IMPORT_TIME):
            return await _answer(child, interpreter)
    except TimeoutError:
        seconds = f"{IMPORT_TIME:.0f} s"
        text = f"its module is not imported within {seconds}: let it do its work when called"
        return [Problem("command", text)]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()


async def _answer(child: asyncio.subprocess.Process, interpreter: Path) -> list[Problem]:
    assert child.stdout is not None
    with suppress(ValueError):  # a line without an end
        if await child.stdout.readline() != _HELLO:
            return [Problem("python", f"{interpreter} {_NO_PYTHON}")]
        line = await child.stdout.readline()
        reason = json.loads(line) if line else _ENDED
        return [Problem("command", reason)] if reason else []
    return [Problem("python", f"{interpreter} {_NO_PYTHON}")]


def _variables(draft: ProcessDraft) -> Mapping[str, str]:
    """What the callable finds in its environment when no request gives it anything."""
    today = datetime.now().astimezone().date()
    return {**draft.environment, **filled(draft.parameters, {}, today)}
