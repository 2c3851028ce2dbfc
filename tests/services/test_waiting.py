"""What is said where a run that waits keeps something else from being done, or is still to come."""

from datetime import timedelta

import pytest

from tests.services.drafts import a_process, a_request, end
from tests.support.clock import FakeClock
from tui_scheduler.errors import Refused
from tui_scheduler.models import Overlap, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.waiting import still_to_come

RETRY = "a retry waits until 12:10 (run 2)"


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_scheduler.machine_zone.zone_name", lambda: "UTC")


def failed(
    services: Services, clock: FakeClock, overlap: Overlap = Overlap.SKIP, minutes: int = 10
) -> int:
    """A request whose run has failed, and is tried again after so many minutes."""
    delay = timedelta(minutes=minutes)
    a_process(services, retries=1, retry_delay=delay, overlap=overlap)
    request_id = a_request(services).id
    services.runs.trigger(request_id)
    [claim] = services.dispatch.claim()
    end(services, claim, clock, RunStatus.ERROR, after=timedelta())
    return request_id


def test_a_fire_that_is_skipped_says_until_when(services: Services, clock: FakeClock) -> None:
    skipped = services.runs.trigger(failed(services, clock))
    assert skipped.note == RETRY.capitalize()


def test_so_does_one_that_finds_the_queue_taken(services: Services, clock: FakeClock) -> None:
    a_process(services, overlap=Overlap.QUEUE, retries=1, retry_delay=timedelta(minutes=10))
    request_id = a_request(services).id
    services.runs.trigger(request_id)
    services.runs.trigger(request_id)
    [first] = services.dispatch.claim()
    end(services, first, clock, RunStatus.ERROR, after=timedelta())
    assert services.runs.trigger(request_id).note == "A retry waits until 12:10 (run 3) already"


@pytest.mark.parametrize(
    ("minutes", "until"), [(10, "until 12:10"), (24 * 60, "until Tue 3 Mar 12:00"), (0, "to start")]
)
def test_another_day_is_named(
    services: Services, clock: FakeClock, minutes: int, until: str
) -> None:
    skipped = services.runs.trigger(failed(services, clock, minutes=minutes))
    assert skipped.note == f"A retry waits {until} (run 2)"


def test_seconds_are_said_where_there_are_any(services: Services, clock: FakeClock) -> None:
    clock.advance(seconds=7)
    skipped = services.runs.trigger(failed(services, clock))
    assert "A retry waits until 12:10:07" in skipped.note


def test_a_run_that_has_begun_has_not_ended(services: Services, clock: FakeClock) -> None:
    request_id = failed(services, clock)
    clock.advance(minutes=10)
    [retry] = services.dispatch.claim()
    services.dispatch.started(retry.run_id, clock.now(), 4711, "handle")
    assert services.runs.trigger(request_id).note.endswith("Run 2 is still running")


def test_what_cannot_be_removed_says_it_too(services: Services, clock: FakeClock) -> None:
    request_id = failed(services, clock)
    process_id = services.processes.named("backup").id
    for remove, number in (
        (services.requests.remove_step, request_id),
        (services.processes.remove_step, process_id),
        (services.runs.delete, 2),
    ):
        with pytest.raises(Refused) as refused:
            remove(number)
        assert str(refused.value) == f"A{RETRY[1:]}: stop it first, or wait for it to end."


def test_what_is_still_to_come_of_a_request(services: Services, clock: FakeClock) -> None:
    request_id = failed(services, clock, Overlap.ALLOW)
    queued = services.runs.queued_of
    assert still_to_come(queued(request_id), clock.now()) == f"Still to come: {RETRY}."
    for _ in range(4):
        services.runs.trigger(request_id)
    assert still_to_come(queued(request_id), clock.now()) == (
        f"Still to come: {RETRY}, run 3 waits to start, run 4 waits to start, 2 more."
    )


def test_nothing_is_said_where_nothing_waits(services: Services, clock: FakeClock) -> None:
    request_id = a_request(services).id
    assert still_to_come(services.runs.queued_of(request_id), clock.now()) == ""
