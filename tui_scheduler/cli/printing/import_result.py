"""What an import made, and what not, as tables and as one JSON document."""

from collections.abc import Sequence
from datetime import datetime

from tui_scheduler.cli.printing.cells import text_cell
from tui_scheduler.cli.printing.layout import Cell, Column, clipped
from tui_scheduler.cli.printing.output import complain, print_table
from tui_scheduler.schedules import awaited
from tui_scheduler.services.imports import Place, Refusal
from tui_scheduler.services.imports.store import Imported, ImportResult
from tui_scheduler.services.queries.forecast import forecast
from tui_scheduler.services.views.records import Record, iso, visible_variables
from tui_scheduler.text import plain
from tui_scheduler.wording import plural, sortable_moment

_FIRES_SHOWN = 2
_FIRES_PRINTED = 3
_TEXT_SHOWN = 36  # cells


def print_import(result: ImportResult, now: datetime, config: str = "", *, is_dry: bool) -> None:
    """Print what was made, and what not, and a piece of configuration, if any is proposed.

    What is different is told on standard error.
    """
    if result.imported:
        _print_imported(result.imported, now, is_dry)
    if result.imported and result.refusals:
        print()
    if result.refusals:
        _print_refusals(result.refusals)
    if config:
        print("\n" * bool(result.imported or result.refusals) + plain(config, newlines=True))
    for note in result.notes:
        complain(f"Note: {_place_words(note.place)}: {note.text}")


def summary(result: ImportResult, *, is_dry: bool) -> str:
    """Returns how many requests there are now, and what to do next."""
    made, there = len(result.imported), sum(one.is_there for one in result.refusals)
    refused = len(result.refusals) - there
    if not made + there + refused:
        return "There is nothing in it to import."
    counts = [f"{plural(made, 'request')} {'to make' if is_dry else 'made'}"]
    if there:
        counts.append(f"{there} there already")
    if refused:
        counts.append(f"{refused} not imported")
    if is_dry:
        return f"{', '.join(counts)}. This was a dry run: nothing was stored."
    remedy = " Nothing runs before it is scheduled: tui-scheduler schedule ID" if made else ""
    return f"{', '.join(counts)}.{remedy}"


def import_record(
    result: ImportResult, now: datetime, config: str = "", *, is_dry: bool, show_secrets: bool
) -> Record:
    """Returns everything; ``request_id`` is null in a dry run, ``config`` if none is proposed."""
    return {
        "dry_run": is_dry,
        "requests": [
            _imported_record(imported, now, is_dry, show_secrets) for imported in result.imported
        ],
        "refused": [
            {
                "place": refusal.place,
                "text": refusal.text,
                "reason": refusal.reason,
                "is_there": refusal.is_there,
            }
            for refusal in result.refusals
        ],
        "notes": [{"place": note.place, "text": note.text} for note in result.notes],
        "receivers": [
            {"place": each.place, "name": each.name, "addresses": list(each.addresses)}
            for each in result.receivers
        ],
        "config": config or None,
    }


def _imported_record(imported: Imported, now: datetime, is_dry: bool, show_secrets: bool) -> Record:
    process, request = imported.process, imported.request
    return {
        "place": imported.place,
        "request_id": None if is_dry else request.id,
        "process": process.name,
        "process_is_new": imported.process_is_new,
        "description": process.description,
        "command": process.command,
        "environment": visible_variables(process.environment, show_secrets=show_secrets),
        "working_directory": process.working_directory,
        "cron": request.plan.cron,
        "frequency": request.plan.frequency,
        "interval": request.plan.interval,
        "timezone": request.plan.timezone,
        "schedule_text": request.schedule_text,
        "next_fires": [
            iso(fire, request.plan.timezone)
            for fire in forecast(request.plan, now, _FIRES_PRINTED).fires
        ],
    }


def _print_imported(imported: Sequence[Imported], now: datetime, is_dry: bool) -> None:
    columns = [
        _place_column(imported[0].place),
        *([] if is_dry else [Column("REQUEST", is_number=True)]),
        Column("PROCESS", is_flexible=True),
        Column("SCHEDULE", is_flexible=True),
        Column("NEXT RUNS"),
    ]
    print_table(
        columns,
        [
            [
                Cell(str(imported.place)),
                *([] if is_dry else [Cell(str(imported.request.id))]),
                Cell(imported.process.name),
                Cell(imported.request.schedule_text),
                _fires_cell(imported, now),
            ]
            for imported in imported
        ],
    )


def _fires_cell(imported: Imported, now: datetime) -> Cell:
    plan = imported.request.plan
    fires = forecast(plan, now, _FIRES_SHOWN).fires
    return text_cell(
        ", ".join(sortable_moment(fire, plan.timezone, in_seconds=False) for fire in fires)
        or awaited(plan)
    )


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


def _place_words(place: Place) -> str:
    return f"line {place}" if isinstance(place, int) else place
