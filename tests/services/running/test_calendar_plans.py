"""Calendars change: what is scheduled follows, and what is not known waits."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.services.drafts import every, later, run_all, scheduled, wall
from tests.services.test_calendars import CONFIG, named, put_in_force
from tests.support.clock import NOON, FakeClock
from tui_scheduler.calendars import Calendars, use_calendars
from tui_scheduler.models import MisfirePolicy, Request, RequestStatus, RunStatus
from tui_scheduler.schedules import Frequency, Plan, parse_exceptions
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.events import Event, RequestSaved
from tui_scheduler.services.queries.forecast import forecast
from tui_scheduler.services.views.requests import RequestView

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SIX = wall("2026-03-02T18:00")
"""Six hours after NOON, a Monday."""


@pytest.fixture(autouse=True)
def _company(services: Services) -> None:
    put_in_force(named("company", ("2026-03-03",)))


def daily(text: str = "company", **fields: object) -> Plan:
    return every(Frequency.DAILY, start=SIX, except_=parse_exceptions(text), **fields)


def next_fire(services: Services, request: RequestView) -> datetime | None:
    return services.requests.get(request.id).next_fire


def at(day: int) -> datetime:
    return NOON.replace(day=day, hour=18)


class TestFiring:
    def test_what_is_left_out_leaves_no_row(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, daily())
        for _ in range(4):
            run_all(services, clock)
            clock.advance(days=1)
        days = [run.scheduled_for.day for run in run_all(services, clock)]
        assert days == [5, 4, 2]
        assert services.requests.get(request.id).previous_fire == at(5)

    def test_missed_fires_are_those_of_the_plan(self, services: Services, clock: FakeClock) -> None:
        scheduled(services, daily(), misfire=MisfirePolicy.SKIP)
        clock.advance(days=4)
        [missed] = run_all(services, clock)
        assert missed.missed == 3

    def test_repetitions_are_not_used_up(self, services: Services, clock: FakeClock) -> None:
        scheduled(services, daily(repetitions=2))
        for _ in range(5):
            run_all(services, clock)
            clock.advance(days=1)
        assert [run.scheduled_for.day for run in run_all(services, clock)] == [4, 2]


class TestAnotherCalendar:
    def test_a_day_that_is_left_out_now_is_passed_over(
        self, services: Services, events: list[Event]
    ) -> None:
        request = scheduled(services, daily())
        put_in_force(named("company", ("2026-03-02..2026-03-04",)))
        events.clear()
        assert services.dispatch.plan_by_calendars() == []
        assert next_fire(services, request) == at(5)
        assert RequestSaved(request.id) in events

    def test_a_day_that_is_not_left_out_any_more_is_a_fire(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, daily())
        clock.advance(hours=7)
        run_all(services, clock)
        assert next_fire(services, request) == at(4)
        put_in_force(named("company", ("2026-12-24",)))
        services.dispatch.plan_by_calendars()
        assert next_fire(services, request) == at(3)

    def test_what_is_as_it_was_is_left_alone(self, services: Services, events: list[Event]) -> None:
        scheduled(services, daily())
        scheduled(services, daily("2026-03-03"))
        scheduled(services, every(Frequency.HOURLY))
        events.clear()
        assert services.dispatch.plan_by_calendars() == []
        assert events == []

    def test_what_is_overdue_stays_so_unless_it_is_left_out(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, daily())
        clock.advance(days=3)
        services.dispatch.plan_by_calendars()
        assert next_fire(services, request) == at(2)
        put_in_force(named("company", ("2026-03-02", "2026-03-03")))
        services.dispatch.plan_by_calendars()
        assert next_fire(services, request) == at(4)

    def test_claiming_never_runs_what_is_left_out(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, daily())
        clock.advance(hours=7)
        put_in_force(named("company", ("2026-03-02",)))
        assert run_all(services, clock) == []
        assert next_fire(services, request) == at(3)

    def test_a_plan_of_which_nothing_is_left_ends_with_a_row(
        self, services: Services, clock: FakeClock
    ) -> None:
        plan = replace(later("2026-03-04T09:00"), except_=parse_exceptions("company"))
        request = scheduled(services, plan)
        put_in_force(named("company", ("2026-03-04",)))
        services.dispatch.plan_by_calendars()
        assert services.requests.get(request.id).status is RequestStatus.COMPLETE
        [run] = run_all(services, clock)
        assert run.status is RunStatus.SKIPPED
        assert run.note.startswith("Nothing is left of the plan")

    def test_it_is_known_when_others_are_in_force(self, services: Services) -> None:
        known = [services.dispatch.has_other_calendars]
        services.dispatch.plan_by_calendars()
        known.append(services.dispatch.has_other_calendars)
        put_in_force(named("company"))
        known.append(services.dispatch.has_other_calendars)
        assert known == [True, False, True]

    def test_a_file_that_could_not_be_read_again_is_told_of(self, services: Services) -> None:
        use_calendars(Calendars(problem="it is damaged"))
        assert services.dispatch.plan_by_calendars() == ["it is damaged"]


class TestGone:
    def test_it_waits_and_says_why(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, daily())
        put_in_force()
        reason = f"there is no [calendar.company] in {CONFIG}: add it, or leave it out"
        assert services.dispatch.plan_by_calendars() == [f"Request 1 waits: {reason}"]
        view = services.requests.get(request.id)
        assert (view.status, view.next_fire, view.waiting_for) == ("scheduled", None, reason)
        assert services.dispatch.next_wakeup() is None
        clock.advance(days=3)
        assert run_all(services, clock) == []

    def test_others_go_on(self, services: Services, clock: FakeClock) -> None:
        scheduled(services, daily())
        scheduled(services, daily("2026-12-24"))
        put_in_force()
        services.dispatch.plan_by_calendars()
        assert services.dispatch.next_wakeup() == at(2)
        clock.advance(hours=6)
        assert [run.request_id for run in run_all(services, clock)] == [2]

    def test_several_are_told_of_together(self, services: Services) -> None:
        for _ in range(7):
            scheduled(services, daily())
        put_in_force()
        [message] = services.dispatch.plan_by_calendars()
        assert message.startswith("7 requests wait (1, 2, 3, 4, 5, …): there is no")

    def test_claiming_guesses_nothing(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, daily())
        put_in_force()
        clock.advance(days=1)
        assert run_all(services, clock) == []
        assert next_fire(services, request) is None
        assert services.requests.get(request.id).status is RequestStatus.SCHEDULED

    def test_it_goes_on_when_the_calendar_is_back(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, daily())
        clock.advance(hours=7)
        run_all(services, clock)
        put_in_force()
        services.dispatch.plan_by_calendars()
        put_in_force(named("company", ("2026-03-03",)))
        services.dispatch.plan_by_calendars()
        assert next_fire(services, request) == at(4)
        assert services.requests.get(request.id).waiting_for == ""

    def test_what_fell_due_meanwhile_was_missed(self, services: Services, clock: FakeClock) -> None:
        scheduled(services, daily(), misfire=MisfirePolicy.SKIP)
        put_in_force()
        services.dispatch.plan_by_calendars()
        clock.advance(days=3)
        put_in_force(named("company", ("2026-03-03",)))
        services.dispatch.plan_by_calendars()
        [missed] = run_all(services, clock)
        assert missed.status is RunStatus.MISFIRED
        assert missed.missed == 2

    def test_it_can_be_unscheduled_and_edited_meanwhile(self, services: Services) -> None:
        request = scheduled(services, daily())
        put_in_force()
        services.dispatch.plan_by_calendars()
        services.requests.unschedule(request.id)
        assert services.requests.get(request.id).waiting_for == ""

    def test_a_damaged_row_stops_nobody(self, services: Services) -> None:
        scheduled(services, daily())
        request = scheduled(services, daily())
        Request.update(except_="?").where(Request.id == 1).execute()
        put_in_force(named("company", ("2026-03-02",)))
        assert services.dispatch.plan_by_calendars() == []
        assert next_fire(services, request) == at(3)
        assert "Unreadable plan" in services.requests.get(1).schedule_text


class TestPaused:
    def test_for_good_it_stays_so(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, daily())
        services.requests.pause(request.id)
        put_in_force(named("company", ("2026-03-02..2026-03-03",)))
        assert services.dispatch.plan_by_calendars() == []
        clock.advance(days=3)
        assert services.dispatch.plan_by_calendars() == []
        assert run_all(services, clock) == []
        assert services.requests.get(request.id).next_fire is None
        assert services.requests.resume(request.id).next_fire == at(5)
        [skipped] = run_all(services, clock)
        assert (skipped.status, skipped.missed) == (RunStatus.SKIPPED, 1)

    def test_what_comes_after_the_pause_follows(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, daily())
        paused = services.requests.pause(request.id, at(3))
        assert paused.next_fire == at(4)
        put_in_force(named("company", ("2026-03-04",)))
        services.dispatch.plan_by_calendars()
        assert next_fire(services, request) == at(3)
        clock.advance(days=1, hours=7)
        assert [(run.status, run.scheduled_for) for run in run_all(services, clock)] == [
            (RunStatus.SUCCESS, at(3)),
            (RunStatus.SKIPPED, at(2)),
        ]

    def test_it_waits_for_a_calendar_and_is_paused_after(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, daily())
        services.requests.pause(request.id, at(5))
        put_in_force()
        services.dispatch.plan_by_calendars()
        assert services.requests.get(request.id).waiting_for
        put_in_force(named("company", ("2026-03-03",)))
        services.dispatch.plan_by_calendars()
        assert next_fire(services, request) == at(5)
        clock.advance(days=3)
        assert run_all(services, clock) == []

    def test_resumed_it_goes_on_waiting(self, services: Services) -> None:
        request = scheduled(services, daily())
        services.requests.pause(request.id)
        put_in_force()
        services.dispatch.plan_by_calendars()
        resumed = services.requests.resume(request.id)
        assert (resumed.status, resumed.next_fire) == ("scheduled", None)
        put_in_force(named("company", ("2026-03-03",)))
        services.dispatch.plan_by_calendars()
        assert next_fire(services, request) == at(2)

    def test_a_fire_that_is_skipped_and_left_out_is_none(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, daily())
        services.requests.skip_next(request.id)
        services.dispatch.plan_by_calendars()
        assert services.requests.get(request.id).pause(clock.now()) is not None
        put_in_force(named("company", ("2026-03-02",)))
        services.dispatch.plan_by_calendars()
        view = services.requests.get(request.id)
        assert (view.pause(clock.now()), view.next_fire) == (None, at(3))


class TestSpread:
    """What is planned late in the evening comes after midnight, and is of the day before."""

    @pytest.fixture
    def late(self, services: Services) -> RequestView:
        drawing = drawing_always(3 * HOUR, services)
        plan = daily(spread=4 * HOUR)
        return scheduled(drawing, replace(plan, start=wall("2026-03-02T23:00")))

    def test_the_day_is_that_of_the_plan(
        self, services: Services, late: RequestView, clock: FakeClock
    ) -> None:
        assert late.next_fire == after_midnight(3)
        clock.advance(days=1)
        run_all(services, clock)
        assert next_fire(services, late) == after_midnight(5)
        put_in_force(named("company", ("2026-03-04",)))
        services.dispatch.plan_by_calendars()
        assert next_fire(services, late) == after_midnight(4)

    def test_what_is_overdue_stays_so_unless_it_is_left_out(
        self, services: Services, late: RequestView, clock: FakeClock
    ) -> None:
        clock.advance(days=1)
        services.dispatch.plan_by_calendars()
        assert next_fire(services, late) == after_midnight(3)
        put_in_force(named("company", ("2026-03-02",)))
        services.dispatch.plan_by_calendars()
        assert next_fire(services, late) == after_midnight(4)

    def test_the_forecast_tells_the_day_of_the_plan(self, late: RequestView) -> None:
        preview = forecast(late.plan, NOON, 2)
        assert preview.fires == (after_midnight(3), after_midnight(5))
        assert [str(day) for day in preview.left_out] == ["3 Mar left out: company"]

    def test_what_runs_once_when_it_is_scheduled(self, services: Services) -> None:
        drawing = drawing_always(13 * HOUR, services)
        plan = replace(
            later("2026-03-02T23:00"),
            start=None,
            spread=14 * HOUR,
            except_=parse_exceptions("company"),
        )
        request = scheduled(drawing, plan)
        assert request.next_fire == NOON + 13 * HOUR
        services.dispatch.plan_by_calendars()
        assert next_fire(services, request) == NOON + 13 * HOUR


def drawing_always(delay: timedelta, services: Services) -> Services:
    drawing = services_on(replace(services.context, draw=lambda _spread: delay))
    put_in_force(named("company", ("2026-03-03",)))
    return drawing


def after_midnight(day: int) -> datetime:
    return NOON.replace(day=day, hour=2)
