"""A run keeps the command that it was taken with, whatever becomes of its process."""

from dataclasses import replace

import pytest

from tests.services.drafts import a_process, a_request, end
from tests.services.running.test_before_it_begins import edit
from tests.support.clock import FakeClock
from tui_scheduler.models import Command, ProcessKind
from tui_scheduler.services import Services
from tui_scheduler.services.running.taken_runs import Claim


@pytest.fixture
def request_id(services: Services) -> int:
    a_process(services, command="tar c /srv")
    return a_request(services).id


def ran(services: Services, clock: FakeClock, request_id: int) -> Claim:
    services.runs.trigger(request_id)
    [claim] = services.dispatch.claim()
    end(services, claim, clock)
    return claim


def texts() -> dict[str, int]:
    """The commands that are kept, and how many runs have each."""
    return {row.text: row.runs for row in Command.select()}


def test_it_stays_when_the_process_is_edited(
    services: Services, clock: FakeClock, request_id: int
) -> None:
    first = ran(services, clock, request_id)
    edit(services, command="tar c /home")
    second = ran(services, clock, request_id)
    commands = [services.runs.get(claim.run_id).command for claim in (first, second)]
    assert commands == ["tar c /srv", "tar c /home"]


def test_it_is_not_known_before(services: Services, request_id: int) -> None:
    assert services.runs.trigger(request_id).command is None


def test_one_that_never_began_has_none(services: Services, request_id: int) -> None:
    services.runs.trigger(request_id)
    assert services.runs.trigger(request_id).command is None


def test_a_run_that_is_given_back_and_taken_again_has_the_latter(
    services: Services, request_id: int
) -> None:
    services.runs.trigger(request_id)
    [claim] = services.dispatch.claim()
    services.dispatch.give_back([claim.run_id])
    assert (services.runs.get(claim.run_id).command, texts()) == (None, {})
    edit(services, command="tar c /home")
    services.dispatch.claim()
    assert services.runs.get(claim.run_id).command == "tar c /home"
    assert texts() == {"tar c /home": 1}


def test_a_text_is_kept_once_and_goes_with_its_last_run(
    services: Services, clock: FakeClock, request_id: int
) -> None:
    claims = [ran(services, clock, request_id) for _ in range(3)]
    assert texts() == {"tar c /srv": 3}
    for claim in claims[:2]:
        services.runs.delete(claim.run_id)
    assert texts() == {"tar c /srv": 1}
    services.runs.delete(claims[2].run_id)
    assert texts() == {}


def test_it_goes_with_the_process(services: Services, clock: FakeClock, request_id: int) -> None:
    ran(services, clock, request_id)
    assert not services.processes.remove_step(services.processes.named("backup").id)
    assert texts() == {}


def test_a_python_process_has_its_callable(services: Services, clock: FakeClock) -> None:
    a_process(services, command="reports:daily", kind=ProcessKind.PYTHON)
    claim = ran(services, clock, a_request(services).id)
    assert services.runs.get(claim.run_id).command == "reports:daily"


def test_hostile_text_is_kept_as_it_is(
    services: Services, clock: FakeClock, request_id: int
) -> None:
    hostile = "printf '\x1b[2J'; echo 'ü' \"[/]\"\nexit 1"
    edit(services, command=hostile)
    claim = ran(services, clock, request_id)
    assert services.runs.get(claim.run_id).command == hostile == claim.command


def test_what_is_outdated_is_told_by_what_a_run_is_made_of(
    services: Services, request_id: int
) -> None:
    services.runs.trigger(request_id)
    [claim] = services.dispatch.claim()
    outdated = services.dispatch.outdated
    assert (outdated([]), outdated([claim]), outdated([replace(claim, run_id=99)])) == ([], [], [])
    edit(services, command="tar c /home")
    assert outdated([claim]) == [claim.run_id]
