"""The order of the history, and by which way its runs are found.

Few runs are looked up and sorted, for each part of them anew. All of them are read in the order of
an index, if there is one. Of many, a pass through all finds the part that is wanted: in the order
of an index each would have to be looked up, as that knows nothing of a filter.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from peewee import fn

from tui_scheduler.models import Process, Run, RunTally
from tui_scheduler.services.queries.conditions import filtered, unindexed
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.runs.by_process import ByProcess
from tui_scheduler.services.queries.runs.search import (
    EVERYTHING,
    IS_ELSEWHERE,
    Kind,
    RunSearch,
    Term,
    places,
)
from tui_scheduler.services.queries.unsorted import Unsorted
from tui_scheduler.services.queries.windows import Joined, Listing, Located, Sorts, Without

MOST_SORTED = 20_000
"""So many runs are looked up and sorted."""

SORTS: Sorts = {
    "id": Run.id,
    "status": Run.status,
    "process": Process.name,
    "scheduled_for": Run.scheduled_for,
    "start": Run.start_time,
    "end": Run.end_time,
    "duration": Run.end_time - Run.start_time,
    "cpu": Run.cpu_time,
    "memory": Run.peak_memory,
    "place": fn.nullif(Run.place, ""),
}
_IN_NO_INDEX = ("start", "cpu", "memory")
"""An index takes a sixteenth of the room of a run, and time whenever one ends."""


def in_order(searched: RunSearch, window: Window, total: int) -> Located:
    """The runs that were searched for, in the order and by the way that suit a window of them."""
    sort, descending = window.sort or "id", not window.reverse
    if _is_same(searched, sort):
        sort = "id"
    expression = SORTS.get(sort, Run.id)
    few = searched.fewest_of(MOST_SORTED)
    if few is not None or expression is Run.id:
        return listing_of(searched, expression, by=few, descending=descending)
    if searched == EVERYTHING and total and sort not in _IN_NO_INDEX:
        joined = _JOINED.get(sort)
        whole = listing_of(EVERYTHING, expression, by=None, descending=descending)
        return whole if joined is None else joined(total, descending)
    if sort == "process" and searched.is_tallied:
        return ByProcess(searched, descending)
    if sort not in (*_IN_NO_INDEX, *_JOINED) and (others := _others(searched)):
        by = others.fewest()
        return Without(
            whole=listing_of(EVERYTHING, expression, by=None, descending=descending),
            others=listing_of(others, expression, by=by, descending=descending),
            keys=filtered(Run.select(Run.id), others.on_runs(by)),
        )
    in_no_order = listing_of(searched, expression, by=None, descending=descending)
    return Unsorted(in_no_order.in_no_index())


def _is_same(searched: RunSearch, sort: str) -> bool:
    """Whether all that were searched for have the same place, or the same status."""
    if sort == "place":
        return searched.is_here or not places()
    return sort == "status" and any(len(kind.all_have or ()) == 1 for kind in searched.kinds)


def _others(searched: RunSearch) -> RunSearch | None:
    """All other runs, if they are few that can be looked up."""
    others = searched.others
    is_few = others is not None and others.fewest_of(MOST_SORTED) is not None
    return others if is_few else None


def _by_place(total: int, descending: bool) -> Joined:
    """The runs of clusters by place, and after them those of this machine, which have none."""
    by_place = listing_of(EVERYTHING, Run.place, by=None, descending=descending)
    elsewhere = replace(by_place, query=by_place.query.where(IS_ELSEWHERE))
    ahead = EVERYTHING.elsewhere().count()
    rest = RunSearch(is_here=True) if ahead else EVERYTHING
    here = listing_of(rest, Run.id, by=None, descending=descending)
    return Joined(parts=((elsewhere, ahead), (here, total - ahead)))


def _by_status(_total: int, descending: bool) -> Joined:
    """The runs of one status after those of another: no index has those that succeeded."""
    tallied = RunTally.select(RunTally.status).where(RunTally.number > 0).distinct()
    of_each = [
        RunSearch(kinds=(Kind(statuses=[status]),))
        for status in sorted(tallied.scalars(), reverse=descending)
    ]
    listed = partial(listing_of, expression=Run.id, descending=descending)
    parts = [(listed(each, by=each.fewest_of(MOST_SORTED)), each.count()) for each in of_each]
    return Joined(parts=tuple(parts))


_JOINED = {"place": _by_place, "status": _by_status}
"""Orders of which an index has only some of the runs."""


def listing_of(
    searched: RunSearch, expression: Any, *, descending: bool, by: Term | None
) -> Listing:
    """The runs that were searched for, in order.

    They are looked up ``by`` one of the terms, and sorted. Without one the whole history is gone
    through in order until a window is full.
    """
    runs = Run.select().join(Process) if expression is Process.name else Run.select()
    key: Any = Run.id if by is None or by.is_in_order else unindexed(Run.id)
    if expression is Run.id:
        expression = key
    elif by is not None:
        expression = unindexed(expression)
    return Listing(
        query=filtered(runs, searched.on_runs(by)),
        key=key,
        expression=expression,
        descending=descending,
    )
