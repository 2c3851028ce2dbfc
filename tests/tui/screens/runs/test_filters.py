from datetime import timedelta

from tests.support.clock import NOON
from tui_scheduler.models import OPEN_STATUSES, RunStatus
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.tui.screens.runs.filters import QuickFilter


def test_without_a_toggle_every_run_is_wanted() -> None:
    assert QuickFilter().wanted(NOON) == RunFilter()
    assert not QuickFilter().is_on


def test_failed_only_wants_the_outcomes_that_a_person_should_look_at() -> None:
    wanted = QuickFilter().toggled("failed").wanted(NOON)
    assert wanted.statuses == {RunStatus.ERROR, RunStatus.TIMED_OUT, RunStatus.LOST}
    assert wanted.since is None


def test_running_only_wants_what_waits_as_well() -> None:
    assert QuickFilter().toggled("running").wanted(NOON).statuses == set(OPEN_STATUSES)


def test_the_last_24_hours_move_with_the_clock() -> None:
    lately = QuickFilter().toggled("lately")
    assert lately.wanted(NOON).since == NOON - timedelta(hours=24)
    later = NOON + timedelta(minutes=5)
    assert lately.wanted(later).since == later - timedelta(hours=24)


def test_failed_and_running_exclude_each_other() -> None:
    failed = QuickFilter().toggled("lately").toggled("failed")
    running = failed.toggled("running")
    assert running == QuickFilter(running=True, lately=True)
    assert running.toggled("failed") == failed


def test_a_toggle_pressed_twice_is_off() -> None:
    for name in ("failed", "running", "lately"):
        once = QuickFilter().toggled(name)
        assert once.is_on
        assert once.toggled(name) == QuickFilter()
