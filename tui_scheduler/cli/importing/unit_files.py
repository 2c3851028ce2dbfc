"""The unit files of systemd in a folder, each with its drop-ins."""

from pathlib import Path

from tui_scheduler.errors import InvalidInput, Problem

_LARGEST = 1_000_000  # bytes of one file


def units_in(folder: Path) -> dict[str, list[str]]:
    """Returns the texts of every timer and service by its name; raises InvalidInput.

    What is not UTF-8 is kept in a way that is refused when it is to be stored.
    """
    try:
        if not any(folder.glob("*.timer")):
            folder.stat()
            raise InvalidInput([Problem("DIR", f"{folder} holds no *.timer: give another folder")])
        files = [file for kind in ("timer", "service") for file in folder.glob(f"*.{kind}")]
        return {file.name: [_text(part) for part in _parts(file)] for file in files}
    except OSError as error:
        text = f"{error.filename} cannot be read: {error.strerror}"
        raise InvalidInput([Problem("DIR", text)]) from error
    except ValueError as error:  # no folder is called by a NUL
        text = f"{folder} cannot be read: {error}"
        raise InvalidInput([Problem("DIR", text)]) from error


def _parts(file: Path) -> list[Path]:
    """Returns a unit file and its drop-ins, in the order in which they hold."""
    return [file, *sorted(file.with_name(f"{file.name}.d").glob("*.conf"))]


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        data = opened.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise InvalidInput([Problem("DIR", f"{file} is too large to be a unit: remove it")])
    return data.decode("utf-8", "surrogateescape")
