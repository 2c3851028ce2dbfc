"""Whether the counts that triggers keep are the number of runs that there are."""

from collections.abc import Iterator

from tui_scheduler.doctor.finding import Finding, counted, ok, problem
from tui_scheduler.doctor.target import Target
from tui_scheduler.models import database, transaction
from tui_scheduler.models.sqlite import open_database

_WRONG = """
    SELECT process_id, request_id, status FROM (
        SELECT process_id, request_id, status, count(*) AS number, sum(log_bytes) AS bytes,
            count(parent_id) AS beneath FROM run NOT INDEXED GROUP BY 1, 2, 3
        UNION ALL
        SELECT process_id, request_id, status, -number, -log_bytes, -members FROM run_tally
    ) GROUP BY 1, 2, 3 HAVING sum(number) <> 0 OR sum(bytes) <> 0 OR sum(beneath) <> 0
"""
_COUNT_ANEW = """
    INSERT OR REPLACE INTO run_tally (process_id, request_id, status, number, log_bytes, members)
        SELECT ?, ?, ?, count(*), ifnull(sum(log_bytes), 0), count(parent_id) FROM run
        WHERE process_id = ? AND request_id = ? AND status = ?
"""


def check(target: Target) -> Iterator[Finding]:
    """Count all runs and compare; a million take half a second in the order they are stored."""
    if wrong := _wrong():
        yield problem(
            f"Not as many runs as were counted, in {counted(len(wrong), 'place')}",
            "Count anew: tui-scheduler doctor --fix",
        )
    else:
        ((runs,),) = database.execute_sql("SELECT total(number) FROM run_tally")
        yield ok(f"{counted(int(runs), 'run')}, counted as they are")


def repair(target: Target) -> None:
    """Count anew what is wrong, one count a transaction, so that nobody waits for all of them."""
    with open_database(target.settings.database):
        for key in _wrong():
            with transaction():
                database.execute_sql(_COUNT_ANEW, (*key, *key))


def _wrong() -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = database.execute_sql(_WRONG).fetchall()
    return found
