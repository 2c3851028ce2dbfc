"""Fires that come, as people read them, and as JSON."""

from collections.abc import Sequence

from tui_scheduler.cli.printing.cells import NOTHING, moment_cell
from tui_scheduler.cli.printing.layout import Cell, Column
from tui_scheduler.cli.printing.output import print_json, print_table
from tui_scheduler.services.queries.upcoming import UpcomingFire
from tui_scheduler.services.views.records import Record, iso


def print_fires(fires: Sequence[UpcomingFire], zone: str, *, as_json: bool) -> None:
    """Print fires of what is stored; for people on the clock of ``zone``."""
    if as_json:
        print_json({"fires": [fire_record(fire) for fire in fires]})
    elif fires:
        _print_table(fires, zone)


def _print_table(fires: Sequence[UpcomingFire], zone: str) -> None:
    any_group = any(fire.is_group for fire in fires)
    columns = [
        Column("FIRE"),
        Column("REQ", is_number=True),
        Column("PROCESS", is_flexible=True),
        *([Column("GROUP", is_flexible=True)] if any_group else []),
    ]
    print_table(
        columns,
        [
            [
                moment_cell(fire.at, zone),
                Cell(str(fire.request_id)),
                NOTHING if fire.is_group else Cell(fire.process),
                *([Cell(fire.process) if fire.is_group else NOTHING] if any_group else []),
            ]
            for fire in fires
        ],
    )


def fire_record(fire: UpcomingFire) -> Record:
    """Returns a fire, on the clock of its request; ``process`` is null for that of a group."""
    return {
        "at": iso(fire.at, fire.timezone),
        "request_id": fire.request_id,
        "process": None if fire.is_group else fire.process,
        "group": fire.process if fire.is_group else None,
    }
