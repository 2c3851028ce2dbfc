"""Noticing in the event loop that a process has ended, without a thread for each.

Linux tells through a descriptor of the process, also for processes that are not our children.
Elsewhere, or when there are no descriptors left, we look a few times a second.
"""

import asyncio
import os
from contextlib import suppress
from datetime import timedelta

from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.engine.local.journals import Usage
from tui_scheduler.engine.local.keeper import MEMORY_UNIT

_POLL = 0.1  # seconds


async def exit_of(process: Identity) -> None:
    """Wait until ``process`` has ended; it is not reaped, and need not be a child of ours."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        while process.is_running():  # noqa: ASYNC110  nothing would tell us
            await asyncio.sleep(_POLL)
        return
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    try:
        if process.is_running():  # or else the pid was given to somebody else before we opened it
            loop.add_reader(descriptor, readable.set)
            await readable.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def peek(process: Identity) -> int | None:
    """The wait status of ``process``, which has ended and stays; None if nobody can tell it.

    Of one that is not our child the system tells as long as its parent has not reaped it.
    """
    if not process.is_present():
        return None
    with suppress(ChildProcessError, AttributeError):  # macOS has no waitid
        ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is not None:
            has_exited = ended.si_code == os.CLD_EXITED
            return ended.si_status << 8 if has_exited else ended.si_status
    return process.wait_status()


def reap(pid: int) -> Usage | None:
    """What a child of ours has used that has ended, and is gone then; None if it is none."""
    with suppress(ChildProcessError):
        reaped, _, usage = os.wait4(pid, os.WNOHANG)
        if reaped:
            cpu = timedelta(seconds=usage.ru_utime + usage.ru_stime)
            return Usage(cpu, usage.ru_maxrss * MEMORY_UNIT)
    return None
