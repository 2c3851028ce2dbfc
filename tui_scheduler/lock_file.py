"""The lock file of the scheduler: whether somebody holds it, and whether anybody could.

That somebody holds the lock says nothing of whether he gets on with his work. So whoever schedules
writes down every second what it waits for: ``lock_holder`` reads that, where there is any. Like
``status_query``, this is read for a prompt, and imports next to nothing.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tui_scheduler.errors import remedy_of
from tui_scheduler.permissions import open_file

if TYPE_CHECKING:
    from tui_scheduler.lock_holder import Holder
    from tui_scheduler.signs_of_life import Trouble

_LOOK = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # as whoever takes it would
_MOST = 1024  # bytes: no holder writes more


def unavailable(lock_file: Path, error: OSError) -> "Trouble":
    """Returns why nobody can have the lock from here, as ``error`` says."""
    from tui_scheduler.signs_of_life import Trouble

    return Trouble(f"The lock {lock_file} cannot be had: {error.strerror}", remedy_of(error))


def obstacle(lock_file: Path) -> "Trouble | None":
    """Returns why nobody could take the lock from here, if that can be seen; changes nothing."""
    try:
        descriptor = os.open(lock_file, _LOOK)
    except FileNotFoundError:
        return None
    except OSError as error:
        return unavailable(lock_file, error)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    except OSError as error:
        return unavailable(lock_file, error)
    finally:
        os.close(descriptor)
    return None


def trouble_of(database: Path, lock_file: Path, holder: "Holder | None") -> "Trouble | None":
    """Returns what keeps ``holder``, or whoever would be it, from running what is due."""
    return obstacle(lock_file) if holder is None else holder.trouble(database)


def lock_file_of(database: Path) -> Path:
    """Returns the file whose lock makes its holder the one scheduler of ``database``."""
    return database.with_name(f"{database.name}.lock")


def query_holder(*lock_files: Path) -> "Holder | None":
    """Returns who holds the lock of the scheduler on one of ``lock_files``; None if nobody does.

    What is written in the file is believed only while somebody holds the lock; or as long as it is
    news from another machine, whose locks may not reach us on a network folder.
    """
    return next((holder for file in lock_files if (holder := _holder(file)) is not None), None)


def _holder(lock_file: Path) -> "Holder | None":
    with suppress(OSError):
        descriptor = open_file(lock_file, os.O_RDONLY)
        try:
            return _holder_of(descriptor)
        finally:
            os.close(descriptor)
    return None


def _holder_of(descriptor: int) -> "Holder | None":
    is_held = False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        is_held = True
    content = os.pread(descriptor, _MOST, 0)
    if not is_held and not content.strip():  # nobody has anything to say, as is usual
        return None
    from tui_scheduler.lock_holder import parse

    holder = parse(content)
    return holder if is_held or (holder.is_elsewhere and not holder.is_silent) else None
