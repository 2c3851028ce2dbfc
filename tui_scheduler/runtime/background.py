"""A scheduler without a terminal: begun by a screen that is left, found and ended by the next."""

import os
import select
import signal
import subprocess
import time
from contextlib import suppress

from tui_scheduler.errors import Refused, cause_of
from tui_scheduler.lock_file import query_holder
from tui_scheduler.program import options, program
from tui_scheduler.settings import Settings
from tui_scheduler.signs_of_life import Background

READY = "ready\n"
"""What it says at last to whoever begun it, when it waits for the lock or has it."""

_PATIENCE = 60.0  # seconds until it has opened the database
_CHUNK = 4096


def begin(settings: Settings, background: Background) -> None:
    """Have a detached ``serve`` wait for the lock; returns when it does. Call it in a thread.

    It outlives this process and its terminal. Raises Refused with the reason if it cannot begin.
    """
    command = [*program(), *options(settings), "serve", "--background", str(background)]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        reason, remedy = cause_of(error)
        raise Refused(f"It cannot be begun: {reason}. {remedy}.") from error
    assert process.stdout is not None
    with process.stdout as pipe:
        words = _read_until_ready(pipe.fileno())
    if not words.endswith(READY):
        with suppress(OSError):
            process.kill()
        process.wait()
        raise Refused(words.strip() or "It did not begin in time. See: tui-scheduler doctor")
    process.returncode = 0  # nobody is to wait for what outlives us


def end(settings: Settings, pid: int) -> None:
    """Ask the scheduler in the background to end; its runs go on. Call it in a thread.

    Raises Refused if ``pid`` is no such scheduler (any more).
    """
    holder = query_holder(*settings.lock_files)
    if holder is not None and holder.is_elsewhere:
        raise Refused(f"{holder.title} cannot be ended from here: end it on {holder.host}.")
    if holder is None or holder.pid != pid or holder.background is None:
        raise Refused(f"Process {pid} does not schedule in the background (any more).")
    try:
        os.kill(pid, signal.SIGTERM)
    except OSError as error:
        raise Refused(f"Process {pid} cannot be ended: {error.strerror}.") from error


def _read_until_ready(descriptor: int) -> str:
    """Returns what it says until it lets go of the pipe, in which all of that has room."""
    words, until = b"", time.monotonic() + _PATIENCE
    while select.select([descriptor], [], [], max(until - time.monotonic(), 0))[0]:
        if not (chunk := os.read(descriptor, _CHUNK)):
            break
        words += chunk
    return words.decode(errors="replace")
