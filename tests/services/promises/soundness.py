"""Rows that contradict each other: there are none, whatever has happened to whom."""

from tui_scheduler.models import database

_CONTRADICTIONS = {
    "a scheduled request without a next fire":
        "SELECT id FROM request WHERE (status = 'scheduled') <>"
        " (next_fire IS NOT NULL OR (paused_fire IS NOT NULL AND status = 'scheduled'))"
        " AND timing NOT IN ('boot', 'after')",
    "a fire in a pause that does not cover it":
        "SELECT id FROM request WHERE paused_fire >= coalesce(paused_until, paused_fire + 1)"
        " + skips_next",
    "a next fire in a pause":
        "SELECT id FROM request WHERE paused_fire IS NOT NULL AND (paused_until IS NULL"
        " OR next_fire < paused_until) AND next_fire IS NOT NULL",
    "an event that falls into a pause and leaves no row":
        "SELECT id FROM request WHERE timing IN ('boot', 'after') AND paused_fire IS NOT NULL",
    "an end that is to be followed, and falls never due":
        "SELECT 1 FROM pending_end JOIN request ON request.id = request_id WHERE next_fire IS NULL",
    "something that falls due, and follows no end":
        "SELECT id FROM request WHERE timing = 'after' AND next_fire IS NOT NULL AND id NOT IN"
        " (SELECT request_id FROM pending_end)",
    "an end that is followed twice":
        "SELECT 1 FROM run WHERE after_run IS NOT NULL AND attempt = 1"
        " GROUP BY request_id, after_run HAVING count(*) > 1",
    "a last run that does not exist":
        "SELECT id FROM request WHERE last_run_id IS NOT NULL"
        " AND last_run_id NOT IN (SELECT id FROM run)",
    "a request that forgot its last run":
        "SELECT request_id FROM run WHERE parent_id IS NULL GROUP BY 1 HAVING max(id) <>"
        " (SELECT coalesce(last_run_id, 0) FROM request WHERE id = request_id)",
    "an ended run without an end":
        "SELECT id FROM run WHERE (status IN ('queued', 'processing')) <> (end_time IS NULL)",
    "a run that runs and was not taken":
        "SELECT id FROM run WHERE status = 'processing' AND host = ''",
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
    "a lock of a run that has ended":
        "SELECT run_id FROM run_lock WHERE run_id NOT IN"
        " (SELECT id FROM run WHERE end_time IS NULL)",
    "a lock that is held by one who was not taken, or not by one who was":
        "SELECT run_id FROM run_lock JOIN run ON run.id = run_id WHERE held <> (host <> '')",
    "a run that needs locks and is in no line, or needs none and is":
        "SELECT id FROM run WHERE end_time IS NULL"
        " AND needs_locks <> (id IN (SELECT run_id FROM run_lock))",
    "a run that waits for other locks than its process has":
        "SELECT run.id FROM run JOIN process ON process.id = process_id WHERE end_time IS NULL"
        " AND status = 'queued' AND host = '' AND coalesce(run.locks, '[]') <> process.locks",
    "a row that belongs to nothing": "PRAGMA foreign_key_check",
}  # fmt: skip


def contradictions() -> list[str]:
    """What is wrong with the rows as they are now; nothing."""
    return [
        what for what, query in _CONTRADICTIONS.items() if database.execute_sql(query).fetchone()
    ]
