"""Whether our files are for their owner alone, logs and runs agree, and there is room for more.

Files are compared with the rows of their runs one folder of a thousand runs at a time. They are
listed before rows are read, because a run is taken before it has a file; and nothing younger than
a minute is called a leftover. What is left of a run that had the same number, in a database that
was here before, has another token in its name.
"""

import os
import re
import shlex
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui_scheduler.doctor.finding import Finding, counted, ok, problem, some, warning
from tui_scheduler.doctor.keepers import journal_files, journal_folder
from tui_scheduler.doctor.target import Target
from tui_scheduler.models import database
from tui_scheduler.models.backend import companions
from tui_scheduler.models.maintenance import open_for_reading
from tui_scheduler.permissions import FOLDER_MODE, WRITTEN_BY_OTHERS
from tui_scheduler.services.context import RUNS_PER_FOLDER, Context, files_stem
from tui_scheduler.sizes import size_text

_OTHERS = 0o777 & ~FOLDER_MODE
_FIX = "Close them: tui-scheduler doctor --fix"
_LOG_NAME = re.compile(r"(0|[1-9]\d{0,17})(-[0-9a-f]{8})?\.(log|exit|progress)")
_ENDS = ("log", "exit", "progress")
_FOLDER_NAME = re.compile(r"\d{5,15}")
_YOUNGEST = 60  # seconds
_TAKEN = """
    SELECT id, token, end_time IS NOT NULL AND log_bytes > 0 FROM run
        WHERE id BETWEEN ? AND ? AND host <> ''
"""


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    mode: int
    owner: int


def check_permissions(target: Target) -> Iterator[Finding]:
    """Who may read or write what belongs to this database, and what leads to it."""
    number = 0
    foreign, written, read = [], [], []
    for file in _ours(target):
        number += 1
        if file.owner != os.geteuid():
            foreign.append(file.path)
        if file.mode & WRITTEN_BY_OTHERS:
            written.append(file.path)
        elif file.mode & _OTHERS:
            read.append(file.path)
    findings = [*_shared(foreign, written, read), *_surroundings(target)]
    yield from findings or [ok(f"{counted(number, 'file')} and folders are for you alone")]


def take_from_others(target: Target) -> None:
    """Take every permission from others, where a file is ours."""
    for file in _ours(target):
        if file.mode & _OTHERS and file.owner == os.geteuid():
            with suppress(OSError):
                Path(file.path).chmod(file.mode & FOLDER_MODE)


def _shared(foreign: list[str], written: list[str], read: list[str]) -> Iterator[Finding]:
    if foreign:
        yield problem(
            f"Somebody else owns {counted(len(foreign), 'file')}: {some(foreign)}",
            "Work as the user that they belong to, or have them given to you: chown",
        )
    if written:
        yield problem(
            f"{counted(len(written), 'file')} may be written by others, who could have you run"
            f" anything: {some(written)}",
            _FIX,
        )
    if read:
        yield warning(f"{counted(len(read), 'file')} may be read by others: {some(read)}", _FIX)


def _surroundings(target: Target) -> Iterator[Finding]:
    """What is not ours to change, but decides what is run."""
    for path in (target.config, target.settings.database.resolve().parent):
        if path.exists() and path.stat().st_mode & WRITTEN_BY_OTHERS:
            yield warning(
                f"{path} may be written by others", f"Close it: chmod go-w {shlex.quote(str(path))}"
            )


def _ours(target: Target) -> Iterator[_File]:
    settings = target.settings
    diagnostics = settings.diagnostics_file
    yield from _existing(
        [
            settings.database,
            *companions(settings.database),
            settings.lock_file,
            settings.log_folder,
            journal_folder(target),
            *journal_files(target),
            diagnostics.parent,
            *diagnostics.parent.glob(f"{diagnostics.name}*"),
        ]
    )
    for folder in _our_folders(settings.log_folder):
        yield from _existing([folder])
        for entry in _our_files(folder):
            yield from _file_at(entry)


def _existing(paths: Iterable[Path]) -> Iterator[_File]:
    for path in paths:
        yield from _file_at(path)


def _file_at(path: Path | os.DirEntry[str]) -> Iterator[_File]:
    with suppress(FileNotFoundError, NotADirectoryError):  # gone meanwhile
        status = path.stat()
        name = str(path) if isinstance(path, Path) else path.path
        yield _File(name, status.st_mode, status.st_uid)


@dataclass(frozen=True, slots=True)
class _LogFolder:
    """What is wrong in one folder: files that no run left, and ended runs whose log is gone."""

    leftovers: list[Path]
    without_log: list[int]


def _log_folders(context: Context) -> Iterator[_LogFolder]:
    """Every folder of logs that there is or should be."""
    ((last,),) = database.execute_sql("SELECT coalesce(max(id), 0) FROM run")
    numbers = {*range(last // RUNS_PER_FOLDER + 1), *_numbers(context)}
    return (_compared(context, number) for number in sorted(numbers))


def _our_files(folder: Path) -> Iterator[os.DirEntry[str]]:
    """The files in ``folder`` that are named as we name them."""
    if folder.is_dir():
        with os.scandir(folder) as entries:
            for entry in entries:
                if _LOG_NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    yield entry


def _our_folders(log_folder: Path) -> list[Path]:
    """The folders in ``log_folder`` that are named as we name them."""
    if not log_folder.is_dir():
        return []
    return [
        path
        for path in log_folder.iterdir()
        if _FOLDER_NAME.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
    ]


def _numbers(context: Context) -> list[int]:
    numbered = [(int(path.name), path) for path in _our_folders(context.log_folder)]
    return [number for number, path in numbered if _folder(context, number) == path]


def _folder(context: Context, number: int) -> Path:
    return context.log_path(number * RUNS_PER_FOLDER, None).parent


def _compared(context: Context, number: int) -> _LogFolder:
    first = number * RUNS_PER_FOLDER
    folder = _folder(context, number)
    before = _names(folder)
    taken = database.execute_sql(_TAKEN, (first, first + RUNS_PER_FOLDER - 1)).fetchall()
    stems = {files_stem(run_id, token): has_written for run_id, token, has_written in taken}
    owned = {f"{stem}.{end}" for stem in stems for end in _ENDS}
    wanted = {f"{stem}.log" for stem, has_written in stems.items() if has_written} - before
    missing = wanted - _names(folder) if wanted else wanted
    return _LogFolder(
        leftovers=[
            folder / name
            for name in sorted(before - owned)
            if _run_id(name) // RUNS_PER_FOLDER == number and _is_old(context, folder / name)
        ],
        without_log=sorted(map(_run_id, missing)),
    )


def _names(folder: Path) -> set[str]:
    return {entry.name for entry in _our_files(folder)}


def _run_id(name: str) -> int:
    return int(re.split("[-.]", name)[0])


def _is_old(context: Context, file: Path) -> bool:
    try:
        return context.clock.now().timestamp() - file.stat().st_mtime > _YOUNGEST
    except OSError:  # it is gone meanwhile
        return False


def check_logs(target: Target) -> Iterator[Finding]:
    """Whether files and runs agree."""
    leftovers: list[Path] = []
    without_log: list[int] = []
    for folder in _log_folders(target.context):
        leftovers += folder.leftovers
        without_log += folder.without_log
    if leftovers:
        yield warning(
            f"No run owns {counted(len(leftovers), 'file')} in {target.settings.log_folder}:"
            f" {some(file.name for file in leftovers)}",
            "Remove them: tui-scheduler doctor --fix",
        )
    if without_log:
        yield warning(
            f"The log is gone of {counted(len(without_log), 'ended run')}: {some(without_log)}",
            "Nothing brings their output back; their rows stay",
        )
    if not leftovers and not without_log:
        yield ok(f"{target.settings.log_folder}: every file belongs to a run, and none is missing")


def remove_leftovers(target: Target) -> None:
    """Remove the files that belong to no run."""
    with open_for_reading(target.settings.database):
        for folder in _log_folders(target.context):
            for file in folder.leftovers:
                with suppress(OSError):
                    file.unlink()


def check_space(target: Target) -> Iterator[Finding]:
    """What is left on the disk of the database and its logs, against the reserve."""
    settings = target.settings
    disk = shutil.disk_usage(settings.database.parent)
    left = f"{size_text(disk.free)} of {size_text(disk.total)} are free"
    if disk.free * 100 >= disk.total * settings.disk_reserve:
        yield ok(left)
    else:
        yield warning(
            f"{left}, less than the {settings.disk_reserve:g} % that logs should leave",
            "Free some space, or lower disk_reserve in the configuration file",
        )
