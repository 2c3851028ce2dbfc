"""Bringing together what an earlier version kept beside a link to the database.

It took each name of a database for one of its own, with logs of its own; now all that belongs to
a database lies beside the file itself. Runs that go on are not disturbed: their files stay the
same ones, and whatever still uses the former folder is led to the new one.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui_scheduler.permissions import make_folders

_log = logging.getLogger(__name__)


def bring_in(former: Path, folder: Path) -> None:
    """Move all files from ``former`` into ``folder``, and put a link to that in its place.

    What cannot be moved stays, with the reason in the log.
    """
    if not former.is_dir() or former.is_symlink() or former.stat().st_uid != os.geteuid():
        return
    for file in sorted(_files(former)):
        target = folder / file.relative_to(former)
        try:
            make_folders(target.parent)
            if not target.exists():
                file.rename(target)
        except OSError as error:
            _log.warning("%s stays where an earlier version put it: %s", file, error)
    with suppress(OSError):  # something is left in it
        for each in sorted(former.rglob("*"), reverse=True):
            each.rmdir()
        former.rmdir()
        former.symlink_to(folder, target_is_directory=True)
        _log.info("what was in %s is in %s now", former, folder)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
