"""What a look costs while many runs wait: because as many run as may, or for a lock."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from time import perf_counter

from tests.bench.figures import throwaway_settings
from tui_scheduler.models import Overlap, database
from tui_scheduler.models.backend import open_database
from tui_scheduler.schedules import Plan, Timing
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft

WAITING = 10_000
MOST = 4
LOOKS = 300
LOCKS = 100


def measure() -> str:
    """Microseconds of a look at what is due, with nothing behind what runs and with very much."""
    with _opened(max_running=MOST) as services:
        request = _request(services, "job")
        _trigger(services, [request] * MOST)
        _begin(services)
        alone = _look(services.dispatch.claim)
        _trigger(services, [request] * WAITING)
        crowded = _look(services.dispatch.claim)
    of_one, of_many = _in_line(1), _in_line(LOCKS)
    return (
        f"waiting: {crowded * 1e6:.0f} microseconds for a look while {WAITING:,} runs wait for"
        f" room, {alone * 1e6:.0f} while none does; {of_one * 1e6:.0f} while as many wait for one"
        f" lock, {of_many * 1e6:.0f} for one of {LOCKS}; median of {LOOKS}"
    )


def _in_line(locks: int) -> float:
    """Seconds of a look while all wait for one of so many locks, each of which somebody holds."""
    with _opened() as services:
        requests = [_request(services, f"job-{lock}", f"lock-{lock}") for lock in range(locks)]
        _trigger(services, requests)
        _begin(services)
        _trigger(services, requests * (WAITING // locks))
        return _look(services.dispatch.claim)


@contextmanager
def _opened(max_running: int = 0) -> Iterator[Services]:
    with throwaway_settings() as settings, open_database(settings.database):
        log_folder = settings.log_folder
        yield services_on(Context(log_folder=log_folder, actor="bench", max_running=max_running))


def _request(services: Services, name: str, *locks: str) -> int:
    process = ProcessDraft(name=name, command="true", overlap=Overlap.ALLOW, locks=locks)
    services.processes.create(process)
    plan = Plan(timing=Timing.IMMEDIATE, timezone="UTC")
    return services.requests.create(RequestDraft(process=name, plan=plan)).id


def _trigger(services: Services, requests: Sequence[int]) -> None:
    with database.atomic():
        for request in requests:
            services.runs.trigger(request)


def _begin(services: Services) -> None:
    for claim in services.dispatch.claim():
        now = services.context.clock.now()
        services.dispatch.started(claim.run_id, now, 1, "handle")


def _look(claim: Callable[[], object]) -> float:
    times = []
    for _ in range(LOOKS):
        begin = perf_counter()
        claim()
        times.append(perf_counter() - begin)
    return median(times)
