"""Reading the history: one run, or the window of a million that the monitor shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import Expression, ModelSelect

from tui_scheduler.errors import NotFound
from tui_scheduler.models import Process, Request, Run, RunStatus
from tui_scheduler.services.context import Context
from tui_scheduler.services.page import Page, Window
from tui_scheduler.services.views import RunView
from tui_scheduler.services.windows import Sorts, all_of, any_of, contains, ordered, place, sliced

_SORTS: Sorts = {
    "id": Run.id,
    "scheduled_for": Run.scheduled_for,
    "start": Run.start_time,
    "end": Run.end_time,
    "duration": Run.end_time - Run.start_time,
}
_MOST_NAMES = 500  # filters that match more owners than this are written as subqueries


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which runs are wanted; an empty filter means all. ``since`` looks at the planned time."""

    statuses: frozenset[RunStatus] = frozenset()
    since: datetime | None = None
    request_id: int | None = None
    process: str | None = None


def one(context: Context, run_id: int) -> RunView:
    """One run; raises NotFound."""
    row = _shown([Run.id == run_id]).dicts().first()
    if row is None:
        raise NotFound(f"There is no run {run_id} (any more).")
    return _view(context, row)


def latest(context: Context, wanted: RunFilter, limit: int) -> list[RunView]:
    """The newest runs, newest first."""
    query = _shown(_conditions(wanted)).order_by(Run.id.desc()).limit(limit)
    return [_view(context, row) for row in query.dicts()]


def page(context: Context, window: Window, wanted: RunFilter) -> Page[RunView]:
    """The part of the history that a table shows: newest first, or sorted by ``window.sort``."""
    conditions = [*_conditions(wanted), *map(_word, window.text.split())]
    key = _SORTS.get(window.sort or "id", Run.id)
    descending = not window.reverse
    slim = Run.select(Run.id).where(all_of(conditions)) if conditions else Run.select(Run.id)
    chosen = sliced(ordered(slim, Run.id, key, descending), window)
    ids = [run_id for (run_id,) in chosen.tuples()]
    rows = {row["id"]: row for row in _shown([Run.id.in_(ids)]).dicts()}
    overall = Run.select().count()
    return Page(
        total=slim.count() if conditions else overall,
        overall=overall,
        offset=window.offset,
        rows=tuple(_view(context, rows[run_id]) for run_id in ids if run_id in rows),
        anchor_index=place(slim, Run.id, window.anchor, key, descending),
    )


def _conditions(wanted: RunFilter) -> list[Expression]:
    found = []
    if wanted.statuses:
        found.append(Run.status.in_(sorted(wanted.statuses)))
    if wanted.since is not None:
        found.append(Run.scheduled_for >= wanted.since)
    if wanted.request_id is not None:
        found.append(Run.request == wanted.request_id)
    if wanted.process is not None:
        found.append(
            Run.process.in_(Process.select(Process.id).where(Process.name == wanted.process))
        )
    return found


def _word(word: str) -> Expression:
    """Runs that ``word`` is about: an id, a status, a process or a request.

    Names are looked up in their own small tables first; the history is only asked for numbers.
    """
    if word.startswith("#") and word[1:].isdecimal():
        return Run.id == int(word[1:])
    statuses = [status for status in RunStatus if status.startswith(word.lower())]
    conditions = [
        Run.process.in_(_owners(Process.id, contains(Process.name, word))),
        Run.request.in_(_owners(Request.id, contains(Request.description, word))),
    ]
    if statuses:
        conditions.append(Run.status.in_(statuses))
    return any_of(conditions)


def _owners(key: Any, condition: Expression) -> Any:
    query = key.model.select(key).where(condition)
    ids = [owner_id for (owner_id,) in query.limit(_MOST_NAMES + 1).tuples()]
    return query if len(ids) > _MOST_NAMES else ids


def _shown(conditions: list[Expression]) -> ModelSelect:
    query = (
        Run.select(Run, Process.name.alias("process_name"), Request.description)
        .join(Request)
        .switch(Run)
        .join(Process)
    )
    return query.where(*conditions) if conditions else query


def _view(context: Context, row: dict[str, Any]) -> RunView:
    return RunView(
        id=row["id"],
        request_id=row["request"],
        process=row["process_name"],
        process_id=row["process"],
        request=row["description"],
        status=row["status"],
        channel=row["channel"],
        scheduled_for=row["scheduled_for"],
        start_time=row["start_time"],
        end_time=row["end_time"],
        exit_code=row["exit_code"],
        attempt=row["attempt"],
        missed=row["missed"],
        note=row["note"],
        host=row["host"],
        pid=row["pid"],
        kill_request=row["kill_request"],
        kill_requested_at=row["kill_requested_at"],
        log_path=context.log_path(row["id"]),
    )
