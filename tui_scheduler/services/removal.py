"""Deleting what may own a million runs: in small steps, log files and rows together.

One DELETE of half a million rows blocks the database for seven seconds; steps of 500 take
milliseconds, and other writers get their turn in between.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import NoReturn

from peewee import ForeignKeyField

from tui_scheduler.errors import NotFound, Refused
from tui_scheduler.models import (
    Process,
    ProcessKind,
    Request,
    RequestStatus,
    Run,
    RunStatus,
    after_commit,
    rows,
    transaction,
)
from tui_scheduler.services.chains import refuse_followed
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import ProcessSaved, RequestSaved
from tui_scheduler.services.logs.progress import progress_file
from tui_scheduler.services.logs.run_files import RunFiles
from tui_scheduler.services.queries.conditions import IS_OPEN
from tui_scheduler.services.views.runs import RunRow
from tui_scheduler.services.waiting import waiting_retry

STEP = 500
"""Runs deleted in one step."""

_NAMES = Run.select(Run.id, Run.token, Run.log_folder)


def remove_step(context: Context, owner: ForeignKeyField, owner_id: int) -> bool:
    """Delete some runs of ``owner`` (``Run.process`` or ``Run.request``), at last itself.

    The first step also unschedules its requests, so that nothing new begins. Returns True while
    there is more to do. Raises NotFound, or Refused while something of it is running.
    """
    with transaction():
        check_removal(context, owner, owner_id)
        _unschedule(owner, owner_id)
        doomed = Run.select(Run.id).where(owner == owner_id).order_by(Run.id).limit(STEP)
        ids = list(doomed.scalars())
        logs = logs_of(context, ids)
        if ids:
            Run.delete().where(Run.id.in_(ids)).execute()
        is_done = len(ids) < STEP
        if is_done:
            owner.rel_model.delete_by_id(owner_id)
            event = ProcessSaved if owner is Run.process else RequestSaved
            context.tell(event(owner_id))
        after_commit(lambda: unlink_logs(logs))
    return not is_done


def logs_of(context: Context, run_ids: Sequence[int]) -> list[Path]:
    """The logs of these runs and of those beneath them, which go with them."""
    if not run_ids:
        return []
    named = [rows(_NAMES.where(key.in_(run_ids))) for key in (Run.id, Run.parent)]
    return [context.log_path(*names) for names in dict.fromkeys(chain.from_iterable(named))]


def unlink_logs(paths: Iterable[Path]) -> None:
    """Remove the files of runs whose rows are gone, and the folders that are empty then.

    What is missing already is fine.
    """
    folders = set()
    for path in paths:
        folders.add(path.parent)
        files = RunFiles.of(path)
        for file in (path, files.status, files.begun, progress_file(path)):
            with suppress(OSError):
                file.unlink()
    for folder in folders:
        with suppress(OSError):  # other logs are in it
            folder.rmdir()


def refuse_open(run: Run | RunRow, now: datetime, of: str = "") -> NoReturn:
    """Raise Refused, as ``run`` is open; ``of`` says whose it is."""
    retry = waiting_retry(run, now)
    state = "waits to start" if run.status is RunStatus.QUEUED else "is still running"
    what = f"A{retry[1:]}" if retry else f"Run {run.id}{of} {state}"
    raise Refused(f"{what}: stop it first, or wait for it to end.")


def check_removal(context: Context, owner: ForeignKeyField, owner_id: int) -> None:
    """Raise NotFound if there is no such owner any more, or Refused while a run of it is open.

    Refused as well while anything follows it.
    """
    row = owner.rel_model.get_or_none(owner.rel_model.id == owner_id)
    is_group = isinstance(row, Process) and row.kind is ProcessKind.GROUP
    noun = "group" if is_group else owner.rel_model.__name__.lower()
    if row is None:
        raise NotFound(f"There is no {noun} with id {owner_id} (any more).")
    if isinstance(row, Process):
        refuse_followed(row.name)
    run = Run.select().where(owner == owner_id, IS_OPEN).first()
    if run is not None:
        refuse_open(run, context.clock.now(), f" of this {noun}")


def _unschedule(owner: ForeignKeyField, owner_id: int) -> None:
    column = Request.process if owner.rel_model is Process else Request.id
    Request.update(status=RequestStatus.UNSCHEDULED, next_fire=None).where(
        column == owner_id, Request.status == RequestStatus.SCHEDULED
    ).execute()
