"""Handing the terminal to another program, and taking it back however that ends."""

import asyncio
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from tui_scheduler.errors import Refused
from tui_scheduler.wording import signal_name

_DEFAULT = "less"
_REMEDY = "Set PAGER to another program, or to nothing for less."
_OF_THE_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
"""What keys send to all that runs in the terminal, us included."""


async def show_in_pager(app: App[Any], path: Path) -> None:
    """Show a file in ``$PAGER``, or else in less; raises Refused if that is not possible."""
    pager = os.environ.get("PAGER", "").strip() or _DEFAULT
    program, *arguments = await asyncio.to_thread(_command, pager)
    environment = {"LESS": "R", **os.environ}  # colours, and no other sequence
    try:
        with handed_over(app):
            running = await asyncio.to_thread(
                subprocess.Popen, [program, *arguments, str(path)], env=environment
            )
            try:
                code = await asyncio.to_thread(running.wait)
            finally:
                running.terminate()  # nobody would see it any more; it has ended, in general
    except SuspendNotSupported:
        raise Refused("This terminal cannot be handed to a pager.") from None
    except OSError as error:
        raise Refused(f"{pager} cannot be started: {error.strerror}. {_REMEDY}") from error
    if code:
        how = signal_name(-code) if code < 0 else f"exit {code}"
        raise Refused(f"{pager} failed ({how}). Try it in a shell. {_REMEDY}")


def _command(pager: str) -> list[str]:
    """The words of ``$PAGER``, of which the first is a program that is there."""
    try:
        words = shlex.split(pager)
    except ValueError as error:
        raise Refused(f"PAGER cannot be read: {pager}: {error}. {_REMEDY}") from error
    program = shutil.which(words[0]) if words else None
    if program is None:
        raise Refused(f"There is no program {pager!r} that can be started. {_REMEDY}")
    return [program, *words[1:]]


@contextmanager
def handed_over(app: App[Any]) -> Iterator[None]:
    """Have nothing drawn and no key read inside; raises SuspendNotSupported.

    Textual takes the terminal back only if nothing is raised inside of its own block. Signals get
    a handler and are not ignored: the other program would inherit that.
    """
    failure: BaseException | None = None
    with app.suspend(), app.batch_update():  # the loop runs on, for what it schedules
        before = {number: signal.signal(number, _pass_over) for number in _OF_THE_TERMINAL}
        try:
            yield
        except BaseException as error:
            failure = error
        for number, handler in before.items():
            signal.signal(number, handler)
    if failure is not None:
        raise failure


def _pass_over(_number: int, _frame: object) -> None:
    """The other program sees to it."""
