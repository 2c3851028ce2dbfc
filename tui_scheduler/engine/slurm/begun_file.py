"""The file beside the log of a run on a cluster that lets it begin once, and says how it ended.

Whoever makes it has the run: the first job of it that gets a node, with a line that says which job
and where; or we, so that no job of it begins any more. At last the job adds how it ended. What
stands here is the truth, whatever Slurm says: after a crash of its controller a job may be unknown
to it that ran to its end, and another be begun again that had run.

A job writes ``JOB NODE SECONDS``, and ``CODE SECONDS CPU-SECONDS`` at its end, or, when it could
not begin its command, ``- SECONDS REASON``. We write ``withdrawn``.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui_scheduler.permissions import open_file, read_file

WITHDRAWN = "withdrawn"
_LONGEST = 4096  # bytes
_BEGIN_WORDS = 3
_END_WORDS = 3
_NO_CODE = "-"
_LARGEST_CODE = 255


@dataclass(frozen=True, slots=True)
class Begin:
    """Which job of a run began, on which node, and when, by the clock of that."""

    job: str
    node: str
    at: datetime


@dataclass(frozen=True, slots=True)
class End:
    """How a job ended: with a ``code``, or it could not begin its command, for a ``reason``."""

    at: datetime
    code: int | None = None
    cpu_time: timedelta | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BegunRecord:
    """What stands in the file: nothing yet, that it was withdrawn, its begin, and its end.

    Where ``is_torn``, it was made and no line of ours stands in it: a job is just beginning, or
    its node, or the room on the disk, was at an end. No other job will begin.
    """

    is_torn: bool = False
    is_withdrawn: bool = False
    begin: Begin | None = None
    end: End | None = None


def read(path: Path) -> BegunRecord:
    """Returns what the file says; raises OSError if that cannot be known now.

    That there is none says something only if its folder is there, which has the log in it as well:
    what lies on a disk that is not mounted is out of sight.
    """
    try:
        text = read_file(path, _LONGEST)
    except FileNotFoundError:
        path.parent.stat()
        return BegunRecord()
    # only whole lines: a node may be writing
    lines = text[: text.rfind(b"\n") + 1].decode(errors="replace").splitlines()
    if not lines:
        return BegunRecord(is_torn=True)
    if lines[0] == WITHDRAWN:
        return BegunRecord(is_withdrawn=True)
    if (begin := _begin(lines[0])) is None:
        return BegunRecord(is_torn=True)
    return BegunRecord(begin=begin, end=_end(lines[1]) if len(lines) > 1 else None)


def withdraw(path: Path) -> bool:
    """Let no job of a run begin any more; False if one has begun.

    Raises OSError, also where the folder is gone: a disk that is not mounted says nothing.
    """
    with suppress(FileExistsError):
        descriptor = open_file(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with suppress(OSError):  # there may be no room: that it is there is enough
            os.write(descriptor, f"{WITHDRAWN}\n".encode())
        os.close(descriptor)
        return True
    return read(path).is_withdrawn


def _begin(line: str) -> Begin | None:
    words = line.split(" ")
    if len(words) == _BEGIN_WORDS and (at := _moment(words[2])) is not None:
        return Begin(words[0], words[1], at)
    return None


def _end(line: str) -> End | None:
    code, moment, *rest = line.split(" ", 2) + [""] * _END_WORDS
    if (at := _moment(moment)) is None:
        return None
    if code == _NO_CODE:
        return End(at, reason=rest[0])
    if not code.isdecimal() or int(code) > _LARGEST_CODE:
        return None
    with suppress(ValueError, OverflowError):
        return End(at, int(code), timedelta(seconds=float(rest[0])))
    return End(at, int(code))


def _moment(text: str) -> datetime | None:
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(float(text), UTC)
    return None
