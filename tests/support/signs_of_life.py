"""Lock files as their holders leave them: of this machine and of others, lively or silent."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui_scheduler import __version__
from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.identity import Host, file_identity, this_boot, this_host
from tui_scheduler.lock_holder import encode
from tui_scheduler.signs_of_life import Background, Beat, Waiting, steady_seconds

ELSEWHERE = Host("00000000000000000000000000000000", "alpha")


def a_beat(
    database: Path | None = None,
    *,
    ago: timedelta = timedelta(),
    host: Host | None = None,
    waiting: Waiting | None = None,
    background: Background | None = None,
    boot: str | None = None,
) -> Beat:
    """A sign of life that was given some time ago."""
    return Beat(
        host or this_host(),
        steady_seconds() - ago.total_seconds(),
        datetime.now(UTC) - ago,
        None if database is None else file_identity(database),
        waiting,
        version=__version__,
        background=background,
        boot=this_boot() if boot is None else boot,
    )


@contextmanager
def held(lock_file: Path, beat: Beat | None, pid: int | None = None) -> Iterator[SchedulerLock]:
    """Somebody who holds the lock, and whose last sign of life was ``beat``."""
    lock = SchedulerLock(lock_file)
    assert lock.acquire()
    lock_file.write_bytes(encode(pid or os.getpid(), beat))
    try:
        yield lock
    finally:
        lock.release()
