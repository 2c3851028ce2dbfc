"""What limiting the history needs: the size of each log, and when old runs were last removed.

The sizes are summed up by the tally that counts the runs. Logs of runs that ended before this
migration count as empty; these runs are removed by their age and their number.
"""

from typing import Any

STATEMENTS = (
    "ALTER TABLE run ADD COLUMN log_bytes INTEGER NOT NULL DEFAULT 0 CHECK (log_bytes >= 0)",
    "ALTER TABLE run_tally ADD COLUMN log_bytes INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE control ADD COLUMN pruned_at INTEGER",
    "ALTER TABLE control ADD COLUMN pruned_runs INTEGER NOT NULL DEFAULT 0",
    # the oldest logs, past the many runs that write nothing
    "CREATE INDEX run_log ON run (end_time) WHERE log_bytes > 0",
    "DROP TRIGGER run_born",
    "DROP TRIGGER run_moved_on",
    "DROP TRIGGER run_gone",
    """
    CREATE TRIGGER run_born AFTER INSERT ON run BEGIN
        INSERT INTO run_tally (process_id, request_id, status, number, log_bytes)
            VALUES (NEW.process_id, NEW.request_id, NEW.status, 1, NEW.log_bytes)
            ON CONFLICT (process_id, request_id, status)
            DO UPDATE SET number = number + 1, log_bytes = log_bytes + NEW.log_bytes;
    END
    """,
    """
    CREATE TRIGGER run_moved_on AFTER UPDATE OF status, log_bytes ON run
    WHEN OLD.status <> NEW.status OR OLD.log_bytes <> NEW.log_bytes BEGIN
        UPDATE run_tally SET number = number - 1, log_bytes = log_bytes - OLD.log_bytes
            WHERE process_id = OLD.process_id AND request_id = OLD.request_id
            AND status = OLD.status;
        INSERT INTO run_tally (process_id, request_id, status, number, log_bytes)
            VALUES (NEW.process_id, NEW.request_id, NEW.status, 1, NEW.log_bytes)
            ON CONFLICT (process_id, request_id, status)
            DO UPDATE SET number = number + 1, log_bytes = log_bytes + NEW.log_bytes;
    END
    """,
    """
    CREATE TRIGGER run_gone AFTER DELETE ON run BEGIN
        UPDATE run_tally SET number = number - 1, log_bytes = log_bytes - OLD.log_bytes
            WHERE process_id = OLD.process_id AND request_id = OLD.request_id
            AND status = OLD.status;
    END
    """,
)


def up(migrator: object, db: Any) -> None:
    """Add columns and an index, and let the triggers sum up sizes as well."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
