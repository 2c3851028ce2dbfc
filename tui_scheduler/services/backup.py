"""A copy of the database while it is in use, which is either complete or not there."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tui_scheduler.errors import InvalidInput, Problem, Refused
from tui_scheduler.models.backend import DATABASE_ERRORS
from tui_scheduler.models.fitness import companions
from tui_scheduler.models.maintenance import copy_to, open_for_reading, sync
from tui_scheduler.permissions import FILE_MODE
from tui_scheduler.settings import Settings

_TROUBLE: tuple[type[Exception], ...] = (OSError, *DATABASE_ERRORS)


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished copy, and its size in bytes."""

    file: Path
    size: int


def back_up(settings: Settings, file: Path) -> Backup:
    """Copy the database of ``settings`` to the new ``file``, for its owner alone.

    It gets that name when it is complete and on the disk. Raises InvalidInput if the file exists
    or cannot be made, NotFound, DatabaseUnusable, or Refused when there is no room for it.
    """
    with open_for_reading(settings.database), _explained(file):
        _refuse_name(settings, file)
    with _unfinished(file) as copy:
        try:
            copy_to(settings.database, copy)
        except _TROUBLE as error:
            raise Refused(f"The backup {file} was not made: {error}.") from error
        _publish(copy, file)
    return Backup(file, file.stat().st_size)


def _refuse_name(settings: Settings, file: Path) -> None:
    if file.exists() or file.is_symlink():
        link = f", a symbolic link to {file.readlink()}" if file.is_symlink() else ""
        raise _refused(f"{file} exists already{link}: choose another name, or remove it first")
    if left := [each for each in companions(file) if each.exists()]:
        raise _refused(
            f"{left[0]} is there already, and would be taken for a part of it: choose another name,"
            " or remove that first"
        )
    if settings.is_own(file):
        name = settings.database.name
        raise _refused(
            f"{file} could be taken for a part of {name}: choose another name, such as"
            f" backup-{name}"
        )


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    """Say in a sentence that there can be no such file."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise _refused(f"{file} cannot be made: {why}; choose another one") from error


@contextmanager
def _unfinished(file: Path) -> Iterator[Path]:
    """An empty file of mode 0600 beside ``file``, which is gone at the end."""
    with _explained(file):
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    os.fchmod(descriptor, FILE_MODE)
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _publish(copy: Path, file: Path) -> None:
    """Give ``copy`` its name, unless somebody else took it meanwhile."""
    try:
        file.hardlink_to(copy)
    except FileExistsError:
        raise _refused(f"{file} exists already: choose another name") from None
    except OSError:  # a file system without links
        copy.rename(file)
    sync(file.parent)


def _refused(text: str) -> InvalidInput:
    return InvalidInput([Problem("FILE", text)])
