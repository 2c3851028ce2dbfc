"""What is defined in the database, with the keys that requests have in files.

A request gets its key at its first export, and keeps it whatever becomes of its name, its plan
or its process: the name of what it asks for, and a number where that is taken.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from peewee import fn

from tui_scheduler.errors import Refused
from tui_scheduler.members import Members, members_of
from tui_scheduler.models import (
    Process,
    ProcessKind,
    Request,
    RequestStatus,
    Run,
    RunTally,
    rows,
)
from tui_scheduler.services.definitions.definitions import Definitions, RequestEntry
from tui_scheduler.services.drafts import GroupDraft, ProcessDraft, RequestDraft
from tui_scheduler.services.fields import (
    DESCRIPTION,
    GIVEN,
    GROUP,
    MEMBERS,
    PROCESS,
    loaded,
    without,
)
from tui_scheduler.services.plans import plan_of
from tui_scheduler.services.queries.conditions import IS_OPEN
from tui_scheduler.services.stored_steps import steps_of_groups

_Row = TypeVar("_Row")
_Draft = TypeVar("_Draft")


@dataclass(frozen=True, slots=True)
class Stored:
    """The definitions in the database, and the ids of their rows.

    ``owner_ids`` are those of processes and groups, by name; ``keyless`` are the keys that are
    not stored yet.
    """

    definitions: Definitions
    owner_ids: Mapping[str, int]
    request_ids: Mapping[str, int]
    keyless: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Loss:
    """What goes with an entry that is removed, and whether a run of it is open."""

    runs: int
    log_bytes: int
    is_open: bool


def read_stored() -> Stored:
    """Everything that is defined; raises Refused if a row is damaged."""
    owners = {row.id: row for row in Process.select()}
    members = {
        group_id: members_of([owners[process_id].name for process_id in step] for step in steps)
        for group_id, steps in steps_of_groups().items()
    }
    keyed = _keyed(owners)
    return Stored(
        definitions=Definitions(
            processes={
                row.name: _intact(f"process {row.name!r}", _process, row)
                for row in owners.values()
                if row.kind is not ProcessKind.GROUP
            },
            groups={
                row.name: _group(row, members.get(row.id, ()))
                for row in owners.values()
                if row.kind is ProcessKind.GROUP
            },
            requests={key: _entry(row, owners[row.process_id].name) for key, row in keyed.items()},
        ),
        owner_ids={row.name: row.id for row in owners.values()},
        request_ids={key: row.id for key, row in keyed.items()},
        keyless={key: row.id for key, row in keyed.items() if row.key is None},
    )


def store_keys(stored: Stored) -> None:
    """Keep the keys of the requests that had none; raises Refused if one was given another."""
    for key, request_id in stored.keyless.items():
        keyless = Request.update(key=key).where(Request.id == request_id, Request.key.is_null())
        if not keyless.execute():
            raise Refused(f"Request {request_id} was just changed by someone else. Try again.")


def loss_of(kind: str, row_id: int) -> Loss:
    """What goes with a process or group, or with a request."""
    tally, run = (
        (RunTally.request, Run.request) if kind == "request" else (RunTally.process, Run.process)
    )
    sums = RunTally.select(fn.sum(RunTally.number), fn.sum(RunTally.log_bytes))
    [(number, log_bytes)] = rows(sums.where(tally == row_id))
    is_open = Run.select().where(run == row_id, IS_OPEN).exists()
    return Loss(number or 0, log_bytes or 0, is_open)


def _keyed(owners: Mapping[int, Process]) -> dict[str, Request]:
    requests = list(Request.select().order_by(Request.id))
    keyed = {row.key: row for row in requests if row.key is not None}
    latest: dict[str, int] = {}
    for row in requests:
        if row.key is None:
            keyed[_free_key(owners[row.process_id].name, keyed, latest)] = row
    return keyed


def _free_key(name: str, taken: Collection[str], latest: dict[str, int]) -> str:
    """A key that nobody has; ``latest`` is the number up to which all are known to be taken."""
    for number in count(latest.get(name, 1)):
        key = name if number == 1 else f"{name}-{number}"
        if key not in taken:
            latest[name] = number
            return key
    raise AssertionError("numbers do not end")


def _intact(what: str, read: Callable[[_Row], _Draft], row: _Row) -> _Draft:
    try:
        return read(row)
    except ValueError as error:
        remedy = "Edit and save it, or remove it, first. All that is damaged: tui-scheduler doctor"
        raise Refused(f"The {what} cannot be read: {error}. {remedy}") from error


def _process(row: Process) -> ProcessDraft:
    return ProcessDraft(name=row.name, **loaded(row, PROCESS))


def _group(row: Process, members: Members) -> GroupDraft:
    return GroupDraft(name=row.name, members=members, **loaded(row, without(GROUP, MEMBERS)))


def _entry(row: Request, owner: str) -> RequestEntry:
    def read(row: Request) -> RequestDraft:
        return RequestDraft(
            process=owner, plan=plan_of(row), **loaded(row, {**DESCRIPTION, **GIVEN})
        )

    return RequestEntry(
        draft=_intact(f"request {row.id}", read, row),
        is_scheduled=row.status is RequestStatus.SCHEDULED,
        is_complete=row.status is RequestStatus.COMPLETE,
    )
