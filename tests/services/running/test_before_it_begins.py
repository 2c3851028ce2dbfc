"""What is looked at when a run is to begin, though it was created long before."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.services.drafts import a_process, a_request, end, every, minutely, scheduled
from tests.services.groups import a_group
from tests.support.clock import FakeClock
from tui_scheduler.models import Overlap, RunStatus
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services
from tui_scheduler.services.processes import draft_of
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.runs import RunView

INACTIVE = "The process was made inactive before it began"
DELAY = timedelta(minutes=10)


def edit(services: Services, name: str = "backup", **fields: Any) -> None:
    process = services.processes.named(name)
    services.processes.update(process.id, replace(draft_of(process), **fields))


def newest(services: Services) -> RunView:
    return services.runs.latest(RunFilter())[0]


def a_retry(services: Services, clock: FakeClock) -> None:
    """A run has failed, and is to be tried again ten minutes later."""
    a_process(services, retries=2, retry_delay=DELAY)
    services.runs.trigger(a_request(services).id)
    [claim] = services.dispatch.claim()
    end(services, claim, clock, RunStatus.ERROR)


def behind_another(services: Services, clock: FakeClock) -> None:
    """A run waits until another one of its process has ended, which it has."""
    a_process(services, overlap=Overlap.QUEUE)
    request = a_request(services)
    services.runs.trigger(request.id)
    services.runs.trigger(request.id)
    [first] = services.dispatch.claim()
    end(services, first, clock)


def just_created(services: Services, clock: FakeClock) -> None:
    """A run was asked for, and nobody has looked yet."""
    a_process(services)
    services.runs.trigger(a_request(services).id)


def a_member(services: Services, clock: FakeClock) -> None:
    """The first member of a group is to be tried again."""
    a_process(services, retries=2, retry_delay=DELAY)
    a_group(services, "backup")
    services.runs.trigger(a_request(services, process="nightly").id)
    [claim] = services.dispatch.claim()
    end(services, claim, clock, RunStatus.ERROR)


WAITS = [a_retry, behind_another, just_created, a_member]


@pytest.mark.parametrize("wait", WAITS)
def test_nothing_of_an_inactive_process_begins(
    services: Services, clock: FakeClock, wait: Callable[[Services, FakeClock], None]
) -> None:
    wait(services, clock)
    run = newest(services)
    assert run.status is RunStatus.QUEUED
    edit(services, active=False)
    clock.advance(minutes=10)
    assert services.dispatch.claim() == []
    ended = services.runs.get(run.id)
    assert (ended.status, ended.note, ended.end_time) == (
        RunStatus.SKIPPED,
        INACTIVE,
        clock.now(),
    )
    assert (ended.start_time, ended.was_taken) == (None, False)
    assert services.dispatch.next_wakeup() is None


@pytest.mark.parametrize("wait", WAITS)
def test_one_that_is_active_again_by_then_begins(
    services: Services, clock: FakeClock, wait: Callable[[Services, FakeClock], None]
) -> None:
    wait(services, clock)
    edit(services, active=False)
    edit(services, active=True)
    clock.advance(minutes=10)
    assert len(services.dispatch.claim()) == 1


def test_it_is_decided_when_it_is_to_begin_and_not_before(
    services: Services, clock: FakeClock
) -> None:
    a_retry(services, clock)
    edit(services, active=False)
    assert services.dispatch.claim() == []
    assert newest(services).status is RunStatus.QUEUED


def test_a_group_goes_on_without_the_member(services: Services, clock: FakeClock) -> None:
    a_member(services, clock)
    edit(services, active=False)
    clock.advance(minutes=10)
    services.dispatch.claim()
    group = services.runs.latest(RunFilter())[-1]
    assert (group.status, group.note) == (RunStatus.ERROR, "1 of its members failed: backup")


def test_a_process_that_is_not_tried_again_any_more(services: Services, clock: FakeClock) -> None:
    a_retry(services, clock)
    edit(services, retries=0)
    clock.advance(minutes=10)
    assert services.dispatch.claim() == []
    run = newest(services)
    assert run.status is RunStatus.SKIPPED
    assert run.note == "The process is not tried again so often any more"


def test_one_that_is_tried_less_often_but_still_so_often(
    services: Services, clock: FakeClock
) -> None:
    a_retry(services, clock)
    edit(services, retries=1)
    clock.advance(minutes=10)
    assert len(services.dispatch.claim()) == 1


@pytest.mark.parametrize("wait", WAITS)
def test_a_waiting_run_is_run_as_its_process_says_by_then(
    services: Services, clock: FakeClock, wait: Callable[[Services, FakeClock], None]
) -> None:
    wait(services, clock)
    edit(services, command="mended", working_directory="/", environment={"A": "1"})
    clock.advance(minutes=10)
    [claim] = services.dispatch.claim()
    assert (claim.command, claim.working_directory) == ("mended", "/")
    assert claim.environment == {"A": "1"}


def test_its_parameters_are_those_it_was_created_with(services: Services, clock: FakeClock) -> None:
    a_process(services)
    request = a_request(services, parameters={"DAY": "monday"})
    services.runs.trigger(request.id, {"DAY": "sunday"})
    [claim] = services.dispatch.claim()
    assert claim.environment == {"DAY": "sunday"}


def test_unscheduling_stops_fires_and_no_retry(services: Services, clock: FakeClock) -> None:
    a_process(services, retries=1, retry_delay=DELAY)
    request = scheduled(services, minutely(interval=60))
    [claim] = services.dispatch.claim()
    end(services, claim, clock, RunStatus.ERROR)
    services.requests.unschedule(request.id)
    clock.advance(minutes=10)
    assert len(services.dispatch.claim()) == 1


def test_a_retry_may_begin_after_the_finish_of_its_plan(
    services: Services, clock: FakeClock
) -> None:
    a_process(services, retries=1, retry_delay=DELAY)
    finish = (clock.now() + timedelta(minutes=1)).replace(tzinfo=None)
    scheduled(services, every(Frequency.HOURLY, finish=finish))
    [claim] = services.dispatch.claim()
    end(services, claim, clock, RunStatus.ERROR)
    clock.advance(minutes=10)
    assert len(services.dispatch.claim()) == 1
