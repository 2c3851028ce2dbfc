"""Database files as somebody without our code sees them."""

import sqlite3
from contextlib import closing
from pathlib import Path


def schema(path: Path) -> list[tuple[str, ...]]:
    """Every table, index and trigger, with the statement that makes it."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
        ).fetchall()


def execute(path: Path, *statements: str) -> None:
    """Change the file at ``path``."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
