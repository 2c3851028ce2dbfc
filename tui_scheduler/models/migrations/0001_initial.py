"""Processes, requests, runs with their tally, and the control row.

Ids of runs are never used twice (AUTOINCREMENT), because they name log files. Every index serves
a query named beside it.
"""

from typing import Any

TABLES = """
CREATE TABLE process (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE CHECK (length(name) > 0),
    description TEXT NOT NULL,
    command TEXT NOT NULL CHECK (length(command) > 0),
    working_directory TEXT,
    environment TEXT NOT NULL,
    timeout INTEGER CHECK (timeout > 0),
    overlap TEXT NOT NULL CHECK (overlap IN ('skip', 'allow', 'queue', 'replace')),
    retries INTEGER NOT NULL CHECK (retries >= 0),
    retry_delay INTEGER NOT NULL CHECK (retry_delay >= 0),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL
);
CREATE TABLE request (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    process_id INTEGER NOT NULL REFERENCES process (id) ON DELETE CASCADE,
    description TEXT NOT NULL,
    parameters TEXT NOT NULL,
    misfire TEXT NOT NULL CHECK (misfire IN ('once', 'skip', 'all')),
    timing TEXT NOT NULL CHECK (timing IN ('immediate', 'later', 'schedule')),
    timezone TEXT NOT NULL,
    start TEXT,
    frequency TEXT CHECK (frequency IN
        ('secondly', 'minutely', 'hourly', 'daily', 'weekly', 'monthly', 'cron')),
    "interval" INTEGER NOT NULL CHECK ("interval" >= 1),
    repetitions INTEGER CHECK (repetitions >= 1),
    daily_option TEXT NOT NULL CHECK (daily_option IN ('every-n-days', 'weekdays', 'weekends')),
    days TEXT NOT NULL,
    monthly_option TEXT CHECK (monthly_option IN
        ('first', 'second', 'third', 'fourth', 'last', 'last-day', 'specific')),
    weekday INTEGER CHECK (weekday BETWEEN 0 AND 6),
    day INTEGER CHECK (day BETWEEN 1 AND 31),
    cron TEXT,
    finish TEXT,
    status TEXT NOT NULL CHECK (status IN ('new', 'scheduled', 'unscheduled', 'complete')),
    scheduled_at INTEGER,
    scheduled_by TEXT NOT NULL,
    next_fire INTEGER,
    previous_fire INTEGER,
    executions INTEGER NOT NULL CHECK (executions >= 0),
    last_run_id INTEGER,
    created_at INTEGER NOT NULL,
    CHECK ((timing = 'schedule') = (frequency IS NOT NULL)),
    CHECK ((frequency IS 'cron') = (cron IS NOT NULL)),
    CHECK ((status = 'scheduled') = (next_fire IS NOT NULL)),
    CHECK (status = 'new' OR scheduled_at IS NOT NULL)
);
CREATE TABLE run (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    request_id INTEGER NOT NULL REFERENCES request (id) ON DELETE CASCADE,
    process_id INTEGER NOT NULL REFERENCES process (id) ON DELETE CASCADE,
    channel TEXT NOT NULL CHECK (channel IN ('Process Scheduler', 'Direct')),
    status TEXT NOT NULL CHECK (status IN ('queued', 'processing', 'success', 'error', 'killed',
        'timed_out', 'lost', 'misfired', 'skipped')),
    scheduled_for INTEGER NOT NULL,
    start_time INTEGER,
    end_time INTEGER,
    exit_code INTEGER,
    attempt INTEGER NOT NULL CHECK (attempt >= 1),
    missed INTEGER NOT NULL CHECK (missed >= 0),
    note TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER,
    handle TEXT,
    kill_request TEXT CHECK (kill_request IN ('term', 'force')),
    kill_requested_at INTEGER,
    CHECK ((status IN ('queued', 'processing')) = (end_time IS NULL)),
    CHECK (status <> 'processing' OR start_time IS NOT NULL)
);
CREATE TABLE run_tally (
    process_id INTEGER NOT NULL REFERENCES process (id) ON DELETE CASCADE,
    request_id INTEGER NOT NULL REFERENCES request (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (process_id, request_id, status)
) WITHOUT ROWID;
CREATE TABLE control (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    held_at INTEGER,
    held_by TEXT NOT NULL,
    released_at INTEGER
)
"""

INDEXES = """
-- the earliest next fire, and what is due
CREATE INDEX request_due ON request (next_fire) WHERE status = 'scheduled';
-- requests of a process
CREATE INDEX request_process ON request (process_id);
-- runs of a request, newest first
CREATE INDEX run_request ON run (request_id, id);
-- runs of a process, newest first, and the filter by process name
CREATE INDEX run_process ON run (process_id, id);
-- deleting a request
CREATE INDEX run_tally_request ON run_tally (request_id);
-- runs with a status, newest first
CREATE INDEX run_status ON run (status, id);
-- what is open: overlap, adoption, kill requests
CREATE INDEX run_open ON run (process_id, status) WHERE end_time IS NULL;
-- sorted by start, and since a time
CREATE INDEX run_start ON run (start_time);
-- sorted by end, and all that is open
CREATE INDEX run_end ON run (end_time);
-- failed today
CREATE INDEX run_ended ON run (status, end_time);
-- the longest runs
CREATE INDEX run_duration ON run (end_time - start_time);
-- sorted by planned time
CREATE INDEX run_scheduled_for ON run (scheduled_for)
"""


TRIGGERS = (
    """
    CREATE TRIGGER run_born AFTER INSERT ON run BEGIN
        INSERT INTO run_tally VALUES (NEW.process_id, NEW.request_id, NEW.status, 1)
            ON CONFLICT (process_id, request_id, status) DO UPDATE SET number = number + 1;
    END
    """,
    """
    CREATE TRIGGER run_moved_on AFTER UPDATE OF status ON run
    WHEN OLD.status <> NEW.status BEGIN
        UPDATE run_tally SET number = number - 1 WHERE process_id = OLD.process_id
            AND request_id = OLD.request_id AND status = OLD.status;
        INSERT INTO run_tally VALUES (NEW.process_id, NEW.request_id, NEW.status, 1)
            ON CONFLICT (process_id, request_id, status) DO UPDATE SET number = number + 1;
    END
    """,
    """
    CREATE TRIGGER run_gone AFTER DELETE ON run BEGIN
        UPDATE run_tally SET number = number - 1 WHERE process_id = OLD.process_id
            AND request_id = OLD.request_id AND status = OLD.status;
    END
    """,
)


def up(migrator: object, db: Any) -> None:
    """Create everything."""
    for statement in (*(TABLES + ";" + INDEXES).split(";"), *TRIGGERS):
        db.execute_sql(statement)
    db.execute_sql("INSERT INTO control (id, held_by) VALUES (1, '')")
