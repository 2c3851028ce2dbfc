"""What is told of the run or the fire under the cursor, and of its request."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from textual.content import Content

from tui_scheduler.services import Services
from tui_scheduler.services.timeline.picture import Fire, Stop
from tui_scheduler.services.timeline.reading import Lane
from tui_scheduler.services.views.requests import RequestRow
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.tui.content import heading, lines, named, toned
from tui_scheduler.tui.format import REQUEST_LOOKS
from tui_scheduler.tui.screens.runs.columns import status_text
from tui_scheduler.tui.screens.timeline.view import LaneRow
from tui_scheduler.wording import (
    CHANNELS,
    ago,
    compact_duration,
    countdown,
    day_and_time,
    exact_duration,
    planned_moment,
    plural,
    usually,
)

_ON_TIME = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Selected:
    """What the cursor is at: a row, what of it, and the run if it is one."""

    row: LaneRow
    stop: Stop | None
    run: RunView | None = None

    @property
    def title(self) -> str:
        """The heading of the pane."""
        return f"{self.row.request.process} · request {self.row.id}"


def load_selected(services: Services, row: LaneRow, stop: Stop | None) -> Selected:
    """Read the run that is selected; called on the reading thread."""
    run_id = None if stop is None else stop.run_id
    runs = [] if run_id is None else services.runs.those([run_id])
    return Selected(row, stop, runs[0] if runs else None)


def selected_text(
    selected: Selected, now: datetime, zone: str, at_once: int = 0, *, is_held: bool = False
) -> tuple[Content, ...]:
    """Returns what is selected, and its request, as blocks of text.

    ``at_once`` is how many run at once there, as far as that is known. While all scheduling
    ``is_held``, nothing is counted down.
    """
    others = [named("At once", f"up to {at_once} runs")] if at_once > 1 else []
    return (
        lines(*_what(selected, now, zone, is_held), *others),
        lines(*_request(selected.row.request, selected.row.lane, now, zone)),
    )


def _what(selected: Selected, now: datetime, zone: str, is_held: bool) -> Iterator[Content]:
    stop, run = selected.stop, selected.run
    if run is not None:
        yield from _run(run, now, zone)
        if stop is not None and stop.runs > 1:
            more = " or more" if selected.row.lane.is_sampled else ""
            yield toned(f"{plural(stop.runs, 'run')}{more} here: + shows them apart", "muted")
    elif stop is None:
        yield toned("Nothing of it in this time", "muted")
        yield toned("< and > show what was before, and what comes", "muted")
    elif stop.run_id is not None:
        yield toned(f"Run {stop.run_id} is not there any more", "muted")
    else:
        lane = selected.row.lane
        fire = next((fire for fire in lane.fires if fire.at == stop.at), None)
        if fire is not None:
            is_sure = not selected.row.request.awaits
            yield from _fire(fire, lane, now, zone, is_held=is_held, is_sure=is_sure)
        for absent in lane.left_out:
            if fire is None and absent.at == stop.at:
                yield heading("Left out")
                yield named("Due", planned_moment(absent.at, zone, now))
                yield named("Why", absent.why)


def _run(run: RunView, now: datetime, zone: str) -> Iterator[Content]:
    status = status_text(run)
    number = toned(f"  run {run.id}", "muted")
    yield toned(status.plain, str(status.style)) + number
    late = "" if run.start_time is None else _late(run.start_time - run.scheduled_for)
    due = planned_moment(run.scheduled_for, zone, now)
    yield named("Due", f"{due}, {CHANNELS[run.channel]}")
    if run.start_time is not None:
        yield named("Started", day_and_time(run.start_time, zone, now, in_seconds=True) + late)
        yield named("Took" if run.end_time else "Runs for", exact_duration(run.duration(now)))
    if run.is_group and run.progress is not None:
        yield named("Members", f"{run.progress.done:g} of {run.progress.total:g} have ended")
    if run.cause:
        yield named("After", run.cause)
    if run.effects:
        yield named("Then", run.effects)
    if run.own_note:
        yield named("Note", run.own_note)


def _late(wait: timedelta) -> str:
    return f", {compact_duration(wait)} late" if wait >= _ON_TIME else ""


def _fire(
    fire: Fire, lane: Lane, now: datetime, zone: str, *, is_held: bool, is_sure: bool
) -> Iterator[Content]:
    is_to_come = fire.at >= now and not is_held
    if not is_sure:
        yield heading("Usually runs then")
        yield named("About", f"{planned_moment(fire.at, zone, now)}, {countdown(fire.at, now)}")
        return
    yield heading("Will run" if is_to_come else "Is held" if is_held else "Is overdue")
    away = ago(fire.at, now) if fire.at < now else "" if is_held else countdown(fire.at, now)
    yield named("Due", ", ".join(filter(None, (planned_moment(fire.at, zone, now), away))))
    if lane.usual is not None and is_to_come:
        until = day_and_time(fire.at + lane.usual, zone, now, in_seconds=True)
        yield named("Until", f"about {until}")
    if fire.is_one_of_many:
        yield toned("The first of several here: + shows them apart", "muted")


def _request(request: RequestRow, lane: Lane, now: datetime, zone: str) -> Iterator[Content]:
    look, pause = REQUEST_LOOKS[request.state(now)], request.pause(now)
    words = [look.word] if pause is None or pause.skips_next else []
    words += [] if pause is None else [pause.words(zone, now)]
    yield toned(f"{look.glyph} {', '.join(words)}", look.tone)
    if request.description:
        yield toned(request.description)
    yield named("Schedule", request.schedule_text)
    if lane.usual is not None:
        yield named("Usually", usually(lane.usual, None))
    if request.next_fire is not None:
        yield named("Next", planned_moment(request.next_fire, zone, now))
    elif request.awaits:
        yield named("Next", request.awaits)
