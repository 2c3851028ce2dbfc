"""The unit files of systemd in a folder, each with its drop-ins."""

import errno
from collections.abc import Iterator
from pathlib import Path

from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.services.imports import UnitFile
from tui_scheduler.sizes import size_text

_LARGEST = 1_000_000  # bytes of one file
_KINDS = ("timer", "service")


def units_in(folder: Path) -> dict[str, UnitFile]:
    """Returns every timer and service by its name; raises InvalidInput.

    Instances of templates are those that are enabled, which links in ``*.wants`` say. What is not
    UTF-8 is kept in a way that is refused when it is to be stored; a unit that cannot be read says
    why, and ends none of the others.
    """
    try:
        names = set(_names(folder))
        if not any(name.endswith(".timer") for name in names):
            folder.stat()
            raise InvalidInput([Problem("DIR", f"{folder} holds no *.timer: give another folder")])
        return {name: _unit_file(folder / name) for name in sorted(names)}
    except OSError as error:
        text = f"{error.filename} cannot be read: {error.strerror}"
        raise InvalidInput([Problem("DIR", text)]) from error
    except ValueError as error:  # no folder is called by a NUL
        text = f"{folder} cannot be read: {error}"
        raise InvalidInput([Problem("DIR", text)]) from error


def _names(folder: Path) -> Iterator[str]:
    """The units that have a file or a drop-in, and the instances that are enabled."""
    for kind in _KINDS:
        yield from (file.name for file in folder.glob(f"*.{kind}"))
        yield from (
            file.parent.name.removesuffix(".d") for file in folder.glob(f"*[!-].{kind}.d/*.conf")
        )
        yield from (file.name for file in folder.glob(f"*.wants/*@?*.{kind}"))


def _unit_file(file: Path) -> UnitFile:
    try:
        text = _text(file) if file.exists() or file.is_symlink() else None
        return UnitFile(text, tuple(map(_text, _drop_ins(file))))
    except OSError as error:
        reason = f"{error.filename} cannot be read ({error.strerror})"
        return UnitFile(None, fault=f"{reason}: see to it, and import again")


def _drop_ins(file: Path) -> list[Path]:
    """Returns the drop-ins of a unit in the order in which they hold.

    Those of ``a-b.timer`` are also in ``a-.timer.d`` and ``timer.d``; of two with one name the one
    in the folder with the longest name counts.
    """
    stem, suffix = file.stem, file.suffix
    prefixes = [stem[: place + 1] for place, letter in enumerate(stem) if letter == "-"]
    folders = [suffix[1:], *(f"{prefix}{suffix}" for prefix in prefixes), file.name]
    parts = {
        part.name: part
        for folder in dict.fromkeys(folders)
        for part in file.with_name(f"{folder}.d").glob("*.conf")
    }
    return [parts[name] for name in sorted(parts)]


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        data = opened.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise OSError(errno.EFBIG, f"it has more than {size_text(_LARGEST)}", str(file))
    return data.decode("utf-8", "surrogateescape")
