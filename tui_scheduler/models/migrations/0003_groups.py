"""Processes of three kinds, groups, declared parameters, trees of runs, and keys of requests.

A group is a row of the table of processes, so that requests, overlap, retention and names need to
know one kind of thing only. The command of a group is empty, which the old table refused: it is
made anew.
"""

from typing import Any

_KEPT = (
    "id, name, description, command, working_directory, environment, timeout, overlap, retries,"
    " retry_delay, active, created_at"
)

STATEMENTS = (
    """
    CREATE TABLE process_anew (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE CHECK (length(name) > 0),
        kind TEXT NOT NULL DEFAULT 'command' CHECK (kind IN ('command', 'python', 'group')),
        description TEXT NOT NULL,
        command TEXT NOT NULL CHECK (kind = 'group' OR length(command) > 0),
        python TEXT,
        parameters TEXT NOT NULL DEFAULT '[]',
        working_directory TEXT,
        environment TEXT NOT NULL,
        timeout INTEGER CHECK (timeout > 0),
        overlap TEXT NOT NULL CHECK (overlap IN ('skip', 'allow', 'queue', 'replace')),
        retries INTEGER NOT NULL CHECK (retries >= 0),
        retry_delay INTEGER NOT NULL CHECK (retry_delay >= 0),
        stop_on_failure INTEGER NOT NULL DEFAULT 0 CHECK (stop_on_failure IN (0, 1)),
        active INTEGER NOT NULL CHECK (active IN (0, 1)),
        created_at INTEGER NOT NULL
    )
    """,
    f"INSERT INTO process_anew ({_KEPT}) SELECT {_KEPT} FROM process",  # noqa: S608
    # ids go on where they were
    "DELETE FROM sqlite_sequence WHERE name = 'process_anew'",
    """
    INSERT INTO sqlite_sequence (name, seq)
        SELECT 'process_anew', seq FROM sqlite_sequence WHERE name = 'process'
    """,
    "DROP TABLE process",
    "ALTER TABLE process_anew RENAME TO process",
    """
    CREATE TABLE group_member (
        group_id INTEGER NOT NULL REFERENCES process (id) ON DELETE CASCADE,
        position INTEGER NOT NULL CHECK (position >= 1),
        process_id INTEGER NOT NULL REFERENCES process (id) ON DELETE CASCADE,
        PRIMARY KEY (group_id, position)
    ) WITHOUT ROWID
    """,
    # the groups of a process
    "CREATE INDEX group_member_process ON group_member (process_id)",
    "ALTER TABLE run ADD COLUMN parent_id INTEGER REFERENCES run (id) ON DELETE CASCADE",
    "ALTER TABLE run ADD COLUMN position INTEGER CHECK (position >= 1)",
    "ALTER TABLE run ADD COLUMN members TEXT",
    "ALTER TABLE run ADD COLUMN parameters TEXT NOT NULL DEFAULT '{}'",
    # what waits or runs goes on with the parameters of its request
    """
    UPDATE run SET parameters = (SELECT parameters FROM request WHERE id = run.request_id)
        WHERE end_time IS NULL
    """,
    "ALTER TABLE request ADD COLUMN key TEXT CHECK (length(key) > 0)",
    "CREATE UNIQUE INDEX request_key ON request (key) WHERE key IS NOT NULL",
    # the member runs of a group run
    "CREATE INDEX run_parent ON run (parent_id, id) WHERE parent_id IS NOT NULL",
    "ALTER TABLE run_tally ADD COLUMN members INTEGER NOT NULL DEFAULT 0",
    "DROP TRIGGER run_born",
    "DROP TRIGGER run_moved_on",
    "DROP TRIGGER run_gone",
    """
    CREATE TRIGGER run_born AFTER INSERT ON run BEGIN
        INSERT INTO run_tally (process_id, request_id, status, number, log_bytes, members)
            VALUES (NEW.process_id, NEW.request_id, NEW.status, 1, NEW.log_bytes,
                NEW.parent_id IS NOT NULL)
            ON CONFLICT (process_id, request_id, status)
            DO UPDATE SET number = number + 1, log_bytes = log_bytes + NEW.log_bytes,
                members = members + (NEW.parent_id IS NOT NULL);
    END
    """,
    """
    CREATE TRIGGER run_moved_on AFTER UPDATE OF status, log_bytes ON run
    WHEN OLD.status <> NEW.status OR OLD.log_bytes <> NEW.log_bytes BEGIN
        UPDATE run_tally SET number = number - 1, log_bytes = log_bytes - OLD.log_bytes,
            members = members - (OLD.parent_id IS NOT NULL)
            WHERE process_id = OLD.process_id AND request_id = OLD.request_id
            AND status = OLD.status;
        INSERT INTO run_tally (process_id, request_id, status, number, log_bytes, members)
            VALUES (NEW.process_id, NEW.request_id, NEW.status, 1, NEW.log_bytes,
                NEW.parent_id IS NOT NULL)
            ON CONFLICT (process_id, request_id, status)
            DO UPDATE SET number = number + 1, log_bytes = log_bytes + NEW.log_bytes,
                members = members + (NEW.parent_id IS NOT NULL);
    END
    """,
    """
    CREATE TRIGGER run_gone AFTER DELETE ON run BEGIN
        UPDATE run_tally SET number = number - 1, log_bytes = log_bytes - OLD.log_bytes,
            members = members - (OLD.parent_id IS NOT NULL)
            WHERE process_id = OLD.process_id AND request_id = OLD.request_id
            AND status = OLD.status;
    END
    """,
)


def up(migrator: object, db: Any) -> None:
    """Make the table of processes anew, and add what groups and parameters need."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
