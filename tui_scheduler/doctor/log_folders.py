"""Files against the rows of their runs, one folder of a thousand runs at a time.

Files are listed before rows are read, because a run has its row before it has a file; and nothing
younger than a minute is called a leftover.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tui_scheduler.models import database
from tui_scheduler.services.context import RUNS_PER_FOLDER, Context

_FILE = re.compile(r"(0|[1-9]\d{0,17})\.(log|exit|progress)")
_FOLDER = re.compile(r"\d{5,15}")
_YOUNGEST = 60  # seconds
_RUNS = """
    SELECT id, pid IS NOT NULL AND end_time IS NOT NULL, host = '' FROM run
        WHERE id BETWEEN ? AND ?
"""


@dataclass(frozen=True, slots=True)
class LogFolder:
    """What is wrong in one folder: files that no run left, and ended runs without a log."""

    leftovers: list[Path]
    without_log: list[int]


def log_folders(context: Context) -> Iterator[LogFolder]:
    """Every folder of logs that there is or should be."""
    ((last,),) = database.execute_sql("SELECT coalesce(max(id), 0) FROM run")
    numbers = {*range(last // RUNS_PER_FOLDER + 1), *_numbers(context)}
    return (_compared(context, number) for number in sorted(numbers))


def our_files(folder: Path) -> Iterator[os.DirEntry[str]]:
    """The files in ``folder`` that are named as we name them."""
    if folder.is_dir():
        with os.scandir(folder) as entries:
            for entry in entries:
                if _FILE.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    yield entry


def our_folders(log_folder: Path) -> list[Path]:
    """The folders in ``log_folder`` that are named as we name them."""
    if not log_folder.is_dir():
        return []
    return [
        path
        for path in log_folder.iterdir()
        if _FOLDER.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
    ]


def _numbers(context: Context) -> list[int]:
    found = [(int(path.name), path) for path in our_folders(context.log_folder)]
    return [number for number, path in found if _folder(context, number) == path]


def _folder(context: Context, number: int) -> Path:
    return context.log_path(number * RUNS_PER_FOLDER).parent


def _compared(context: Context, number: int) -> LogFolder:
    first = number * RUNS_PER_FOLDER
    folder = _folder(context, number)
    before = _names(folder)
    runs = database.execute_sql(_RUNS, (first, first + RUNS_PER_FOLDER - 1)).fetchall()
    logs = {f"{run_id}.{kind}" for run_id, *_ in runs for kind in ("log", "progress")}
    statuses = {f"{run_id}.exit" for run_id, _, never_taken in runs if not never_taken}
    wanted = {f"{run_id}.log" for run_id, was_process, _ in runs if was_process} - before
    missing = wanted - _names(folder) if wanted else wanted
    return LogFolder(
        leftovers=[
            folder / name
            for name in sorted(before - logs - statuses)
            if _run_id(name) // RUNS_PER_FOLDER == number and _is_old(context, folder / name)
        ],
        without_log=sorted(map(_run_id, missing)),
    )


def _names(folder: Path) -> set[str]:
    return {entry.name for entry in our_files(folder)}


def _run_id(name: str) -> int:
    return int(name.partition(".")[0])


def _is_old(context: Context, file: Path) -> bool:
    try:
        return context.clock.now().timestamp() - file.stat().st_mtime > _YOUNGEST
    except OSError:  # it is gone meanwhile
        return False
