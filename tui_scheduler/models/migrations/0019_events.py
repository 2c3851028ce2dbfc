"""Requests that wait for no moment but for an event: that the machine boots, or that a run ends.

The old table knows no such timing: it is made anew, of the text that it was made of, with all
columns that were added since.
"""

from typing import Any

_OLD = "('immediate', 'later', 'schedule')"
_NEW = "('immediate', 'later', 'schedule', 'boot', 'after')"
_STATEMENTS = (
    "ALTER TABLE request ADD COLUMN delay INTEGER CHECK (delay > 0)",
    """
    ALTER TABLE request ADD COLUMN follows TEXT
        CHECK ((timing = 'after') = (follows IS NOT NULL))
    """,
    """
    ALTER TABLE request ADD COLUMN outcome TEXT NOT NULL DEFAULT 'success'
        CHECK (outcome IN ('success', 'failure', 'end'))
    """,
    # the boot of the machine that a request has fired in, or was scheduled in
    "ALTER TABLE request ADD COLUMN boot TEXT",
    # who waits for the runs of a process
    "CREATE INDEX request_follows ON request (follows) WHERE follows IS NOT NULL",
    # not a foreign key: old runs go, and those that followed them stay
    "ALTER TABLE run ADD COLUMN after_run INTEGER",
    # the runs that followed one
    "CREATE INDEX run_after ON run (after_run) WHERE after_run IS NOT NULL",
    """
    CREATE TABLE pending_end (
        id INTEGER NOT NULL PRIMARY KEY,
        request_id INTEGER NOT NULL REFERENCES request (id) ON DELETE CASCADE,
        run_id INTEGER NOT NULL,
        ended_at INTEGER NOT NULL
    )
    """,
    # the ends that a request has not followed yet, oldest first
    "CREATE INDEX pending_end_request ON pending_end (request_id, id)",
    # whatever a request waited for before, it begins anew when it is scheduled again
    """
    CREATE TRIGGER request_moved_on AFTER UPDATE OF status, scheduled_at ON request
    WHEN NEW.status <> 'scheduled' OR NEW.scheduled_at IS NOT OLD.scheduled_at BEGIN
        DELETE FROM pending_end WHERE request_id = NEW.id;
    END
    """,
)


def up(migrator: object, db: Any) -> None:
    """Make the table of requests anew, and add what waiting for events needs."""
    _make_anew(db)
    for statement in _STATEMENTS:
        db.execute_sql(statement)


def _make_anew(db: Any) -> None:
    [(text,)] = db.execute_sql("SELECT sql FROM sqlite_master WHERE name = 'request'").fetchall()
    others = db.execute_sql(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'request' AND type <> 'table'"
        " AND sql IS NOT NULL"
    ).fetchall()
    _, _, body = text.replace(_OLD, _NEW).partition("(")
    columns = ", ".join(f'"{row[1]}"' for row in db.execute_sql("PRAGMA table_info(request)"))
    for statement in (
        f"CREATE TABLE request_anew ({body}",
        f"INSERT INTO request_anew ({columns}) SELECT {columns} FROM request",  # noqa: S608
        # ids go on where they were
        "DELETE FROM sqlite_sequence WHERE name = 'request_anew'",
        """
        INSERT INTO sqlite_sequence (name, seq)
            SELECT 'request_anew', seq FROM sqlite_sequence WHERE name = 'request'
        """,
        "DROP TABLE request",
        "ALTER TABLE request_anew RENAME TO request",
        *(sql for (sql,) in others),
    ):
        db.execute_sql(statement)
