"""What is known of a run beyond its exit code, and what tells its files from those of another.

The log of a run that was taken by an earlier version has no token in its name, so its row has none.
"""

from typing import Any

STATEMENTS = (
    # it stands in the names of files: nothing but what we draw
    """
    ALTER TABLE run ADD COLUMN token TEXT
        CHECK (length(token) = 8 AND token NOT GLOB '*[^0-9a-f]*')
    """,
    "ALTER TABLE run ADD COLUMN waiting_note TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE run ADD COLUMN signal INTEGER",
    "ALTER TABLE run ADD COLUMN cpu_time INTEGER",
    "ALTER TABLE run ADD COLUMN peak_memory INTEGER",
)


def up(migrator: object, db: Any) -> None:
    """Add columns to the table of runs."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
