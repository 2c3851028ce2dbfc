"""Whether a month without a day 29 to 31 has its last day instead; no, as it was until now."""

from typing import Any


def up(migrator: object, db: Any) -> None:
    """Add a column to the table of requests."""
    db.execute_sql(
        "ALTER TABLE request ADD COLUMN or_last_day INTEGER NOT NULL DEFAULT 0"
        " CHECK (or_last_day IN (0, 1))"
    )
