"""What somebody looks for in the history, and how many runs that are.

Counting a million rows takes too long for a screen that is redrawn ten times a second. So the
tally is asked wherever only processes, requests and statuses matter. What ran in a cluster is
counted in an index that has nothing else, and so is what did not: all but that.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, reduce
from operator import and_, attrgetter
from typing import Any, ClassVar, TypeAlias

from peewee import SQL, Field, NodeList, Value, fn

from tui_scheduler.clusters import HERE, is_at
from tui_scheduler.models import Process, Request, Run, RunStatus, RunTally, database, stream
from tui_scheduler.models.prepared import Prepared
from tui_scheduler.services.queries.conditions import (
    HAS_NOT_SUCCEEDED,
    any_of,
    contains,
    filtered,
    number_of,
    unindexed,
)
from tui_scheduler.services.queries.page import words_of
from tui_scheduler.services.queries.runs.filter import RunFilter, Slower
from tui_scheduler.text import storable
from tui_scheduler.wording import RUN_STATUSES, SUBMITTED

_MOST_NAMES = 500  # filters that match more owners than this are written as subqueries
_LARGEST_ID = 2**63 - 1  # SQLite's
_NOWHERE = SQL("''")
IS_ELSEWHERE = Run.place != _NOWHERE
"""With the very words of the index: SQLite does not use it for a value given later."""
_HAS_OTHER_CODE = NodeList((Run.exit_code, SQL("IS NOT 0")))
"""No exit code, or one that is not 0. Nearly all runs succeed, so that indexes are without them."""
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


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Runs of one of the processes, or of the requests, with one of the statuses or places.

    Or those that are ``submitted``, ended with ``exit_code``, or were ``slower``. None of these
    stands for none of them, so that a bare Kind is no run at all.
    """

    processes: Any | None = None
    requests: Any | None = None
    statuses: Collection[RunStatus] | None = None
    places: Collection[str] | None = None
    submitted: bool = False
    exit_code: int | None = None
    slower: Slower | None = None

    @property
    def tallied(self) -> "Kind":
        """What of it the tally knows the number of."""
        return Kind(processes=self.processes, requests=self.requests, statuses=self.statuses)

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
        if by_index and source is Run and self.statuses is not None and self.is_looked_up:
            conditions[-1] &= HAS_NOT_SUCCEEDED
        conditions += self.beyond_the_tally(by_index=by_index)
        return any_of(conditions or [source.status.in_(())])

    def beyond_the_tally(self, *, by_index: bool) -> Iterator[Any]:
        """The conditions on runs that the tally knows nothing of."""
        if self.places is not None:
            is_there = (Run.place if by_index else unindexed(Run.place)).in_(self.places)
            yield is_there & IS_ELSEWHERE if by_index else is_there
        if self.submitted:
            status = Run.status if by_index else unindexed(Run.status)
            is_submitted = (status == RunStatus.QUEUED) & _IS_SUBMITTED
            yield is_submitted & HAS_NOT_SUCCEEDED if by_index else is_submitted
        if self.exit_code is not None:
            ended_so = (Run.exit_code if by_index else unindexed(Run.exit_code)) == self.exit_code
            yield ended_so & _HAS_OTHER_CODE if by_index and self.exit_code else ended_so
        if self.slower is not None:
            yield from _took_longer(self.slower, by_index=by_index)

    @property
    def is_in_order(self) -> bool:
        """Whether what is looked up by it comes in the order of its numbers."""
        return self.slower is None

    @property
    def is_looked_up(self) -> bool:
        """Whether there is an index of all such runs; what nearly all runs are has none."""
        return self.exit_code != 0 and RunStatus.SUCCESS not in (self.statuses or ())

    @cached_property
    def number(self) -> int:
        """How many runs are of this kind; counted once."""
        if self.slower is not None:  # each index on its own: no run is in both
            ways = _took_longer(self.slower, by_index=True)
            return sum(number_of(Run.select().where(way)) for way in ways)
        if self == Kind(exit_code=0):
            return EVERYTHING.count() - number_of(Run.select().where(_HAS_OTHER_CODE))
        return _tallied([self]) + _beyond_the_tally([self])

    @property
    def all_have(self) -> Collection[RunStatus] | None:
        """One of these statuses, if it is only about that."""
        return self.statuses if self == Kind(statuses=self.statuses) else None

    @property
    def others(self) -> "Kind | None":
        """All other runs, if it is only about statuses."""
        if self.all_have is None:
            return None
        return Kind(statuses=[status for status in RunStatus if status not in self.all_have])


def _took_longer(slower: Slower, *, by_index: bool) -> Iterator[Any]:
    duration = Run.end_time - Run.start_time
    least = Value(slower.least // timedelta(microseconds=1), converter=False)
    yield (duration if by_index else unindexed(duration)) >= least
    end = Run.end_time if by_index else unindexed(Run.end_time)
    yield end.is_null() & (unindexed(Run.start_time) <= _stored(slower.now - slower.least))


@dataclass(frozen=True)
class Period:
    """Runs planned since a moment, or until one, both inclusive."""

    since: datetime | None
    until: datetime | None
    is_in_order: ClassVar[bool] = False
    is_looked_up: ClassVar[bool] = True

    def of(self, _source: type[Run], *, by_index: bool) -> Any:
        """The condition on runs."""
        planned = Run.scheduled_for if by_index else unindexed(Run.scheduled_for)
        bounds = []
        if self.since is not None:
            bounds.append(planned >= _stored(self.since))
        if self.until is not None:
            bounds.append(planned <= _stored(self.until))
        return reduce(and_, bounds)

    @cached_property
    def number(self) -> int:
        """How many runs lie in it; counted once."""
        return number_of(Run.select().where(self.of(Run, by_index=True)))


Term: TypeAlias = Kind | Period
"""What is looked for, and can be looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSearch:
    """Runs that are of all the kinds, lie in all the periods, and have all the ids.

    And that are ``among`` some, of which there are not many.

    With ``is_here`` only those of this machine.
    """

    kinds: tuple[Kind, ...] = ()
    periods: tuple[Period, ...] = ()
    is_here: bool = False
    ids: tuple[int, ...] = ()
    among: frozenset[int] | None = None

    @property
    def terms(self) -> tuple[Term, ...]:
        """All that a run is looked up by."""
        return self.periods + self.kinds

    def and_also(self, other: "RunSearch") -> "RunSearch":
        """Those of them that ``other`` looks for as well."""
        return RunSearch(
            kinds=self.kinds + other.kinds,
            periods=self.periods + other.periods,
            is_here=self.is_here or other.is_here,
            ids=self.ids + other.ids,
            among=_in_both(self.among, other.among),
        )

    def on_runs(self, by: Term | None) -> list[Any]:
        """The conditions on runs, which are looked up by one of them, or all gone through."""
        conditions = [term.of(Run, by_index=term is by) for term in self.terms]
        conditions += [Run.id == run_id for run_id in self.ids]
        if self.among is not None:
            conditions.append(Run.id.in_(sorted(self.among)))
        if self.is_here:
            conditions.append(Run.place == _NOWHERE)
        return conditions

    @property
    def is_tallied(self) -> bool:
        """Whether the tally knows all that is looked for."""
        return self == RunSearch(kinds=tuple(kind.tallied for kind in self.kinds))

    def on_tally(self) -> list[Any]:
        """The conditions on rows of the tally, which are looked up by none of them."""
        return [kind.tallied.of(RunTally, by_index=False) for kind in self.kinds]

    def fewest(self) -> Term | None:
        """The term of which there are the fewest runs; None if none can be looked up."""
        terms = [term for term in self.terms if term.is_looked_up]
        return terms[0] if len(terms) == 1 else min(terms, key=attrgetter("number"), default=None)

    def fewest_of(self, most: int) -> Term | None:
        """The same term, if there are not more runs than that of it."""
        fewest = self.fewest()
        return None if fewest is None or fewest.number > most else fewest

    @property
    def others(self) -> "RunSearch | None":
        """All other runs, if these are of a kind that is only about statuses, or those here."""
        if self == RunSearch(is_here=True):
            return EVERYTHING.elsewhere()
        if len(self.kinds) != 1 or self != RunSearch(kinds=self.kinds):
            return None
        others = self.kinds[0].others
        return None if others is None else RunSearch(kinds=(others,))

    def elsewhere(self) -> "RunSearch":
        """Those of them that were handed to a cluster."""
        return replace(self, kinds=(*self.kinds, Kind(places=places())), is_here=False)

    def count(self) -> int:
        """How many runs are meant."""
        if self == EVERYTHING:
            [(number,)] = _ALL.rows()
            return number or 0
        if self.ids or self.among is not None:
            return self._count_by(None)
        if self.is_here:
            return replace(self, is_here=False).count() - self.elsewhere().count()
        if len(self.terms) == 1:
            return self.terms[0].number
        if not self.periods and all(kind.tallied != Kind() for kind in self.kinds):
            return _tallied(self.kinds) + _beyond_the_tally(self.kinds)
        fewest = self.fewest()
        for kind in self.kinds:  # what most runs are is counted by what they are not
            others = kind.others
            if others is None or not others.is_looked_up:
                continue
            if fewest is None or others.number < fewest.number:
                rest = tuple(each for each in self.kinds if each is not kind)
                return (
                    replace(self, kinds=rest).count() - replace(self, kinds=(*rest, others)).count()
                )
        return self._count_by(fewest)

    def _count_by(self, term: Term | None) -> int:
        return number_of(Run.select().where(*self.on_runs(term)))


EVERYTHING = RunSearch()
"""All runs."""

_ALL = Prepared(RunTally.select(fn.sum(RunTally.number)), RunTally.number)


def top_level_count() -> int:
    """How many runs are beneath no other."""
    top_level = fn.sum(RunTally.number - RunTally.members)
    return RunTally.select(top_level).scalar() or 0


def _in_both(some: frozenset[int] | None, others: frozenset[int] | None) -> frozenset[int] | None:
    """Which runs are among both; None is all of them."""
    if some is None or others is None:
        return others if some is None else some
    return some & others


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
    if wanted.exit_code is not None:
        kinds.append(Kind(exit_code=wanted.exit_code))
    if wanted.slower is not None:
        kinds.append(Kind(slower=wanted.slower))
    words = (*wanted.words, *words_of(text))
    known = places() if words or wanted.where is not None else []
    if wanted.where not in (None, HERE):
        kinds.append(Kind(places=[place for place in known if is_at(place, wanted.where)]))
    has_bounds = wanted.since is not None or wanted.until is not None
    searched = RunSearch(
        kinds=(*kinds, *(_about(word, known) for word in words if not _is_id(word))),
        periods=(Period(wanted.since, wanted.until),) if has_bounds else (),
        is_here=wanted.where == HERE and bool(known),
        among=wanted.among,
        ids=tuple(min(int(word[1:]), _LARGEST_ID) for word in words if _is_id(word)),
    )
    return searched if wanted.also is None else searched.and_also(search(wanted.also))


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


def _stored(moment: datetime) -> Any:
    """A moment as its column has it, also where a column is not to be looked up."""
    return Value(Run.scheduled_for.db_value(moment), converter=False)


def _tallied(kinds: Sequence[Kind]) -> int:
    conditions = [kind.tallied.of(RunTally, by_index=True) for kind in kinds]
    [(number,)] = stream(filtered(RunTally.select(fn.sum(RunTally.number)), conditions))
    return number or 0


def _beyond_the_tally(kinds: Sequence[Kind]) -> int:
    """How many runs are of all kinds, and are not counted by what the tally knows of these."""
    ways = [way for kind in kinds for way in kind.beyond_the_tally(by_index=True)]
    if not ways:
        return 0
    meant = [kind.of(Run, by_index=False) for kind in kinds]
    counted = reduce(and_, (kind.tallied.of(Run, by_index=False) for kind in kinds))
    return number_of(Run.select().where(any_of(ways), *meant, ~counted))
