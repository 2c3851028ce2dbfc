"""What happens to a fire while its process is still running."""

from datetime import timedelta

import pytest

from tests.services.drafts import a_process, a_request, end, minutely, process_draft, scheduled
from tests.support.clock import FakeClock
from tui_scheduler.models import KillRequest, Overlap, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.running.run_ending import Ending
from tui_scheduler.services.running.taken_runs import Claim


def running(services: Services, overlap: Overlap) -> Claim:
    """A run of the process ``backup`` that is a process now."""
    a_process(services, overlap=overlap)
    scheduled(services)
    [claim] = services.dispatch.claim()
    services.dispatch.started(claim.run_id, services.context.clock.now(), 1, "handle")
    return claim


def test_skip_leaves_a_row_that_says_why(services: Services) -> None:
    first = running(services, Overlap.SKIP)
    second = services.runs.trigger(a_request(services).id)
    assert second.status is RunStatus.SKIPPED
    assert second.note == f"Run {first.run_id} is still running"
    assert second.end_time is not None
    assert second.start_time is None


def test_it_does_not_matter_which_request_the_other_run_is_of(
    services: Services, clock: FakeClock
) -> None:
    running(services, Overlap.SKIP)
    other = scheduled(services, minutely(), description="another request")
    assert services.dispatch.claim() == []
    assert services.requests.get(other.id).last_status is RunStatus.SKIPPED


def test_other_processes_do_not_matter(services: Services) -> None:
    running(services, Overlap.SKIP)
    scheduled(services, process="restore")
    assert len(services.dispatch.claim()) == 1


def test_what_has_ended_does_not_matter(services: Services, clock: FakeClock) -> None:
    end(services, running(services, Overlap.SKIP), clock)
    assert services.runs.trigger(a_request(services).id).status is RunStatus.QUEUED


def test_a_run_that_waits_for_its_start_counts_as_running(services: Services) -> None:
    a_process(services, overlap=Overlap.SKIP)
    request = a_request(services)
    assert services.runs.trigger(request.id).status is RunStatus.QUEUED
    assert services.runs.trigger(request.id).status is RunStatus.SKIPPED


def test_allow_runs_them_side_by_side(services: Services) -> None:
    running(services, Overlap.ALLOW)
    services.runs.trigger(a_request(services).id)
    assert len(services.dispatch.claim()) == 1


class TestQueue:
    def test_one_waits_until_the_other_ends(self, services: Services, clock: FakeClock) -> None:
        first = running(services, Overlap.QUEUE)
        waiting = services.runs.trigger(a_request(services).id)
        assert waiting.status is RunStatus.QUEUED
        assert services.dispatch.claim() == []
        end(services, first, clock)
        assert [claim.run_id for claim in services.dispatch.claim()] == [waiting.id]

    def test_at_most_one_waits(self, services: Services) -> None:
        running(services, Overlap.QUEUE)
        waiting = services.runs.trigger(a_request(services).id)
        third = services.runs.trigger(a_request(services).id)
        assert third.status is RunStatus.SKIPPED
        assert f"Run {waiting.id} waits to start already" in third.note

    def test_it_does_not_matter_whether_the_other_has_begun(self, services: Services) -> None:
        a_process(services, overlap=Overlap.QUEUE)
        request = a_request(services)
        triggered = [services.runs.trigger(request.id).status for _ in range(3)]
        assert triggered == [RunStatus.QUEUED, RunStatus.QUEUED, RunStatus.SKIPPED]

    def test_what_waits_takes_no_place_from_other_processes(
        self, services: Services, clock: FakeClock
    ) -> None:
        running(services, Overlap.QUEUE)
        services.runs.trigger(a_request(services).id)
        other = services.runs.trigger(a_request(services, process="restore").id)
        assert [claim.run_id for claim in services.dispatch.claim()] == [other.id]


class TestReplace:
    def test_the_other_is_asked_to_end_and_the_new_one_waits_for_that(
        self, services: Services, clock: FakeClock
    ) -> None:
        first = running(services, Overlap.REPLACE)
        successor = services.runs.trigger(a_request(services).id)
        assert services.dispatch.kill_requests() == [
            (first.run_id, KillRequest.REPLACED, RunStatus.PROCESSING)
        ]
        assert services.dispatch.claim() == []
        end(services, first, clock, RunStatus.KILLED)
        assert [claim.run_id for claim in services.dispatch.claim()] == [successor.id]

    def test_one_that_still_waits_is_replaced_too(self, services: Services) -> None:
        a_process(services, overlap=Overlap.REPLACE)
        request = a_request(services)
        first = services.runs.trigger(request.id)
        second = services.runs.trigger(request.id)
        asked = [(first.id, KillRequest.REPLACED, RunStatus.QUEUED)]
        assert services.dispatch.kill_requests() == asked
        assert services.dispatch.claim() == []
        now = services.context.clock.now()
        services.dispatch.ended(Ending(run_id=first.id, status=RunStatus.KILLED, end_time=now))
        assert [claim.run_id for claim in services.dispatch.claim()] == [second.id]

    def test_the_first_request_to_stop_stands(self, services: Services, clock: FakeClock) -> None:
        first = running(services, Overlap.REPLACE)
        services.runs.kill(first.run_id, force=True)
        asked_at = services.runs.get(first.run_id).kill_requested_at
        clock.advance(seconds=5)
        services.runs.trigger(a_request(services).id)
        run = services.runs.get(first.run_id)
        assert (run.kill_request, run.kill_requested_at) == (KillRequest.FORCE, asked_at)

    def test_one_that_is_replaced_can_be_hurried(self, services: Services) -> None:
        first = running(services, Overlap.REPLACE)
        services.runs.trigger(a_request(services).id)
        assert services.runs.kill(first.run_id).kill_request is KillRequest.REPLACED
        assert services.runs.kill(first.run_id, force=True).kill_request is KillRequest.FORCE


class TestRetries:
    @pytest.mark.parametrize("outcome", [RunStatus.ERROR, RunStatus.TIMED_OUT])
    def test_a_failure_is_tried_again_after_the_delay(
        self, services: Services, clock: FakeClock, outcome: RunStatus
    ) -> None:
        a_process(services, retries=1, retry_delay=timedelta(seconds=30))
        request = scheduled(services)
        [first] = services.dispatch.claim()
        failed = end(services, first, clock, outcome)
        retry = services.runs.open()[0]
        assert (retry.attempt, retry.request_id) == (2, request.id)
        note = f"Retry 1 of 1 after run {failed.id}"
        assert retry.note == f"{note}; Waits for its next try at 12:00:31"
        assert retry.scheduled_for == clock.now() + timedelta(seconds=30)
        assert services.dispatch.next_wakeup() == retry.scheduled_for
        assert services.dispatch.claim() == []
        clock.advance(seconds=30)
        [second] = services.dispatch.claim()
        end(services, second, clock, outcome)
        assert services.runs.open() == []
        assert services.requests.get(request.id).executions == 1

    @pytest.mark.parametrize("outcome", [RunStatus.SUCCESS, RunStatus.KILLED, RunStatus.LOST])
    def test_other_ends_are_final(
        self, services: Services, clock: FakeClock, outcome: RunStatus
    ) -> None:
        a_process(services, retries=3)
        scheduled(services)
        [claim] = services.dispatch.claim()
        end(services, claim, clock, outcome)
        assert services.runs.open() == []

    def test_one_that_was_asked_to_stop_is_not_tried_again(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_process(services, retries=3)
        scheduled(services)
        [claim] = services.dispatch.claim()
        services.runs.kill(claim.run_id)
        end(services, claim, clock, RunStatus.ERROR)
        assert services.runs.open() == []

    def test_one_of_a_process_that_was_switched_off_is_not_tried_again(
        self, services: Services, clock: FakeClock
    ) -> None:
        process = a_process(services, retries=3)
        scheduled(services)
        [claim] = services.dispatch.claim()
        services.processes.update(process.id, process_draft(retries=3, active=False))
        end(services, claim, clock, RunStatus.ERROR)
        assert services.runs.open() == []

    def test_a_fire_is_skipped_while_a_retry_waits(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_process(services, retries=1, overlap=Overlap.SKIP)
        scheduled(services)
        [claim] = services.dispatch.claim()
        end(services, claim, clock, RunStatus.ERROR)
        assert services.runs.trigger(a_request(services).id).status is RunStatus.SKIPPED

    def test_a_retry_that_waits_for_another_run_wakes_nobody(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_process(services, retries=1, overlap=Overlap.QUEUE)
        request = a_request(services)
        services.runs.trigger(request.id)
        [first] = services.dispatch.claim()
        services.runs.trigger(request.id)
        end(services, first, clock, RunStatus.ERROR)
        [second] = services.dispatch.claim()
        clock.advance(minutes=10)
        assert services.dispatch.next_wakeup() is None
        assert services.dispatch.claim() == []
        end(services, second, clock)
        assert [run.attempt for run in services.runs.open()] == [2]
        assert services.dispatch.next_wakeup() is not None
        assert len(services.dispatch.claim()) == 1
