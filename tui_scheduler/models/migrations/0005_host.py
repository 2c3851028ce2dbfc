"""On which machine a run is, whatever that is called: from others nobody can see to it.

Of runs that an earlier version took it is not known, nor on machines that have no id of their own.
"""

from typing import Any


def up(migrator: object, db: Any) -> None:
    """Add a column to the table of runs."""
    db.execute_sql("ALTER TABLE run ADD COLUMN host_id TEXT")
