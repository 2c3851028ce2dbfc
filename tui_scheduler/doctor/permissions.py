"""Whether our files are for their owner alone."""

import os
import shlex
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui_scheduler.doctor.finding import Finding, counted, ok, problem, some, warning
from tui_scheduler.doctor.log_folders import our_files, our_folders
from tui_scheduler.doctor.target import Target
from tui_scheduler.models.sqlite import companions
from tui_scheduler.permissions import FOLDER_MODE, WRITTEN_BY_OTHERS

_OTHERS = 0o777 & ~FOLDER_MODE
_FIX = "Close them: tui-scheduler doctor --fix"


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    mode: int
    owner: int


def check(target: Target) -> Iterator[Finding]:
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


def repair(target: Target) -> None:
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
            diagnostics.parent,
            *diagnostics.parent.glob(f"{diagnostics.name}*"),
        ]
    )
    for folder in our_folders(settings.log_folder):
        yield from _existing([folder])
        for entry in our_files(folder):
            yield from _found(entry)


def _existing(paths: Iterable[Path]) -> Iterator[_File]:
    for path in paths:
        yield from _found(path)


def _found(path: Path | os.DirEntry[str]) -> Iterator[_File]:
    with suppress(FileNotFoundError):  # gone meanwhile
        found = path.stat()
        yield _File(str(path) if isinstance(path, Path) else path.path, found.st_mode, found.st_uid)
