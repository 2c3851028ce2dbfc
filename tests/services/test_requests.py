"""What a person may do with a request in each of its states."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest

from tests.services.drafts import (
    IMMEDIATE,
    a_process,
    a_request,
    end,
    every,
    later,
    minutely,
    process_draft,
    run_all,
    scheduled,
    wall,
)
from tests.support.clock import NOON, FakeClock
from tui_scheduler.errors import InvalidInput, NotFound, Refused
from tui_scheduler.models import MisfirePolicy, Request, RequestStatus
from tui_scheduler.schedules import Frequency, Plan, Weekday
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.events import Event, RequestSaved
from tui_scheduler.services.requests import draft_of
from tui_scheduler.services.views.requests import RequestView


def edited(services: Services, request: RequestView, **changes: Any) -> RequestView:
    return services.requests.update(request.id, replace(draft_of(request), **changes))


class TestCreating:
    def test_a_new_request_is_not_scheduled(self, services: Services) -> None:
        request = a_request(services, minutely())
        assert request.status is RequestStatus.NEW
        assert request.next_fire is None
        assert services.dispatch.claim() == []

    def test_what_was_entered_is_kept(self, services: Services) -> None:
        plan = every(
            Frequency.WEEKLY,
            timezone="Europe/Madrid",
            start=wall("2026-03-02T18:30"),
            interval=2,
            days=frozenset({Weekday.MON, Weekday.FRI}),
            finish=wall("2027-01-01T00:00"),
        )
        request = a_request(
            services, plan, description="nightly", parameters={"A": "1"}, misfire=MisfirePolicy.ALL
        )
        assert request.plan == plan
        assert request.description == "nightly"
        assert request.parameters == {"A": "1"}
        assert request.misfire is MisfirePolicy.ALL
        assert draft_of(services.requests.get(request.id)).plan == plan

    def test_the_second_pass_of_a_repeated_hour_is_kept(self, services: Services) -> None:
        start = wall("2026-10-25T02:30").replace(fold=1)
        plan = replace(later("2026-10-25T02:30"), timezone="Europe/Madrid", start=start)
        request = scheduled(services, plan)
        assert request.plan.start is not None
        assert request.plan.start.fold == 1
        assert request.next_fire == wall("2026-10-25T01:30").replace(tzinfo=UTC)

    def test_fields_that_the_frequency_does_not_use_are_dropped(self, services: Services) -> None:
        plan = every(Frequency.DAILY, cron="* * * * *", day=3, weekday=Weekday.MON)
        assert a_request(services, plan).plan == every(Frequency.DAILY)

    def test_nothing_invalid_is_stored(self, services: Services) -> None:
        with pytest.raises(InvalidInput) as refused:
            a_request(services, every(Frequency.CRON, cron="0 0 30 2 *"))
        assert [problem.field for problem in refused.value.problems] == ["cron"]
        assert services.requests.all() == []

    def test_problems_can_be_asked_for_while_typing(self, services: Services) -> None:
        draft = RequestDraft(process="nobody", plan=replace(IMMEDIATE, timezone="Mars/Base"))
        assert [problem.field for problem in services.requests.problems(draft)] == [
            "process",
            "timezone",
        ]


class TestScheduling:
    def test_it_fires_at_the_first_time_of_its_plan(self, services: Services) -> None:
        request = scheduled(services, later("2026-03-03T06:00"))
        assert request.status is RequestStatus.SCHEDULED
        assert request.next_fire == wall("2026-03-03T06:00").replace(tzinfo=UTC)
        assert request.scheduled_at == NOON
        assert request.scheduled_by == "ann"

    def test_a_missing_start_is_the_moment_of_scheduling(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = a_request(services, minutely(interval=7))
        clock.advance(seconds=90)
        assert services.requests.schedule(request.id).next_fire == NOON + timedelta(seconds=90)

    def test_one_that_is_scheduled_is_refused(self, services: Services) -> None:
        request = scheduled(services, minutely())
        with pytest.raises(Refused, match="scheduled already"):
            services.requests.schedule(request.id)

    def test_one_of_an_inactive_process_is_refused(self, services: Services) -> None:
        request = a_request(services)
        services.processes.update(request.process_id, process_draft(active=False))
        with pytest.raises(Refused, match="not active"):
            services.requests.schedule(request.id)

    def test_a_plan_that_has_run_out_is_refused(self, services: Services, clock: FakeClock) -> None:
        plan = every(Frequency.DAILY, finish=wall("2026-03-04T12:00"))
        request = a_request(services, plan)
        clock.advance(days=10)
        with pytest.raises(Refused, match="no run left"):
            services.requests.schedule(request.id)
        assert services.requests.get(request.id).status is RequestStatus.NEW

    def test_one_that_does_not_exist_is_not_found(self, services: Services) -> None:
        with pytest.raises(NotFound, match="request 7"):
            services.requests.schedule(7)

    def test_a_later_start_in_the_past_runs_now(self, services: Services) -> None:
        scheduled(services, later("2026-03-01T06:00"))
        [claim] = services.dispatch.claim()
        assert "Late" in claim.note

    def test_a_recurring_start_in_the_past_goes_on_from_now_without_a_misfire(
        self, services: Services
    ) -> None:
        request = scheduled(services, every(Frequency.HOURLY, start=wall("2026-02-01T00:15")))
        assert request.next_fire == NOON + timedelta(minutes=15)
        assert services.dispatch.claim() == []


class TestUnscheduling:
    def test_it_stops_future_fires(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, minutely())
        unscheduled = services.requests.unschedule(request.id)
        assert unscheduled.status is RequestStatus.UNSCHEDULED
        assert unscheduled.next_fire is None
        clock.advance(hours=1)
        assert services.dispatch.claim() == []

    def test_what_runs_goes_on(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, minutely())
        [claim] = services.dispatch.claim()
        services.requests.unschedule(request.id)
        assert services.runs.get(claim.run_id).is_open
        assert not end(services, claim, clock).is_open

    def test_one_that_is_not_scheduled_is_refused(self, services: Services) -> None:
        with pytest.raises(Refused, match="is new"):
            services.requests.unschedule(a_request(services).id)


class TestRescheduling:
    def test_repetitions_begin_again(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, minutely(repetitions=2))
        run_all(services, clock)
        clock.advance(minutes=1)
        run_all(services, clock)
        assert services.requests.get(request.id).status is RequestStatus.COMPLETE

        clock.advance(hours=1)
        again = services.requests.schedule(request.id)
        assert again.executions == 0
        assert again.next_fire == clock.now()

    def test_an_immediate_one_can_run_any_number_of_times(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = a_request(services)
        for _ in range(3):
            services.requests.schedule(request.id)
            run_all(services, clock)
        assert len(run_all(services, clock)) == 3


class TestEditing:
    def test_a_new_plan_is_planned_in_the_same_step(
        self, services: Services, clock: FakeClock, events: list[Event]
    ) -> None:
        request = scheduled(services, minutely(interval=10))
        clock.advance(seconds=30)
        events.clear()
        changed = edited(services, request, plan=every(Frequency.HOURLY))
        assert changed.status is RequestStatus.SCHEDULED
        assert changed.next_fire == changed.scheduled_at == clock.now()
        assert events == [RequestSaved(request.id)]

    def test_the_same_plan_does_not_move_the_next_fire(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, minutely(interval=10, repetitions=5))
        run_all(services, clock)
        clock.advance(minutes=4)
        before = services.requests.get(request.id)
        changed = edited(services, request, description="renamed", parameters={"A": "1"})
        assert changed.description == "renamed"
        assert changed.next_fire == before.next_fire
        assert changed.executions == 1
        assert changed.scheduled_at == before.scheduled_at

    def test_fields_that_are_not_used_do_not_make_a_plan_new(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, minutely(interval=10))
        clock.advance(minutes=1)
        plan = replace(request.plan, cron="0 0 * * *", day=31)
        assert edited(services, request, plan=plan).next_fire == request.next_fire

    def test_an_immediate_one_that_waits_gets_its_new_plan(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, IMMEDIATE)
        changed = edited(services, request, plan=later("2026-03-05T06:00"))
        assert changed.next_fire == wall("2026-03-05T06:00").replace(tzinfo=UTC)

    @pytest.mark.parametrize("status", [RequestStatus.NEW, RequestStatus.UNSCHEDULED])
    def test_one_that_is_not_scheduled_stays_so(
        self, services: Services, status: RequestStatus
    ) -> None:
        request = a_request(services, minutely())
        if status is RequestStatus.UNSCHEDULED:
            services.requests.schedule(request.id)
            services.requests.unschedule(request.id)
        changed = edited(services, request, plan=every(Frequency.HOURLY))
        assert changed.status is status
        assert changed.next_fire is None

    def test_a_plan_without_any_fire_left_changes_nothing(self, services: Services) -> None:
        request = scheduled(services, minutely())
        gone = every(Frequency.DAILY, finish=wall("2026-01-01T00:00"))
        with pytest.raises((InvalidInput, Refused)):
            edited(services, request, plan=gone, description="renamed")
        assert services.requests.get(request.id) == request

    def test_another_process_can_be_chosen(self, services: Services) -> None:
        request = a_request(services)
        other = a_process(services, "restore")
        assert edited(services, request, process="restore").process_id == other.id

    def test_one_that_does_not_exist_is_not_found(self, services: Services) -> None:
        draft = draft_of(a_request(services))
        with pytest.raises(NotFound):
            services.requests.update(99, draft)

    def test_problems_are_refused(self, services: Services) -> None:
        request = scheduled(services, minutely())
        with pytest.raises(InvalidInput):
            edited(services, request, plan=minutely(interval=0))
        assert services.requests.get(request.id) == request


def test_someone_else_who_was_faster_is_noticed(services: Services) -> None:
    request = a_request(services, minutely())
    stale = Request.get_by_id(request.id)
    services.requests.schedule(request.id)
    with pytest.raises(Refused, match="just changed by someone else"):
        services.requests._move(stale, status=RequestStatus.COMPLETE)


def test_plans_compare_by_what_is_stored(services: Services) -> None:
    plan: Plan = every(Frequency.CRON, cron="*/5 * * * *", timezone="Europe/Madrid")
    request = a_request(services, plan)
    assert "5 minutes" in request.schedule_text
    assert services.requests.all() == [request]
