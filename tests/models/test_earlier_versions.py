"""A database of an earlier version keeps all that is in it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.models.files import execute
from tests.support.clock import NOON
from tests.support.signs_of_life import held
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.models import (
    Channel,
    Process,
    Request,
    Run,
    RunLock,
    RunStatus,
    RunTally,
    database,
    fitness,
    sqlite,
)
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.running.run_ending import Ending

SAMPLE = """
INSERT INTO process (id, name, description, command, environment, overlap, retries, retry_delay,
        active, created_at)
    VALUES (4, 'backup', 'all', 'tar c /', '{"A": "1"}', 'queue', 2, 5, 1, 7),
        (9, 'gone', '', 'true', '{}', 'skip', 0, 0, 1, 7);
DELETE FROM process WHERE id = 9;
INSERT INTO request (id, process_id, description, parameters, misfire, timing, timezone, interval,
        daily_option, days, status, scheduled_by, executions, created_at)
    VALUES (3, 4, '', '{"MODE": "full"}', 'once', 'immediate', 'UTC', 1, 'every-n-days', '', 'new',
        '', 0, 0);
INSERT INTO run (request_id, process_id, channel, status, scheduled_for, attempt, missed, note,
        host)
    VALUES (3, 4, 'Direct', 'queued', 1, 1, 0, '', '');
INSERT INTO run (request_id, process_id, channel, status, scheduled_for, end_time, attempt, missed,
        note, host)
    VALUES (3, 4, 'Direct', 'success', 1, 2, 1, 0, '', 'here')
"""


@pytest.fixture
def older(
    database_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], None]:
    """Make a database of an earlier version, with one of each row in it."""

    def make(version: int) -> None:
        migrations = tmp_path / "migrations"
        migrations.mkdir()
        for number in range(1, version + 1):
            [file] = sqlite._MIGRATIONS.glob(f"{number:04}_*.py")
            shutil.copy(file, migrations)
        with monkeypatch.context() as patched:
            patched.setattr(sqlite, "_MIGRATIONS", migrations)
            patched.setattr(fitness, "SCHEMA_VERSION", version)
            with open_database(database_file):
                for statement in SAMPLE.split(";"):
                    database.execute_sql(statement)

    return make


def test_it_is_not_changed_beneath_a_program_that_schedules_it(
    database_file: Path, older: Callable[[int], None]
) -> None:
    older(3)
    lock_file = database_file.with_name(f"{database_file.name}.lock")
    with held(lock_file, None, pid=4711):
        with pytest.raises(DatabaseUnusable) as refused, open_database(database_file):
            pytest.fail("it was opened")
        for part in ("by process 4711", "tui-scheduler service restart", "kill 4711"):
            assert part in str(refused.value)
        assert fitness.checked_version(database_file, 1) == 3
    with open_database(database_file):
        assert sqlite.stored_version() == fitness.SCHEMA_VERSION


@pytest.mark.parametrize("version", [1, 2, 3, 19, 20, 21])
def test_all_rows_are_kept(database_file: Path, older: Callable[[int], None], version: int) -> None:
    older(version)
    with open_database(database_file):
        process = Process.get_by_id(4)
        assert (process.name, process.command, process.kind) == ("backup", "tar c /", "command")
        assert (process.overlap, process.retries, process.parameters) == ("queue", 2, "[]")
        assert Request.get_by_id(3).process_id == 4
        assert [run.status for run in Run.select().order_by(Run.id)] == ["queued", "success"]
        assert {row.status: row.number for row in RunTally.select()} == {"queued": 1, "success": 1}


@pytest.mark.parametrize("version", [1, 2])
def test_what_waits_is_given_the_parameters_of_its_request(
    database_file: Path, older: Callable[[int], None], version: int
) -> None:
    older(version)
    with open_database(database_file):
        assert Run.get_by_id(1).parameters == '{"MODE": "full"}'


def test_its_logs_keep_their_names_and_are_found(
    database_file: Path, tmp_path: Path, older: Callable[[int], None]
) -> None:
    older(3)
    logs = [tmp_path / "logs" / "00000" / f"{number}.log" for number in (2, 3)]
    logs[0].parent.mkdir(parents=True)
    for log in logs:
        log.write_text("output\n")
    execute(
        database_file,
        "INSERT INTO run (request_id, process_id, channel, status, scheduled_for, start_time,"
        " attempt, missed, note, host)"
        " VALUES (3, 4, 'Direct', 'processing', 1, 1, 1, 0, '', 'here')",
    )
    with open_database(database_file):
        services = services_on(Context(actor="ann", log_folder=tmp_path / "logs"))
        assert [services.runs.get(number).log_path for number in (2, 3)] == logs
        [left_open] = services.dispatch.open_runs()
        assert (left_open.token, left_open.log_path) == (None, logs[1])
        services.dispatch.ended(Ending(run_id=3, status=RunStatus.LOST, end_time=NOON))
        assert services.runs.get(3).log_bytes == 7
        services.runs.delete(2)
        assert [log.exists() for log in logs] == [False, True]
        [claim] = services.dispatch.claim()
        assert (claim.run_id, claim.log_path.name) == (1, f"1-{claim.token}.log")


def test_ids_go_on_where_they_were(database_file: Path, older: Callable[[int], None]) -> None:
    older(2)
    with open_database(database_file):
        database.execute_sql(
            "INSERT INTO process (name, description, command, environment, overlap, retries,"
            " retry_delay, active, created_at) VALUES ('new', '', 'true', '{}', 'skip', 0, 0, 1, 0)"
        )
        assert Process.get(Process.name == "new").id == 10


def test_rows_still_belong_to_each_other(database_file: Path, older: Callable[[int], None]) -> None:
    older(2)
    with open_database(database_file):
        assert database.execute_sql("PRAGMA foreign_key_check").fetchall() == []
        Process.delete().where(Process.id == 4).execute()
        assert (Request.select().count(), Run.select().count()) == (0, 0)


def test_what_is_scheduled_may_have_no_next_fire_from_version_16_on(
    database_file: Path, older: Callable[[int], None]
) -> None:
    older(15)
    with open_database(database_file):
        request = Request.get_by_id(3)
        assert (request.except_, request.timing) == ("", "immediate")
        waiting = Request.update(status="scheduled", scheduled_at=NOON, next_fire=None)
        assert waiting.where(Request.id == 3).execute() == 1
        indexes = database.execute_sql(
            "SELECT name FROM sqlite_master WHERE tbl_name = 'request' AND type = 'index'"
        ).fetchall()
        assert {"request_due", "request_key"} <= {name for (name,) in indexes}
        assert Request.create(process=4, timing="immediate", timezone="UTC", created_at=NOON).id > 3


@pytest.mark.parametrize("version", [3, 14])
def test_each_member_of_a_group_has_a_step_of_its_own(
    database_file: Path, tmp_path: Path, older: Callable[[int], None], version: int
) -> None:
    older(version)
    execute(
        database_file,
        "INSERT INTO process (id, name, kind, description, command, environment, overlap, retries,"
        " retry_delay, active, created_at)"
        " VALUES (12, 'nightly', 'group', '', '', '{}', 'skip', 0, 0, 1, 0)",
        "INSERT INTO group_member (group_id, position, process_id) VALUES (12, 1, 4), (12, 2, 4)",
        "DELETE FROM run",
        "INSERT INTO run (id, request_id, process_id, channel, status, scheduled_for, start_time,"
        " attempt, missed, note, host, members)"
        " VALUES (7, 3, 12, 'Direct', 'processing', 1, 1, 1, 0, '', 'here', '[4, 4]')",
    )
    with open_database(database_file):
        services = services_on(Context(actor="ann", log_folder=tmp_path / "logs"))
        assert services.groups.named("nightly").members == ("backup", "backup")
        services.dispatch.resume_groups()
        [claim] = services.dispatch.claim()
        assert services.runs.get(claim.run_id).number_in_group == "1"
        ending = Ending(run_id=claim.run_id, status=RunStatus.SUCCESS, end_time=NOON)
        services.dispatch.ended(ending)
        [claim] = services.dispatch.claim()
        assert services.runs.get(claim.run_id).number_in_group == "2"


def test_requests_keep_all_that_they_have_where_their_table_is_made_anew(
    older: Callable[[int], None], database_file: Path
) -> None:
    older(14)
    planned = """
        UPDATE request SET key = 'nightly', timing = 'schedule', frequency = 'daily',
            start = '2026-03-02T02:30', status = 'scheduled', scheduled_at = 5, next_fire = 9,
            or_last_day = 1, failures = 2, silent_after = 7
    """
    execute(database_file, planned, "DELETE FROM sqlite_sequence WHERE name = 'request'")
    execute(database_file, "INSERT INTO sqlite_sequence (name, seq) VALUES ('request', 40)")
    with open_database(database_file):
        query: Any = Request.select().dicts()
        before: dict[str, Any] = query.get()
        assert before["key"] == "nightly"
        assert (before["next_fire"] - before["scheduled_at"]).microseconds == 4
        assert (before["failures"], before["or_last_day"], before["outcome"]) == (
            2,
            True,
            "success",
        )
        assert (before["follows"], before["delay"], before["boot"]) == (None, None, None)
        assert Run.select().where(Run.request == 3).count() == 2
        del before["id"]
        assert Request.create(**before | {"key": None}).id == 41


def test_a_million_runs_would_need_a_quarter_less_room(
    database_file: Path, older: Callable[[int], None]
) -> None:
    """What nearly all runs have is not stored any more, and read as if it were."""
    older(20)
    execute(
        database_file,
        "INSERT INTO run (id, request_id, process_id, channel, status, scheduled_for, attempt,"
        " missed, note, host) VALUES (7, 3, 4, 'Direct', 'queued', 1, 1, 0, '', '')",
        "DELETE FROM run WHERE id = 7",
        "INSERT INTO run (id, request_id, process_id, channel, status, scheduled_for, attempt,"
        " missed, note, host, parameters, locks)"
        " VALUES (6, 3, 4, 'Process Scheduler', 'queued', 1, 1, 0, '', '', '{}', '[\"disk\"]')",
        "UPDATE run SET handle = '4711 12 boot'",
    )
    with open_database(database_file):
        stored = database.execute_sql("SELECT channel, parameters, locks FROM run ORDER BY id")
        assert stored.fetchall() == [("Direct", None, None)] * 2 + [(None, None, '["disk"]')]
        read = [(run.channel, run.parameters, run.locks) for run in Run.select().order_by(Run.id)]
        assert read == [
            (Channel.DIRECT, "{}", "[]"),
            (Channel.DIRECT, "{}", "[]"),
            (Channel.SCHEDULER, "{}", '["disk"]'),
        ]
        assert [run.handle is None for run in Run.select().order_by(Run.id)] == [False, True, False]
        assert [lock.run_id for lock in RunLock.select()] == [6]
        services = services_on(Context(actor="ann", log_folder=database_file.with_name("logs")))
        assert services.runs.trigger(3).id == 8
        Run.update(status=RunStatus.SUCCESS, end_time=NOON).where(Run.id == 6).execute()
        assert RunLock.select().count() == 0
