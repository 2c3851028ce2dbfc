"""What a run needs in the folder of its cluster, which this machine and all nodes see."""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from tui_scheduler.engine.run_variables import PYTHON_CHILD
from tui_scheduler.models import ProcessKind
from tui_scheduler.permissions import open_file
from tui_scheduler.services.context import new_token
from tui_scheduler.services.logs.run_files import RunFiles, make_log_folder


def prepare(folder: Path, files: RunFiles, kind: ProcessKind) -> Path:
    """Make the log of a run; returns the script that calls the callable of a Python process.

    Raises OSError, also where the folder itself is gone: a disk that is not mounted is not made.
    """
    make_room(folder, files)
    os.close(files.open_log())
    return _python_child(folder) if kind is ProcessKind.PYTHON else PYTHON_CHILD


def make_room(folder: Path, files: RunFiles) -> None:
    """Make the folder of a log, but not that of the cluster; raises OSError."""
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not there, or no folder: make or mount it")
    make_log_folder(files.log.parent)


def end_log(files: RunFiles, text: str) -> int:
    """Add a line of ours to a log; returns how large it is, as far as that can be seen.

    None is made: where it is gone, so may be the disk on which it is.
    """
    with suppress(OSError):
        if text and files.log.exists():
            files.append(text)
    return files.log_bytes()


def _python_child(folder: Path) -> Path:
    """Returns the script of Python processes in ``folder``, which is copied there once."""
    content = PYTHON_CHILD.read_bytes()
    path = folder / f"python_child-{sha256(content).hexdigest()[:12]}.py"
    with suppress(FileNotFoundError):
        if path.stat().st_size == len(content):
            return path
    new = path.with_suffix(f".{new_token()}")  # others may copy it at this moment
    descriptor = open_file(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    new.replace(path)
    return path
