"""In which step of its group a member is run: each in one of its own, as it was until now."""

from typing import Any


def up(migrator: object, db: Any) -> None:
    """Add a column to the table of members."""
    db.execute_sql(
        "ALTER TABLE group_member ADD COLUMN step INTEGER NOT NULL DEFAULT 1 CHECK (step >= 1)"
    )
    db.execute_sql("UPDATE group_member SET step = position")
