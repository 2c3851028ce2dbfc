"""A page of many rows in an order that no index has: found in one pass, without sorting them all.

A sample of the rows says between which two of its own the page lies, but for bad luck. The pass
counts what stands before the first of these, and notes what lies between: that is sorted.
"""

import json
import math
import random
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from peewee import SQL, NodeList, fn

from tui_scheduler.models import stream
from tui_scheduler.services.queries.conditions import Query
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.windows import Listing

_SAMPLE = 5_000  # keys that are looked at, which need not be there
_LUCK = 2.5  # standard deviations: once in 80 the page lies elsewhere
_TRIES = 2
_NONE = SQL("0")


class _Row(NamedTuple):
    """A row by its key and what it is sorted by, as stored."""

    key: int
    value: Any


class _Bounds(NamedTuple):
    """Rows of a sample between which something lies, both inclusive; None is an end."""

    first: _Row | None
    last: _Row | None


_UNBOUNDED = _Bounds(None, None)


@dataclass(frozen=True, slots=True)
class Unsorted:
    """The rows of a listing that is in the order of no index."""

    listing: Listing

    @property
    def query(self) -> Query:
        """The rows, in any order."""
        return self.listing.query

    def located(self, window: Window, total: int) -> tuple[list[int], int | None]:
        """The keys in the window and the place of its anchor, of ``total`` rows."""
        offset = max(window.offset, 0)
        limit = max(min(window.limit, total - offset), 0)
        for tries_left in range(_TRIES if total > _SAMPLE else 0, -1, -1):
            bounds = self._likely(offset, limit, total) if tries_left else _UNBOUNDED
            before, place, between = self._passed(bounds, window.anchor)
            skipped = offset - before
            is_whole = bounds.last is None or skipped + limit <= len(between)
            if skipped >= 0 and is_whole:
                break
        among = replace(self.listing, query=self.query.where(_is_one_of(self.listing.key, between)))
        return among.ids(skipped, limit), place

    def _likely(self, offset: int, limit: int, total: int) -> _Bounds:
        """Between which rows of a sample ``limit`` rows from ``offset`` on should lie."""
        sample = self._sample()
        begin, end = (len(sample) * place / total for place in (offset, offset + limit))
        lowest = math.floor(begin - _spread(begin, len(sample)))
        highest = math.ceil(end + _spread(end, len(sample)))
        return _Bounds(
            sample[lowest] if 0 <= lowest < len(sample) else None,
            sample[highest] if highest < len(sample) else None,
        )

    def _sample(self) -> list[_Row]:
        """Some of the rows, in order."""
        key = self.listing.key
        ends = [key.model.select(end(key)).scalar() or 0 for end in (fn.min, fn.max)]
        keys = random.choices(range(ends[0], ends[1] + 1), k=_SAMPLE)  # noqa: S311  no secret
        found = self.query.select(key, self.listing.expression).where(_is_one_of(key, keys))
        return [_Row(*row) for row in stream(found.order_by(*self.listing.terms))]

    def _passed(self, bounds: _Bounds, anchor: int | None) -> tuple[int, int | None, list[int]]:
        """How many rows stand before the bounds and the anchor, and the keys of those between.

        All up to the last of these are counted, and of the others only those before one of them:
        each look at a row counts, as there are many.
        """
        is_before, is_behind = self._is_before(bounds.first), self._is_behind(bounds.last)
        row, is_last = self._anchored(anchor, is_behind)
        is_between = _is_not(is_before)
        if is_last:
            counted, up_to = is_before, _is_not(self._is_behind(row))
            is_between &= _is_not(is_behind)
        else:
            counted, up_to = self._is_before(row), _is_not(is_behind)
        passed = self.query.select(
            fn.count(SQL("*")),
            fn.count(SQL("*")).filter(counted),  # a sum takes twice as long
            fn.json_group_array(self.listing.key).filter(is_between),
        )
        [(number, number_counted, found)] = stream(passed.where(up_to))
        between = json.loads(found)
        if is_last:
            return number_counted, number - 1, between
        return number - len(between), None if row is None else number_counted, between

    def _anchored(self, anchor: int | None, is_behind: Any) -> tuple[_Row | None, bool]:
        """The row with that key, if it is there, and whether it ``is_behind`` the bounds."""
        if anchor is None:
            return None, False
        key = self.listing.key
        found = self.query.select(key, self.listing.expression, is_behind).where(key == anchor)
        return next(((_Row(*row), bool(is_last)) for *row, is_last in stream(found)), (None, False))

    def _is_before(self, row: _Row | None) -> Any:
        return _NONE if row is None else self.listing.before(*row)

    def _is_behind(self, row: _Row | None) -> Any:
        return _NONE if row is None else self.listing.backwards().before(*row)


def _spread(place: float, number: int) -> float:
    """How far from its place in a sample of that ``number`` something may be found."""
    return _LUCK * (math.sqrt(max(place * (1 - place / (number or 1)), 0)) + 1)


def _is_not(condition: Any) -> Any:
    """Whether a condition does not hold, or nobody knows."""
    return NodeList((SQL("("), condition, SQL(") IS NOT TRUE")))


def _is_one_of(key: Any, keys: list[int]) -> Any:
    return key.in_(SQL("(SELECT value FROM json_each(?))", (json.dumps(keys),)))
