"""What the pane beside the list of requests tells of one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from tui_scheduler.models import MisfirePolicy
from tui_scheduler.schedules import Timing, anchored, fires
from tui_scheduler.services import Services
from tui_scheduler.services.run_list import RunFilter
from tui_scheduler.services.views import RequestView, RunView
from tui_scheduler.tui.content import heading, lines, named, toned
from tui_scheduler.tui.format import (
    REQUEST_LOOKS,
    RUN_LOOKS,
    countdown,
    day_and_time,
    duration,
    local,
)

_FIRES = 5
_RUNS = 8
_MISSED = {
    MisfirePolicy.ONCE: "one late run",
    MisfirePolicy.SKIP: "skipped",
    MisfirePolicy.ALL: "each runs late",
}


@dataclass(frozen=True, slots=True)
class RequestDetails:
    """A request, its next fires and its latest runs, newest first."""

    request: RequestView
    fires: tuple[datetime, ...]
    runs: tuple[RunView, ...]

    @property
    def title(self) -> str:
        """The heading of the pane."""
        return f"{self.request.process} · request {self.request.id}"


def load_details(services: Services, request_id: int) -> RequestDetails:
    """Read all of it; raises NotFound."""
    request = services.requests.get(request_id)
    runs = services.runs.latest(RunFilter(request_id=request_id), _RUNS)
    return RequestDetails(request, tuple(next_fires(request)), tuple(runs))


def next_fires(request: RequestView) -> list[datetime]:
    """The stored next fire and those that would follow; none while it is not scheduled."""
    first, plan = request.next_fire, request.plan
    if first is None:
        return []
    limit = _FIRES
    if plan.repetitions is not None:
        limit = min(limit, plan.repetitions - request.executions)
    if plan.timing is not Timing.SCHEDULE or request.scheduled_at is None:
        return [first]
    try:
        return [first, *fires(anchored(plan, request.scheduled_at), first, limit - 1)]
    except ValueError:  # a damaged row still shows the fire that is stored
        return [first]


def details_text(details: RequestDetails, now: datetime, zone: str) -> Content:
    """The whole text at this moment; ``zone`` is the machine's."""
    return lines(
        *_facts(details.request, now, zone), *_fires(details, now, zone), *_runs(details, now, zone)
    )


def _facts(request: RequestView, now: datetime, zone: str) -> Iterator[Content]:
    if request.description:
        yield toned(request.description)
        yield Content()
    look = REQUEST_LOOKS[request.status]
    yield named(
        "State",
        Content.assemble(toned(f"{look.glyph} {look.word}", look.tone), _by(request, now, zone)),
    )
    yield named("Schedule", request.schedule_text)
    yield named("Time zone", request.plan.timezone)
    yield named("If missed", _MISSED[request.misfire])
    times = "" if request.plan.repetitions is None else f" of {request.plan.repetitions:,}"
    yield named("Executions", f"{request.executions:,}{times}")
    for index, (name, value) in enumerate(request.parameters.items()):
        yield named("" if index else "Parameters", f"{name}={value}")


def _by(request: RequestView, now: datetime, zone: str) -> Content:
    if request.scheduled_at is None:
        return Content()
    when = day_and_time(request.scheduled_at, zone, now)
    return toned(f" by {request.scheduled_by}, {when}", "muted")


def _fires(details: RequestDetails, now: datetime, zone: str) -> Iterator[Content]:
    yield Content()
    yield heading("Next runs")
    if not details.fires:
        yield toned("none: press s to schedule it", "muted")
    own_zone = details.request.plan.timezone
    for fire in details.fires:
        wall = local(fire, own_zone)
        text = toned(f"{wall:%a %d %b %Y %H:%M:%S}  ")
        here = local(fire, zone)
        if here.utcoffset() != wall.utcoffset():
            text = text + toned(f"({here:%H:%M} here)  ", "muted")
        yield text + toned(countdown(fire, now), "primary")


def _runs(details: RequestDetails, now: datetime, zone: str) -> Iterator[Content]:
    yield Content()
    yield heading("Latest runs")
    if not details.runs:
        yield toned("none yet: press t to run it now", "muted")
    for run in details.runs:
        look = RUN_LOOKS[run.status]
        when = day_and_time(run.start_time or run.scheduled_for, zone, now)
        state = toned(f"{look.glyph} {look.word:<10}", look.tone)
        yield Content.assemble(
            state, f"{when:<20} ", toned(duration(run.duration(now)) or run.note)
        )
