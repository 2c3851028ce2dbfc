"""A clock that was ahead and comes back leaves nothing that is waited for in vain."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.services.drafts import (
    ALL_RUNS,
    IMMEDIATE,
    a_process,
    a_request,
    end,
    every,
    later,
    minutely,
    run_all,
    scheduled,
)
from tests.support.clock import NOON, FakeClock
from tui_scheduler.models import Request, RequestStatus, RunStatus
from tui_scheduler.schedules import Frequency, Plan
from tui_scheduler.services import Services
from tui_scheduler.services.requests import draft_of

AHEAD = [timedelta(hours=1), timedelta(days=365), timedelta(days=74 * 365)]


def run_ahead(services: Services, clock: FakeClock, by: timedelta) -> None:
    """Claim what is due by a clock that jumped ahead, and put it right."""
    clock.jump(seconds=by.total_seconds())
    services.dispatch.claim()
    clock.jump(seconds=-by.total_seconds())


@pytest.mark.parametrize("by", AHEAD)
def test_a_plan_goes_on_from_now(services: Services, clock: FakeClock, by: timedelta) -> None:
    request = scheduled(services, minutely())
    run_ahead(services, clock, by)
    services.dispatch.plan_anew()
    assert services.requests.get(request.id).next_fire == NOON + timedelta(minutes=1)
    newest, *_ = services.runs.latest(ALL_RUNS)
    assert newest.status is RunStatus.MISFIRED
    assert newest.note.startswith("The clock was ahead and was put back: planned anew")


def test_planning_anew_twice_changes_nothing(services: Services, clock: FakeClock) -> None:
    scheduled(services, minutely())
    run_ahead(services, clock, timedelta(days=1))
    services.dispatch.plan_anew()
    count = len(services.runs.latest(ALL_RUNS))
    services.dispatch.plan_anew()
    assert len(services.runs.latest(ALL_RUNS)) == count


def test_a_clock_that_goes_back_a_little_repeats_nothing(
    services: Services, clock: FakeClock
) -> None:
    request = scheduled(services, minutely())
    run_ahead(services, clock, timedelta(seconds=50))
    before = services.requests.get(request.id)
    services.dispatch.plan_anew()
    assert services.requests.get(request.id) == before


def test_a_start_that_is_still_to_come_is_no_fault(services: Services, clock: FakeClock) -> None:
    start = NOON.replace(tzinfo=None) + timedelta(days=300)
    requests = [scheduled(services, plan) for plan in (minutely(start=start), later(str(start)))]
    services.dispatch.plan_anew()
    for request in requests:
        assert services.requests.get(request.id) == request


@pytest.mark.parametrize("plan", [IMMEDIATE, minutely()])
def test_what_was_scheduled_meanwhile_begins_now(
    services: Services, clock: FakeClock, plan: Plan
) -> None:
    clock.jump(days=365)
    request = scheduled(services, plan)
    clock.jump(days=-365)
    services.dispatch.plan_anew()
    fire = services.requests.get(request.id).next_fire
    assert fire is not None
    assert fire <= NOON + timedelta(minutes=1)


def test_a_new_plan_of_what_was_complete_is_started_by_nobody_but_a_person(
    services: Services, clock: FakeClock
) -> None:
    request = scheduled(services)
    run_all(services, clock)
    draft = draft_of(services.requests.get(request.id))
    edited = services.requests.update(request.id, replace(draft, plan=every(Frequency.DAILY)))
    assert edited.status is RequestStatus.UNSCHEDULED
    clock.jump(hours=-1)
    assert services.dispatch.plan_anew() == 0
    assert services.requests.get(request.id).next_fire is None


def test_a_plan_that_was_complete_too_early_goes_on(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, minutely(finish=NOON.replace(tzinfo=None) + timedelta(days=30)))
    run_ahead(services, clock, timedelta(days=365))
    assert services.requests.get(request.id).status is RequestStatus.COMPLETE
    services.dispatch.plan_anew()
    assert services.requests.get(request.id).next_fire == NOON + timedelta(minutes=1)


def test_repetitions_that_are_used_up_stay_so(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, minutely(repetitions=1))
    run_ahead(services, clock, timedelta(days=365))
    services.dispatch.plan_anew()
    assert services.requests.get(request.id).status is RequestStatus.COMPLETE


def test_a_retry_waits_no_longer_than_it_should(services: Services, clock: FakeClock) -> None:
    a_process(services, retries=1, retry_delay=timedelta(seconds=30))
    request = a_request(services)
    clock.jump(days=365)
    services.runs.trigger(request.id)
    [claim] = services.dispatch.claim()
    end(services, claim, clock, RunStatus.ERROR, after=timedelta())
    clock.jump(days=-365)
    services.dispatch.plan_anew()
    [retry] = services.runs.open()
    assert retry.scheduled_for == clock.now() + timedelta(seconds=30)


def test_a_row_that_cannot_be_read_is_in_nobodys_way(services: Services, clock: FakeClock) -> None:
    damaged, sound = scheduled(services, minutely()), scheduled(services, minutely())
    run_ahead(services, clock, timedelta(days=1))
    Request.update(start="soon").where(Request.id == damaged.id).execute()
    services.dispatch.plan_anew()
    assert services.requests.get(sound.id).next_fire == NOON + timedelta(minutes=1)
