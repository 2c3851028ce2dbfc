"""Where a run begins: the directory of its process, else the user's home."""

import os
from contextlib import suppress
from pathlib import Path

from tui_scheduler.engine.runner import CannotStart


def folder_of(working_directory: str | None, home: Path) -> Path:
    """Where to run: as given, else ``home``, whoever started this program; raises CannotStart."""
    if working_directory is None:
        return home
    try:
        folder = Path(working_directory).expanduser()
    except RuntimeError as error:
        raise CannotStart(f"The working directory {working_directory} names an unknown user") from (
            error
        )
    if not folder.is_dir() or not os.access(folder, os.X_OK):
        raise CannotStart(f"The working directory {folder} does not exist, or cannot be entered")
    return folder


def home_folder() -> Path:
    """The user's home; the root if there is none."""
    with suppress(RuntimeError, OSError):
        if (home := Path.home()).is_dir():
            return home
    return Path("/")
