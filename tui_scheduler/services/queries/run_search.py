"""What somebody looks for in the history, and how many runs that are.

Counting a million rows takes too long for a screen that is redrawn ten times a second. So the
tally is asked wherever only processes, requests and statuses matter. What ran in a cluster is
counted in an index that has nothing else, and so is what did not: all but that.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any

from peewee import SQL, Field, Value, fn

from tui_scheduler.clusters import HERE, is_at
from tui_scheduler.models import Process, Request, Run, RunStatus, RunTally, database
from tui_scheduler.services.queries.conditions import (
    any_of,
    contains,
    filtered,
    unindexed,
)
from tui_scheduler.services.queries.page import words_of
from tui_scheduler.text import storable
from tui_scheduler.wording import RUN_STATUSES, SUBMITTED

_MOST_NAMES = 500  # filters that match more owners than this are written as subqueries
_LARGEST_ID = 2**63 - 1  # SQLite's
_NOWHERE = SQL("''")
IS_ELSEWHERE = Run.place != _NOWHERE
"""With the very words of the index: SQLite does not use it for a value given later."""
_IS_SUBMITTED = Run.submitted_at.is_null(False) & Run.start_time.is_null()
_PLACES = """
    WITH RECURSIVE known (place) AS (
        SELECT ''
        UNION ALL
        SELECT (SELECT min(place) FROM run WHERE place <> '' AND place > known.place)
            FROM known WHERE known.place IS NOT NULL
    )
    SELECT place FROM known WHERE place <> ''
"""
"""Steps from one place to the next in the index, however many runs each has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which runs are wanted; an empty filter means all.

    ``since`` and ``until``, both inclusive, look at the planned time. ``where`` is a cluster, a
    cluster with a node (``hpc:n3``), or ``clusters.HERE``. With ``submitted``, what waits in its
    engine is wanted beside the ``statuses``. ``among`` some runs; None is all of them.

    In a tree, as long as nothing else is wanted nor another order, the runs of members are only
    shown beneath the group runs that are ``opened``.
    """

    statuses: frozenset[RunStatus] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    request_id: int | None = None
    process: str | None = None
    where: str | None = None
    submitted: bool = False
    among: frozenset[int] | None = None
    is_tree: bool = False
    opened: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Runs of one of the processes, or of the requests, with one of the statuses or places.

    Or those that are ``submitted``. None of these stands for none of them, so that a bare Kind is
    no run at all.
    """

    processes: Any | None = None
    requests: Any | None = None
    statuses: Collection[RunStatus] | None = None
    places: Collection[str] | None = None
    submitted: bool = False

    @property
    def tallied(self) -> "Kind":
        """What of it the tally knows the number of."""
        return replace(self, places=None, submitted=False)

    def of(self, source: type[Run] | type[RunTally], *, by_index: bool) -> Any:
        """The condition on the rows of ``source``."""
        sets = (
            (source.process, self.processes),
            (source.request, self.requests),
            (source.status, self.statuses),
        )
        conditions = [
            (column if by_index else unindexed(column)).in_(values)
            for column, values in sets
            if values is not None
        ]
        conditions += self.beyond_the_tally(by_index=by_index)
        return any_of(conditions or [source.status.in_(())])

    def beyond_the_tally(self, *, by_index: bool) -> Iterator[Any]:
        """The conditions on runs that the tally knows nothing of."""
        if self.places is not None:
            is_there = (Run.place if by_index else unindexed(Run.place)).in_(self.places)
            yield is_there & IS_ELSEWHERE if by_index else is_there
        if self.submitted:
            status = Run.status if by_index else unindexed(Run.status)
            yield (status == RunStatus.QUEUED) & _IS_SUBMITTED


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSearch:
    """Runs that are of all the kinds, planned since a moment or until one, and have all the ids.

    And that are ``among`` some, of which there are not many.

    With ``is_here`` only those of this machine.
    """

    kinds: tuple[Kind, ...] = ()
    is_here: bool = False
    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[int, ...] = ()
    among: frozenset[int] | None = None

    def on_runs(self, *, by_index: bool) -> list[Any]:
        """The conditions on runs; without ``by_index`` the kinds are not looked up."""
        by_index = by_index and self.since is None
        conditions = [kind.of(Run, by_index=by_index) for kind in self.kinds]
        conditions += [Run.id == run_id for run_id in self.ids]
        if self.among is not None:
            conditions.append(Run.id.in_(sorted(self.among)))
        if self.since is not None:
            conditions.append(Run.scheduled_for >= self.since)
        if self.until is not None:  # alone it means most of the history, which is gone through
            planned = Run.scheduled_for if self.since else unindexed(Run.scheduled_for)
            conditions.append(
                planned <= Value(Run.scheduled_for.db_value(self.until), converter=False)
            )
        if self.is_here:
            conditions.append(Run.place == _NOWHERE)
        return conditions

    def walked(self) -> list[Any]:
        """The conditions on runs that are gone through by their number: nothing is looked up."""
        conditions = replace(self, since=None).on_runs(by_index=False)
        if self.since is not None:
            since = Value(Run.scheduled_for.db_value(self.since), converter=False)
            conditions.append(unindexed(Run.scheduled_for) >= since)
        return conditions

    def elsewhere(self) -> "RunSearch":
        """Those of them that were handed to a cluster."""
        return replace(self, kinds=(*self.kinds, Kind(places=places())), is_here=False)

    def count(self) -> int:
        """How many runs are meant."""
        if (self.since, self.until, self.among) != (None, None, None) or self.ids:
            return int(Run.select(Run.id).where(*self.on_runs(by_index=True)).count())
        number = _tallied(self.kinds) + _beyond_the_tally(self.kinds)
        return number - self.elsewhere().count() if self.is_here else number

    def is_walked_faster(self, rows: int, total: int, overall: int) -> bool:
        """Whether to go through all runs in order until ``rows`` of the ``total`` are found.

        The other way is to look up, by one of the kinds, more than are wanted, and to sort them.
        """
        alone = [_number_of(kind) for kind in self.kinds] if len(self.kinds) > 1 else [total]
        return rows * overall < total * min(alone)


EVERYTHING = RunSearch()
"""All runs."""


def top_level_count() -> int:
    """How many runs are beneath no other."""
    top_level = fn.sum(RunTally.number - RunTally.members)
    return RunTally.select(top_level).scalar() or 0


def search(wanted: RunFilter, text: str = "") -> RunSearch:
    """The search for runs that pass ``wanted`` and that every word of ``text`` is about."""
    kinds = []
    if wanted.statuses or wanted.submitted:
        statuses = sorted(wanted.statuses) or None
        kinds.append(Kind(statuses=statuses, submitted=wanted.submitted))
    if wanted.request_id is not None:
        kinds.append(Kind(requests=[wanted.request_id]))
    if wanted.process is not None:
        is_named = Process.name == storable(wanted.process)
        kinds.append(Kind(processes=_owners(Process.id, is_named)))
    words = words_of(text)
    known = places() if words or wanted.where is not None else []
    if wanted.where not in (None, HERE):
        kinds.append(Kind(places=[place for place in known if is_at(place, wanted.where)]))
    return RunSearch(
        kinds=(*kinds, *(_about(word, known) for word in words if not _is_id(word))),
        is_here=wanted.where == HERE,
        since=wanted.since,
        until=wanted.until,
        among=wanted.among,
        ids=tuple(min(int(word[1:]), _LARGEST_ID) for word in words if _is_id(word)),
    )


def _is_id(word: str) -> bool:
    return word.startswith("#") and word[1:].isdecimal()


def places() -> list[str]:
    """Returns where in clusters runs were handed to, so far."""
    return [place for (place,) in database.execute_sql(_PLACES)]


def _about(word: str, known_places: Sequence[str]) -> Kind:
    """Runs that ``word`` is about: a status, a process, a request or a place.

    Names are looked up in their own small tables first; the history is only asked for numbers.
    """
    begun = word.casefold()
    return Kind(
        processes=_owners(Process.id, contains(Process.name, word)),
        requests=_owners(Request.id, contains(Request.description, word)),
        statuses=_called(word) or None,
        places=[place for place in known_places if begun in place.casefold()] or None,
        submitted=SUBMITTED.startswith(begun),
    )


def _called(word: str) -> list[RunStatus]:
    """The statuses that begin with ``word``, as they are stored or as they are said."""
    begun = word.lower()
    return [
        status
        for status in RunStatus
        if any(each.startswith(begun) for each in (status, *RUN_STATUSES[status].word.split()))
    ]


def _owners(key: Field, condition: Any) -> Any | None:
    query = key.model.select(key).where(condition)
    ids = list(query.limit(_MOST_NAMES + 1).scalars())
    return query if len(ids) > _MOST_NAMES else ids or None


def _number_of(kind: Kind) -> int:
    return RunSearch(kinds=(kind,)).count()


def _tallied(kinds: Sequence[Kind]) -> int:
    conditions = [kind.tallied.of(RunTally, by_index=True) for kind in kinds]
    return filtered(RunTally.select(fn.sum(RunTally.number)), conditions).scalar() or 0


def _beyond_the_tally(kinds: Sequence[Kind]) -> int:
    """How many runs are of all kinds, and are not counted by what the tally knows of these."""
    ways = [way for kind in kinds for way in kind.beyond_the_tally(by_index=True)]
    if not ways:
        return 0
    meant = [kind.of(Run, by_index=False) for kind in kinds]
    counted = reduce(and_, (kind.tallied.of(Run, by_index=False) for kind in kinds))
    return int(Run.select(Run.id).where(any_of(ways), *meant, ~counted).count())
