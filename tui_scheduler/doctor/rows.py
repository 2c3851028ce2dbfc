"""Rows that point nowhere, and rows whose plan or variables cannot be read."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from tui_scheduler.doctor.finding import Finding, counted, ok, problem, some, warning
from tui_scheduler.doctor.target import Target
from tui_scheduler.models import Process, Request, Run, database
from tui_scheduler.models.maintenance import misshapen_rows, orphan_rows
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.schedules import next_fire, summary
from tui_scheduler.services.parameters.stored import load_parameters
from tui_scheduler.services.parameters.variables import load_variables
from tui_scheduler.services.plans import anchored_plan

R = TypeVar("R", Process, Request)
_MODELS = (("process", Process), ("request", Request), ("run", Run))
_FORGOTTEN = """
    last_run_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM run WHERE run.id = request.last_run_id)
"""
_LAST_RUN = "(SELECT max(run.id) FROM run WHERE run.request_id = request.id)"


def check_references(target: Target) -> Iterator[Finding]:
    """Rows whose process, request or last run does not exist."""
    orphans = sorted(set(orphan_rows()))
    found = database.execute_sql(f"SELECT id FROM request WHERE {_FORGOTTEN}").fetchall()  # noqa: S608
    if orphans:
        yield problem(
            f"The owner is missing of {counted(len(orphans), 'row')}: {some(orphans)}",
            "Something other than this program deleted rows. Go back to a backup.",
        )
    if found:
        yield warning(
            f"The last run is gone of {counted(len(found), 'request')}:"
            f" {some(row_id for (row_id,) in found)}",
            "Point them to the newest one: tui-scheduler doctor --fix",
        )
    if not orphans and not found:
        yield ok("Every row belongs to one that exists")


def repair_references(target: Target) -> None:
    """Let requests point to the newest run they have, if any."""
    with open_database(target.settings.database):
        database.execute_sql(
            f"UPDATE request SET last_run_id = {_LAST_RUN} WHERE {_FORGOTTEN}"  # noqa: S608
        )


def check(target: Target) -> Iterator[Finding]:
    """Every process and every request, as the scheduler would read it."""
    processes, requests = list(Process.select()), list(Request.select())
    faults = [
        *(f"{noun} {row_id}" for noun, model in _MODELS for row_id in misshapen_rows(model)),
        *_faults("process", processes, _read_process),
        *_faults("request", requests, _read_request),
    ]
    if faults:
        yield problem(
            f"{counted(len(faults), 'row')} cannot be read: {some(faults)}",
            "Edit and save each: tui-scheduler process edit NAME, or request edit ID",
        )
    else:
        yield ok(
            f"{counted(len(processes), 'definition')} and {counted(len(requests), 'request')}"
            " can be read"
        )


def _faults(noun: str, read_rows: Iterable[R], read: Callable[[R], None]) -> Iterator[str]:
    for row in read_rows:
        try:
            read(row)
        except Exception as error:  # whatever is wrong with one row
            yield f"{noun} {row.id} ({error})"


def _read_process(row: Process) -> None:
    load_variables(row.environment)
    load_parameters(row.parameters)


def _read_request(row: Request) -> None:
    load_variables(row.parameters)
    plan = anchored_plan(row)
    summary(plan)
    if row.next_fire is not None:
        next_fire(plan, row.next_fire)
