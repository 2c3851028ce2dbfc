"""Where a crontab comes from: a file, standard input, or what ``crontab -l`` prints."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tui_scheduler.cli.printing.output import standard_input
from tui_scheduler.errors import InvalidInput, NotFound, Problem
from tui_scheduler.identity import real_path
from tui_scheduler.sizes import size_text

_LARGEST = 4_000_000  # bytes
_SYSTEM_FILE = Path("/etc/crontab")
_SYSTEM_FOLDER = Path("/etc/cron.d")
_PATIENCE = 30.0  # seconds for crontab -l


@dataclass(frozen=True, slots=True)
class Source:
    """What was asked for on the command line."""

    file: str | None
    is_own: bool
    has_users: bool


@dataclass(frozen=True, slots=True)
class Crontab:
    """What is in a crontab, and whether its lines name a user."""

    data: bytes
    has_users: bool


def crontab_of(source: Source) -> Crontab:
    """Read the one source that was given; raises InvalidInput, or NotFound if it has none."""
    if (source.file is None) is not source.is_own:
        text = "give exactly one of FILE, - for standard input, and --user-crontab"
        raise InvalidInput([Problem("FILE", text)])
    if source.file is None:
        if source.has_users:
            text = "is for files: the crontab of a user names no users; leave it out"
            raise InvalidInput([Problem("system", text)])
        return Crontab(_printed_by_crontab(), has_users=False)
    if source.file == "-":
        return Crontab(_checked(standard_input(_LARGEST + 1)), source.has_users)
    path = Path(source.file)
    return Crontab(_in_file(path), source.has_users or is_system(path))


def is_system(path: Path) -> bool:
    """Returns whether a file is read by the system's cron, so that its lines name a user."""
    real = real_path(path)
    return real == _SYSTEM_FILE or real.parent == _SYSTEM_FOLDER


def _in_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _checked(file.read(_LARGEST + 1))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        text = f"{path} cannot be read: {reason}"
        raise InvalidInput([Problem("FILE", text)]) from error


def _checked(data: bytes) -> bytes:
    if len(data) > _LARGEST:
        text = f"is larger than {size_text(_LARGEST)}, so it is no crontab: give another file"
        raise InvalidInput([Problem("FILE", text)])
    return data


def _printed_by_crontab() -> bytes:
    remedy = "give the FILE instead"
    try:
        done = subprocess.run(
            ["crontab", "-l"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except FileNotFoundError:
        raise NotFound(f"There is no program crontab on this machine: {remedy}.") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFound(f"crontab -l did not answer: {error}; {remedy}.") from error
    if done.returncode:
        message = " ".join(done.stderr.decode("utf-8", "replace").split()) or "nothing"
        raise NotFound(f"crontab -l ended with {done.returncode} and said: {message}")
    return _checked(done.stdout)
