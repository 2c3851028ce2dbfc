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
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tui_scheduler.doctor.finding import Finding, counted, ok, problem, some, warning
from tui_scheduler.doctor.keepers import journal_files, journal_folder
from tui_scheduler.doctor.target import Target
from tui_scheduler.identity import real_path
from tui_scheduler.models import database
from tui_scheduler.models.backend import companions
from tui_scheduler.models.maintenance import open_for_reading
from tui_scheduler.permissions import (
    FOLDER_MODE,
    WRITTEN_BY_OTHERS,
    folder_dangers,
    is_trusted_owner,
    may_be_written_by_others,
    shape_problem,
    user_name,
)
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
        WHERE id BETWEEN ? AND ? AND host <> '' AND log_folder IS NULL
"""


@dataclass(frozen=True, slots=True)
class _File:
    """A file or folder of ours, and why it can be none, if that is so."""

    path: str
    status: os.stat_result
    problem: str | None = None

    @property
    def is_foreign(self) -> bool:
        return self.status.st_uid != os.geteuid()

    @property
    def for_others(self) -> int:
        """What others may do with it; what is no file of ours is not looked at so closely."""
        return 0 if self.problem else self.status.st_mode & _OTHERS


def check_permissions(target: Target) -> Iterator[Finding]:
    """Who may read or write what belongs to this database, and what leads to it."""
    number = 0
    foreign, planted, written, read = [], [], [], []
    for file in _ours(target):
        number += 1
        if file.problem:
            owner = user_name(file.status.st_uid)
            planted.append(f"{file.path} ({file.problem}, of {owner})")
        elif file.is_foreign:
            foreign.append(file.path)
        if file.for_others & WRITTEN_BY_OTHERS:
            written.append(file.path)
        elif file.for_others:
            read.append(file.path)
    shared = _shared(foreign, planted, written, read)
    findings = [*shared, *_read_only(target.settings.database), *_surroundings(target)]
    yield from findings or [ok(f"{counted(number, 'file')} and folders are for you alone")]


def take_from_others(target: Target) -> None:
    """Take every permission from others, where a file is ours."""
    for file in _ours(target):
        if file.for_others and not file.is_foreign:
            with suppress(OSError):
                Path(file.path).chmod(stat.S_IMODE(file.status.st_mode) & FOLDER_MODE)


def _shared(
    foreign: list[str], planted: list[str], written: list[str], read: list[str]
) -> Iterator[Finding]:
    if foreign:
        yield problem(
            f"Somebody else owns {counted(len(foreign), 'file')}: {some(foreign)}",
            "Work as the user that they belong to, or have them given to you: chown",
        )
    if planted:
        yield problem(
            f"{counted(len(planted), 'file')} cannot be opened as ours: {some(planted)}",
            "See who put that there, and remove it",
        )
    if written:
        yield problem(
            f"{counted(len(written), 'file')} may be written by others, who could have you run"
            f" anything: {some(written)}",
            _FIX,
        )
    if read:
        yield warning(f"{counted(len(read), 'file')} may be read by others: {some(read)}", _FIX)


def _read_only(file: Path) -> Iterator[Finding]:
    """What keeps all but a look at the database from working."""
    for path in (file, real_path(file).parent):
        if not os.access(path, os.W_OK):
            yield warning(
                f"You may not write {path}, so the database can be looked at, and nothing else",
                f"Unless it is to stay so, let yourself: ls -ld {shlex.quote(str(path))}",
            )
            return


def _surroundings(target: Target) -> Iterator[Finding]:
    """What is not ours to change, but decides what is run."""
    settings = target.settings
    if settings.config.exists():
        status, name = settings.config.stat(), shlex.quote(str(settings.config))
        if not is_trusted_owner(status):
            yield warning(
                f"{settings.config} belongs to {user_name(status.st_uid)}",
                f"Look at it, and have it given to you: chown {name}",
            )
        elif may_be_written_by_others(status):
            yield warning(
                f"{settings.config} may be written by others",
                f"Close it: chmod go-w {name}",
            )
    ours = (settings.database, real_path(settings.log_folder), settings.diagnostics_file.parent)
    dangers = (danger for path in ours for danger in folder_dangers(path.parent))
    for danger in dict.fromkeys(dangers):
        kind = warning if danger.is_shared else problem
        yield kind(danger.text, danger.remedy)


def _ours(target: Target) -> Iterator[_File]:
    settings = target.settings
    diagnostics = settings.diagnostics_file
    log_folders = _our_folders(settings.log_folder)
    folders = (settings.log_folder, journal_folder(target), diagnostics.parent, *log_folders)
    for path in (settings.database, *folders):
        with suppress(FileNotFoundError, NotADirectoryError):  # gone meanwhile
            yield _File(str(path), path.stat())
    files = (
        *companions(settings.database),
        settings.lock_file,
        *journal_files(target),
        *diagnostics.parent.glob(f"{diagnostics.name}*"),
    )
    for path in (*files, *map(Path, chain.from_iterable(map(_named_as_ours, log_folders)))):
        with suppress(FileNotFoundError, NotADirectoryError):
            status = path.lstat()
            yield _File(str(path), status, shape_problem(status))


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


def _named_as_ours(folder: Path) -> Iterator[os.DirEntry[str]]:
    """What is in ``folder`` and named as we name files."""
    if folder.is_dir():
        with os.scandir(folder) as entries:
            yield from (entry for entry in entries if _LOG_NAME.fullmatch(entry.name))


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
    entries = _named_as_ours(folder)
    return {entry.name for entry in entries if entry.is_file(follow_symlinks=False)}


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
