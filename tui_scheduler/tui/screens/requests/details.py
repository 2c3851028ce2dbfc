"""What the pane beside the list of requests tells of one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from textual.content import Content

from tui_scheduler.members import listed
from tui_scheduler.models import ProcessKind
from tui_scheduler.runtime import RuntimeEvent
from tui_scheduler.services import Services
from tui_scheduler.services.events import RequestSaved, RunChanged
from tui_scheduler.services.norms import TrackRecord
from tui_scheduler.services.parameters.lines import masked_parameters
from tui_scheduler.services.parameters.parameters import secret_names
from tui_scheduler.services.parameters.secrets import masked
from tui_scheduler.services.queries.forecast import (
    LeftOutDays,
    fires_of_request,
    left_out_lines,
    left_out_of_request,
)
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.requests import RequestView, usually_awaits
from tui_scheduler.tui.content import heading, lines, named, toned
from tui_scheduler.tui.format import REQUEST_LOOKS, distances
from tui_scheduler.tui.screens.requests.columns import phase_of
from tui_scheduler.tui.screens.runs.lately import track_record
from tui_scheduler.tui.screens.runs.latest import latest_runs
from tui_scheduler.wording import (
    TIMELINE_SIGNS,
    countdown,
    cut,
    day_and_time,
    if_missed,
    local,
    moments_below_each_other,
    rounded_duration,
    spread_later,
)

if TYPE_CHECKING:
    from tui_scheduler.services.views.runs import RunView

_FIRES = 5
_RUNS = 8
_LONGEST_COMMAND = 90
_NEVER_CUT = 24
"""Cells that the list has for a schedule in any case."""


@dataclass(frozen=True, slots=True)
class RequestDetails:
    """A request, what it runs, its next fires, its runs, how they went, and the latest of them.

    ``left_out`` are the days among the fires on which there is none.

    ``what`` is its command, what it calls, or the members of its group, and ``label`` says which.
    """

    request: RequestView
    label: str
    what: str
    fires: tuple[datetime, ...]
    left_out: tuple[LeftOutDays, ...]
    run_count: int
    record: TrackRecord
    runs: "tuple[RunView, ...]"
    usual_end: time | None = None

    @property
    def title(self) -> str:
        """The heading of the pane."""
        return f"{self.request.process} · request {self.request.id}"


def load_details(services: Services, request_id: int) -> RequestDetails:
    """Read all of it; raises NotFound."""
    request = services.requests.get(request_id)
    label, what = _what(services, request)
    wanted = RunFilter(request_id=request_id)
    runs = services.runs.latest(wanted, _RUNS)
    count = services.runs.count(wanted)
    now = services.context.clock.now()
    fires = fires_of_request(request, now, _FIRES)
    left_out = left_out_of_request(request, fires, now)
    record = services.runs.record_of_request(request_id)
    end = services.requests.usual_end(request.plan)
    return RequestDetails(request, label, what, fires, left_out, count, record, tuple(runs), end)


def _what(services: Services, request: RequestView) -> tuple[str, str]:
    if request.is_group:
        return "Members", listed(services.groups.members_of(request.process_id)) or "none yet"
    label = "Calls" if request.kind is ProcessKind.PYTHON else "Command"
    return label, cut(" ⏎ ".join(request.command.split("\n")), _LONGEST_COMMAND)


def details_text(
    details: RequestDetails, now: datetime, zone: str, *, is_held: bool = False
) -> tuple[Content, ...]:
    """Facts, next fires and latest runs at this moment; ``zone`` is the machine's.

    While all scheduling ``is_held``, nothing is counted down.
    """
    return (
        lines(*_facts(details, now, zone)),
        lines(*_fires(details, now, zone, is_held)),
        lines(*latest_runs(details.runs, now, "none yet: press t to run it now")),
    )


def details_phase(details: RequestDetails, now: datetime, zone: str, *, is_held: bool) -> object:
    """Returns what these texts change with while the details do not."""
    ends = [run.end_time for run in details.runs]
    return (
        phase_of(details.request, now, zone, is_held=is_held),
        local(now, details.request.plan.timezone).year,
        distances((*details.fires, *ends), now),
        now if None in ends else None,  # how long a run takes is told in tenths
    )


def is_in_row(details: RequestDetails, event: RuntimeEvent) -> bool:
    """Whether the row of the list is another one, too, if ``event`` makes these details others.

    Not where others decide what is said: when an end that is awaited usually comes, and what a run
    waits for.
    """
    if details.request.awaits or any(run.end_time is None for run in details.runs):
        return False
    is_of_another = isinstance(event, RequestSaved) and event.id != details.request.id
    return isinstance(event, RunChanged) or is_of_another


def _facts(details: RequestDetails, now: datetime, zone: str) -> Iterator[Content]:
    """What the row does not say, or has no room for."""
    request = details.request
    if request.description:
        yield toned(request.description, "strong")
    if (pause := request.pause(now)) is not None:
        yield toned(f"{_capital(pause.words(zone, now))}: S lets it go on", "warning")
    yield named(details.label, details.what)
    if len(request.schedule_text) > _NEVER_CUT:
        yield named("Schedule", request.schedule_text)
    if request.waiting_for:
        yield toned(f"Waits: {request.waiting_for}", "warning")
    if request.plan.timezone != zone:
        yield named("Time zone", request.plan.timezone)
    if request.plan.spread_by is not None:
        yield named("Spread", spread_later(request.plan.spread_by))
    yield from track_record(details.record)
    yield named("If missed", if_missed(request.misfire, request.misfire_limit))
    if request.silent_after is not None:
        silence = rounded_duration(request.silent_after)
        yield named("If silent", f"somebody is told after {silence} without a success")
    if request.scheduled_at is not None:
        when = day_and_time(request.scheduled_at, zone, now)
        yield named("Scheduled", f"{when} by {request.scheduled_by}")
    yield named("Runs", _runs(request, details.run_count))
    for index, parameter in enumerate(_parameters(request)):
        yield named("" if index else "Parameters", parameter)


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _runs(request: RequestView, count: int) -> str:
    """How many there are, and how many of the plan there were since it was scheduled."""
    by_plan, most = request.executions, request.plan.repetitions
    if most is None and by_plan in (0, count):
        return f"{count:,} by plan" if by_plan else f"{count:,} (none by plan)"
    of_all = "" if most is None else f" of {most:,}"
    return f"{count:,} ({by_plan or 'none'}{of_all} by plan since scheduled)"


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


def _fires(details: RequestDetails, now: datetime, zone: str, is_held: bool) -> Iterator[Content]:
    own_zone = details.request.plan.timezone
    yield heading("Next runs" if own_zone == zone else f"Next runs, {own_zone} time")
    request = details.request
    if request.waiting_for:
        yield toned("waits for a calendar", "warning")
    elif details.request.awaits:
        yield toned(usually_awaits(details.request, details.usual_end))
    elif not details.fires:
        status = REQUEST_LOOKS[request.state(now)]
        state = toned(f"{status.glyph} {status.word}", status.tone)
        hint = "S lets it go on" if request.pause(now) else "press s to schedule it"
        yield state + toned(f": {hint}", "muted")
    moments = moments_below_each_other(details.fires, own_zone, now)
    for fire, when in zip(details.fires, moments, strict=True):
        wait = toned("held", "warning") if is_held else toned(countdown(fire, now), "primary")
        yield Content.assemble(toned(f"{when}  "), wait)
    for line in left_out_lines(details.left_out):
        yield toned(f"{TIMELINE_SIGNS['left_out']} {line}", "muted")
