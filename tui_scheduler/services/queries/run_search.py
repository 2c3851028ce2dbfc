"""What somebody looks for in the history, and how many runs that are.

Counting a million rows takes too long for a screen that is redrawn ten times a second. So the
tally is asked wherever only processes, requests and statuses matter.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import Field, Value, fn

from tui_scheduler.models import Process, Request, Run, RunStatus, RunTally
from tui_scheduler.services.queries.conditions import (
    any_of,
    contains,
    filtered,
    unindexed,
)
from tui_scheduler.services.queries.page import words_of
from tui_scheduler.text import storable
from tui_scheduler.wording import RUN_STATUSES

_MOST_NAMES = 500  # filters that match more owners than this are written as subqueries
_LARGEST_ID = 2**63 - 1  # SQLite's


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which runs are wanted; an empty filter means all.

    ``since`` and ``until``, both inclusive, look at the planned time.

    In a tree, as long as nothing else is wanted nor another order, the runs of members are only
    shown beneath the group runs that are ``opened``.
    """

    statuses: frozenset[RunStatus] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    request_id: int | None = None
    process: str | None = None
    is_tree: bool = False
    opened: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Runs that are of one of the processes, or of the requests, or have one of the statuses.

    None of these stands for none of them, so that a bare Kind is no run at all.
    """

    processes: Any | None = None
    requests: Any | None = None
    statuses: Collection[RunStatus] | None = None

    def of(self, source: type[Run] | type[RunTally], *, by_index: bool) -> Any:
        """The condition on the rows of ``source``."""
        sets = (
            (source.process, self.processes),
            (source.request, self.requests),
            (source.status, self.statuses),
        )
        given = [(column, values) for column, values in sets if values is not None]
        return any_of(
            (column if by_index else unindexed(column)).in_(values)
            for column, values in given or [(source.status, ())]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSearch:
    """Runs that are of all the kinds, planned since a moment or until one, and have all the ids."""

    kinds: tuple[Kind, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[int, ...] = ()

    def on_runs(self, *, by_index: bool) -> list[Any]:
        """The conditions on runs; without ``by_index`` the kinds are not looked up."""
        by_index = by_index and self.since is None
        conditions = [kind.of(Run, by_index=by_index) for kind in self.kinds]
        conditions += [Run.id == run_id for run_id in self.ids]
        if self.since is not None:
            conditions.append(Run.scheduled_for >= self.since)
        if self.until is not None:  # alone it means most of the history, which is gone through
            planned = Run.scheduled_for if self.since else unindexed(Run.scheduled_for)
            conditions.append(
                planned <= Value(Run.scheduled_for.db_value(self.until), converter=False)
            )
        return conditions

    def count(self) -> int:
        """How many runs are meant."""
        if self.since is not None or self.until is not None or self.ids:
            return int(Run.select(Run.id).where(*self.on_runs(by_index=True)).count())
        return _tallied(self.kinds)

    def is_walked_faster(self, rows: int, total: int, overall: int) -> bool:
        """Whether to go through all runs in order until ``rows`` of the ``total`` are found.

        The other way is to look up, by one of the kinds, more than are wanted, and to sort them.
        """
        alone = [_tallied([kind]) for kind in self.kinds] if len(self.kinds) > 1 else [total]
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
    if wanted.statuses:
        kinds.append(Kind(statuses=sorted(wanted.statuses)))
    if wanted.request_id is not None:
        kinds.append(Kind(requests=[wanted.request_id]))
    if wanted.process is not None:
        is_named = Process.name == storable(wanted.process)
        kinds.append(Kind(processes=_owners(Process.id, is_named)))
    words = words_of(text)
    return RunSearch(
        kinds=(*kinds, *(_about(word) for word in words if not _is_id(word))),
        since=wanted.since,
        until=wanted.until,
        ids=tuple(min(int(word[1:]), _LARGEST_ID) for word in words if _is_id(word)),
    )


def _is_id(word: str) -> bool:
    return word.startswith("#") and word[1:].isdecimal()


def _about(word: str) -> Kind:
    """Runs that ``word`` is about: a status, a process or a request.

    Names are looked up in their own small tables first; the history is only asked for numbers.
    """
    return Kind(
        processes=_owners(Process.id, contains(Process.name, word)),
        requests=_owners(Request.id, contains(Request.description, word)),
        statuses=_called(word) or None,
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


def _tallied(kinds: Sequence[Kind]) -> int:
    conditions = [kind.of(RunTally, by_index=True) for kind in kinds]
    return filtered(RunTally.select(fn.sum(RunTally.number)), conditions).scalar() or 0
