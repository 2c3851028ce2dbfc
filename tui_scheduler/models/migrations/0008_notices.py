"""Who is told of what: a row for each notice and receiver, and what requests and processes say.

How often a request has failed in a row stands in its row, so that an end which was a success and
follows one costs no statement more than before.
"""

from typing import Any

STATEMENTS = (
    "ALTER TABLE process ADD COLUMN notify TEXT",
    """
    ALTER TABLE process ADD COLUMN notify_after INTEGER NOT NULL DEFAULT 1
        CHECK (notify_after >= 1)
    """,
    "ALTER TABLE process ADD COLUMN slow_after INTEGER CHECK (slow_after >= 0)",
    "ALTER TABLE request ADD COLUMN silent_after INTEGER CHECK (silent_after > 0)",
    "ALTER TABLE request ADD COLUMN failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0)",
    "ALTER TABLE request ADD COLUMN failing_since INTEGER",
    """
    ALTER TABLE request ADD COLUMN failure_told INTEGER NOT NULL DEFAULT 0
        CHECK (failure_told IN (0, 1))
    """,
    # no foreign keys: that somebody is told does not end with what was removed meanwhile
    """
    CREATE TABLE notice (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN (
            'failed', 'recovered', 'slow', 'silent', 'missed', 'started', 'ended'
        )),
        receiver TEXT NOT NULL,
        run_id INTEGER,
        request_id INTEGER NOT NULL,
        process TEXT NOT NULL,
        in_a_row INTEGER NOT NULL DEFAULT 0,
        since INTEGER,
        created_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try INTEGER,
        sent_at INTEGER,
        digest TEXT,
        problem TEXT NOT NULL DEFAULT ''
    )
    """,
    # what is to be sent
    "CREATE INDEX notice_waiting ON notice (next_try) WHERE next_try IS NOT NULL",
    # what was told of a run, and last of a request
    "CREATE INDEX notice_run ON notice (run_id, kind)",
    "CREATE INDEX notice_request ON notice (request_id, kind, created_at)",
)


def up(migrator: object, db: Any) -> None:
    """Add the columns, and make the table of notices."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
