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
    def test_longer_than_the_process_says(self, with_receivers: Services, clock: FakeClock) -> None:
        with_receivers.processes.create(process_draft(slow_after=timedelta(minutes=5)))
        scheduled(with_receivers, tomorrow())
        run_id = begin(with_receivers, clock)
        clock.advance(minutes=5)
        look(with_receivers)
        assert kinds(with_receivers) == []
        clock.advance(seconds=1)
        look(with_receivers)
        look(with_receivers)
        [notice] = notices(with_receivers)
        assert (notice.kind.value, notice.run_id) == ("slow", run_id)

    @pytest.mark.parametrize(
        ("usual", "limit"), [(10, 70), (100, 300)], ids=["a minute more", "three times"]
    )
    def test_longer_than_usual(
        self, with_receivers: Services, clock: FakeClock, usual: int, limit: int
    ) -> None:
        scheduled(with_receivers, tomorrow())
        for _ in range(5):
            with_receivers.runs.trigger(1)
            (claim,) = with_receivers.dispatch.claim()
            end(with_receivers, claim, clock, after=timedelta(seconds=usual))
        begin(with_receivers, clock)
        clock.advance(seconds=limit)
        look(with_receivers)
        assert kinds(with_receivers) == []
        clock.advance(seconds=1)
        look(with_receivers)
        assert kinds(with_receivers) == ["slow"]

    def test_nobody_knows_what_is_usual_after_four_successes(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        scheduled(with_receivers, tomorrow())
        runs(with_receivers, clock, SUCCESS, SUCCESS, SUCCESS, SUCCESS, FAILURE)
        begin(with_receivers, clock)
        clock.advance(hours=9)
        look(with_receivers)
        assert "slow" not in kinds(with_receivers)

    def test_never(self, with_receivers: Services, clock: FakeClock) -> None:
        with_receivers.processes.create(process_draft(slow_after=timedelta()))
        scheduled(with_receivers, tomorrow())
        runs(with_receivers, clock, *[SUCCESS] * 5)
        begin(with_receivers, clock)
        clock.advance(hours=9)
        look(with_receivers)
        assert kinds(with_receivers) == []

    def test_what_has_ended_meanwhile_is_not_told(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        with_receivers.processes.create(process_draft(slow_after=timedelta(minutes=5)))
        scheduled(with_receivers, tomorrow())
        with_receivers.runs.trigger(1)
        (claim,) = with_receivers.dispatch.claim()
        with_receivers.dispatch.started(claim.run_id, clock.now(), 4711, "handle")
        clock.advance(minutes=6)
        outbox = Notices(with_receivers.context)
        overdue = outbox.overdue()
        end(with_receivers, claim, clock, RunStatus.SUCCESS)
        outbox.tell_overdue(overdue)
        assert kinds(with_receivers) == []


class TestSilent:
    def test_since_it_was_scheduled_or_since_the_last_success(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        scheduled(with_receivers, tomorrow(), silent_after=timedelta(hours=1))
        clock.advance(minutes=50)
        runs(with_receivers, clock, SUCCESS)
        clock.advance(minutes=50)
        look(with_receivers)
        assert kinds(with_receivers) == []
        clock.advance(minutes=11)
        look(with_receivers)
        look(with_receivers)
        [notice] = notices(with_receivers)
        assert (notice.kind.value, notice.run_id, notice.request_id) == ("silent", None, 1)

    def test_a_failure_does_not_break_the_silence(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        scheduled(with_receivers, tomorrow(), silent_after=timedelta(hours=1))
        clock.advance(minutes=50)
        runs(with_receivers, clock, FAILURE)
        clock.advance(minutes=11)
        look(with_receivers)
        assert kinds(with_receivers) == ["failed", "silent"]

    def test_it_is_told_again_after_another_success(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        scheduled(with_receivers, tomorrow(), silent_after=timedelta(hours=1))
        for _ in range(2):
            clock.advance(hours=2)
            look(with_receivers)
            runs(with_receivers, clock, SUCCESS)
        assert kinds(with_receivers) == ["silent", "silent"]

    def test_also_while_all_is_held(self, with_receivers: Services, clock: FakeClock) -> None:
        scheduled(with_receivers, tomorrow(), silent_after=timedelta(hours=1))
        with_receivers.controls.hold()
        clock.advance(hours=2)
        look(with_receivers)
        assert kinds(with_receivers) == ["silent"]

    def test_not_while_it_is_paused_and_then_from_its_end_on(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        request = scheduled(with_receivers, tomorrow(), silent_after=timedelta(hours=1))
        with_receivers.requests.pause(request.id, clock.now() + timedelta(hours=3))
        clock.advance(hours=2)
        look(with_receivers)
        clock.advance(hours=1.5)
        look(with_receivers)
        assert kinds(with_receivers) == []
        clock.advance(hours=0.6)
        look(with_receivers)
        assert kinds(with_receivers) == ["silent"]

    def test_what_skips_a_run_is_not_paused(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        request = scheduled(with_receivers, tomorrow(), silent_after=timedelta(hours=1))
        with_receivers.requests.skip_next(request.id)
        clock.advance(hours=2)
        look(with_receivers)
        assert kinds(with_receivers) == ["silent"]

    def test_not_what_is_unscheduled(self, with_receivers: Services, clock: FakeClock) -> None:
        with_receivers.requests.unschedule(
            scheduled(with_receivers, tomorrow(), silent_after=timedelta(hours=1)).id
        )
        clock.advance(hours=2)
        look(with_receivers)
        assert kinds(with_receivers) == []


def test_without_receivers_nobody_looks_for_words(services: Services, clock: FakeClock) -> None:
    scheduled(services, tomorrow(), silent_after=timedelta(hours=1))
    clock.advance(hours=2)
    look(services)
    assert kinds(services) == []
