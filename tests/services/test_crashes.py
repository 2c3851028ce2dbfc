"""A crash between any two statements is harmless: a change is there whole, or not at all."""

from pathlib import Path

from tests.clock import NOON, FakeClock
from tests.services.drafts import run_all
from tests.services.dying import deaths, live
from tui_scheduler.models import database
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import services_on
from tui_scheduler.services.context import Context

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


def test_a_crash_before_any_statement_leaves_a_sound_database(tmp_path: Path) -> None:
    lived = tmp_path / "lived"
    lived.mkdir()
    with deaths(lived) as all_deaths:
        live(lived / "scheduler.db", FakeClock())
    assert all_deaths.statements > 400
    assert len(all_deaths.remains) > 40
    for number, remains in enumerate(all_deaths.remains):
        grave = tmp_path / str(number)
        grave.mkdir()
        for name, content in remains.items():
            (grave / name).write_bytes(content)
            (grave / name).chmod(0o600)
        assert (number, troubles(grave / "scheduler.db")) == (number, [])


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
