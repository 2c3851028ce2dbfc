"""Runs in a quarter less room: what nearly all of them have stands in their table as NULL.

That is who asked for them (the plan), their parameters and their locks (none). One that has ended
here needs no handle any more, which took fifty bytes. No index has the number of a run twice, the
one of lanes has seconds, and orders that nobody else looks up have none:
``services/queries/unsorted.py`` finds a page of them. What is sorted by stands at the
beginning of a row, as a pass through all runs has to read up to it.
"""

from typing import Any

_KEPT = (
    "id, request_id, process_id, status, scheduled_for, start_time, end_time, cpu_time,"
    " peak_memory, exit_code, signal, attempt, missed, note, parent_id, position, members, host,"
    " host_id, pid, token, log_bytes, log_folder, command_id, place, submitted_at,"
    " waiting_note, kill_request, kill_requested_at, after_run, needs_locks"
)
_TABLE = """
CREATE TABLE run_anew (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    request_id INTEGER NOT NULL REFERENCES request (id) ON DELETE CASCADE,
    process_id INTEGER NOT NULL REFERENCES process (id) ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (status IN ('queued', 'processing', 'success', 'error', 'killed',
        'timed_out', 'lost', 'misfired', 'skipped')),
    scheduled_for INTEGER NOT NULL,
    start_time INTEGER,
    end_time INTEGER,
    cpu_time INTEGER,
    peak_memory INTEGER,
    exit_code INTEGER,
    signal INTEGER,
    channel TEXT CHECK (channel IN ('Process Scheduler', 'Direct')), -- NULL: the scheduler
    attempt INTEGER NOT NULL CHECK (attempt >= 1),
    missed INTEGER NOT NULL CHECK (missed >= 0),
    note TEXT NOT NULL,
    parent_id INTEGER REFERENCES run (id) ON DELETE CASCADE,
    position INTEGER CHECK (position >= 1),
    members TEXT,
    parameters TEXT, -- NULL: {}
    host TEXT NOT NULL,
    host_id TEXT,
    pid INTEGER,
    handle TEXT,
    token TEXT CHECK (length(token) = 8 AND token NOT GLOB '*[^0-9a-f]*'),
    log_bytes INTEGER NOT NULL DEFAULT 0 CHECK (log_bytes >= 0),
    log_folder TEXT CHECK (length(log_folder) > 0),
    command_id INTEGER,
    place TEXT NOT NULL DEFAULT '',
    submitted_at INTEGER,
    waiting_note TEXT NOT NULL DEFAULT '',
    kill_request TEXT CHECK (kill_request IN ('term', 'force')),
    kill_requested_at INTEGER,
    after_run INTEGER,
    locks TEXT, -- NULL: []
    needs_locks INTEGER NOT NULL DEFAULT 0 CHECK (needs_locks IN (0, 1)),
    CHECK ((status IN ('queued', 'processing')) = (end_time IS NULL)),
    CHECK (status <> 'processing' OR start_time IS NOT NULL)
)
"""
_MADE_ANEW = (
    _TABLE,
    f"""
    INSERT INTO run_anew ({_KEPT}, channel, parameters, locks, handle)
        SELECT {_KEPT}, nullif(channel, 'Process Scheduler'), nullif(parameters, '{{}}'),
            nullif(locks, '[]'), CASE WHEN end_time IS NULL OR place <> '' THEN handle END
        FROM run ORDER BY id
    """,  # noqa: S608
    # numbers go on where they were
    "DELETE FROM sqlite_sequence WHERE name = 'run_anew'",
    """
    INSERT INTO sqlite_sequence (name, seq)
        SELECT 'run_anew', seq FROM sqlite_sequence WHERE name = 'run'
    """,
    "DROP TABLE run",
    "ALTER TABLE run_anew RENAME TO run",
)
_BESIDE = """
    SELECT name, sql FROM sqlite_master
        WHERE tbl_name = 'run' AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid
"""
_ONLY_SORTED = ("run_start", "run_cpu_time", "run_peak_memory")
_INDEXES = {
    # runs of a request, of a process, with another status, of a group, of a place: by number
    "run_request": "CREATE INDEX run_request ON run (request_id)",
    "run_process": "CREATE INDEX run_process ON run (process_id)",
    "run_status": "CREATE INDEX run_status ON run (status) WHERE status <> 'success'",
    "run_parent": "CREATE INDEX run_parent ON run (parent_id) WHERE parent_id IS NOT NULL",
    "run_place": "CREATE INDEX run_place ON run (place) WHERE place <> ''",
    # the runs of a lane, by the second in which they began or should have
    "run_lane": """
    CREATE INDEX run_lane ON run (request_id, coalesce(start_time, scheduled_for) / 1000000)
        WHERE parent_id IS NULL
    """,
}


def up(migrator: object, db: Any) -> None:
    """Make the table of runs anew, and what belongs to it; a million take some ten seconds."""
    beside = db.execute_sql(_BESIDE).fetchall()
    for statement in _MADE_ANEW:
        db.execute_sql(statement)
    for name, statement in beside:
        if name not in _ONLY_SORTED:
            db.execute_sql(_INDEXES.get(name, statement))
