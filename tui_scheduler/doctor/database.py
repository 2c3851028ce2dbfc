"""Whether the database can be believed: pages, version, WAL, references, counts and rows."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from tui_scheduler.clusters import load_options
from tui_scheduler.doctor.finding import Finding, counted, ok, problem, some, warning
from tui_scheduler.doctor.target import Target
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.models import Process, Request, Run, database, transaction
from tui_scheduler.models.backend import (
    IF_DAMAGED,
    SCHEMA_VERSION,
    companions,
    open_database,
    refuse_emptied,
    stored_version,
)
from tui_scheduler.models.maintenance import (
    checkpoint,
    integrity_errors,
    misshapen_rows,
    orphan_rows,
)
from tui_scheduler.schedules import next_fire, summary
from tui_scheduler.services.fields import NOTIFYING, PROCESS
from tui_scheduler.services.parameters.stored import load_parameters
from tui_scheduler.services.parameters.variables import load_variables
from tui_scheduler.services.plans import anchored_plan
from tui_scheduler.sizes import size_text

LARGE_WAL = 64_000_000  # bytes; a checkpoint leaves 16 MB at most
_WRONG_COUNTS = """
    SELECT process_id, request_id, status FROM (
        SELECT process_id, request_id, status, count(*) AS number, sum(log_bytes) AS bytes,
            count(parent_id) AS beneath FROM run NOT INDEXED GROUP BY 1, 2, 3
        UNION ALL
        SELECT process_id, request_id, status, -number, -log_bytes, -members FROM run_tally
    ) GROUP BY 1, 2, 3 HAVING sum(number) <> 0 OR sum(bytes) <> 0 OR sum(beneath) <> 0
"""
_COUNT_ANEW = """
    INSERT OR REPLACE INTO run_tally (process_id, request_id, status, number, log_bytes, members)
        SELECT ?, ?, ?, count(*), ifnull(sum(log_bytes), 0), count(parent_id) FROM run
        WHERE process_id = ? AND request_id = ? AND status = ?
"""
R = TypeVar("R", Process, Request)
_MODELS = (("process", Process), ("request", Request), ("run", Run))
_FORGOTTEN = """
    last_run_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM run WHERE run.id = request.last_run_id)
"""
_LAST_RUN = "(SELECT max(run.id) FROM run WHERE run.request_id = request.id)"


def check_pages(target: Target) -> Iterator[Finding]:
    """Every page and index, by SQLite's own check."""
    file = target.settings.database
    if errors := integrity_errors():
        yield problem(
            f"{file} is damaged: {some(errors)}",
            IF_DAMAGED,
        )
    else:
        yield ok(f"{file}, {size_text(file.stat().st_size)}: every page and index is sound")


def check_schema(target: Target) -> Iterator[Finding]:
    """Whether the tables are those that this version knows."""
    version = stored_version()
    try:
        refuse_emptied(target.settings.database, target.settings.log_folder)
    except DatabaseUnusable as error:
        yield problem(str(error), "")
        return
    if version == SCHEMA_VERSION:
        yield ok(f"Version {version}, the newest")
    else:
        yield warning(
            f"Version {version}; this program works with {SCHEMA_VERSION}",
            "The next start brings it up to date, or do it now with --fix. Until then its rows"
            " are not looked at.",
        )


def bring_up_to_date(target: Target) -> None:
    """Open it once; all of it changes, or nothing."""
    with open_database(target.settings.database, logs=target.settings.log_folder):
        pass


def check_wal(target: Target) -> Iterator[Finding]:
    """Its size."""
    wal = companions(target.settings.database)[0]
    size = wal.stat().st_size if wal.exists() else 0
    if size <= LARGE_WAL:
        yield ok(f"{size_text(size)} wait to be brought into the database")
    else:
        yield warning(
            f"{wal} has grown to {size_text(size)}",
            "Close what has been reading the database for long, then run doctor --fix",
        )


def shrink_wal(target: Target) -> None:
    """Bring it into the database; stays as it is while somebody reads from it."""
    checkpoint(target.settings.database)


def check_counts(target: Target) -> Iterator[Finding]:
    """Count all runs and compare; a million take half a second in the order they are stored."""
    if wrong := _wrong_counts():
        yield problem(
            f"Not as many runs as were counted, in {counted(len(wrong), 'place')}",
            "Count anew: tui-scheduler doctor --fix",
        )
    else:
        ((runs,),) = database.execute_sql("SELECT total(number) FROM run_tally")
        yield ok(f"{counted(int(runs), 'run')}, counted as they are")


def count_anew(target: Target) -> None:
    """Count anew what is wrong, one count a transaction, so that nobody waits for all of them."""
    with open_database(target.settings.database):
        for key in _wrong_counts():
            with transaction():
                database.execute_sql(_COUNT_ANEW, (*key, *key))


def _wrong_counts() -> list[tuple[int, int, str]]:
    keys: list[tuple[int, int, str]] = database.execute_sql(_WRONG_COUNTS).fetchall()
    return keys


def check_references(target: Target) -> Iterator[Finding]:
    """Rows whose process, request or last run does not exist."""
    orphans = sorted(set(orphan_rows()))
    forgetful = database.execute_sql(f"SELECT id FROM request WHERE {_FORGOTTEN}").fetchall()  # noqa: S608
    if orphans:
        yield problem(
            f"The owner is missing of {counted(len(orphans), 'row')}: {some(orphans)}",
            "Something other than this program deleted rows. Go back to a backup.",
        )
    if forgetful:
        yield warning(
            f"The last run is gone of {counted(len(forgetful), 'request')}:"
            f" {some(row_id for (row_id,) in forgetful)}",
            "Point them to the newest one: tui-scheduler doctor --fix",
        )
    if waiting := _waiting_for_nobody():
        yield warning(
            f"What is followed is gone of {counted(len(waiting), 'request')}: {some(waiting)}",
            "They never run again: edit each, tui-scheduler request edit ID --follows NAME",
        )
    if not orphans and not forgetful and not waiting:
        yield ok("Every row belongs to one that exists")


def _waiting_for_nobody() -> list[int]:
    """The requests that follow a process or group which does not exist."""
    owners = Process.select(Process.name)
    lost = Request.select(Request.id).where(
        Request.follows.is_null(False), Request.follows.not_in(owners)
    )
    return list(lost.order_by(Request.id).scalars())


def repair_references(target: Target) -> None:
    """Let requests point to the newest run they have, if any."""
    with open_database(target.settings.database):
        database.execute_sql(
            f"UPDATE request SET last_run_id = {_LAST_RUN} WHERE {_FORGOTTEN}"  # noqa: S608
        )


def check_rows(target: Target) -> Iterator[Finding]:
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
    load_options(row.cluster_options)
    NOTIFYING["notify"].load(row.notify)
    PROCESS["error_words"].load(row.error_words)
    PROCESS["locks"].load(row.locks)


def _read_request(row: Request) -> None:
    load_variables(row.parameters)
    plan = anchored_plan(row)
    summary(plan)
    if row.next_fire is not None and not plan.except_.problems:
        next_fire(plan, row.next_fire)
