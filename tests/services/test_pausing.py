"""Pausing a request, skipping one fire of it, and going on: no fire without its row."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.services.drafts import (
    a_process,
    a_request,
    a_window,
    end,
    every,
    later,
    minutely,
    run_all,
    scheduled,
    wall,
)
from tests.support.clock import NOON, FakeClock
from tui_scheduler.errors import InvalidInput, Refused
from tui_scheduler.models import MisfirePolicy, Request, RequestStatus, RunStatus
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.queries.forecast import fires_of_request
from tui_scheduler.services.queries.upcoming import upcoming
from tui_scheduler.services.requests import draft_of
from tui_scheduler.services.running.pauses import note_of, pause_at
from tui_scheduler.services.views.runs import RunView

HOURLY = every(Frequency.HOURLY, start=wall("2026-03-02T12:30"))
HOUR = timedelta(hours=1)


def at(clock: str, day: int = 2) -> datetime:
    """A moment of this March, in UTC."""
    hour, minute = map(int, clock.split(":"))
    return NOON.replace(day=day, hour=hour, minute=minute)


def outcomes(runs: list[RunView]) -> list[tuple[str, str, int]]:
    """What became of fires, oldest first: the status, when it was due, and for how many."""
    return [
        (run.status.value, f"{run.scheduled_for:%H:%M}", run.missed)
        for run in sorted(runs, key=lambda run: run.id)
    ]


def by(services: Services, actor: str) -> Services:
    """The same, as somebody else uses them."""
    return services_on(replace(services.context, actor=actor))


def test_what_falls_due_leaves_one_row_when_the_pause_ends(
    services: Services, clock: FakeClock
) -> None:
    request = scheduled(services, HOURLY)
    paused = services.requests.pause(request.id, at("16:00"))
    assert paused.next_fire == at("16:30")
    assert paused.is_paused(clock.now())

    clock.advance(hours=3.9)
    assert run_all(services, clock) == []

    clock.advance(hours=0.1)
    [row] = run_all(services, clock)
    assert (row.status, row.scheduled_for, row.missed) == (RunStatus.SKIPPED, at("15:30"), 4)
    assert row.note == "Paused by ann until Monday 2 March 2026 at 16:00: 4 runs"
    resumed = services.requests.get(request.id)
    assert not resumed.is_paused(clock.now())
    assert (resumed.status, resumed.previous_fire) == (RequestStatus.SCHEDULED, at("15:30"))
    assert resumed.executions == 0

    clock.advance(hours=1)
    assert outcomes(run_all(services, clock))[1:] == [("success", "16:30", 1)]


def test_what_fires_at_the_very_end_is_run(services: Services, clock: FakeClock) -> None:
    services.requests.pause(scheduled(services, HOURLY).id, at("13:30"))
    clock.advance(hours=1.5)
    assert outcomes(run_all(services, clock)) == [("skipped", "12:30", 1), ("success", "13:30", 0)]


def test_the_end_of_a_pause_wakes_the_scheduler_and_nothing_else_does(
    services: Services, clock: FakeClock
) -> None:
    request = scheduled(services, HOURLY)
    services.requests.pause(request.id, at("16:00"))
    assert services.dispatch.next_wakeup() == at("16:00")
    services.requests.pause(request.id)
    assert services.dispatch.next_wakeup() is None
    clock.advance(hours=100)
    assert services.dispatch.next_wakeup() is None


def test_without_a_fire_in_it_a_pause_leaves_nothing(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    services.requests.pause(request.id, at("12:20"))
    assert services.dispatch.next_wakeup() == at("12:30")
    clock.advance(minutes=30)
    assert outcomes(run_all(services, clock)) == [("success", "12:30", 0)]


def test_for_good_is_until_somebody_resumes_it(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    assert services.requests.pause(request.id).next_fire is None
    clock.advance(days=2)
    assert run_all(services, clock) == []
    resumed = by(services, "ben").requests.resume(request.id)
    assert resumed.next_fire == at("12:30", day=4)
    [row] = run_all(services, clock)
    assert (row.status, row.missed) == (RunStatus.SKIPPED, 48)
    assert row.note == "Paused by ann until ben resumed it: 48 runs"
    clock.advance(minutes=30)
    assert outcomes(run_all(services, clock))[1:] == [("success", "12:30", 0)]


def test_a_pause_that_ends_while_nobody_schedules_ends_all_the_same(
    services: Services, clock: FakeClock
) -> None:
    """What fell due in it counts as paused, and what fell due after it as missed."""
    services.requests.pause(scheduled(services, HOURLY).id, at("15:00"))
    clock.advance(hours=6)
    runs = run_all(services, clock)
    assert outcomes(runs) == [("skipped", "14:30", 3), ("success", "17:30", 3)]


@pytest.mark.parametrize(
    ("misfire", "expected"),
    [
        (MisfirePolicy.SKIP, [("skipped", "14:30", 3), ("misfired", "17:30", 3)]),
        (
            MisfirePolicy.ALL,
            [
                ("skipped", "14:30", 3),
                ("success", "15:30", 1),
                ("success", "16:30", 1),
                ("success", "17:30", 1),
            ],
        ),
    ],
)
def test_what_is_missed_after_a_pause_follows_the_policy(
    services: Services,
    clock: FakeClock,
    misfire: MisfirePolicy,
    expected: list[tuple[str, str, int]],
) -> None:
    services.requests.pause(scheduled(services, HOURLY, misfire=misfire).id, at("15:00"))
    clock.advance(hours=6)
    assert outcomes(run_all(services, clock)) == expected


def test_what_is_overdue_when_it_is_paused_falls_into_the_pause(
    services: Services, clock: FakeClock
) -> None:
    request = scheduled(services, HOURLY)
    clock.advance(hours=3)
    services.requests.pause(request.id)
    assert run_all(services, clock) == []
    clock.advance(hours=1)
    services.requests.resume(request.id)
    assert outcomes(run_all(services, clock)) == [("skipped", "15:30", 4)]


def test_paused_again_it_is_paused_for_that_long_instead(
    services: Services, clock: FakeClock
) -> None:
    request = scheduled(services, HOURLY)
    services.requests.pause(request.id)
    clock.advance(hours=1)
    assert services.requests.pause(request.id, at("14:00")).next_fire == at("14:30")
    clock.advance(hours=2)
    by(services, "ben").requests.pause(request.id, at("17:00"))
    clock.advance(hours=2)
    runs = run_all(services, clock)
    assert outcomes(runs) == [("skipped", "13:30", 2), ("skipped", "16:30", 3)]
    assert [run.note.split()[2] for run in runs] == ["ben", "ann"]


def test_a_pause_survives_whoever_schedules(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    services.requests.pause(request.id, at("15:00"))
    clock.advance(hours=2)
    again = services_on(services.context)
    assert run_all(again, clock) == []
    assert again.requests.get(request.id).is_paused(clock.now())


def test_a_plan_that_ends_within_its_pause_is_complete_with_it(
    services: Services, clock: FakeClock
) -> None:
    plan = replace(HOURLY, finish=wall("2026-03-02T14:00"))
    request = scheduled(services, plan)
    assert services.requests.pause(request.id, at("18:00")).next_fire is None
    clock.advance(hours=5)
    assert services.requests.get(request.id).status is RequestStatus.SCHEDULED
    clock.advance(hours=1)
    assert outcomes(run_all(services, clock)) == [("skipped", "13:30", 2)]
    assert services.requests.get(request.id).status is RequestStatus.COMPLETE


def test_resumed_in_time_it_goes_on_with_its_plan(services: Services, clock: FakeClock) -> None:
    plan = replace(HOURLY, finish=wall("2026-03-02T14:00"))
    request = scheduled(services, plan)
    services.requests.pause(request.id, at("18:00"))
    assert services.requests.resume(request.id).next_fire == at("12:30")
    assert run_all(services, clock) == []


def test_what_runs_later_and_falls_into_a_pause_is_over(
    services: Services, clock: FakeClock
) -> None:
    request = scheduled(services, later("2026-03-02T13:00"))
    services.requests.pause(request.id, at("14:00"))
    clock.advance(hours=2)
    assert outcomes(run_all(services, clock)) == [("skipped", "13:00", 1)]
    assert services.requests.get(request.id).status is RequestStatus.COMPLETE


def test_skipped_runs_are_no_repetitions(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, replace(HOURLY, repetitions=2))
    services.requests.pause(request.id, at("14:00"))
    assert fires_of_request(services.requests.get(request.id), clock.now(), 9) == (
        at("14:30"),
        at("15:30"),
    )


def test_a_filter_finds_what_is_paused(services: Services) -> None:
    for name in ("backup", "report", "sync"):
        scheduled(services, HOURLY, process=name)
    services.requests.pause(2)
    services.requests.skip_next(3)
    assert [row.id for row in services.requests.page(a_window(text="paused")).rows] == [2]
    assert len(services.requests.page(a_window(text="scheduled")).rows) == 3


# one fire


def test_exactly_the_next_fire_is_skipped(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    skipping = services.requests.skip_next(request.id)
    assert skipping.next_fire == at("13:30")
    assert not skipping.is_paused(clock.now())
    assert skipping.pause(clock.now()) is not None
    clock.advance(hours=0.5)
    [row] = run_all(services, clock)
    assert (row.status, row.scheduled_for, row.missed) == (RunStatus.SKIPPED, at("12:30"), 1)
    assert row.note == "Skipped, as ann asked"
    assert services.requests.get(request.id).pause(clock.now()) is None
    clock.advance(hours=1)
    assert outcomes(run_all(services, clock))[1:] == [("success", "13:30", 0)]


def test_the_last_fire_can_be_skipped(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, later("2026-03-02T13:00"))
    assert services.requests.skip_next(request.id).next_fire is None
    clock.advance(hours=1)
    assert outcomes(run_all(services, clock)) == [("skipped", "13:00", 1)]
    assert services.requests.get(request.id).status is RequestStatus.COMPLETE


def test_it_is_skipped_also_if_nobody_schedules_then(services: Services, clock: FakeClock) -> None:
    services.requests.skip_next(scheduled(services, HOURLY).id)
    clock.advance(hours=2)
    assert outcomes(run_all(services, clock)) == [("skipped", "12:30", 1), ("success", "13:30", 1)]


def test_resuming_lets_the_fire_run_after_all(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    services.requests.skip_next(request.id)
    assert services.requests.resume(request.id).next_fire == at("12:30")
    clock.advance(hours=0.5)
    assert outcomes(run_all(services, clock)) == [("success", "12:30", 0)]


def test_one_fire_is_skipped_at_a_time(services: Services) -> None:
    request = scheduled(services, HOURLY)
    services.requests.skip_next(request.id)
    with pytest.raises(Refused, match=r"skips its next run already\. Resume it first"):
        services.requests.skip_next(request.id)
    services.requests.pause(request.id)
    with pytest.raises(Refused, match="is paused already"):
        services.requests.skip_next(request.id)


def test_a_pause_takes_the_place_of_a_skip(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    services.requests.skip_next(request.id)
    services.requests.pause(request.id, at("12:10"))
    assert services.requests.get(request.id).next_fire == at("12:30")


def test_skipped_at_the_very_moment_of_each_fire(services: Services, clock: FakeClock) -> None:
    """One that is due and not begun is skipped at once, and the next one can be asked for."""
    request = scheduled(services, minutely(interval=30))
    services.requests.skip_next(request.id)
    services.requests.skip_next(request.id)
    clock.advance(hours=0.5)
    services.requests.pause(request.id)
    services.requests.unschedule(request.id)
    assert outcomes(run_all(services, clock)) == [("skipped", "12:00", 1), ("skipped", "12:30", 1)]


def test_what_fires_when_it_is_resumed_is_run(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    services.requests.pause(request.id)
    clock.advance(hours=1.5)
    services.requests.resume(request.id)
    assert outcomes(run_all(services, clock)) == [("skipped", "12:30", 1), ("success", "13:30", 0)]


def test_nothing_is_left_to_pause_of_what_was_skipped_for_the_last_time(
    services: Services, clock: FakeClock
) -> None:
    request = scheduled(services, later("2026-03-02T13:00"))
    services.requests.skip_next(request.id)
    clock.advance(hours=1)
    with pytest.raises(Refused, match="has come to its end: nothing is left to pause"):
        services.requests.pause(request.id)
    assert outcomes(run_all(services, clock)) == [("skipped", "13:00", 1)]
    assert services.requests.get(request.id).status is RequestStatus.COMPLETE


# what else is done to it


def test_unscheduling_ends_a_pause(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    services.requests.pause(request.id)
    clock.advance(hours=2)
    services.requests.unschedule(request.id)
    [row] = run_all(services, clock)
    assert row.note == "Paused by ann until ann unscheduled it: 2 runs"
    again = services.requests.schedule(request.id)
    assert (again.pause(clock.now()), again.next_fire) == (None, at("14:30"))


def test_unscheduling_forgets_what_was_to_be_skipped(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    services.requests.skip_next(request.id)
    services.requests.unschedule(request.id)
    assert services.requests.schedule(request.id).next_fire == at("12:30")
    assert run_all(services, clock) == []


def test_another_plan_stays_paused(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    services.requests.pause(request.id, at("16:00"))
    clock.advance(hours=2)
    quarter = replace(draft_of(request), plan=replace(HOURLY, start=wall("2026-03-02T12:15")))
    assert services.requests.update(request.id, quarter).next_fire == at("16:15")
    clock.advance(hours=2)
    runs = run_all(services, clock)
    assert outcomes(runs) == [("skipped", "13:30", 2), ("skipped", "15:15", 2)]
    assert runs[1].note == "Paused by ann until ann changed its plan: 2 runs"


@pytest.mark.parametrize(
    ("start", "next_fire"), [("2026-03-02T12:30", "14:30"), ("2026-03-02T12:15", "12:15")]
)
def test_with_another_plan_the_fire_is_skipped_if_it_is_still_the_next(
    services: Services, start: str, next_fire: str
) -> None:
    request = scheduled(services, HOURLY)
    services.requests.skip_next(request.id)
    plan = replace(HOURLY, start=wall(start), interval=2)
    changed = services.requests.update(request.id, replace(draft_of(request), plan=plan))
    assert changed.next_fire == at(next_fire)


def test_a_change_of_all_else_is_no_matter(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    paused = services.requests.pause(request.id, at("16:00"))
    changed = services.requests.update(request.id, replace(draft_of(request), description="new"))
    assert (changed.last_pause, changed.next_fire) == (paused.last_pause, paused.next_fire)


def test_it_runs_by_hand_all_the_same(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    services.requests.pause(request.id)
    services.runs.trigger(request.id)
    [claim] = services.dispatch.claim()
    assert end(services, claim, clock).status is RunStatus.SUCCESS
    assert services.requests.get(request.id).is_paused(clock.now())


def test_retries_of_what_began_before_go_on(services: Services, clock: FakeClock) -> None:
    a_process(services, retries=1, retry_delay=timedelta(minutes=5))
    request = scheduled(services, HOURLY)
    clock.advance(minutes=30)
    [claim] = services.dispatch.claim()
    services.requests.pause(request.id)
    end(services, claim, clock, RunStatus.ERROR)
    clock.advance(minutes=6)
    [retry] = services.dispatch.claim()
    assert end(services, retry, clock).attempt == 2


def test_a_pause_that_ends_while_all_is_held(services: Services, clock: FakeClock) -> None:
    services.requests.pause(scheduled(services, HOURLY).id, at("14:00"))
    services.controls.hold()
    clock.advance(hours=4)
    assert run_all(services, clock) == []
    services.controls.release()
    assert outcomes(run_all(services, clock)) == [("skipped", "13:30", 2), ("success", "15:30", 2)]


def test_nothing_of_it_is_said_to_come(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    services.requests.pause(request.id, at("14:00"))
    assert [fire.at for fire in upcoming(clock.now(), at("16:00"))] == [at("14:30"), at("15:30")]
    services.requests.pause(request.id)
    assert list(upcoming(clock.now(), at("16:00"))) == []
    assert services.requests.upcoming(3).count == 0


def test_only_what_is_scheduled_can_be_paused(services: Services, clock: FakeClock) -> None:
    request = a_request(services, minutely())
    with pytest.raises(Refused, match="is new, so nothing is scheduled"):
        services.requests.pause(request.id)
    with pytest.raises(Refused, match="is new, so nothing is scheduled"):
        services.requests.skip_next(request.id)
    with pytest.raises(Refused, match="is not paused"):
        services.requests.resume(request.id)
    services.requests.schedule(request.id)
    with pytest.raises(Refused, match="is not paused"):
        services.requests.resume(request.id)
    with pytest.raises(InvalidInput, match="it is over; use a later moment"):
        services.requests.pause(request.id, NOON)


def test_a_pause_that_is_over_cannot_be_resumed(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    services.requests.pause(request.id, at("12:10"))
    clock.advance(minutes=10)
    with pytest.raises(Refused, match="is not paused"):
        services.requests.resume(request.id)


def test_whether_it_is_paused_at_a_moment_and_by_whom(services: Services) -> None:
    """For what runs because of something else than its plan."""
    request = scheduled(services, HOURLY)
    assert pause_at(Request.get_by_id(request.id), NOON) is None
    services.requests.pause(request.id, at("16:00"))
    row = Request.get_by_id(request.id)
    pause = pause_at(row, at("15:59"))
    assert pause is not None
    assert note_of(pause, "Europe/Madrid") == ("Paused by ann until Monday 2 March 2026 at 17:00")
    assert pause_at(row, at("16:00")) is None


def test_a_plan_that_cannot_be_read_is_refused_and_can_be_unscheduled(
    services: Services, clock: FakeClock
) -> None:
    request = scheduled(services, HOURLY)
    services.requests.pause(request.id, at("14:00"))
    Request.update(start="nonsense").execute()
    with pytest.raises(Refused, match="cannot be read"):
        services.requests.pause(request.id)
    clock.advance(hours=2)
    assert outcomes(run_all(services, clock)) == [("skipped", "12:30", 1)]
    services.requests.unschedule(request.id)


def test_a_clock_that_was_ahead_ends_no_pause(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, HOURLY)
    services.requests.pause(request.id, at("16:00"))
    clock.jump(days=300)
    run_all(services, clock)
    clock.jump(days=-300)
    services.dispatch.plan_anew()
    back = services.requests.get(request.id)
    assert back.is_paused(clock.now())
    assert back.next_fire == at("16:30")
    clock.advance(hours=4)
    skipped = [run for run in run_all(services, clock) if run.scheduled_for == at("15:30")]
    assert [(run.status, run.missed) for run in skipped] == [(RunStatus.SKIPPED, 4)] * 2
