"""Checks that compare: a run, and a new request, cost the database less.

For ``status IN (...)`` SQLite makes a table of all that is allowed, at each write anew. A run may
be asked to end since the next one takes its place, which looked like the request of a person.
"""

import re
from typing import Any

_ONE_OF = re.compile(r"CHECK \((\w+) IN\s*\(([^)]*)\)\)")
_REPLACED = "('term', 'force')", "('term', 'force', 'replaced')"
_INDEXES = (
    # failed today: no run is in it before it has ended
    "DROP INDEX run_ended",
    """
    CREATE INDEX run_ended ON run (status, end_time)
        WHERE status <> 'success' AND end_time IS NOT NULL
    """,
)


def up(migrator: object, db: Any) -> None:
    """Make the tables of requests and runs anew; a million runs take some ten seconds."""
    for statement in _INDEXES:
        db.execute_sql(statement)
    for table in ("request", "run"):
        _make_anew(db, table)


def _make_anew(db: Any, table: str) -> None:
    [(text,)] = db.execute_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchall()
    beside = db.execute_sql(
        "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type <> 'table'"
        " AND sql IS NOT NULL ORDER BY rowid",
        (table,),
    ).fetchall()
    text = text.replace(*_REPLACED)
    _, _, body = _ONE_OF.sub(_compared, text).partition("(")
    columns = ", ".join(f'"{row[1]}"' for row in db.execute_sql(f"PRAGMA table_info({table})"))
    for statement in (
        f"CREATE TABLE {table}_anew ({body}",
        f"INSERT INTO {table}_anew ({columns}) SELECT {columns} FROM {table} ORDER BY id",  # noqa: S608
        # numbers go on where they were
        f"DELETE FROM sqlite_sequence WHERE name = '{table}_anew'",  # noqa: S608
        f"""
        INSERT INTO sqlite_sequence (name, seq)
            SELECT '{table}_anew', seq FROM sqlite_sequence WHERE name = '{table}'
        """,  # noqa: S608
        f"DROP TABLE {table}",
        f"ALTER TABLE {table}_anew RENAME TO {table}",
        *(sql for (sql,) in beside),
    ):
        db.execute_sql(statement)


def _compared(one_of: re.Match[str]) -> str:
    """The same check, value by value."""
    column, values = one_of.groups()
    return f"CHECK ({' OR '.join(f'{column} = {value.strip()}' for value in values.split(','))})"
