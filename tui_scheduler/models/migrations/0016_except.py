"""The days that a request leaves out; and what is scheduled may have no next fire.

So it waits for a calendar that is gone. The old table refuses that, unless another migration let go
of it: it is made anew, with whatever columns it has by now.
"""

from typing import Any

_REFUSED = "CHECK ((status = 'scheduled') = (next_fire IS NOT NULL))"
_ALLOWED = "CHECK (status = 'scheduled' OR next_fire IS NULL)"


def up(migrator: object, db: Any) -> None:
    """Add a column to the table of requests, and let go of what it refused."""
    db.execute_sql("ALTER TABLE request ADD COLUMN except_ TEXT NOT NULL DEFAULT ''")
    # what is planned anew when a calendar has changed
    db.execute_sql("CREATE INDEX request_except ON request (id) WHERE except_ <> ''")
    ((table,),) = _schema(db, "name = 'request'")
    if _REFUSED not in table:
        return
    _, _, columns = table.replace(_REFUSED, _ALLOWED).partition("(")
    others = _schema(db, "tbl_name = 'request' AND type IN ('index', 'trigger')")
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
        *(sql for (sql,) in others),
    ):
        db.execute_sql(statement)


def _schema(db: Any, condition: str) -> Any:
    """The SQL that made what meets a condition of ours."""
    query = f"SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND {condition}"  # noqa: S608
    return db.execute_sql(query).fetchall()
