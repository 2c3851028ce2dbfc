"""What the tables themselves refuse, whoever writes to them."""

from typing import Any

import pytest
from peewee import IntegrityError, Model

from tests.services.drafts import a_process, a_request
from tests.support.clock import NOON
from tui_scheduler.models import (
    Command,
    Control,
    GroupMember,
    Notice,
    PendingEnd,
    Process,
    Request,
    Run,
    RunLock,
    RunTally,
    database,
)
from tui_scheduler.services import Services

MODELS: list[type[Model]] = [
    Process,
    GroupMember,
    Request,
    Run,
    PendingEnd,
    Command,
    Notice,
    RunLock,
    RunTally,
    Control,
]
PROCESS: dict[str, Any] = {
    "name": "backup",
    "description": "",
    "command": "true",
    "environment": "{}",
    "overlap": "skip",
    "retries": 0,
    "retry_delay": 0,
    "active": 1,
    "created_at": 0,
}
REQUEST: dict[str, Any] = {
    "process_id": 1,
    "description": "",
    "parameters": "{}",
    "misfire": "once",
    "timing": "immediate",
    "timezone": "UTC",
    "interval": 1,
    "daily_option": "every-n-days",
    "days": "",
    "status": "new",
    "scheduled_by": "",
    "executions": 0,
    "created_at": 0,
}
RUN: dict[str, Any] = {
    "request_id": 1,
    "process_id": 1,
    "channel": "Direct",
    "status": "queued",
    "scheduled_for": 0,
    "attempt": 1,
    "missed": 0,
    "note": "",
    "host": "",
}


def insert(table: str, columns: dict[str, Any]) -> None:
    """Past all models, as somebody else's program might."""
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join("?" * len(columns))
    database.execute_sql(f"INSERT INTO {table} ({names}) VALUES ({places})", [*columns.values()])


@pytest.fixture(autouse=True)
def _one_of_each(services: Services) -> None:
    insert("process", PROCESS)
    insert("request", REQUEST)
    insert("run", RUN)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "backup"},
        {"name": ""},
        {"name": None},
        {"command": ""},
        {"command": "", "kind": "python"},
        {"kind": "magic"},
        {"stop_on_failure": 2},
        {"timeout": 0},
        {"overlap": "sometimes"},
        {"retries": -1},
        {"retry_delay": -1},
        {"active": 2},
    ],
    ids=str,
)
def test_a_process_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        insert("process", {**PROCESS, "name": "other", **change})


@pytest.mark.parametrize(
    "change",
    [
        {"process_id": 9},
        {"misfire": "never"},
        {"timing": "schedule"},
        {"timing": "soon"},
        {"frequency": "daily"},
        {"timing": "schedule", "frequency": "yearly"},
        {"timing": "schedule", "frequency": "cron"},
        {"timing": "schedule", "frequency": "daily", "cron": "* * * * *"},
        {"interval": 0},
        {"repetitions": 0},
        {"daily_option": "sundays"},
        {"monthly_option": "fifth"},
        {"weekday": 7},
        {"day": 32},
        {"day": 0},
        {"or_last_day": 2},
        {"timing": "boot", "delay": 0},
        {"timing": "after"},
        {"timing": "after", "follows": "backup", "outcome": "skip"},
        {"follows": "backup"},
        {"status": "running"},
        {"skips_next": 2},
        {"paused_fire": 0},
        {"spread": 0},
        {"spread": 1, "spread_by": 2},
        {"status": "unscheduled", "scheduled_at": 0, "next_fire": 0},
        {"status": "complete"},
        {"executions": -1},
    ],
    ids=str,
)
def test_a_request_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        insert("request", {**REQUEST, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"request_id": 9},
        {"process_id": 9},
        {"channel": "Telepathy"},
        {"status": "paused"},
        {"status": "success"},
        {"status": "queued", "end_time": 0},
        {"status": "processing"},
        {"status": "processing", "start_time": 0, "end_time": 0},
        {"attempt": 0},
        {"missed": -1},
        {"log_bytes": -1},
        {"parent_id": 9},
        {"position": 0},
        {"kill_request": "please"},
    ],
    ids=str,
)
def test_a_run_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        insert("run", {**RUN, **change})


@pytest.mark.parametrize(
    "change", [{"group_id": 9}, {"process_id": 9}, {"position": 0}, {"step": 0}], ids=str
)
def test_a_member_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        insert("group_member", {"group_id": 1, "process_id": 1, "position": 1, **change})


def test_there_is_one_control_row() -> None:
    with pytest.raises(IntegrityError):
        insert("control", {"id": 2, "held_by": ""})


@pytest.mark.parametrize("model", MODELS)
def test_models_and_tables_have_the_same_columns(model: type[Model]) -> None:
    meta: Any = model._meta
    columns = {column.name: column.null for column in database.get_columns(meta.table_name)}
    assert columns == {field.column_name: field.null for field in meta.sorted_fields}


def test_every_table_has_a_model() -> None:
    tables = set(database.get_tables()) - {"schema_migration", "sqlite_sequence"}
    assert tables == {model._meta.table_name for model in MODELS}


class TestTally:
    def tally(self) -> dict[str, int]:
        return {row.status.value: row.number for row in RunTally.select() if row.number}

    def test_it_counts_new_changed_and_removed_runs(self) -> None:
        insert("run", RUN)
        insert("run", {**RUN, "status": "skipped", "end_time": 0})
        assert self.tally() == {"queued": 2, "skipped": 1}
        Run.update(status="success", end_time=NOON).where(Run.id == 1).execute()
        Run.update(note="no change of status").execute()
        assert self.tally() == {"queued": 1, "skipped": 1, "success": 1}
        Run.delete().where(Run.id == 1).execute()
        assert self.tally() == {"queued": 1, "skipped": 1}

    def test_it_sums_up_the_logs(self) -> None:
        def sums() -> dict[str, int]:
            return {row.status.value: row.log_bytes for row in RunTally.select()}

        for size in (10, 200):
            insert("run", {**RUN, "status": "error", "end_time": 0, "log_bytes": size})
        Run.update(status="success", end_time=NOON, log_bytes=3_000).where(Run.id == 1).execute()
        assert sums() == {"queued": 0, "error": 210, "success": 3_000}
        Run.update(log_bytes=4_000).where(Run.id == 1).execute()
        Run.delete().where(Run.id == 2).execute()
        assert sums() == {"queued": 0, "error": 200, "success": 4_000}

    def test_it_counts_the_runs_beneath_others(self) -> None:
        def beneath() -> dict[str, int]:
            return {row.status.value: row.members for row in RunTally.select() if row.members}

        for _ in range(2):
            insert("run", {**RUN, "parent_id": 1, "position": 1})
        assert beneath() == {"queued": 2}
        Run.update(status="success", end_time=NOON).where(Run.id == 2).execute()
        assert beneath() == {"queued": 1, "success": 1}
        Run.delete().where(Run.id == 1).execute()
        assert beneath() == {}

    def test_it_goes_with_its_process(self, services: Services) -> None:
        a_process(services, "other")
        services.runs.trigger(a_request(services, process="other").id)
        Process.delete().where(Process.name == "backup").execute()
        assert self.tally() == {"queued": 1}
        assert RunTally.select().count() == 1


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("run", "status"),
        *(("request", name) for name in ("status", "misfire", "timing", "frequency", "outcome")),
        *(("request", name) for name in ("daily_option", "monthly_option")),
    ],
)
def test_a_check_compares_and_makes_no_table_of_what_is_allowed_at_each_write(
    services: Services, table: str, column: str
) -> None:
    steps = database.execute_sql(f"EXPLAIN UPDATE {table} SET {column} = ? WHERE id = 1", ("x",))
    assert "OpenEphemeral" not in {operation for _, operation, *_ in steps}
