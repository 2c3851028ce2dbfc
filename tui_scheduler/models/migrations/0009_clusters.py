"""Which processes are handed to a cluster, with which options; where their runs are and since when.

A run on this machine has none of that: its row grows by the byte of an empty text. ``log_folder``
is where its log lies, if not beside the database: a configuration may name another one later.
"""

from typing import Any

STATEMENTS = (
    "ALTER TABLE process ADD COLUMN runs_on TEXT CHECK (length(runs_on) > 0)",
    "ALTER TABLE process ADD COLUMN cluster_options TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE run ADD COLUMN place TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE run ADD COLUMN submitted_at INTEGER",
    "ALTER TABLE run ADD COLUMN log_folder TEXT CHECK (length(log_folder) > 0)",
    # whose runs need no room on this machine
    "CREATE INDEX process_elsewhere ON process (id) WHERE runs_on IS NOT NULL",
    # the runs of a cluster, or of a node, newest first
    "CREATE INDEX run_place ON run (place, id) WHERE place <> ''",
)


def up(migrator: object, db: Any) -> None:
    """Add the columns, and indexes of what runs elsewhere."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
