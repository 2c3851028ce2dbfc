"""What becomes of fires: in time, late, beyond the end of the plan, or unreadable."""

from datetime import timedelta

import pytest

from tests.services.drafts import (
    ALL_RUNS,
    a_process,
    a_request,
    end,
    every,
    later,
    minutely,
    process_draft,
    run_all,
    scheduled,
    statuses,
    wall,
)
from tests.support.clock import NOON, FakeClock
from tui_scheduler.models import MisfirePolicy, Overlap, Request, RequestStatus, Run, RunStatus
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services
from tui_scheduler.services.running import claims, misfires

MINUTE = timedelta(minutes=1)


class TestInTime:
    def test_a_fire_becomes_a_run_and_the_request_moves_on(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, minutely(interval=5))
        clock.advance(seconds=2)
        [run] = run_all(services, clock)
        assert run.scheduled_for == NOON
        assert run.missed == 0
        assert run.note == ""
        moved = services.requests.get(request.id)
        assert moved.previous_fire == NOON
        assert moved.next_fire == NOON + 5 * MINUTE

    def test_what_is_not_due_is_left_alone(self, services: Services, clock: FakeClock) -> None:
        scheduled(services, later("2026-03-02T12:00:10"))
        assert services.dispatch.claim() == []
        clock.advance(seconds=10)
        assert len(services.dispatch.claim()) == 1

    def test_the_grace_is_in_time(self, services: Services, clock: FakeClock) -> None:
        scheduled(services, every(Frequency.HOURLY), misfire=MisfirePolicy.SKIP)
        clock.advance(seconds=60)
        [run] = run_all(services, clock)
        assert run.status is RunStatus.SUCCESS
        assert run.missed == 0

    def test_several_fires_within_the_grace_each_become_a_run(
        self, services: Services, clock: FakeClock
    ) -> None:
        scheduled(services, every(Frequency.SECONDLY, interval=10))
        clock.advance(seconds=35)
        assert [run.scheduled_for.second for run in run_all(services, clock)] == [30, 20, 10, 0]

    def test_earlier_fires_come_first(self, services: Services, clock: FakeClock) -> None:
        scheduled(services, later("2026-03-02T12:00:20"), process="second")
        scheduled(services, later("2026-03-02T12:00:10"), process="first")
        clock.advance(seconds=30)
        assert [run.process for run in run_all(services, clock)] == ["second", "first"]


class TestTheEnd:
    def test_repetitions_count_executions(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, minutely(repetitions=3))
        for _ in range(5):
            run_all(services, clock)
            clock.advance(minutes=1)
        done = services.requests.get(request.id)
        assert done.status is RequestStatus.COMPLETE
        assert done.executions == 3
        assert len(run_all(services, clock)) == 3

    def test_a_fire_that_was_skipped_is_no_execution(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, minutely(repetitions=2))
        [running] = services.dispatch.claim()
        clock.advance(minutes=1)
        assert services.dispatch.claim() == []
        assert services.requests.get(request.id).executions == 1
        end(services, running, clock)
        clock.advance(minutes=1)
        assert len(services.dispatch.claim()) == 1
        assert services.requests.get(request.id).status is RequestStatus.COMPLETE

    def test_finish_is_inclusive(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, minutely(finish=wall("2026-03-02T12:02")))
        for _ in range(4):
            run_all(services, clock)
            clock.advance(minutes=1)
        assert len(run_all(services, clock)) == 3
        assert services.requests.get(request.id).status is RequestStatus.COMPLETE

    def test_whichever_comes_first_ends_it(self, services: Services, clock: FakeClock) -> None:
        plan = minutely(finish=wall("2026-03-02T12:05"), repetitions=2)
        request = scheduled(services, plan)
        run_all(services, clock)
        clock.advance(minutes=1)
        run_all(services, clock)
        assert services.requests.get(request.id).status is RequestStatus.COMPLETE


class TestMissedOnce:
    def test_one_late_run_says_how_many_it_stands_for(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, minutely(interval=10))
        clock.advance(minutes=45)
        [run] = run_all(services, clock)
        assert run.missed == 5
        assert run.note == "Late: stands for 5 missed runs"
        assert run.scheduled_for == NOON + 40 * MINUTE
        assert services.requests.get(request.id).next_fire == NOON + 50 * MINUTE

    def test_a_single_one_says_how_late_it_is(self, services: Services, clock: FakeClock) -> None:
        scheduled(services, every(Frequency.DAILY))
        clock.advance(seconds=61)
        [run] = run_all(services, clock)
        assert (run.missed, run.note) == (1, "Late by 1 min 1 s")

    def test_it_is_one_execution(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, minutely(repetitions=5))
        clock.advance(minutes=30)
        [run] = run_all(services, clock)
        assert run.missed == 5
        assert services.requests.get(request.id).executions == 1

    def test_years_of_seconds_are_counted_at_once(
        self, services: Services, clock: FakeClock
    ) -> None:
        scheduled(services, every(Frequency.SECONDLY))
        clock.advance(days=3650)
        [run] = run_all(services, clock)
        assert run.missed == 3650 * 86400 + 1


class TestMissedSkip:
    def test_one_row_says_how_many_were_missed(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, minutely(interval=10), misfire=MisfirePolicy.SKIP)
        clock.advance(minutes=45)
        [run] = run_all(services, clock)
        assert run.status is RunStatus.MISFIRED
        assert run.missed == 5
        assert run.note == "Missed 5 runs; this request skips missed runs"
        assert run.start_time is None
        assert services.requests.get(request.id).next_fire == NOON + 50 * MINUTE
        assert services.requests.get(request.id).executions == 0

    def test_what_is_within_the_grace_still_runs(
        self, services: Services, clock: FakeClock
    ) -> None:
        scheduled(services, minutely(interval=10), misfire=MisfirePolicy.SKIP)
        clock.advance(minutes=40, seconds=5)
        run, misfired = run_all(services, clock)
        assert (run.status, run.scheduled_for) == (RunStatus.SUCCESS, NOON + 40 * MINUTE)
        assert (misfired.status, misfired.missed) == (RunStatus.MISFIRED, 4)

    def test_the_last_fire_missed_completes_the_request(
        self, services: Services, clock: FakeClock
    ) -> None:
        plan = minutely(finish=wall("2026-03-02T12:01"))
        request = scheduled(services, plan, misfire=MisfirePolicy.SKIP)
        clock.advance(minutes=30)
        [run] = run_all(services, clock)
        assert (run.status, run.missed) == (RunStatus.MISFIRED, 2)
        assert services.requests.get(request.id).status is RequestStatus.COMPLETE


class TestMissedAll:
    def test_each_runs_oldest_first(self, services: Services, clock: FakeClock) -> None:
        scheduled(services, minutely(interval=10), misfire=MisfirePolicy.ALL)
        clock.advance(minutes=25)
        runs = run_all(services, clock)
        fires = [run.scheduled_for for run in reversed(runs)]
        assert fires == [NOON, NOON + 10 * MINUTE, NOON + 20 * MINUTE]
        assert all(run.missed == 1 for run in runs)

    @pytest.mark.parametrize("overlap", [Overlap.SKIP, Overlap.QUEUE])
    def test_they_wait_for_each_other(
        self, services: Services, clock: FakeClock, overlap: Overlap
    ) -> None:
        a_process(services, overlap=overlap)
        scheduled(services, minutely(interval=10), misfire=MisfirePolicy.ALL)
        clock.advance(minutes=25)
        [first] = services.dispatch.claim()
        assert services.dispatch.claim() == []
        assert services.dispatch.claim() == []
        end(services, first, clock)
        assert statuses(run_all(services, clock)) == [RunStatus.SUCCESS] * 3

    def test_at_most_100_run_and_one_row_counts_the_others(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, minutely(), misfire=MisfirePolicy.ALL)
        clock.advance(minutes=249, seconds=30)
        assert services.dispatch.claim() == []
        [dropped] = services.runs.latest(ALL_RUNS)
        assert (dropped.status, dropped.missed) == (RunStatus.MISFIRED, 150)
        assert dropped.note == "Missed 150 runs; only the latest 100 are caught up"
        assert dropped.scheduled_for == NOON + 149 * MINUTE
        assert services.requests.get(request.id).next_fire == NOON + 150 * MINUTE
        [claim] = services.dispatch.claim()
        assert services.runs.get(claim.run_id).scheduled_for == NOON + 150 * MINUTE

    def test_exactly_100_all_run(self, services: Services, clock: FakeClock) -> None:
        scheduled(services, minutely(), misfire=MisfirePolicy.ALL)
        clock.advance(minutes=99, seconds=30)
        [claim] = services.dispatch.claim()
        assert services.runs.get(claim.run_id).scheduled_for == NOON

    def test_all_of_them_are_caught_up(
        self, services: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(misfires, "MOST_CAUGHT_UP", 5)
        scheduled(services, minutely(), misfire=MisfirePolicy.ALL)
        clock.advance(minutes=20)
        *runs, dropped = run_all(services, clock)
        assert dropped.missed == 16
        assert statuses(runs) == [RunStatus.SUCCESS] * 5
        assert [run.scheduled_for for run in runs] == [NOON + n * MINUTE for n in range(20, 15, -1)]

    def test_repetitions_end_the_catching_up(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, minutely(repetitions=3), misfire=MisfirePolicy.ALL)
        clock.advance(minutes=500)
        runs = run_all(services, clock)
        assert [run.scheduled_for for run in runs] == [NOON + 2 * MINUTE, NOON + MINUTE, NOON]
        assert services.requests.get(request.id).status is RequestStatus.COMPLETE


class TestLimit:
    def test_each_runs_that_was_missed_within_it_and_one_row_counts_the_rest(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(
            services,
            minutely(interval=10),
            misfire=MisfirePolicy.ALL,
            misfire_limit=25 * MINUTE,
        )
        clock.advance(minutes=55, seconds=30)
        *runs, given_up = run_all(services, clock)
        assert statuses(runs) == [RunStatus.SUCCESS] * 2
        assert [run.scheduled_for for run in runs] == [NOON + 50 * MINUTE, NOON + 40 * MINUTE]
        assert (given_up.status, given_up.missed) == (RunStatus.MISFIRED, 4)
        assert given_up.note == "Missed 4 runs by more than 25 min, the limit of this request"
        assert given_up.scheduled_for == NOON + 30 * MINUTE
        assert services.requests.get(request.id).executions == 2

    def test_one_late_run_stands_for_what_was_missed_within_it(
        self, services: Services, clock: FakeClock
    ) -> None:
        scheduled(services, minutely(interval=10), misfire_limit=25 * MINUTE)
        clock.advance(minutes=55, seconds=30)
        run, given_up = run_all(services, clock)
        assert (run.status, run.missed, run.scheduled_for.minute) == (RunStatus.SUCCESS, 2, 50)
        assert (given_up.status, given_up.missed) == (RunStatus.MISFIRED, 4)

    @pytest.mark.parametrize("policy", [MisfirePolicy.ONCE, MisfirePolicy.ALL])
    @pytest.mark.parametrize(
        ("late_by", "status"),
        [
            (timedelta(hours=3), RunStatus.SUCCESS),
            (timedelta(hours=3, microseconds=1), RunStatus.MISFIRED),
        ],
    )
    def test_it_is_inclusive(
        self,
        services: Services,
        clock: FakeClock,
        policy: MisfirePolicy,
        late_by: timedelta,
        status: RunStatus,
    ) -> None:
        daily = every(Frequency.DAILY)
        request = scheduled(services, daily, misfire=policy, misfire_limit=timedelta(hours=3))
        clock.advance(seconds=late_by.total_seconds())
        [run] = run_all(services, clock)
        assert (run.status, run.scheduled_for) == (status, NOON)
        assert services.requests.get(request.id).next_fire == NOON + timedelta(days=1)

    def test_what_is_within_the_grace_was_not_missed(
        self, services: Services, clock: FakeClock
    ) -> None:
        scheduled(services, minutely(interval=10), misfire_limit=timedelta(seconds=1))
        clock.advance(seconds=59)
        assert statuses(run_all(services, clock)) == [RunStatus.SUCCESS]

    def test_what_fell_into_a_hold_was_missed(self, services: Services, clock: FakeClock) -> None:
        services.controls.hold()
        scheduled(services, minutely(interval=10), misfire_limit=timedelta(seconds=2))
        clock.advance(seconds=5)
        services.controls.release()
        assert statuses(run_all(services, clock)) == [RunStatus.MISFIRED]

    def test_it_may_hold_more_than_are_caught_up(
        self, services: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(misfires, "MOST_CAUGHT_UP", 5)
        scheduled(services, minutely(), misfire=MisfirePolicy.ALL, misfire_limit=10 * MINUTE)
        clock.advance(minutes=20)
        *runs, dropped, given_up = run_all(services, clock)
        assert (given_up.missed, dropped.missed) == (10, 6)
        assert statuses(runs) == [RunStatus.SUCCESS] * 5

    def test_the_last_fire_given_up_completes_the_request(
        self, services: Services, clock: FakeClock
    ) -> None:
        plan = minutely(finish=wall("2026-03-02T12:01"))
        request = scheduled(services, plan, misfire_limit=5 * MINUTE)
        clock.advance(minutes=30)
        [run] = run_all(services, clock)
        assert (run.status, run.missed) == (RunStatus.MISFIRED, 2)
        assert services.requests.get(request.id).status is RequestStatus.COMPLETE

    def test_what_skips_all_that_was_missed_needs_none(
        self, services: Services, clock: FakeClock
    ) -> None:
        scheduled(services, minutely(), misfire=MisfirePolicy.SKIP, misfire_limit=5 * MINUTE)
        clock.advance(minutes=30, seconds=30)
        assert run_all(services, clock)[-1].note.endswith("this request skips missed runs")


class TestOneTime:
    @pytest.mark.parametrize("policy", MisfirePolicy)
    def test_later_always_runs_late(
        self, services: Services, clock: FakeClock, policy: MisfirePolicy
    ) -> None:
        request = scheduled(services, later("2026-03-02T13:00"), misfire=policy)
        clock.advance(days=3)
        [run] = run_all(services, clock)
        assert run.status is RunStatus.SUCCESS
        assert run.scheduled_for == NOON + timedelta(hours=1)
        assert run.note == "Late by 2 days 23 h"
        assert services.requests.get(request.id).status is RequestStatus.COMPLETE


class TestHold:
    def test_nothing_is_claimed_while_held(self, services: Services, clock: FakeClock) -> None:
        scheduled(services, minutely())
        services.controls.hold()
        assert services.dispatch.claim() == []
        assert services.dispatch.next_wakeup() is None

    def test_what_fell_due_meanwhile_is_missed_even_within_the_grace(
        self, services: Services, clock: FakeClock
    ) -> None:
        services.controls.hold()
        scheduled(services, minutely(), misfire=MisfirePolicy.SKIP)
        clock.advance(seconds=5)
        services.controls.release()
        [run] = run_all(services, clock)
        assert (run.status, run.missed) == (RunStatus.MISFIRED, 1)

    def test_what_falls_due_after_the_release_is_in_time(
        self, services: Services, clock: FakeClock
    ) -> None:
        services.controls.hold()
        scheduled(services, minutely(), misfire=MisfirePolicy.SKIP)
        clock.advance(seconds=5)
        services.controls.release()
        clock.advance(seconds=56)
        assert statuses(run_all(services, clock)) == [RunStatus.SUCCESS, RunStatus.MISFIRED]

    def test_a_release_in_the_future_means_that_the_clock_was_set_back(
        self, services: Services, clock: FakeClock
    ) -> None:
        services.controls.hold()
        services.controls.release()
        clock.jump(hours=-1)
        scheduled(services, minutely(), misfire=MisfirePolicy.SKIP)
        assert statuses(run_all(services, clock)) == [RunStatus.SUCCESS]

    def test_a_run_that_was_triggered_waits_for_the_release(
        self, services: Services, clock: FakeClock
    ) -> None:
        services.controls.hold()
        run = services.runs.trigger(a_request(services).id)
        assert services.dispatch.claim() == []
        services.controls.release()
        assert [claim.run_id for claim in services.dispatch.claim()] == [run.id]

    def test_what_runs_goes_on(self, services: Services, clock: FakeClock) -> None:
        scheduled(services)
        [claim] = services.dispatch.claim()
        services.controls.hold()
        assert end(services, claim, clock).status is RunStatus.SUCCESS


def test_an_inactive_process_is_not_executed_and_says_so(
    services: Services, clock: FakeClock
) -> None:
    request = scheduled(services, minutely())
    services.processes.update(request.process_id, process_draft(active=False))
    assert services.dispatch.claim() == []
    [run] = run_all(services, clock)
    assert (run.status, run.note) == (RunStatus.SKIPPED, "The process is not active")
    assert services.requests.get(request.id).next_fire == NOON + MINUTE


class TestUnreadable:
    @pytest.mark.parametrize(
        "damage",
        [
            {"start": "not a time"},
            {"timezone": "Mars/Base"},
            {"days": "mon,someday", "frequency": "weekly"},
            {"cron": "99 99 * * *", "frequency": "cron"},
            {"frequency": "monthly"},
        ],
        ids=str,
    )
    def test_it_is_unscheduled_with_the_reason_and_the_others_go_on(
        self, services: Services, clock: FakeClock, damage: dict[str, object]
    ) -> None:
        bad = scheduled(services, minutely(), process="bad")
        good = scheduled(services, minutely(), process="good")
        Request.update(**damage).where(Request.id == bad.id).execute()

        [claim] = services.dispatch.claim()
        assert services.runs.get(claim.run_id).request_id == good.id
        set_aside = services.requests.get(bad.id)
        assert set_aside.status is RequestStatus.UNSCHEDULED
        assert set_aside.next_fire is None
        assert set_aside.last_status is RunStatus.MISFIRED
        assert set_aside.last_run_id is not None
        note = services.runs.get(set_aside.last_run_id).note
        assert note.startswith("The request cannot be planned and was unscheduled: ")

    @pytest.mark.parametrize("text", ["{", "[]", '{"A": 1}', "[" * 100_000])
    def test_variables_fail_the_run_and_not_the_others(
        self, services: Services, clock: FakeClock, text: str
    ) -> None:
        bad = scheduled(services, minutely(), process="bad")
        scheduled(services, minutely(), process="good")
        Request.update(parameters=text).where(Request.id == bad.id).execute()
        [claim] = services.dispatch.claim()
        assert services.runs.get(claim.run_id).process == "good"
        failed = services.runs.get(services.requests.get(bad.id).last_run_id or 0)
        assert failed.status is RunStatus.ERROR
        assert "cannot be read" in failed.note


def test_a_request_that_moved_meanwhile_is_not_claimed(services: Services) -> None:
    """The conditional update: whoever was faster wins, and nothing of ours stays."""
    request = scheduled(services, minutely())
    stale = Request.get_by_id(request.id)
    services.requests.unschedule(request.id)
    moved = {name: getattr(stale, name) for name in ("status", "previous_fire", "executions")}
    with pytest.raises(RuntimeError):
        claims._move(
            services.context, stale, next_fire=None, paused_fire=None, run_id=None, **moved
        )
    assert Run.select().count() == 0


def test_many_requests_due_at_once_take_several_looks(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, minutely(), process="many")
    services.processes.update(request.process_id, process_draft("many", overlap=Overlap.ALLOW))
    row = Request.get_by_id(request.id).__data__
    copies = [{**row, "id": row["id"] + number} for number in range(1, 101)]
    Request.insert_many(copies).execute()
    assert [len(services.dispatch.claim()) for _ in range(4)] == [50, 50, 1, 0]
