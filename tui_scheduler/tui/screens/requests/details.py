"""What the pane beside the list of requests tells of one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from tui_scheduler import wording
from tui_scheduler.services import Services
from tui_scheduler.services.parameters.lines import masked_parameters
from tui_scheduler.services.parameters.parameters import secret_names
from tui_scheduler.services.parameters.secrets import masked
from tui_scheduler.services.queries.forecast import fires_of_request
from tui_scheduler.services.queries.run_list import RunFilter
from tui_scheduler.services.views import RequestView, RunView
from tui_scheduler.tui.content import heading, lines, named, toned
from tui_scheduler.tui.format import REQUEST_LOOKS
from tui_scheduler.tui.screens.runs.latest import latest_runs
from tui_scheduler.wording import countdown, day_and_time, plural, weekday_and_time

_FIRES = 5
_RUNS = 8


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
    return RequestDetails(request, fires_of_request(request, _FIRES), tuple(runs))


def details_text(details: RequestDetails, now: datetime, zone: str) -> tuple[Content, ...]:
    """Facts, next fires and latest runs at this moment; ``zone`` is the machine's."""
    return (
        lines(*_facts(details.request, now, zone)),
        lines(*_fires(details, now, zone)),
        lines(*latest_runs(details.runs, now, "none yet: press t to run it now")),
    )


def _facts(request: RequestView, now: datetime, zone: str) -> Iterator[Content]:
    if request.description:
        yield toned(request.description, "strong")
    look = REQUEST_LOOKS[request.status]
    yield named("State", toned(f"{look.glyph} {look.word}", look.tone))
    if request.scheduled_at is not None:
        when = day_and_time(request.scheduled_at, zone, now)
        yield named("Scheduled", f"{when} by {request.scheduled_by}")
    yield named("Schedule", request.schedule_text)
    yield named("Time zone", request.plan.timezone)
    up_to = wording.up_to(request.misfire, request.misfire_limit)
    yield named("If missed", f"{wording.MISFIRES[request.misfire].short}{up_to}")
    times = "" if request.plan.repetitions is None else f" of {request.plan.repetitions:,}"
    yield named("By plan", f"{plural(request.executions, 'run')}{times}")
    for index, parameter in enumerate(_parameters(request)):
        yield named("" if index else "Parameters", parameter)


def _parameters(request: RequestView) -> Iterator[Content]:
    """What it gives, in the order of the declaration, and what is filled in for it."""
    given = masked(request.parameters, secret_names(request.declared))
    for parameter in masked_parameters(request.declared):
        name = parameter.name
        if name in given:
            yield toned(f"{name}={given.pop(name)}")
        elif parameter.default is not None:
            yield toned(f"{name}={parameter.default} (default)", "muted")
        elif parameter.is_required:
            yield toned(f"{name} is missing", "error")
    yield from (toned(f"{name}={value}") for name, value in given.items())


def _fires(details: RequestDetails, now: datetime, zone: str) -> Iterator[Content]:
    own_zone = details.request.plan.timezone
    yield heading("Next runs" if own_zone == zone else f"Next runs, {own_zone} time")
    if not details.fires:
        yield toned("none: press s to schedule it", "muted")
    in_seconds = any(fire.second for fire in details.fires)
    for fire in details.fires:
        when = weekday_and_time(fire, own_zone, now, in_seconds=in_seconds)
        yield Content.assemble(toned(f"{when}  "), toned(countdown(fire, now), "primary"))
