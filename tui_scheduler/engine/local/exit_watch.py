"""Noticing in the event loop that a process has ended, without a thread for each.

Linux tells through a descriptor of the process, also for processes that are not our children.
Elsewhere, or when there are no descriptors left, we look a few times a second.
"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tui_scheduler.engine.local.identity import Identity

_POLL = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class Exit:
    """A process is gone: when we saw it, and its wait status if it was our child."""

    seen_at: datetime
    wait_status: int | None

    @property
    def signal_number(self) -> int | None:
        """The signal that ended the process itself, if one did."""
        if self.wait_status is None or not os.WIFSIGNALED(self.wait_status):
            return None
        return os.WTERMSIG(self.wait_status)

    @property
    def code(self) -> int | None:
        """The exit code of the process, if it exited and was our child."""
        if self.wait_status is None or not os.WIFEXITED(self.wait_status):
            return None
        return os.WEXITSTATUS(self.wait_status)


def watch_exit(process: Identity, now: Callable[[], datetime]) -> "asyncio.Future[Exit]":
    """A future of the end of ``process``, which is reaped then; cancel it to stop watching."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        return asyncio.ensure_future(_polled(process, now))
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Exit] = loop.create_future()

    def readable() -> None:
        if not future.done():
            future.set_result(Exit(now(), _reap(process.pid)))

    def let_go(_: object) -> None:
        loop.remove_reader(descriptor)
        os.close(descriptor)

    future.add_done_callback(let_go)
    if process.is_present():
        loop.add_reader(descriptor, readable)
    else:  # the pid was given to somebody else before we opened it
        future.set_result(Exit(now(), None))
    return future


async def _polled(process: Identity, now: Callable[[], datetime]) -> Exit:
    while process.is_present():
        status = _reap(process.pid)
        if status is not None:
            return Exit(now(), status)
        await asyncio.sleep(_POLL)
    return Exit(now(), None)


def _reap(pid: int) -> int | None:
    """The wait status of an ended child; None if it lives or is not ours."""
    try:
        reaped, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return None
    return status if reaped else None
