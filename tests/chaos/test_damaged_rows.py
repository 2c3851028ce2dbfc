"""A row of any kind with nonsense in any column: the others are shown, run and recorded."""

import shutil
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from tests.conftest import services_in
from tests.services.drafts import ALL_RUNS, a_process, a_window, end, minutely, run_all, scheduled
from tests.support.clock import NOON, FakeClock
from tui_scheduler.cli.printing.fires import fire_record
from tui_scheduler.models import Process, Request, Run, RunStatus, database
from tui_scheduler.services import Services
from tui_scheduler.services.queries.references import (
    begun_run_meant,
    names_of_requests,
    names_of_runs,
    request_meant,
)
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.queries.upcoming import upcoming

NONSENSE = {
    "text": "'text'",
    "nothing": "''",
    "bytes": "x'ff00'",
    "not UTF-8": "CAST(x'61ff62' AS TEXT)",
    "least": "-9223372036854775808",
    "greatest": "9223372036854775807",
}
JSON = ("null", "7", "[]", "{}", "[1]", '{"A": 1}', '[{"name": "A", "type": "text"}]', "[" * 9_999)
_BAD = max(len(NONSENSE), len(JSON))
_JSON_COLUMNS = [
    ("process", "environment"),
    ("process", "parameters"),
    ("process", "notify"),
    ("request", "parameters"),
    ("run", "parameters"),
    ("run", "members"),
]
HOUR = timedelta(hours=1)
_MANY = 100_000
_KEYS = {"id", "process_id", "request_id", "parent_id"}


def _columns() -> Iterator[tuple[str, str]]:
    for model in (Process, Request, Run):
        for field in model._meta.sorted_fields:
            if field.column_name not in _KEYS:
                yield model._meta.table_name, field.column_name


@pytest.fixture(scope="module")
def database_to_copy(database_to_copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some bad processes and a good one, whose requests ran once and run again in a minute."""
    file = tmp_path_factory.mktemp("many") / "scheduler.db"
    shutil.copy(database_to_copy, file)
    clock = FakeClock()
    with services_in(file, clock, []) as services:
        for name in (*(f"bad {number}" for number in range(_BAD)), "good"):
            a_process(services, name, retries=1)
            scheduled(services, minutely(), process=name)
        run_all(services, clock)
        assert clock.now() == NOON
    return file


@pytest.fixture
def all_due(services: Services, clock: FakeClock) -> Services:
    """All of them, when the next runs are due, where a row takes whatever is written into it."""
    clock.advance(minutes=1)
    database.pragma("ignore_check_constraints", 1)
    return services


@pytest.mark.parametrize(("table", "column"), list(_columns()))
def test_it_stops_nobody_else(all_due: Services, clock: FakeClock, table: str, column: str) -> None:
    _good_one_runs(all_due, clock, table, column, list(NONSENSE.values()))


@pytest.mark.parametrize(("table", "column"), _JSON_COLUMNS)
def test_nor_does_json_of_another_shape(
    all_due: Services, clock: FakeClock, table: str, column: str
) -> None:
    _good_one_runs(all_due, clock, table, column, [f"'{value}'" for value in JSON])


def _good_one_runs(
    services: Services, clock: FakeClock, table: str, column: str, values: Sequence[str]
) -> None:
    """It runs and is shown while each of the others has one of ``values`` in that column."""
    ids = database.execute_sql(f'SELECT id FROM "{table}" ORDER BY id').fetchall()
    for value, row in zip(values, ids[:_BAD], strict=False):
        database.execute_sql(f'UPDATE "{table}" SET "{column}" = {value} WHERE id = ?', row)
    _look_at_everything(services)
    for claim in services.dispatch.claim():
        end(services, claim, clock, RunStatus.ERROR)
    _look_at_everything(services)
    good = [run for run in services.runs.latest(ALL_RUNS) if run.process == "good"]
    assert [run.status for run in good] == ["queued", "error", "success"]


def _look_at_everything(services: Services) -> None:
    """What screens, command line and engine ask for."""
    assert services.processes.all()
    assert len(services.requests.all()) == len(services.requests.page(a_window()).rows) == _BAD + 1
    assert services.runs.latest(ALL_RUNS)
    fires = list(islice(upcoming(NOON, NOON + HOUR), _MANY))
    assert len(fires) < _MANY
    assert [fire.at for fire in fires] == sorted(fire.at for fire in fires)
    assert sum(fire_record(fire)["process"] == "good" for fire in fires) >= 59
    assert ("good", request_meant("good")) in names_of_requests("", 100)
    assert "good" in dict(names_of_runs("", 100))
    assert begun_run_meant("good")
    services.runs.page(a_window(), RunFilter(is_tree=True))
    services.groups.all()
    services.runs.open()
    services.dispatch.resume_groups()
    services.dispatch.open_runs()
    services.dispatch.kill_requests()
    services.dispatch.next_wakeup()
