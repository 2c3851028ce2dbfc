"""A crash between any two statements is harmless: a change is there whole, or not at all."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.clock import NOON, FakeClock
from tests.services.drafts import run_all
from tui_scheduler.models import database
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import services_on
from tui_scheduler.services.context import Context

_STEP = 4  # so that several processors can share the work
_NOTHING_WRONG = {
    "a scheduled request without a next fire":
        "SELECT id FROM request WHERE (status = 'scheduled') <> (next_fire IS NOT NULL)",
    "two runs for one fire":
        "SELECT request_id FROM run WHERE channel = 'Process Scheduler'"
        " GROUP BY request_id, scheduled_for, attempt HAVING count(*) > 1",
    "a last run that does not exist":
        "SELECT id FROM request WHERE last_run_id IS NOT NULL"
        " AND last_run_id NOT IN (SELECT id FROM run)",
    "a request that forgot its last run":
        "SELECT request_id FROM run WHERE parent_id IS NULL GROUP BY 1 HAVING max(id) <>"
        " (SELECT coalesce(last_run_id, 0) FROM request WHERE id = request_id)",
    "an ended run without an end":
        "SELECT id FROM run WHERE (status IN ('queued', 'processing')) <> (end_time IS NULL)",
    "a count that is wrong":
        "SELECT * FROM run_tally t WHERE number <> (SELECT count(*) FROM run r WHERE"
        " r.process_id = t.process_id AND r.request_id = t.request_id AND r.status = t.status)",
    "runs that were not counted":
        "SELECT 1 WHERE (SELECT count(*) FROM run) <> (SELECT total(number) FROM run_tally)",
    "a group run that waits for nothing":
        "SELECT id FROM run g WHERE members IS NOT NULL AND end_time IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM run WHERE parent_id = g.id AND end_time IS NULL)",
    "a place of a group that was run twice":
        "SELECT parent_id FROM run WHERE parent_id IS NOT NULL"
        " GROUP BY parent_id, position, attempt HAVING count(*) > 1",
    "a row that belongs to nothing": "PRAGMA foreign_key_check",
}  # fmt: skip


@pytest.mark.parametrize("first", range(1, _STEP + 1))
def test_a_crash_before_any_statement_leaves_a_sound_database(tmp_path: Path, first: int) -> None:
    dying = [sys.executable, "-m", "tests.services.dying", str(tmp_path), str(first), str(_STEP)]
    lived = subprocess.run(dying, stderr=subprocess.PIPE, text=True, check=False)
    assert (lived.returncode, lived.stderr) == (0, "")
    lives = sorted(tmp_path.iterdir())
    assert len(lives) > 20
    for life in lives:
        assert (life.name, troubles(life / "scheduler.db")) == (life.name, [])


def troubles(file: Path) -> list[str]:
    """What a crash left wrong in a database, before and after a scheduler has gone on with it."""
    clock = FakeClock(NOON.replace(hour=15))
    with open_database(file):
        database.pragma("synchronous", 0)
        found = _wrong()
        services = services_on(Context(actor="ann", log_folder=file.with_name("logs"), clock=clock))
        run_all(services, clock)
        return found + _wrong()


def _wrong() -> list[str]:
    [(integrity,)] = database.execute_sql("PRAGMA integrity_check").fetchall()
    broken = [
        rule for rule, query in _NOTHING_WRONG.items() if database.execute_sql(query).fetchone()
    ]
    return broken if integrity == "ok" else [integrity, *broken]
