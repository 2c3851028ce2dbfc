"""The order of the history, and by which way its runs are found: looked up, or gone through.

What nearly all runs are is in no index, and an index that has the order of a column knows nothing
of a filter. Which way is the shortest depends on how many runs are wanted, and from where.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from tui_scheduler.models import Process, Run, RunTally
from tui_scheduler.services.queries.conditions import filtered, unindexed
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.run_search import (
    EVERYTHING,
    IS_ELSEWHERE,
    Kind,
    RunSearch,
    Term,
)
from tui_scheduler.services.queries.windows import Joined, Listing, Sorts, Without

MOST_SORTED = 20_000
"""So many runs are looked up and sorted, for each part of them anew."""

_SCATTERED = ("duration", "cpu", "memory")  # in the order of which runs lie all over the table

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
    "place": Run.place,
}


def in_order(
    searched: RunSearch, window: Window, expression: Any, total: int, overall: int
) -> Listing | Joined | Without:
    """The runs that were searched for, in the order and by the way that suit a window of them."""
    by = _way(searched, window, total, overall)
    is_deep = window.sort in _SCATTERED and _from_an_end(window, total) * 3 > total
    listed = partial(listing_of, descending=not window.reverse, by=by, is_deep=is_deep)
    if expression is Run.place:
        return _by_place(searched, listed, total)
    if expression is Run.status and by is None and total:
        return _by_status(searched, descending=not window.reverse)
    if expression is not Run.id and (few := _others(searched)):
        return Without(
            near=listed(searched, expression, by=None, is_deep=False),
            whole=listed(EVERYTHING, expression, by=None),
            others=listed(few, expression, by=few.fewest()),
        )
    return listed(searched, expression)


def _way(searched: RunSearch, window: Window, total: int, overall: int) -> Term | None:
    """By which term to look up what a window shows; None is to go through all runs in order.

    How long a run takes has to do with its process: what seems to be everywhere in such an order
    may be in one place of it. Few runs are looked up and sorted in any case.
    """
    is_sorted = (window.sort or "id") != "id"
    fewest = searched.fewest_of(MOST_SORTED) if is_sorted else None
    return fewest or searched.way_to(window.offset + window.limit, total, overall)


def _others(searched: RunSearch) -> RunSearch | None:
    """All other runs, if they are few that can be looked up."""
    others = searched.others
    is_few = others is not None and others.fewest_of(MOST_SORTED) is not None
    return others if is_few else None


def _from_an_end(window: Window, total: int) -> int:
    """How many rows lie between a window and the nearer end of the list."""
    return min(window.offset, total - window.offset - window.limit)


def _by_place(searched: RunSearch, listed: Callable[..., Listing], total: int) -> Joined:
    """The runs of clusters by place, and after them those of this machine, which have none."""
    by_place = listed(searched, Run.place)
    elsewhere = replace(by_place, query=by_place.query.where(IS_ELSEWHERE), whole=None)
    ahead = 0 if searched.is_here else searched.elsewhere().count()
    here = listed(replace(searched, is_here=True), Run.id)
    return Joined(parts=((elsewhere, ahead), (here, total - ahead)))


def _by_status(searched: RunSearch, *, descending: bool) -> Joined:
    """The runs of one status after those of another: no index has those that succeeded."""
    tallied = RunTally.select(RunTally.status).where(RunTally.number > 0).distinct()
    of_each = [
        searched.and_also(RunSearch(kinds=(Kind(statuses=[status]),)))
        for status in sorted(tallied.scalars(), reverse=descending)
    ]
    listed = partial(listing_of, expression=Run.id, descending=descending)
    parts = [
        (listed(each, by=each.fewest_of(MOST_SORTED)), number)
        for each in of_each
        if (number := each.count())
    ]
    return Joined(parts=tuple(parts))


def listing_of(
    searched: RunSearch,
    expression: Any,
    *,
    descending: bool,
    by: Term | None,
    is_deep: bool = False,
) -> Listing:
    """The runs that were searched for, in order.

    They are looked up ``by`` one of the terms, and sorted. Without one the whole history is gone
    through in order until a window is full: best if many match, and the window is not deep in it.
    """
    runs = Run.select().join(Process) if expression is Process.name else Run.select()
    conditions = searched.on_runs(by)
    key: Any = Run.id if by is None or by.is_in_order else unindexed(Run.id)
    is_walked = by is None and bool(conditions) and expression is not Run.id
    if expression is Run.id:
        expression = key
    elif by is not None or (is_walked and is_deep):
        expression = unindexed(expression)
        is_walked = False
    return Listing(
        query=filtered(runs, conditions),
        key=key,
        expression=expression,
        descending=descending,
        whole=runs if is_walked else None,
    )
