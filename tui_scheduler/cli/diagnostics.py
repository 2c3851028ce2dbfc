"""This program's own log: a file only its owner can read, of limited size."""

import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.identity import file_identity
from tui_scheduler.permissions import make_folders, open_file, refuse_unsafe_folders
from tui_scheduler.settings import Settings

_SIZE = 1_000_000  # bytes
_KEPT = 3  # older files
_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


class _PrivateFile(RotatingFileHandler):
    """A rotating file with mode 0600, whatever the umask, which is made anew if it is removed.

    What cannot be written is dropped without a word: it would be a traceback, over the screen.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write ``record`` into the file that is at our path."""
        try:
            if self.stream is not None and not _is_in_place(self.stream, self.baseFilename):
                self.stream.close()
                self.stream = None
            if self.stream is None:  # it is opened by whoever writes next
                _make_folder(Path(self.baseFilename).parent)
        except (OSError, DatabaseUnusable):
            return
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  its name in logging
        """Leave it at that."""

    def _open(self) -> TextIOWrapper:
        descriptor = open_file(Path(self.baseFilename), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")


def _is_in_place(stream: TextIOWrapper, path: str) -> bool:
    """Whether what we write to is what others find at ``path``."""
    status = os.fstat(stream.fileno())
    return (status.st_dev, status.st_ino) == file_identity(Path(path))


def _make_folder(folder: Path) -> None:
    """Make it unless it is there; raises OSError, or DatabaseUnusable where others could write.

    Root makes none in the home of somebody, who would be locked out.
    """
    refuse_unsafe_folders(folder)
    make_folders(folder)


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
        if not file.is_absolute():  # nobody knows where the home is
            raise FileNotFoundError(file)
        _make_folder(file.parent)
        handler = _PrivateFile(file, maxBytes=_SIZE, backupCount=_KEPT)
    except (OSError, DatabaseUnusable):
        logger.addHandler(logging.NullHandler())
        return None
    handler.setFormatter(logging.Formatter(_FORMAT))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return file
