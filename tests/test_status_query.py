"""What is read for a prompt is what the services say."""

import os
from pathlib import Path

import pytest

from tests.services.drafts import minutely, scheduled
from tests.services.history import a_history
from tests.support.clock import NOON, FakeClock
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import Services
from tui_scheduler.services.queries.counts import counts
from tui_scheduler.status_query import NextFire, query_status


@pytest.mark.parametrize("seed", range(5))
def test_the_figures_are_those_of_the_header(
    services: Services, database_file: Path, seed: int
) -> None:
    a_history(services, seed)
    figures = counts(NOON)
    seen = query_status(database_file, NOON, NOON)
    assert (seen.running, seen.queued, seen.failed_today) == (
        figures.running,
        figures.queued,
        figures.failed_today,
    )


def test_the_next_fire_is_the_earliest(
    services: Services, database_file: Path, clock: FakeClock
) -> None:
    assert query_status(database_file, NOON, NOON).next_fire is None
    scheduled(services, minutely(interval=9))
    clock.advance(seconds=5)
    first = scheduled(services, minutely(), process="early")
    first = services.requests.get(first.id)
    seen = query_status(database_file, NOON, NOON).next_fire
    wakeup = services.dispatch.next_wakeup()
    assert seen is not None
    assert seen.at == wakeup
    views = [view for view in services.requests.all() if view.next_fire == wakeup]
    assert seen in [NextFire(seen.at, view.id, view.process) for view in views]


def test_the_hold_is_the_one_that_is_stored(services: Services, database_file: Path) -> None:
    assert query_status(database_file, NOON, NOON).held_at is None
    hold = services.controls.hold()
    seen = query_status(database_file, NOON, NOON)
    assert (seen.held_at, seen.held_by) == (hold.held_at, hold.held_by)
    services.controls.release()
    assert query_status(database_file, NOON, NOON).held_by == ""


def test_it_changes_nothing(database_file: Path) -> None:
    with open_database(database_file):
        pass
    before = database_file.read_bytes()
    query_status(database_file, NOON, NOON)
    assert database_file.read_bytes() == before


def test_what_would_be_waited_for_is_no_database(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "s.db")
    with pytest.raises(DatabaseUnusable, match="is not a file"):
        query_status(tmp_path / "s.db", NOON, NOON)
