"""Who may read and write our files: their owner alone, whatever the umask.

What the database says is run as commands, so whoever may write it may act as its owner.
"""

import errno
import os
import pwd
import shlex
import stat
from collections.abc import Iterable
from pathlib import Path

from tui_scheduler.errors import DatabaseUnusable

FILE_MODE = 0o600
FOLDER_MODE = 0o700
WRITTEN_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_ROOT = 0


def make_file(path: Path) -> None:
    """Make an empty file for its owner alone; one that exists is kept as it is."""
    if not path.exists():
        make_folders(path.parent)
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, FILE_MODE)
        os.fchmod(descriptor, FILE_MODE)
        os.close(descriptor)


def open_file(path: Path, flags: int) -> int:
    """Open a file of ours, for its owner alone if it is made, and never wait for it.

    Raises OSError, also for what is no regular file: to open a FIFO, or to read from it, could
    take for ever.
    """
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, FILE_MODE)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "It is not a regular file", str(path))
    return descriptor


def make_folders(folder: Path, most: int = 100) -> None:
    """Make ``folder`` and those above it for their owner alone; existing ones are kept.

    Where more than ``most`` are missing it raises FileNotFoundError.
    """
    if not folder.exists():
        if most > 1:
            make_folders(folder.parent, most - 1)
        folder.mkdir(exist_ok=True)
        folder.chmod(FOLDER_MODE)


def refuse_what_others_write(paths: Iterable[Path]) -> None:
    """Raise DatabaseUnusable, with the remedy, if one of ``paths`` may be written by others.

    What belongs to root may be trusted as root may write anything; what belongs to another user
    may not, also not by root.
    """
    for path in paths:
        if not path.exists():
            continue
        stat = path.stat()
        if stat.st_uid not in (_ROOT, os.geteuid()):
            raise DatabaseUnusable(
                f"{path} belongs to {user_name(stat.st_uid)}, who could have you run anything."
                " Nothing was changed; choose another database with --database, or work as that"
                " user."
            )
        if stat.st_mode & WRITTEN_BY_OTHERS:
            raise DatabaseUnusable(
                f"{path} may be written by others, who could have you run anything. Look whether"
                f" it is as you left it, then: chmod go-w {shlex.quote(str(path))}"
            )


def current_user() -> str:
    """The name of the user this program runs as; whoever composes the services says it to them."""
    return user_name(os.getuid())


def user_name(uid: int) -> str:
    """The name of a user, or the number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
