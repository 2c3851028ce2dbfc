"""What an import made, and what not, as tables and as one JSON document."""

from collections.abc import Sequence
from datetime import datetime

from tui_scheduler.cli.printing.layout import Cell, Column, clipped
from tui_scheduler.cli.printing.output import complain, print_table
from tui_scheduler.cli.printing.records import Record, iso, known_zone, shown
from tui_scheduler.cli.printing.show import NOTHING
from tui_scheduler.schedules import anchored, fires
from tui_scheduler.services.imports import Place, Refusal
from tui_scheduler.services.imports.store import Arrival, Arrived

_FIRES_SHOWN = 2
_FIRES_PRINTED = 3
_TEXT_SHOWN = 36  # cells


def print_import(arrived: Arrived, now: datetime, *, is_dry: bool) -> None:
    """Print what was made, and what not; what is different is told on standard error."""
    if arrived.arrivals:
        _print_arrivals(arrived.arrivals, now, is_dry)
    if arrived.arrivals and arrived.refusals:
        print()
    if arrived.refusals:
        _print_refusals(arrived.refusals)
    for note in arrived.notes:
        complain(f"Note: {_said(note.place)}: {note.text}")


def summary(arrived: Arrived, *, is_dry: bool) -> str:
    """How many requests there are now, and what to do next."""
    made, there = len(arrived.arrivals), sum(one.is_there for one in arrived.refusals)
    refused = len(arrived.refusals) - there
    if not made + there + refused:
        return "There is nothing in it to import."
    said = [f"{made} {'request' if made == 1 else 'requests'} {'to make' if is_dry else 'made'}"]
    if there:
        said.append(f"{there} there already")
    if refused:
        said.append(f"{refused} not imported")
    if is_dry:
        return f"{', '.join(said)}. This was a dry run: nothing was stored."
    remedy = " Nothing runs before it is scheduled: tui-scheduler schedule ID" if made else ""
    return f"{', '.join(said)}.{remedy}"


def import_record(arrived: Arrived, now: datetime, *, is_dry: bool, show_secrets: bool) -> Record:
    """Everything; ``request_id`` is null in a dry run."""
    return {
        "dry_run": is_dry,
        "requests": [
            _arrival_record(arrival, now, is_dry, show_secrets) for arrival in arrived.arrivals
        ],
        "refused": [
            {
                "place": refusal.place,
                "text": refusal.text,
                "reason": refusal.reason,
                "is_there": refusal.is_there,
            }
            for refusal in arrived.refusals
        ],
        "notes": [{"place": note.place, "text": note.text} for note in arrived.notes],
    }


def _arrival_record(arrival: Arrival, now: datetime, is_dry: bool, show_secrets: bool) -> Record:
    process, request = arrival.process, arrival.request
    return {
        "place": arrival.place,
        "request_id": None if is_dry else request.id,
        "process": process.name,
        "process_is_new": arrival.process_is_new,
        "description": process.description,
        "command": process.command,
        "environment": shown(process.environment, show_secrets=show_secrets),
        "working_directory": process.working_directory,
        "cron": request.plan.cron,
        "timezone": request.plan.timezone,
        "schedule_text": request.schedule_text,
        "next_fires": [
            iso(fire, request.plan.timezone) for fire in _fires(arrival, now, _FIRES_PRINTED)
        ],
    }


def _fires(arrival: Arrival, now: datetime, count: int) -> list[datetime]:
    return fires(anchored(arrival.request.plan, now), now, count)


def _print_arrivals(arrivals: Sequence[Arrival], now: datetime, is_dry: bool) -> None:
    columns = [
        _place_column(arrivals[0].place),
        *([] if is_dry else [Column("REQUEST", is_number=True)]),
        Column("PROCESS", is_flexible=True),
        Column("SCHEDULE", is_flexible=True),
        Column("NEXT FIRES"),
    ]
    print_table(
        columns,
        [
            [
                Cell(str(arrival.place)),
                *([] if is_dry else [Cell(str(arrival.request.id))]),
                Cell(arrival.process.name),
                Cell(arrival.request.schedule_text),
                _fires_cell(arrival, now),
            ]
            for arrival in arrivals
        ],
    )


def _fires_cell(arrival: Arrival, now: datetime) -> Cell:
    zone = known_zone(arrival.request.plan.timezone)
    walls = [fire.astimezone(zone) for fire in _fires(arrival, now, _FIRES_SHOWN)]
    return Cell(", ".join(wall.strftime("%Y-%m-%d %H:%M") for wall in walls)) if walls else NOTHING


def _print_refusals(refusals: Sequence[Refusal]) -> None:
    """The reason is never cut."""
    print_table(
        [_place_column(refusals[0].place), Column("NOT IMPORTED"), Column("WHY")],
        [
            [
                Cell(str(refusal.place)),
                Cell(clipped(" ".join(refusal.text.split()), _TEXT_SHOWN)),
                Cell(refusal.reason),
            ]
            for refusal in refusals
        ],
    )


def _place_column(place: Place) -> Column:
    return Column("LINE", is_number=True) if isinstance(place, int) else Column("UNIT")


def _said(place: Place) -> str:
    return f"line {place}" if isinstance(place, int) else place
