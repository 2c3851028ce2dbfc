"""For how long a request makes up for a missed fire; none for any time, as it was until now."""

from typing import Any


def up(migrator: object, db: Any) -> None:
    """Add a column to the table of requests."""
    db.execute_sql("ALTER TABLE request ADD COLUMN misfire_limit INTEGER CHECK (misfire_limit > 0)")
