"""A database of an older version is brought up to date, with all that is in it."""

import shutil
from pathlib import Path

import pytest

from tests.models.files import execute, schema
from tests.support.clock import NOON, FakeClock
from tui_scheduler.models import (
    Control,
    Request,
    Run,
    RunStatus,
    RunTally,
    database,
    fitness,
    sqlite,
)
from tui_scheduler.models.fitness import SCHEMA_VERSION
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.requests import draft_of
from tui_scheduler.services.running.run_ending import Ending

MIGRATIONS = Path(sqlite.__file__).with_name("migrations")
HISTORY = (
    """
    INSERT INTO process (name, description, command, environment, overlap, retries, retry_delay,
        active, created_at) VALUES ('backup', '', 'true', '{}', 'skip', 0, 0, 1, 0)
    """,
    """
    INSERT INTO request (process_id, description, parameters, misfire, timing, timezone,
        "interval", daily_option, days, status, scheduled_by, executions, last_run_id, created_at)
        VALUES (1, '', '{}', 'once', 'immediate', 'UTC', 1, 'every-n-days', '', 'new', '', 0, 3, 0)
    """,
    *(
        f"""
        INSERT INTO run (request_id, process_id, channel, status, scheduled_for, start_time,
            end_time, attempt, missed, note, host)
            VALUES (1, 1, 'Direct', '{status}', 0, 0, {end_time}, 1, 0, '', 'here')
        """
        for status, end_time in (("success", 5), ("error", 6), ("processing", "NULL"))
    ),
    "UPDATE control SET held_by = 'somebody'",
)


@pytest.fixture
def version_1(database_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file as version 1 made it, with a history: its first run has ended, its last has not."""
    only_the_first = tmp_path / "migrations"
    only_the_first.mkdir()
    shutil.copy(MIGRATIONS / "0001_initial.py", only_the_first)
    with monkeypatch.context() as version:
        version.setattr(sqlite, "_MIGRATIONS", only_the_first)
        version.setattr(fitness, "SCHEMA_VERSION", 1)
        with open_database(database_file):
            assert database.pragma("user_version") == 1
    execute(database_file, *HISTORY)
    return database_file


def tally() -> dict[str, tuple[int, int]]:
    return {row.status.value: (row.number, row.log_bytes) for row in RunTally.select()}


def test_nothing_of_it_is_lost(version_1: Path) -> None:
    with open_database(version_1):
        assert database.pragma("user_version") == SCHEMA_VERSION
        runs = list(Run.select().order_by(Run.id))
        assert [(run.id, run.status.value, run.log_bytes) for run in runs] == [
            (1, "success", 0),
            (2, "error", 0),
            (3, "processing", 0),
        ]
        assert tally() == {"success": (1, 0), "error": (1, 0), "processing": (1, 0)}
        control = Control.get()
        assert (control.held_by, control.pruned_at, control.pruned_runs) == ("somebody", None, 0)


def test_requests_and_their_numbers_are_kept(version_1: Path, tmp_path: Path) -> None:
    """Their table is made anew, as one that is scheduled need not have a next fire any more."""
    execute(
        version_1,
        """
        INSERT INTO request (process_id, description, parameters, misfire, timing, timezone,
            frequency, "interval", daily_option, days, status, scheduled_at, scheduled_by,
            next_fire, executions, created_at)
            SELECT 1, 'noon', '{}', 'once', 'schedule', 'UTC', 'hourly', 2, 'every-n-days', '',
                'scheduled', 5, 'ben', 7, 3, 0 FROM (VALUES (1), (2))
        """,
        "DELETE FROM request WHERE id = 3",
    )
    with open_database(version_1):
        row = Request.get_by_id(2)
        assert (row.description, row.interval, row.scheduled_by) == ("noon", 2, "ben")
        assert (row.executions, row.paused_at, row.skips_next, row.spread) == (3, None, False, None)
        services = services_on(Context(actor="ann", log_folder=tmp_path, clock=FakeClock()))
        assert services.requests.pause(2).next_fire is None
        request = services.requests.create(draft_of(services.requests.get(2)))
        assert request.id == 4
        assert [run.request_id for run in Run.select()] == [1, 1, 1]


def test_it_goes_on_like_a_new_one(version_1: Path, tmp_path: Path) -> None:
    with open_database(version_1):
        services = services_on(Context(actor="ann", log_folder=tmp_path, clock=FakeClock()))
        log = services.context.log_path(3, None)
        log.parent.mkdir()
        log.write_bytes(b"x" * 40)
        ending = Ending(run_id=3, status=RunStatus.SUCCESS, end_time=NOON)
        services.dispatch.ended(ending)
        services.runs.trigger(1)
        services.runs.delete(2)
        some = {status: counted for status, counted in tally().items() if counted[0]}
        assert some == {"success": (2, 40), "queued": (1, 0)}
        assert services.requests.get(1).last_run_id == 4


def test_its_tables_are_those_of_a_new_one(version_1: Path, tmp_path: Path) -> None:
    for path in (version_1, tmp_path / "new.db"):
        with open_database(path):
            pass
    assert schema(version_1) == schema(tmp_path / "new.db")


def test_one_that_was_migrated_is_opened_as_it_is(version_1: Path) -> None:
    with open_database(version_1):
        pass
    before = schema(version_1)
    with open_database(version_1):
        assert Run.select().count() == 3
    assert schema(version_1) == before


def test_the_version_is_that_of_the_last_migration() -> None:
    """Else nobody who has a database would ever get what the last one adds."""
    numbers = sorted(int(path.name[:4]) for path in MIGRATIONS.glob("0*.py"))
    assert numbers == list(range(1, SCHEMA_VERSION + 1))
