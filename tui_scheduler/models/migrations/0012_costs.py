"""Sorted by what runs cost: without an index that is a sort of the whole history."""

from typing import Any

STATEMENTS = (
    # the runs that took most of the processors
    "CREATE INDEX run_cpu_time ON run (cpu_time)",
    # and of the memory
    "CREATE INDEX run_peak_memory ON run (peak_memory)",
)


def up(migrator: object, db: Any) -> None:
    """Add the indexes."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
