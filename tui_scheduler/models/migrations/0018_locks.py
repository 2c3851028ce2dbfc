"""The locks of a process, and which runs need, wait for and hold them.

Who waits and who holds follows from the runs, by triggers: whatever takes, gives back or ends a
run, no lock is left behind. A name in a list that cannot be read is no lock: such a run is refused
when it is to begin.
"""

from typing import Any

_STANDS_IN_LINE = """
    DELETE FROM run_lock WHERE run_id = NEW.id;
    INSERT INTO run_lock (name, run_id, due_at)
        SELECT DISTINCT value, NEW.id, CASE WHEN NEW.attempt > 1 THEN NEW.scheduled_for END
        FROM json_each(
            CASE WHEN typeof(NEW.locks) <> 'text' OR NOT json_valid(NEW.locks) THEN '[]'
                WHEN json_type(NEW.locks) = 'array' THEN NEW.locks ELSE '[]' END
        ) WHERE type = 'text';
    UPDATE run SET needs_locks = EXISTS (SELECT 1 FROM run_lock WHERE run_id = NEW.id)
        WHERE id = NEW.id
"""
STATEMENTS = (
    "ALTER TABLE process ADD COLUMN locks TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE run ADD COLUMN locks TEXT NOT NULL DEFAULT '[]'",
    """
    ALTER TABLE run ADD COLUMN needs_locks INTEGER NOT NULL DEFAULT 0 CHECK (needs_locks IN (0, 1))
    """,
    """
    CREATE TABLE run_lock (
        name TEXT NOT NULL,
        run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
        held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
        due_at INTEGER,
        PRIMARY KEY (run_id, name)
    ) WITHOUT ROWID
    """,
    # who holds a lock: never two
    "CREATE UNIQUE INDEX run_lock_held ON run_lock (name) WHERE held = 1",
    # who waits for one, in order
    "CREATE INDEX run_lock_line ON run_lock (name, run_id) WHERE held = 0 AND due_at IS NULL",
    # the retries that do not wait for one yet
    "CREATE INDEX run_lock_due ON run_lock (due_at) WHERE due_at IS NOT NULL",
    # what waits and needs none, in order, and of a process
    "CREATE INDEX run_ready ON run (status, host, needs_locks) WHERE end_time IS NULL",
    """
    CREATE INDEX run_ready_of_process ON run (process_id, status, host, needs_locks)
        WHERE end_time IS NULL
    """,
    # the retries that wait
    """
    CREATE INDEX run_retry ON run (host, status, needs_locks, scheduled_for)
        WHERE end_time IS NULL AND attempt > 1
    """,
    f"""
    CREATE TRIGGER run_needs_locks AFTER INSERT ON run
    WHEN NEW.locks <> '[]' AND NEW.status = 'queued' AND NEW.host = '' BEGIN
        {_STANDS_IN_LINE};
    END
    """,
    f"""
    CREATE TRIGGER run_needs_other_locks AFTER UPDATE OF locks, host ON run
    WHEN NEW.host = '' AND NEW.end_time IS NULL
        AND (OLD.locks IS NOT NEW.locks OR OLD.host <> '') BEGIN
        {_STANDS_IN_LINE};
    END
    """,
    """
    CREATE TRIGGER run_takes_locks AFTER UPDATE OF host ON run
    WHEN NEW.needs_locks AND OLD.host = '' AND NEW.host <> '' BEGIN
        UPDATE run_lock SET held = 1, due_at = NULL WHERE run_id = NEW.id;
    END
    """,
    """
    CREATE TRIGGER run_leaves_locks AFTER UPDATE OF end_time ON run
    WHEN NEW.needs_locks AND NEW.end_time IS NOT NULL BEGIN
        DELETE FROM run_lock WHERE run_id = NEW.id;
    END
    """,
    """
    CREATE TRIGGER run_waits_anew AFTER UPDATE OF scheduled_for ON run WHEN NEW.needs_locks BEGIN
        UPDATE run_lock SET due_at = NEW.scheduled_for
            WHERE run_id = NEW.id AND due_at IS NOT NULL;
    END
    """,
)


def up(migrator: object, db: Any) -> None:
    """Add the columns, the table, its triggers, and indexes of what waits."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
