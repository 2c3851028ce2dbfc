"""Pausing what awaits an event: each event that comes in a pause leaves a row of its own."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.services.drafts import after, end, minutely, run_all
from tests.services.promises.soundness import contradictions
from tests.services.running.test_following import ended, followed, follower, of
from tests.support.clock import FakeClock
from tui_scheduler.errors import Refused
from tui_scheduler.models import PendingEnd, RequestStatus, RunStatus
from tui_scheduler.schedules import Outcome
from tui_scheduler.services import Services
from tui_scheduler.services.requests import draft_of
from tui_scheduler.services.views.requests import RequestView

HOUR = timedelta(hours=1)


def follower_of(services: Services, clock: FakeClock) -> RequestView:
    """A request that follows another, and nothing has ended yet."""
    followed(services, clock)
    return follower(services)


def rows(services: Services, request: RequestView) -> list[tuple[RunStatus, str]]:
    """What became of its events, oldest first, and why."""
    return [(run.status, run.note) for run in of(services, request)]


def test_it_leaves_its_row_for_each_end(services: Services, clock: FakeClock) -> None:
    backup, report = followed(services, clock), follower(services)
    services.requests.pause(report.id)
    causes = [ended(services, clock, backup).id for _ in range(2)]
    assert rows(services, report) == [(RunStatus.SKIPPED, "Paused by ann")] * 2
    assert [run.after_run for run in of(services, report)] == causes
    stored = services.requests.get(report.id)
    assert (stored.status, stored.next_fire) == (RequestStatus.SCHEDULED, None)
    assert stored.executions == 0
    assert not PendingEnd.select().exists()
    assert contradictions() == []


def test_it_follows_again_once_it_is_resumed(services: Services, clock: FakeClock) -> None:
    backup, report = followed(services, clock), follower(services)
    services.requests.pause(report.id)
    ended(services, clock, backup)
    services.requests.resume(report.id)
    clock.advance(seconds=1)
    ended(services, clock, backup)
    assert [status for status, _ in rows(services, report)] == ["skipped", "queued"]


def test_a_pause_ends_by_itself(services: Services, clock: FakeClock) -> None:
    backup, report = followed(services, clock), follower(services)
    services.requests.pause(report.id, clock.now() + HOUR)
    ended(services, clock, backup)
    clock.advance(hours=2)
    ended(services, clock, backup)
    (paused, why), (begun, _) = rows(services, report)
    assert (paused, begun) == (RunStatus.SKIPPED, RunStatus.QUEUED)
    assert why.startswith("Paused by ann until ")


def test_what_comes_while_all_is_held_is_of_the_pause_it_came_in(
    services: Services, clock: FakeClock
) -> None:
    backup, report = followed(services, clock), follower(services)
    run = services.runs.trigger(backup.id)
    services.requests.pause(report.id, clock.now() + HOUR)
    [claim] = services.dispatch.claim()
    services.controls.hold()
    services.dispatch.started(claim.run_id, clock.now(), 1, "handle")
    end(services, claim, clock)
    assert of(services, report) == []
    clock.advance(hours=2)
    services.controls.release()
    run_all(services, clock)
    [row] = of(services, report)
    assert (row.status, row.after_run) == (RunStatus.SKIPPED, run.id)


def test_only_its_next_end_is_skipped(services: Services, clock: FakeClock) -> None:
    backup, report = followed(services, clock), follower(services)
    skipping = services.requests.skip_next(report.id)
    pause = skipping.pause(clock.now())
    assert pause is not None
    assert pause.words("UTC", clock.now()) == "skips its next run, as ann asked"
    for _ in range(2):
        clock.advance(seconds=1)
        ended(services, clock, backup)
    assert rows(services, report) == [
        (RunStatus.SKIPPED, "Skipped, as ann asked"),
        (RunStatus.QUEUED, ""),
    ]
    assert services.requests.get(report.id).pause(clock.now()) is None


def test_a_skip_is_taken_back(services: Services, clock: FakeClock) -> None:
    backup, report = followed(services, clock), follower(services)
    services.requests.skip_next(report.id)
    with pytest.raises(Refused, match="skips its next run already"):
        services.requests.skip_next(report.id)
    services.requests.resume(report.id)
    ended(services, clock, backup)
    assert [status for status, _ in rows(services, report)] == ["queued"]


def test_of_its_repetitions_none_is_used_up(services: Services, clock: FakeClock) -> None:
    backup, report = followed(services, clock), follower(services, repetitions=1)
    services.requests.pause(report.id)
    ended(services, clock, backup)
    services.requests.resume(report.id)
    clock.advance(seconds=1)
    ended(services, clock, backup)
    assert [status for status, _ in rows(services, report)] == ["skipped", "queued"]
    assert services.requests.get(report.id).status is RequestStatus.COMPLETE


def test_it_stays_paused_with_another_plan(services: Services, clock: FakeClock) -> None:
    backup, report = followed(services, clock), follower(services)
    services.requests.pause(report.id)
    draft = draft_of(services.requests.get(report.id))
    plan = replace(draft.plan, repetitions=3)
    services.requests.update(report.id, replace(draft, plan=plan))
    clock.advance(seconds=1)
    ended(services, clock, backup)
    assert rows(services, report) == [(RunStatus.SKIPPED, "Paused by ann")]


def test_what_is_paused_for_good_is_not_to_come(services: Services, clock: FakeClock) -> None:
    followed(services, clock)
    report = follower(services)
    assert services.requests.upcoming(3).count == 1
    services.requests.skip_next(report.id)
    assert services.requests.upcoming(3).count == 1
    services.requests.resume(report.id)
    services.requests.pause(report.id)
    assert services.requests.upcoming(3).count == 0


def test_no_event_is_left_to_skip_where_a_clock_says_when(
    services: Services, clock: FakeClock
) -> None:
    report = follower_of(services, clock)
    services.requests.skip_next(report.id)
    draft = draft_of(services.requests.get(report.id))
    changed = services.requests.update(report.id, replace(draft, plan=minutely()))
    assert (changed.next_fire, changed.pause(clock.now())) == (clock.now(), None)
    assert len(run_all(services, clock)) == 1


def test_what_was_to_be_skipped_is_the_next_event_of_another_plan_too(
    services: Services, clock: FakeClock
) -> None:
    report = follower_of(services, clock)
    services.requests.skip_next(report.id)
    draft = draft_of(services.requests.get(report.id))
    changed = services.requests.update(report.id, replace(draft, plan=after(outcome=Outcome.END)))
    pause = changed.pause(clock.now())
    assert pause is not None
    assert pause.skips_next
