"""Runs that follow the end of another: one for each end that is awaited, in its transaction."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.services.drafts import (
    ALL_RUNS,
    IMMEDIATE,
    a_process,
    a_request,
    after,
    end,
    minutely,
    process_draft,
    run_all,
    scheduled,
    wall,
)
from tests.services.groups import a_group
from tests.services.test_calendars import named, put_in_force
from tests.support.clock import NOON, FakeClock
from tui_scheduler.models import MisfirePolicy, Overlap, PendingEnd, RequestStatus, RunStatus
from tui_scheduler.schedules import Outcome, parse_exceptions
from tui_scheduler.services import Services
from tui_scheduler.services.processes import draft_of
from tui_scheduler.services.running import claims
from tui_scheduler.services.running.run_ending import Ending
from tui_scheduler.services.views.requests import RequestView
from tui_scheduler.services.views.runs import RunView

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def followed(services: Services, clock: FakeClock, name: str = "backup") -> RequestView:
    """What is followed: a process that runs when it is triggered."""
    request = a_request(services, IMMEDIATE, process=name)
    clock.advance(seconds=1)
    return request


def follower(services: Services, name: str = "report", **fields: Any) -> RequestView:
    """A request that is scheduled and follows ``backup``."""
    given = {key: fields.pop(key) for key in ("misfire", "misfire_limit") if key in fields}
    return scheduled(services, after(**fields), process=name, **given)


def ended(
    services: Services,
    clock: FakeClock,
    request: RequestView,
    status: RunStatus = RunStatus.SUCCESS,
) -> RunView:
    """A run of it by hand that ends so, a second after it began."""
    run = services.runs.trigger(request.id)
    [claim] = [claim for claim in services.dispatch.claim() if claim.run_id == run.id]
    return end(services, claim, clock, status)


def of(services: Services, request: RequestView) -> list[RunView]:
    """The runs of a request, oldest first."""
    return [run for run in services.runs.latest(ALL_RUNS, 1000) if run.request_id == request.id][
        ::-1
    ]


class TestAnEnd:
    def test_it_makes_a_run_at_once(self, services: Services, clock: FakeClock) -> None:
        backup, report = followed(services, clock), follower(services)
        cause = ended(services, clock, backup)
        [run] = of(services, report)
        assert (run.status, run.scheduled_for) == (RunStatus.QUEUED, cause.end_time)
        assert (run.after_run, run.after_process) == (cause.id, "backup")
        stored = services.requests.get(report.id)
        assert stored.status is RequestStatus.SCHEDULED
        assert (stored.next_fire, stored.previous_fire) == (None, cause.end_time)
        assert stored.executions == 1

    def test_each_makes_one(self, services: Services, clock: FakeClock) -> None:
        backup, report = followed(services, clock), follower(services)
        causes = []
        for _ in range(3):
            causes.append(ended(services, clock, backup).id)
            run_all(services, clock)
        assert [run.after_run for run in of(services, report)] == causes
        assert not PendingEnd.select().exists()

    @pytest.mark.parametrize(
        ("outcome", "statuses"),
        [
            (Outcome.SUCCESS, [RunStatus.SUCCESS]),
            (Outcome.FAILURE, [RunStatus.ERROR, RunStatus.TIMED_OUT, RunStatus.LOST]),
            (
                Outcome.END,
                [
                    RunStatus.SUCCESS,
                    RunStatus.ERROR,
                    RunStatus.TIMED_OUT,
                    RunStatus.LOST,
                    RunStatus.KILLED,
                ],
            ),
        ],
    )
    def test_of_the_outcome_that_is_awaited(
        self, services: Services, clock: FakeClock, outcome: Outcome, statuses: list[RunStatus]
    ) -> None:
        backup, report = followed(services, clock), follower(services, outcome=outcome)
        causes = {}
        for status in (
            RunStatus.SUCCESS,
            RunStatus.ERROR,
            RunStatus.TIMED_OUT,
            RunStatus.LOST,
            RunStatus.KILLED,
        ):
            causes[ended(services, clock, backup, status).id] = status
            run_all(services, clock)
        assert [causes[run.after_run or 0] for run in of(services, report)] == statuses

    def test_only_that_of_the_last_attempt(self, services: Services, clock: FakeClock) -> None:
        a_process(services, "backup", retries=1, retry_delay=timedelta())
        backup, report = followed(services, clock), follower(services, outcome=Outcome.FAILURE)
        ended(services, clock, backup, RunStatus.ERROR)
        assert of(services, report) == []
        [again] = services.dispatch.claim()
        end(services, again, clock, RunStatus.ERROR)
        assert [run.after_run for run in of(services, report)] == [again.run_id]

    @pytest.mark.parametrize("change", [{"active": False}, {"retries": 0}])
    def test_a_failure_that_is_not_tried_again_after_all(
        self, services: Services, clock: FakeClock, change: dict[str, Any]
    ) -> None:
        process = a_process(services, "backup", retries=1, retry_delay=MINUTE)
        backup, report = followed(services, clock), follower(services, outcome=Outcome.FAILURE)
        failed = ended(services, clock, backup, RunStatus.ERROR)
        services.processes.update(process.id, replace(draft_of(process), **change))
        assert of(services, report) == []
        clock.advance(minutes=1)
        [claim] = services.dispatch.claim()
        assert [run.after_run for run in of(services, report)] == [failed.id]
        assert claim.run_id == of(services, report)[0].id

    def test_what_never_ran_causes_nothing(self, services: Services, clock: FakeClock) -> None:
        backup, report = followed(services, clock), follower(services, outcome=Outcome.END)
        running = services.runs.trigger(backup.id)
        assert services.runs.trigger(backup.id).status is RunStatus.SKIPPED
        ending = Ending(run_id=running.id, status=RunStatus.KILLED, end_time=clock.now())
        services.dispatch.ended(ending)
        assert of(services, report) == []

    def test_what_could_not_begin_has_failed(self, services: Services, clock: FakeClock) -> None:
        backup, report = followed(services, clock), follower(services, outcome=Outcome.FAILURE)
        run = services.runs.trigger(backup.id)
        services.dispatch.ended(
            Ending(run_id=run.id, status=RunStatus.ERROR, end_time=clock.now() + SECOND)
        )
        clock.advance(seconds=1)
        services.dispatch.claim()
        assert [run.status for run in of(services, report)] == [RunStatus.QUEUED]

    def test_of_every_request(self, services: Services, clock: FakeClock) -> None:
        followed(services, clock)
        report = follower(services)
        other = scheduled(services, IMMEDIATE)
        [claim] = services.dispatch.claim()
        cause = end(services, claim, clock)
        assert cause.request_id == other.id
        assert [run.after_run for run in of(services, report)] == [cause.id]

    def test_only_later_than_it_was_scheduled(self, services: Services, clock: FakeClock) -> None:
        backup = followed(services, clock)
        run = services.runs.trigger(backup.id)
        [claim] = services.dispatch.claim()
        report = follower(services)
        end(services, claim, clock, after=timedelta())
        assert services.runs.get(run.id).end_time == report.scheduled_at
        assert of(services, report) == []

    def test_of_one_that_was_unscheduled_or_is_new(
        self, services: Services, clock: FakeClock
    ) -> None:
        backup = followed(services, clock)
        new = a_request(services, after(), process="new")
        gone = follower(services, "gone")
        services.requests.unschedule(gone.id)
        ended(services, clock, backup)
        assert of(services, new) == of(services, gone) == []

    def test_a_chain_goes_on(self, services: Services, clock: FakeClock) -> None:
        backup = followed(services, clock)
        report = follower(services)
        mail = scheduled(services, after("report"), process="mail")
        ended(services, clock, backup)
        [claim] = services.dispatch.claim()
        end(services, claim, clock)
        assert [run.after_run for run in of(services, mail)] == [of(services, report)[0].id]

    def test_a_follower_that_still_runs_is_skipped(
        self, services: Services, clock: FakeClock
    ) -> None:
        backup, report = followed(services, clock), follower(services)
        ended(services, clock, backup)
        ended(services, clock, backup)
        second = of(services, report)[1]
        assert second.status is RunStatus.SKIPPED
        assert services.requests.get(report.id).executions == 1

    def test_one_that_is_not_active_leaves_a_row(
        self, services: Services, clock: FakeClock
    ) -> None:
        backup, report = followed(services, clock), follower(services)
        process = services.processes.named("report")
        services.processes.update(process.id, process_draft("report", active=False))
        ended(services, clock, backup)
        [run] = of(services, report)
        assert (run.status, run.note) == (RunStatus.SKIPPED, "The process is not active")


class TestGroups:
    def test_members_count_where_they_are_named(self, services: Services, clock: FakeClock) -> None:
        a_group(services, "extract", "load")
        nightly = a_request(services, process="nightly")
        clock.advance(seconds=1)
        all_of_it = scheduled(services, after("nightly"), process="all")
        one_of_it = scheduled(services, after("load"), process="one")
        services.runs.trigger(nightly.id)
        run_all_with_time(services, clock)
        runs = {run.id: run for run in services.runs.latest(ALL_RUNS, 100)}
        [of_all], [of_one] = of(services, all_of_it), of(services, one_of_it)
        assert runs[of_all.after_run or 0].parent_id is None
        assert (of_all.after_process, of_one.after_process) == ("nightly", "load")
        assert runs[of_one.after_run or 0].parent_id == of_all.after_run

    def test_a_group_follows(self, services: Services, clock: FakeClock) -> None:
        backup = followed(services, clock)
        a_group(services, "extract", "load")
        nightly = scheduled(services, after(), process="nightly")
        cause = ended(services, clock, backup)
        [claim] = services.dispatch.claim()
        assert claim.cause is not None
        assert claim.cause.run_id == cause.id
        end(services, claim, clock)
        assert [run.after_run for run in of(services, nightly) if run.parent_id is None] == [
            cause.id
        ]


def run_all_with_time(services: Services, clock: FakeClock) -> None:
    while claims := services.dispatch.claim():
        for claim in claims:
            end(services, claim, clock)


class TestBounds:
    def test_repetitions(self, services: Services, clock: FakeClock) -> None:
        backup, report = followed(services, clock), follower(services, repetitions=2)
        for _ in range(3):
            ended(services, clock, backup)
            run_all(services, clock)
        assert len(of(services, report)) == 2
        assert services.requests.get(report.id).status is RequestStatus.COMPLETE

    def test_before_the_start_nothing_comes(self, services: Services, clock: FakeClock) -> None:
        backup = followed(services, clock)
        report = follower(services, start=wall("2026-03-02T12:01"))
        ended(services, clock, backup)
        assert of(services, report) == []
        clock.advance(minutes=1)
        ended(services, clock, backup)
        assert len(of(services, report)) == 1

    def test_after_the_finish_it_is_complete(self, services: Services, clock: FakeClock) -> None:
        backup = followed(services, clock)
        report = follower(services, finish=wall("2026-03-02T12:00:30"))
        ended(services, clock, backup)
        run_all(services, clock)
        clock.advance(minutes=1)
        ended(services, clock, backup)
        assert len(of(services, report)) == 1
        assert services.requests.get(report.id).status is RequestStatus.COMPLETE

    def test_it_is_complete_though_nothing_ends(self, services: Services, clock: FakeClock) -> None:
        followed(services, clock)
        report = follower(services, finish=wall("2026-03-02T12:00:30"))
        services.dispatch.plan_anew()
        assert services.requests.get(report.id).status is RequestStatus.SCHEDULED
        clock.advance(seconds=30)
        services.dispatch.plan_anew()
        assert services.requests.get(report.id).status is RequestStatus.COMPLETE


class TestMissed:
    def test_what_ended_while_nobody_looked_is_late(
        self, services: Services, clock: FakeClock
    ) -> None:
        backup, report = followed(services, clock), follower(services)
        run = services.runs.trigger(backup.id)
        [claim] = services.dispatch.claim()
        services.dispatch.started(claim.run_id, clock.now(), 4711, "handle")
        at = clock.now() + SECOND
        clock.advance(hours=6)
        services.dispatch.ended(Ending(run_id=run.id, status=RunStatus.SUCCESS, end_time=at))
        [late] = of(services, report)
        assert (late.scheduled_for, late.missed, late.status) == (at, 1, RunStatus.QUEUED)
        assert late.note == "Late by 5 h 59 min"

    @pytest.mark.parametrize(
        ("policy", "outcomes"),
        [
            (MisfirePolicy.ONCE, [(RunStatus.SUCCESS, 3)]),
            (MisfirePolicy.SKIP, [(RunStatus.MISFIRED, 3)]),
            (MisfirePolicy.ALL, [(RunStatus.SUCCESS, 1)] * 3),
        ],
    )
    def test_what_falls_into_a_hold(
        self,
        services: Services,
        clock: FakeClock,
        policy: MisfirePolicy,
        outcomes: list[tuple[RunStatus, int]],
    ) -> None:
        a_process(services, "backup", overlap=Overlap.ALLOW)
        backup, report = followed(services, clock), follower(services, misfire=policy)
        runs = [services.runs.trigger(backup.id) for _ in range(3)]
        services.dispatch.claim()
        services.controls.hold()
        for run in runs:
            services.dispatch.started(run.id, clock.now(), 4711, "handle")
            clock.advance(seconds=1)
            ending = Ending(run_id=run.id, status=RunStatus.SUCCESS, end_time=clock.now())
            services.dispatch.ended(ending)
        assert of(services, report) == []
        assert services.dispatch.next_wakeup() is None
        clock.advance(seconds=1)
        services.controls.release()
        run_all(services, clock)
        assert [(run.status, run.missed) for run in of(services, report)] == outcomes
        assert of(services, report)[-1].after_run == runs[-1].id
        assert services.requests.get(report.id).next_fire is None

    def test_beyond_the_limit_it_is_given_up(self, services: Services, clock: FakeClock) -> None:
        backup = followed(services, clock)
        report = follower(services, misfire_limit=timedelta(hours=1))
        run = services.runs.trigger(backup.id)
        services.dispatch.claim()
        services.dispatch.started(run.id, clock.now(), 4711, "handle")
        at = clock.now() + SECOND
        clock.advance(hours=6)
        services.dispatch.ended(Ending(run_id=run.id, status=RunStatus.SUCCESS, end_time=at))
        [row] = of(services, report)
        assert (row.status, row.missed) == (RunStatus.MISFIRED, 1)

    def test_what_was_unscheduled_meanwhile_follows_nothing_of_before(
        self, services: Services, clock: FakeClock
    ) -> None:
        backup, report = followed(services, clock), follower(services)
        run = services.runs.trigger(backup.id)
        services.dispatch.claim()
        services.controls.hold()
        services.dispatch.started(run.id, clock.now(), 4711, "handle")
        clock.advance(seconds=1)
        services.dispatch.ended(
            Ending(run_id=run.id, status=RunStatus.SUCCESS, end_time=clock.now())
        )
        services.requests.unschedule(report.id)
        services.requests.schedule(report.id)
        clock.advance(seconds=1)
        services.controls.release()
        run_all(services, clock)
        assert of(services, report) == []
        assert not PendingEnd.select().exists()


def test_however_many_follow_they_do_it_a_part_at_a_time(
    services: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "MOST_AT_ONCE", 3)
    backup = followed(services, clock)
    reports = [follower(services, f"report-{number}") for number in range(5)]
    cause = ended(services, clock, backup)
    assert sum(len(of(services, report)) for report in reports) == 3
    assert services.dispatch.next_wakeup() == cause.end_time
    services.dispatch.claim()
    assert [[run.missed for run in of(services, report)] for report in reports] == [[0]] * 5


def test_what_ends_at_the_same_time_is_followed_twice(services: Services, clock: FakeClock) -> None:
    a_process(services, "backup", overlap=Overlap.ALLOW)
    a_process(services, "report", overlap=Overlap.ALLOW)
    backup, report = followed(services, clock), follower(services)
    runs = [services.runs.trigger(backup.id) for _ in range(2)]
    services.dispatch.claim()
    for run in runs:
        services.dispatch.started(run.id, clock.now(), 4711, "handle")
    clock.advance(seconds=1)
    for run in runs:
        ending = Ending(run_id=run.id, status=RunStatus.SUCCESS, end_time=clock.now())
        services.dispatch.ended(ending)
    assert [run.after_run for run in of(services, report)] == [run.id for run in runs]


def test_a_plan_of_every_minute_is_followed(services: Services, clock: FakeClock) -> None:
    scheduled(services, minutely(), process="backup")
    clock.advance(seconds=1)
    report = follower(services)
    for _ in range(3):
        run_all_with_time(services, clock)
        clock.advance(minutes=1)
    assert len(of(services, report)) == 3
    assert of(services, report)[0].scheduled_for > NOON


class TestDaysThatAreLeftOut:
    def test_an_end_on_one_leaves_a_row_that_says_why(
        self, services: Services, clock: FakeClock
    ) -> None:
        backup = followed(services, clock)
        report = follower(services, except_=parse_exceptions("2026-03-02"), repetitions=1)
        cause = ended(services, clock, backup)
        [run] = of(services, report)
        assert (run.status, run.note) == (RunStatus.SKIPPED, "Left out: 2026-03-02")
        assert (run.after_run, run.scheduled_for) == (cause.id, cause.end_time)
        stored = services.requests.get(report.id)
        assert (stored.status, stored.executions) == (RequestStatus.SCHEDULED, 0)
        clock.advance(days=1)
        next_cause = ended(services, clock, backup)
        assert [run.after_run for run in of(services, report)] == [cause.id, next_cause.id]
        assert services.requests.get(report.id).status is RequestStatus.COMPLETE

    def test_the_day_is_that_of_its_own_zone(self, services: Services, clock: FakeClock) -> None:
        backup = followed(services, clock)
        east = follower(
            services, timezone="Pacific/Kiritimati", except_=parse_exceptions("2026-03-02")
        )
        ended(services, clock, backup)
        assert [run.status for run in of(services, east)] == [RunStatus.QUEUED]

    def test_missed_ends_are_those_of_other_days(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_process(services, "backup", overlap=Overlap.ALLOW)
        backup = followed(services, clock)
        report = follower(services, except_=parse_exceptions("2026-03-03"))
        for _ in range(3):
            services.runs.trigger(backup.id)
        claims = services.dispatch.claim()
        services.controls.hold()
        for claim in claims:
            end(services, claim, clock)
            clock.advance(days=1)
        services.controls.release()
        run_all(services, clock)
        assert [(run.status, run.missed) for run in of(services, report)] == [
            (RunStatus.SUCCESS, 2),
            (RunStatus.SKIPPED, 0),
        ]
        assert not PendingEnd.select().exists()

    def test_what_is_not_known_waits_and_loses_no_end(
        self, services: Services, clock: FakeClock
    ) -> None:
        put_in_force(named("company"))
        backup = followed(services, clock)
        report = follower(services, except_=parse_exceptions("company"))
        put_in_force()
        services.dispatch.plan_by_calendars()
        cause = ended(services, clock, backup)
        stored = services.requests.get(report.id)
        assert of(services, report) == []
        assert (stored.status, stored.next_fire) == (RequestStatus.SCHEDULED, None)
        assert "company" in stored.waiting_for
        put_in_force(named("company", ("2026-12-24",)))
        assert services.dispatch.plan_by_calendars() == []
        services.dispatch.claim()
        assert [run.after_run for run in of(services, report)] == [cause.id]

    def test_what_waits_is_not_over_at_its_finish(
        self, services: Services, clock: FakeClock
    ) -> None:
        put_in_force(named("company"))
        backup = followed(services, clock)
        report = follower(
            services, except_=parse_exceptions("company"), finish=wall("2026-03-02T18:00")
        )
        put_in_force()
        cause = ended(services, clock, backup)
        clock.advance(days=1)
        services.dispatch.plan_anew()
        assert services.requests.get(report.id).status is RequestStatus.SCHEDULED
        put_in_force(named("company"))
        services.dispatch.plan_by_calendars()
        services.dispatch.claim()
        assert [run.after_run for run in of(services, report)] == [cause.id]
