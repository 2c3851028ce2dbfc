"""What the scheduler writes down and reads back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.services.drafts import (
    IMMEDIATE,
    a_process,
    a_request,
    end,
    later,
    minutely,
    process_draft,
    scheduled,
    wall,
)
from tests.support.clock import NOON, FakeClock
from tui_scheduler.errors import NotFound, Refused
from tui_scheduler.models import (
    Channel,
    KillRequest,
    Overlap,
    ProcessKind,
    RequestStatus,
    Run,
    RunStatus,
)
from tui_scheduler.services import Services
from tui_scheduler.services.events import Event, RunChanged
from tui_scheduler.services.parameters.parameters import Parameter, ParameterType
from tui_scheduler.services.running.run_ending import Ending
from tui_scheduler.services.running.taken_runs import Claim


@pytest.fixture
def claim(services: Services) -> Claim:
    a_process(services, timeout=timedelta(minutes=5))
    scheduled(services, IMMEDIATE)
    [claim] = services.dispatch.claim()
    return claim


def test_a_claim_tells_what_of_its_environment_are_parameters(services: Services) -> None:
    declared = (Parameter(name="DAY", type=ParameterType.DATE, default="2026-03-29"),)
    a_process(
        services,
        command="reports:daily",
        kind=ProcessKind.PYTHON,
        python="/srv/env",
        environment={"LANG": "C"},
        parameters=declared,
    )
    scheduled(services, IMMEDIATE, parameters={"OTHER": "7"})
    [claim] = services.dispatch.claim()
    assert (claim.kind, claim.command, claim.python) == (
        ProcessKind.PYTHON,
        "reports:daily",
        "/srv/env",
    )
    assert claim.environment == {"LANG": "C", "DAY": "2026-03-29", "OTHER": "7"}
    assert claim.parameters == {"DAY": ParameterType.DATE, "OTHER": ParameterType.TEXT}


class TestRecording:
    def test_a_start_with_something_to_note(self, services: Services, claim: Claim) -> None:
        services.dispatch.started(claim.run_id, NOON, 4711, "handle", "Its output is not kept")
        assert services.runs.get(claim.run_id).note == "Its output is not kept"

    def test_a_start(self, services: Services, claim: Claim) -> None:
        services.dispatch.started(claim.run_id, NOON, 4711, "handle")
        run = services.runs.get(claim.run_id)
        assert (run.status, run.pid, run.start_time) == (RunStatus.PROCESSING, 4711, NOON)
        assert run.host != ""
        assert run.duration(NOON + timedelta(seconds=5)) == timedelta(seconds=5)

    def test_the_first_end_stands(
        self, services: Services, claim: Claim, clock: FakeClock, events: list[Event]
    ) -> None:
        ended = end(services, claim, clock, RunStatus.ERROR)
        events.clear()
        again = Ending(run_id=claim.run_id, status=RunStatus.SUCCESS, end_time=clock.now())
        services.dispatch.ended(again)
        assert services.runs.get(claim.run_id) == ended
        assert events == []

    def test_a_start_after_the_end_changes_nothing(
        self, services: Services, claim: Claim, clock: FakeClock, events: list[Event]
    ) -> None:
        ended = end(services, claim, clock)
        events.clear()
        services.dispatch.started(claim.run_id, NOON, 1, "x")
        assert services.runs.get(claim.run_id) == ended
        assert events == []

    def test_a_run_that_could_not_start_says_why(self, services: Services, claim: Claim) -> None:
        note = "sh: backup: not found"
        services.dispatch.ended(
            Ending(run_id=claim.run_id, status=RunStatus.ERROR, end_time=NOON, note=note)
        )
        run = services.runs.get(claim.run_id)
        assert (run.status, run.note, run.start_time, run.exit_code) == (
            RunStatus.ERROR,
            note,
            None,
            None,
        )
        assert run.duration(NOON) is None

    def test_an_end_without_a_note_keeps_the_note_of_the_birth(
        self, services: Services, clock: FakeClock
    ) -> None:
        scheduled(services, later("2026-03-01T00:00"))
        [late] = services.dispatch.claim()
        assert end(services, late, clock).note == "Late by 1 day 12 h"

    def test_an_end_by_a_signal_and_what_was_used(self, services: Services, claim: Claim) -> None:
        services.dispatch.started(claim.run_id, NOON, 4711, "handle")
        ending = Ending(run_id=claim.run_id, status=RunStatus.ERROR, end_time=NOON, signal=9)
        used = replace(ending, cpu_time=timedelta(microseconds=7), peak_memory=2**40)
        services.dispatch.ended(used)
        run = services.runs.get(claim.run_id)
        assert (run.exit_code, run.signal) == (None, 9)
        assert (run.cpu_time, run.peak_memory) == (timedelta(microseconds=7), 2**40)

    @pytest.mark.parametrize(("place", "handle"), [("", None), ("hpc:n1", "4711 stem")])
    def test_an_end_forgets_the_process_and_keeps_the_job(
        self, services: Services, claim: Claim, clock: FakeClock, place: str, handle: str | None
    ) -> None:
        """A process is not found again by its handle, which is as long as half a run."""
        services.dispatch.started(claim.run_id, NOON, 4711, "4711 stem", place=place)
        assert services.runs.get(claim.run_id).handle == "4711 stem"
        assert end(services, claim, clock).handle == handle


class TestAdoption:
    def test_what_was_taken_is_found_again(self, services: Services, claim: Claim) -> None:
        services.dispatch.started(claim.run_id, NOON, 4711, "handle")
        [run] = services.dispatch.open_runs()
        assert (run.run_id, run.handle, run.start_time) == (claim.run_id, "handle", NOON)
        assert run.status is RunStatus.PROCESSING
        assert run.timeout == timedelta(minutes=5)
        assert run.log_path == claim.log_path

    def test_what_was_taken_but_not_started_too(self, services: Services, claim: Claim) -> None:
        [run] = services.dispatch.open_runs()
        assert (run.status, run.handle) == (RunStatus.QUEUED, None)

    def test_what_ended_or_was_never_taken_is_not(
        self, services: Services, claim: Claim, clock: FakeClock
    ) -> None:
        end(services, claim, clock)
        services.runs.trigger(a_request(services).id)
        assert services.dispatch.open_runs() == []

    def test_what_is_given_back_is_claimed_again(self, services: Services, claim: Claim) -> None:
        services.dispatch.give_back([claim.run_id])
        assert services.dispatch.open_runs() == []
        [again] = services.dispatch.claim()
        assert (again.run_id, again.command) == (claim.run_id, claim.command)

    def test_many_are_given_back_at_once_but_for_those_that_went_on(
        self, services: Services, clock: FakeClock, events: list[Event]
    ) -> None:
        a_process(services, overlap=Overlap.ALLOW)
        for _ in range(6):
            scheduled(services, IMMEDIATE)
        claims = services.dispatch.claim()
        ended, begun, *left = claims
        end(services, ended, clock)
        services.dispatch.started(begun.run_id, NOON, 4711, "handle")
        events.clear()
        services.dispatch.give_back([claim.run_id for claim in claims])
        assert events == [RunChanged(claim.run_id) for claim in left]
        assert [run.run_id for run in services.dispatch.open_runs()] == [begun.run_id]

    def test_it_is_found_by_the_token_it_was_taken_with(
        self, services: Services, claim: Claim
    ) -> None:
        [run] = services.dispatch.open_runs()
        assert run.token == claim.token
        assert claim.log_path.name == f"{claim.run_id}-{claim.token}.log"

    def test_what_is_given_back_gets_another_token(self, services: Services, claim: Claim) -> None:
        services.dispatch.give_back([claim.run_id])
        assert Run.get_by_id(claim.run_id).token is None
        assert not services.runs.get(claim.run_id).was_taken
        [again] = services.dispatch.claim()
        assert again.token != claim.token
        assert services.runs.get(claim.run_id).log_path == again.log_path != claim.log_path


class TestWaiting:
    def test_it_says_what_is_in_the_way_until_it_begins(
        self, services: Services, claim: Claim, events: list[Event]
    ) -> None:
        events.clear()
        services.dispatch.waits(claim.run_id, "No descriptors are left")
        assert services.runs.get(claim.run_id).note == "No descriptors are left"
        assert events == [RunChanged(claim.run_id)]
        services.dispatch.started(claim.run_id, NOON, 4711, "handle")
        assert services.runs.get(claim.run_id).note == ""

    def test_saying_it_again_is_no_change(
        self, services: Services, claim: Claim, events: list[Event]
    ) -> None:
        services.dispatch.waits(claim.run_id, "No descriptors are left")
        events.clear()
        services.dispatch.waits(claim.run_id, "No descriptors are left")
        assert events == []
        services.dispatch.waits(claim.run_id, "")
        assert (services.runs.get(claim.run_id).note, len(events)) == ("", 1)

    def test_the_note_of_its_birth_stays(self, services: Services, clock: FakeClock) -> None:
        scheduled(services, later("2026-03-01T00:00"))
        [late] = services.dispatch.claim()
        services.dispatch.waits(late.run_id, "No memory is left")
        both = "Late by 1 day 12 h; No memory is left"
        assert services.runs.get(late.run_id).note == both
        services.dispatch.waits(late.run_id, "No descriptors are left")
        assert end(services, late, clock).note == "Late by 1 day 12 h"

    @pytest.mark.parametrize("way", ["given back", "ended"])
    def test_it_goes_with_the_wait(self, services: Services, claim: Claim, way: str) -> None:
        services.dispatch.waits(claim.run_id, "No descriptors are left")
        if way == "given back":
            services.dispatch.give_back([claim.run_id])
            [again] = services.dispatch.claim()
            assert again.note == ""
        else:
            ending = Ending(run_id=claim.run_id, status=RunStatus.LOST, end_time=NOON)
            services.dispatch.ended(ending)
        assert services.runs.get(claim.run_id).note == ""

    @pytest.mark.parametrize("state", ["not taken", "processing", "ended"])
    def test_only_what_is_taken_and_has_not_begun_waits(
        self, services: Services, claim: Claim, clock: FakeClock, events: list[Event], state: str
    ) -> None:
        if state == "not taken":
            services.dispatch.give_back([claim.run_id])
        elif state == "processing":
            services.dispatch.started(claim.run_id, NOON, 4711, "handle")
        else:
            end(services, claim, clock)
        events.clear()
        services.dispatch.waits(claim.run_id, "No descriptors are left")
        assert services.runs.get(claim.run_id).note == ""
        assert events == []


class TestWakeup:
    def test_nothing_to_wait_for(self, services: Services) -> None:
        assert services.dispatch.next_wakeup() is None

    def test_the_earliest_fire(self, services: Services) -> None:
        scheduled(services, later("2026-03-05T00:00"))
        scheduled(services, later("2026-03-04T00:00"))
        earliest = services.dispatch.next_wakeup()
        assert earliest is not None
        assert earliest.replace(tzinfo=None) == wall("2026-03-04T00:00")


class TestStopping:
    def test_it_is_asked_for_and_carried_out_by_whoever_schedules(
        self, services: Services, claim: Claim, clock: FakeClock, events: list[Event]
    ) -> None:
        services.dispatch.started(claim.run_id, NOON, 4711, "handle")
        events.clear()
        run = services.runs.kill(claim.run_id)
        assert (run.kill_request, run.kill_requested_at) == (KillRequest.TERM, NOON)
        assert events == [RunChanged(claim.run_id)]
        assert services.dispatch.kill_requests() == [
            (claim.run_id, KillRequest.TERM, RunStatus.PROCESSING)
        ]
        end(services, claim, clock, RunStatus.KILLED)
        assert services.dispatch.kill_requests() == []

    def test_force_can_follow(self, services: Services, claim: Claim, clock: FakeClock) -> None:
        services.runs.kill(claim.run_id)
        clock.advance(seconds=3)
        run = services.runs.kill(claim.run_id, force=True)
        assert (run.kill_request, run.kill_requested_at) == (KillRequest.FORCE, clock.now())

    @pytest.mark.parametrize("first", [True, False])
    def test_asking_again_for_no_more_changes_nothing(
        self, services: Services, claim: Claim, clock: FakeClock, events: list[Event], first: bool
    ) -> None:
        before = services.runs.kill(claim.run_id, force=first)
        clock.advance(seconds=3)
        events.clear()
        assert services.runs.kill(claim.run_id) == before
        assert events == []

    def test_one_that_ended_is_refused(
        self, services: Services, claim: Claim, clock: FakeClock
    ) -> None:
        end(services, claim, clock)
        with pytest.raises(Refused, match="ended already: success"):
            services.runs.kill(claim.run_id)

    def test_one_that_does_not_exist_is_not_found(self, services: Services) -> None:
        with pytest.raises(NotFound):
            services.runs.kill(99)

    def test_one_that_waits_is_not_started_any_more(self, services: Services) -> None:
        run = services.runs.trigger(a_request(services).id)
        services.runs.kill(run.id)
        assert services.dispatch.claim() == []
        assert services.dispatch.kill_requests() == [(run.id, KillRequest.TERM, RunStatus.QUEUED)]


class TestTriggering:
    def test_it_runs_now_and_the_plan_does_not_move(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = scheduled(services, later("2026-03-05T00:00"))
        run = services.runs.trigger(request.id)
        assert (run.channel, run.status, run.scheduled_for) == (
            Channel.DIRECT,
            RunStatus.QUEUED,
            NOON,
        )
        [claim] = services.dispatch.claim()
        end(services, claim, clock)
        after = services.requests.get(request.id)
        assert (after.next_fire, after.executions) == (request.next_fire, 0)
        assert after.status is RequestStatus.SCHEDULED

    @pytest.mark.parametrize("how", ["new", "complete"])
    def test_any_request_can_be_triggered(
        self, services: Services, clock: FakeClock, how: str
    ) -> None:
        request = a_request(services)
        if how == "complete":
            services.requests.schedule(request.id)
            [claim] = services.dispatch.claim()
            end(services, claim, clock)
        services.runs.trigger(request.id)
        assert len(services.dispatch.claim()) == 1

    def test_an_inactive_process_is_refused(self, services: Services) -> None:
        request = a_request(services, minutely())
        services.processes.update(request.process_id, process_draft(active=False))
        with pytest.raises(Refused, match="Activate it first"):
            services.runs.trigger(request.id)

    def test_a_request_that_does_not_exist_is_not_found(self, services: Services) -> None:
        with pytest.raises(NotFound):
            services.runs.trigger(99)
