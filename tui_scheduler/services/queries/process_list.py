"""Reading processes: one, all, or the window that a table shows.

A list needs no more than this: what changes processes is with ``Processes``, and takes longer to
load than all of them take to read.
"""

from collections.abc import Sequence
from typing import Any

from peewee import fn

from tui_scheduler.models import Process, ProcessKind
from tui_scheduler.models.prepared import Prepared, slot
from tui_scheduler.services.fields import PROCESS, viewed
from tui_scheduler.services.queries.owner_list import Owners
from tui_scheduler.services.views.processes import ProcessView
from tui_scheduler.text import storable

IS_NO_GROUP = Process.kind != ProcessKind.GROUP
OWNERS = Owners(
    noun="process",
    condition=IS_NO_GROUP,
    searched=(Process.name, Process.description, Process.command),
    sorts={
        "name": Process.name,
        "command": Process.command,
        "overlap": Process.overlap,
        "active": Process.active,
    },
)
_EVERYTHING = Prepared(OWNERS.stored(PROCESS).order_by(Process.name).dicts())
_ONE = Prepared(OWNERS.stored(PROCESS).where(Process.id == slot("process_id", Process.id)).dicts())


def one(process_id: int) -> ProcessView:
    """Returns one process; raises NotFound."""
    for row in _ONE.objects(process_id=process_id):
        return _view(row)
    raise OWNERS.missing(process_id)


def everything() -> list[ProcessView]:
    """Returns every process, by name."""
    return [_view(row) for row in _EVERYTHING.objects()]


def beginning(text: str, limit: int) -> list[ProcessView]:
    """Returns the processes whose name begins with ``text``, by name."""
    begun = fn.substr(Process.name, 1, len(text)) == storable(text)
    stored = OWNERS.stored(PROCESS).where(begun).order_by(Process.name).limit(limit)
    return [_view(row) for row in stored.dicts()]


def of_ids(ids: Sequence[int]) -> dict[int, ProcessView]:
    """Returns those that are still there of the processes with these ids."""
    stored = OWNERS.stored(PROCESS).where(Process.id.in_(ids))
    return {row["id"]: _view(row) for row in stored.dicts()}


def _view(row: dict[str, Any]) -> ProcessView:
    return ProcessView(**row | viewed(row, PROCESS))
