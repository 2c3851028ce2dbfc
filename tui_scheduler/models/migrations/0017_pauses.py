"""When a request is paused, by whom, and by how much its plan is spread."""

from typing import Any

COLUMNS = (
    "paused_at INTEGER",
    "paused_by TEXT NOT NULL DEFAULT ''",
    "paused_until INTEGER",
    "paused_fire INTEGER CHECK (paused_fire IS NULL OR paused_at IS NOT NULL)",
    "skips_next INTEGER NOT NULL DEFAULT 0 CHECK (skips_next IN (0, 1))",
    "spread INTEGER CHECK (spread > 0)",
    "spread_by INTEGER CHECK (spread_by BETWEEN 0 AND spread)",
)


def up(migrator: object, db: Any) -> None:
    """Add the columns."""
    for column in COLUMNS:
        db.execute_sql(f"ALTER TABLE request ADD COLUMN {column}")
    # pauses that end with something to tell
    db.execute_sql(
        "CREATE INDEX request_pause ON request (paused_until) WHERE paused_fire IS NOT NULL"
    )
