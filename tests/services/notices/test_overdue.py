"""What is told because nothing happens: a run that goes on and on, a success that does not come."""

from datetime import timedelta

import pytest

from tests.services.drafts import end, process_draft, scheduled
from tests.services.notices.telling import FAILURE, SUCCESS, kinds, notices, runs, tomorrow
from tests.support.clock import FakeClock
from tui_scheduler.models import RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.notices.outbox import Notices


def look(services: Services) -> None:
    outbox = Notices(services.context)
    outbox.tell_overdue(outbox.overdue())


def begin(services: Services, clock: FakeClock, request_id: int = 1) -> int:
    services.runs.trigger(request_id)
    (claim,) = services.dispatch.claim()
    services.dispatch.started(claim.run_id, clock.now(), 4711, "handle")
    return claim.run_id


class TestSlow:
    def test_longer_than_the_process_says(self, told: Services, clock: FakeClock) -> None:
        told.processes.create(process_draft(slow_after=timedelta(minutes=5)))
        scheduled(told, tomorrow())
        run_id = begin(told, clock)
        clock.advance(minutes=5)
        look(told)
        assert kinds(told) == []
        clock.advance(seconds=1)
        look(told)
        look(told)
        [notice] = notices(told)
        assert (notice.kind.value, notice.run_id) == ("slow", run_id)

    @pytest.mark.parametrize(
        ("usual", "limit"), [(10, 70), (100, 300)], ids=["a minute more", "three times"]
    )
    def test_longer_than_usual(
        self, told: Services, clock: FakeClock, usual: int, limit: int
    ) -> None:
        scheduled(told, tomorrow())
        for _ in range(5):
            told.runs.trigger(1)
            (claim,) = told.dispatch.claim()
            end(told, claim, clock, after=timedelta(seconds=usual))
        begin(told, clock)
        clock.advance(seconds=limit)
        look(told)
        assert kinds(told) == []
        clock.advance(seconds=1)
        look(told)
        assert kinds(told) == ["slow"]

    def test_nobody_knows_what_is_usual_after_four_successes(
        self, told: Services, clock: FakeClock
    ) -> None:
        scheduled(told, tomorrow())
        runs(told, clock, SUCCESS, SUCCESS, SUCCESS, SUCCESS, FAILURE)
        begin(told, clock)
        clock.advance(hours=9)
        look(told)
        assert "slow" not in kinds(told)

    def test_never(self, told: Services, clock: FakeClock) -> None:
        told.processes.create(process_draft(slow_after=timedelta()))
        scheduled(told, tomorrow())
        runs(told, clock, *[SUCCESS] * 5)
        begin(told, clock)
        clock.advance(hours=9)
        look(told)
        assert kinds(told) == []

    def test_what_has_ended_meanwhile_is_not_told(self, told: Services, clock: FakeClock) -> None:
        told.processes.create(process_draft(slow_after=timedelta(minutes=5)))
        scheduled(told, tomorrow())
        told.runs.trigger(1)
        (claim,) = told.dispatch.claim()
        told.dispatch.started(claim.run_id, clock.now(), 4711, "handle")
        clock.advance(minutes=6)
        outbox = Notices(told.context)
        found = outbox.overdue()
        end(told, claim, clock, RunStatus.SUCCESS)
        outbox.tell_overdue(found)
        assert kinds(told) == []


class TestSilent:
    def test_since_it_was_scheduled_or_since_the_last_success(
        self, told: Services, clock: FakeClock
    ) -> None:
        scheduled(told, tomorrow(), silent_after=timedelta(hours=1))
        clock.advance(minutes=50)
        runs(told, clock, SUCCESS)
        clock.advance(minutes=50)
        look(told)
        assert kinds(told) == []
        clock.advance(minutes=11)
        look(told)
        look(told)
        [notice] = notices(told)
        assert (notice.kind.value, notice.run_id, notice.request_id) == ("silent", None, 1)

    def test_a_failure_does_not_break_the_silence(self, told: Services, clock: FakeClock) -> None:
        scheduled(told, tomorrow(), silent_after=timedelta(hours=1))
        clock.advance(minutes=50)
        runs(told, clock, FAILURE)
        clock.advance(minutes=11)
        look(told)
        assert kinds(told) == ["failed", "silent"]

    def test_it_is_told_again_after_another_success(self, told: Services, clock: FakeClock) -> None:
        scheduled(told, tomorrow(), silent_after=timedelta(hours=1))
        for _ in range(2):
            clock.advance(hours=2)
            look(told)
            runs(told, clock, SUCCESS)
        assert kinds(told) == ["silent", "silent"]

    def test_also_while_all_is_held(self, told: Services, clock: FakeClock) -> None:
        scheduled(told, tomorrow(), silent_after=timedelta(hours=1))
        told.controls.hold()
        clock.advance(hours=2)
        look(told)
        assert kinds(told) == ["silent"]

    def test_not_while_it_is_paused_and_then_from_its_end_on(
        self, told: Services, clock: FakeClock
    ) -> None:
        request = scheduled(told, tomorrow(), silent_after=timedelta(hours=1))
        told.requests.pause(request.id, clock.now() + timedelta(hours=3))
        clock.advance(hours=2)
        look(told)
        clock.advance(hours=1.5)
        look(told)
        assert kinds(told) == []
        clock.advance(hours=0.6)
        look(told)
        assert kinds(told) == ["silent"]

    def test_what_skips_a_run_is_not_paused(self, told: Services, clock: FakeClock) -> None:
        request = scheduled(told, tomorrow(), silent_after=timedelta(hours=1))
        told.requests.skip_next(request.id)
        clock.advance(hours=2)
        look(told)
        assert kinds(told) == ["silent"]

    def test_not_what_is_unscheduled(self, told: Services, clock: FakeClock) -> None:
        told.requests.unschedule(scheduled(told, tomorrow(), silent_after=timedelta(hours=1)).id)
        clock.advance(hours=2)
        look(told)
        assert kinds(told) == []


def test_without_receivers_nobody_looks_for_words(services: Services, clock: FakeClock) -> None:
    scheduled(services, tomorrow(), silent_after=timedelta(hours=1))
    clock.advance(hours=2)
    look(services)
    assert kinds(services) == []
