"""The figures of the header."""

from tests.services.drafts import a_process, a_request, end
from tests.support.clock import NOON, FakeClock
from tui_scheduler.models import Overlap, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.queries.counts import counts
from tui_scheduler.services.views.overview import Counts


def test_at_first_they_are_zero(services: Services) -> None:
    assert counts(NOON) == Counts(running=0, queued=0, failed_today=0)


def test_what_waits_what_runs_and_what_failed(services: Services, clock: FakeClock) -> None:
    a_process(services, overlap=Overlap.ALLOW)
    request = a_request(services)
    for status in (
        RunStatus.ERROR,
        RunStatus.TIMED_OUT,
        RunStatus.LOST,
        RunStatus.SUCCESS,
        RunStatus.KILLED,
    ):
        services.runs.trigger(request.id)
        [claim] = services.dispatch.claim()
        end(services, claim, clock, status)
    services.runs.trigger(request.id)
    [claim] = services.dispatch.claim()
    services.dispatch.started(claim.run_id, clock.now(), 1, "handle")
    services.runs.trigger(request.id)
    services.runs.trigger(request.id)
    today = NOON.replace(hour=0)
    assert counts(today) == Counts(running=1, queued=2, failed_today=3)


def test_yesterday_does_not_count(services: Services, clock: FakeClock) -> None:
    services.runs.trigger(a_request(services).id)
    [claim] = services.dispatch.claim()
    failed = end(services, claim, clock, RunStatus.ERROR)
    assert failed.end_time is not None
    assert counts(failed.end_time).failed_today == 1
    assert counts(clock.advance(seconds=1)).failed_today == 0
