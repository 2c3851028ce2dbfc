"""When a request is paused, by whom, and by how much its plan is spread.

One that is paused for good has no next fire, which the table refused: it is made anew, as whatever
migrations made of it, but for that.
"""

from typing import Any

_REFUSED = "CHECK ((status = 'scheduled') = (next_fire IS NOT NULL))"
_ALLOWED = "CHECK (next_fire IS NULL OR status = 'scheduled')"

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
    """Allow a request that is scheduled to have no next fire, and add the columns."""
    _make_anew(db)
    for column in COLUMNS:
        db.execute_sql(f"ALTER TABLE request ADD COLUMN {column}")
    # pauses that end with something to tell
    db.execute_sql(
        "CREATE INDEX request_pause ON request (paused_until) WHERE paused_fire IS NOT NULL"
    )


def _make_anew(db: Any) -> None:
    made = dict(
        db.execute_sql(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'request' AND sql IS NOT NULL"
        ).fetchall()
    )
    table = made.pop("request").replace(_REFUSED, _ALLOWED)
    _, _, columns = table.partition("(")
    for statement in (
        f"CREATE TABLE request_anew ({columns}",
        "INSERT INTO request_anew SELECT * FROM request",
        # ids go on where they were
        "DELETE FROM sqlite_sequence WHERE name = 'request_anew'",
        """
        INSERT INTO sqlite_sequence (name, seq)
            SELECT 'request_anew', seq FROM sqlite_sequence WHERE name = 'request'
        """,
        "DROP TABLE request",
        "ALTER TABLE request_anew RENAME TO request",
        *made.values(),
    ):
        db.execute_sql(statement)
