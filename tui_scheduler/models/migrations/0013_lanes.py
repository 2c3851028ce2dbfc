"""Where each run of a request stands in a timeline: when it began, or should have.

Its members have no lane, so the index is without them.
"""

from typing import Any

LANES = """
    CREATE INDEX run_lane ON run (request_id, coalesce(start_time, scheduled_for))
        WHERE parent_id IS NULL
"""


def up(migrator: object, db: Any) -> None:
    """Add the index."""
    db.execute_sql(LANES)
