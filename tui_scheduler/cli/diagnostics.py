"""This program's own log: a file only its owner can read, of limited size."""

import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from tui_scheduler.permissions import FILE_MODE, make_folders
from tui_scheduler.settings import Settings

_SIZE = 1_000_000  # bytes
_KEPT = 3  # older files
_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


class _PrivateFile(RotatingFileHandler):
    """A rotating file with mode 0600, whatever the umask."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_CREAT | os.O_WRONLY | os.O_APPEND, FILE_MODE)
        os.fchmod(descriptor, FILE_MODE)
        return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")


def log_to_file(path: Path | None = None) -> Path | None:
    """Write what the program logs, from INFO on, to ``path`` (default: the diagnostics file).

    Returns where it goes, or None where no file can be made: a program that cannot log still
    runs. Calling it again changes nothing.
    """
    file = path or Settings(database=Path()).diagnostics_file
    logger = logging.getLogger()
    if any(isinstance(handler, _PrivateFile) for handler in logger.handlers):
        return file
    try:
        make_folders(file.parent)
        handler = _PrivateFile(file, maxBytes=_SIZE, backupCount=_KEPT)
    except OSError:
        logger.addHandler(logging.NullHandler())
        return None
    handler.setFormatter(logging.Formatter(_FORMAT))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return file
