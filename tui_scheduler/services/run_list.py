"""Reading the history: one run, or the window of a million that the monitor shows."""

from collections.abc import Sequence
from typing import Any

from tui_scheduler.errors import NotFound
from tui_scheduler.models import Process, Request, Run
from tui_scheduler.services.conditions import Query, filtered, unindexed
from tui_scheduler.services.context import Context
from tui_scheduler.services.page import Page, Window
from tui_scheduler.services.run_search import EVERYTHING, RunFilter, RunSearch, search
from tui_scheduler.services.views import RunView
from tui_scheduler.services.windows import Listing, Sorts, page_of

__all__ = ["RunFilter", "latest", "one", "open_runs", "page"]

_SORTS: Sorts = {
    "id": Run.id,
    "scheduled_for": Run.scheduled_for,
    "start": Run.start_time,
    "end": Run.end_time,
    "duration": Run.end_time - Run.start_time,
}


def one(context: Context, run_id: int) -> RunView:
    """One run; raises NotFound."""
    row = _shown([Run.id == run_id]).dicts().first()
    if row is None:
        raise NotFound(f"There is no run {run_id} (any more).")
    return _view(context, row)


def latest(context: Context, wanted: RunFilter, limit: int) -> list[RunView]:
    """The newest runs, newest first."""
    listing = _listing(search(wanted), Run.id, descending=True, walk=False)
    ids = listing.ids(0, limit)
    return _newest_first(context, [Run.id.in_(ids)]) if ids else []


def open_runs(context: Context) -> list[RunView]:
    """What waits or runs now, newest first."""
    return _newest_first(context, [Run.end_time.is_null()])


def page(context: Context, window: Window, wanted: RunFilter) -> Page[RunView]:
    """The part of the history that a table shows: newest first, or sorted by ``window.sort``."""
    searched = search(wanted, window.text)
    overall = EVERYTHING.count()
    total = overall if searched == EVERYTHING else searched.count()
    walk = searched.is_walked_faster(window.offset + window.limit, total, overall)
    expression = _SORTS.get(window.sort or "id", Run.id)
    listing = _listing(searched, expression, descending=not window.reverse, walk=walk)

    def shown(ids: Sequence[int]) -> dict[int, RunView]:
        return {row["id"]: _view(context, row) for row in _shown([Run.id.in_(ids)]).dicts()}

    return page_of(window, listing, shown, total=total, overall=overall)


def _listing(searched: RunSearch, expression: Any, *, descending: bool, walk: bool) -> Listing:
    """The runs that were searched for, in order.

    With ``walk`` the whole history is gone through in order until a window is full: best if many
    match. Otherwise what matches is looked up and sorted. What is newer than some moment is
    always looked up by that.
    """
    key: Any = Run.id
    if searched.since is not None:
        key = unindexed(Run.id)
        expression = key if expression is Run.id else unindexed(expression)
    return Listing(
        query=filtered(Run.select(), searched.on_runs(by_index=not walk)),
        key=key,
        expression=expression,
        descending=descending,
    )


def _newest_first(context: Context, conditions: list[Any]) -> list[RunView]:
    rows = _shown(conditions).order_by(Run.id.desc()).dicts()
    return [_view(context, row) for row in rows]


def _shown(conditions: list[Any]) -> Query:
    """The columns of a view, as dictionaries."""
    return (
        Run.select(Run, Process.name.alias("process_name"), Request.description)
        .join(Request)
        .switch(Run)
        .join(Process)
        .where(*conditions)
    )


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
