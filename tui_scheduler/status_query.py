"""What goes on, read fast enough for a prompt: in plain SQL, without the layers above.

Importing those costs more than all that is read here, so that this stands beside them on purpose,
and speaks SQLite by itself. The services say the same; a test compares.
"""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui_scheduler.errors import DatabaseUnusable, NotFound
from tui_scheduler.file_systems import read_only, refuse_shared, shortage

_PATIENCE = 0.2  # seconds; readers wait for nobody but one who repairs the WAL
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_OPEN = """
    SELECT count(*) FILTER (WHERE status = 'processing'), count(*) FILTER (WHERE status = 'queued'),
        count(*) FILTER (WHERE status = 'queued' AND submitted_at IS NOT NULL)
    FROM run WHERE end_time IS NULL AND parent_id IS NULL
"""
_FAILED = """
    SELECT count(*) FROM run
    WHERE status IN ('error', 'timed_out', 'lost') AND status <> 'success'
        AND end_time >= ? AND parent_id IS NULL
"""
_HOLD = "SELECT held_at, held_by FROM control"
_NEXT = """
    SELECT request.next_fire, request.id, process.name
    FROM request JOIN process ON process.id = request.process_id
    WHERE request.status = 'scheduled' AND request.next_fire IS NOT NULL
    ORDER BY request.next_fire LIMIT 1
"""
_PAUSED = """
    SELECT count(*) FROM request
    WHERE status = 'scheduled' AND paused_at IS NOT NULL AND NOT skips_next
        AND (paused_until IS NULL OR paused_until > ?)
"""


@dataclass(frozen=True, slots=True)
class NextFire:
    """What fires next: a request, and the name of its process or group."""

    at: datetime
    request_id: int
    process: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What runs, waits and failed, whether all is on hold, and what comes next.

    Of those ``queued`` so many were ``submitted`` and wait in the queue of a cluster; ``paused``
    are requests.
    """

    running: int
    queued: int
    submitted: int
    failed_today: int
    paused: int
    held_at: datetime | None
    held_by: str
    next_fire: NextFire | None


def query_status(path: Path, today: datetime, now: datetime) -> Status:
    """Read the database at ``path`` and change nothing; ``today`` is when today began.

    Raises NotFound if there is none, or DatabaseUnusable.
    """
    refuse_shared(path)
    if not path.exists():
        raise NotFound(f"There is no database {path} (yet). Choose one with --database.")
    if not path.is_file():  # a pipe would be waited for
        raise DatabaseUnusable(f"The database {path} is not a file. Choose one with --database.")
    try:
        uri = read_only(path)
        with closing(sqlite3.connect(uri, uri=True, timeout=_PATIENCE)) as connection:
            connection.text_factory = _readable
            return _read(connection, today, now)
    except sqlite3.Error as error:
        if not os.access(path, os.R_OK):
            raise DatabaseUnusable(
                f"The database {path} may not be read by you. Change its permissions, or choose"
                " another one with --database."
            ) from error
        if lack := shortage(path):
            text = f"The database {path} cannot be read: {'. '.join(lack)}"
            raise DatabaseUnusable(text, *lack) from error
        raise DatabaseUnusable(
            f"The database {path} cannot be read: {error}. Any other command brings an"
            " older one up to date, or says what is wrong: tui-scheduler runs"
        ) from error


def _read(connection: sqlite3.Connection, today: datetime, now: datetime) -> Status:
    running, queued, submitted = connection.execute(_OPEN).fetchone()
    (failed,) = connection.execute(_FAILED, [(today - _EPOCH) // _MICROSECOND]).fetchone()
    (paused,) = connection.execute(_PAUSED, [(now - _EPOCH) // _MICROSECOND]).fetchone()
    held_at, held_by = connection.execute(_HOLD).fetchone()
    following = connection.execute(_NEXT).fetchone()
    return Status(
        running=running,
        queued=queued,
        submitted=submitted,
        failed_today=failed,
        paused=paused,
        held_at=None if held_at is None else _instant(held_at),
        held_by="" if held_at is None else held_by,
        next_fire=following and NextFire(_instant(following[0]), *following[1:]),
    )


def _instant(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND


def _readable(text: bytes) -> str:
    return text.decode(errors="replace")
