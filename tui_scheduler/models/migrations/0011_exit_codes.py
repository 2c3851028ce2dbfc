"""Runs by how they ended: the index of exit codes."""

from typing import Any

# runs with an exit code, newest first
INDEX = "CREATE INDEX run_exit ON run (exit_code) WHERE exit_code IS NOT NULL"


def up(migrator: object, db: Any) -> None:
    """Add the index."""
    db.execute_sql(INDEX)
