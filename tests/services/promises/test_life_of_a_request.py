"""The main path, from a draft to a finished run."""

from tests.services.drafts import IMMEDIATE, a_process, a_request, end
from tests.support.clock import NOON, FakeClock
from tui_scheduler.models import Channel, RequestStatus, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.events import Event, ProcessSaved, RequestSaved, RunChanged


def test_a_request_becomes_a_run_that_ends(services: Services, clock: FakeClock) -> None:
    a_process(services, "backup", command="tar c /home", environment={"LEVEL": "9"})
    request = a_request(services, IMMEDIATE, parameters={"TARGET": "/mnt"})
    services.requests.schedule(request.id)

    [claim] = services.dispatch.claim()
    assert claim.command == "tar c /home"
    assert claim.environment == {"LEVEL": "9", "TARGET": "/mnt"}

    run = end(services, claim, clock)
    assert run.status is RunStatus.SUCCESS
    assert run.channel is Channel.SCHEDULER
    assert run.scheduled_for == run.start_time == NOON
    assert run.end_time == clock.now()
    assert run.exit_code == 0
    assert run.process == "backup"

    done = services.requests.get(request.id)
    assert done.status is RequestStatus.COMPLETE
    assert done.executions == 1
    assert done.next_fire is None
    assert done.previous_fire == NOON
    assert done.last_run_id == run.id
    assert [past.status for past in done.recent] == [RunStatus.SUCCESS]


def test_every_step_is_told(services: Services, clock: FakeClock, events: list[Event]) -> None:
    request = a_request(services)
    assert events == [ProcessSaved(1), RequestSaved(1)]

    events.clear()
    services.requests.schedule(request.id)
    [claim] = services.dispatch.claim()
    end(services, claim, clock)
    run = claim.run_id
    assert events == [
        RequestSaved(1),
        RunChanged(run),
        RequestSaved(1),
        RunChanged(run),
        RunChanged(run),
    ]


def test_a_claim_is_made_once(services: Services) -> None:
    services.requests.schedule(a_request(services).id)
    assert len(services.dispatch.claim()) == 1
    assert services.dispatch.claim() == []


def test_parameters_of_the_request_win_over_the_environment_of_the_process(
    services: Services,
) -> None:
    a_process(services, environment={"LEVEL": "1", "COLOUR": "red"})
    services.requests.schedule(a_request(services, parameters={"LEVEL": "9"}).id)
    [claim] = services.dispatch.claim()
    assert claim.environment == {"LEVEL": "9", "COLOUR": "red"}


def test_logs_lie_in_folders_of_a_thousand(services: Services) -> None:
    context = services.context
    assert context.log_path(7, None) == context.log_folder / "00000" / "7.log"
    assert context.log_path(1_234_567, "0123abcd") == (
        context.log_folder / "01234" / "1234567-0123abcd.log"
    )
