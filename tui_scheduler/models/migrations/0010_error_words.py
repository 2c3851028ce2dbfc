"""What the error lines of a process have in them; none for what most programs write."""

from typing import Any


def up(migrator: object, db: Any) -> None:
    """Add a column to the table of processes."""
    db.execute_sql("ALTER TABLE process ADD COLUMN error_words TEXT")
