"""What a look costs while many runs wait because as many run as may."""

from collections.abc import Callable
from dataclasses import replace
from statistics import median
from time import perf_counter

from tests.bench.figures import throwaway_settings
from tui_scheduler.models import Overlap, database
from tui_scheduler.models.backend import open_database
from tui_scheduler.schedules import Plan, Timing
from tui_scheduler.services import services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft

WAITING = 10_000
MOST = 4
LOOKS = 300


def measure() -> str:
    """Microseconds of a look at what is due, with nothing behind what runs and with very much."""
    with throwaway_settings() as settings, open_database(settings.database):
        context = Context(log_folder=settings.log_folder, actor="bench")
        services = services_on(replace(context, max_running=MOST))
        services.processes.create(ProcessDraft(name="job", command="true", overlap=Overlap.ALLOW))
        plan = Plan(timing=Timing.IMMEDIATE, timezone="UTC")
        request = services.requests.create(RequestDraft(process="job", plan=plan)).id
        for _ in range(MOST):
            services.runs.trigger(request)
        for claim in services.dispatch.claim():
            services.dispatch.started(claim.run_id, context.clock.now(), 1, "handle")
        alone = _look(services.dispatch.claim)
        with database.atomic():
            for _ in range(WAITING):
                services.runs.trigger(request)
        crowded = _look(services.dispatch.claim)
    return (
        f"waiting: {crowded * 1e6:.0f} microseconds for a look while {WAITING:,} runs wait for"
        f" room, {alone * 1e6:.0f} while none does; median of {LOOKS}"
    )


def _look(claim: Callable[[], object]) -> float:
    times = []
    for _ in range(LOOKS):
        begin = perf_counter()
        claim()
        times.append(perf_counter() - begin)
    return median(times)
