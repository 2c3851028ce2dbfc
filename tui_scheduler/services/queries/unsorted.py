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

from tui_scheduler.models import database
from tui_scheduler.services.queries.conditions import Query
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.windows import Listing

_SAMPLE = 5_000  # keys that are looked at, which need not be there
_LUCK = 3.0  # standard deviations
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
        anchor = None if window.anchor is None else self._row(window.anchor)
        likely = self._likely(offset, limit, total) if total > _SAMPLE else _UNBOUNDED
        for bounds in (likely, _UNBOUNDED):
            before, place, between = self._passed(bounds, anchor)
            skipped = offset - before
            if skipped >= 0 and skipped + limit <= len(between):
                break
        among = replace(self.listing, query=self.query.where(_is_one_of(self.listing.key, between)))
        return among.ids(skipped, limit), None if anchor is None else place

    def _row(self, key: int) -> _Row | None:
        values = self.listing.values_of(key)
        return _Row(key, values[0]) if values else None

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
        return [_Row(*row) for row in database.execute(found.order_by(*self.listing.terms))]

    def _passed(self, bounds: _Bounds, anchor: _Row | None) -> tuple[int, int, list[int]]:
        """How many rows stand before the bounds and the anchor, and the keys of those between."""
        is_before, is_before_anchor = (
            _NONE if row is None else self.listing.before(*row) for row in (bounds.first, anchor)
        )
        is_behind = _NONE if bounds.last is None else self.listing.backwards().before(*bounds.last)
        is_between = _is_not(is_behind) & _is_not(is_before)
        passed = self.query.select(
            _number(is_before),
            _number(is_before_anchor),
            fn.json_group_array(self.listing.key).filter(is_between),
        )
        [(before, place, between)] = database.execute(passed)
        return before, place, json.loads(between)


def _spread(place: float, number: int) -> float:
    """How far from its place in a sample of that ``number`` something may be found."""
    return _LUCK * (math.sqrt(max(place * (1 - place / (number or 1)), 0)) + 1)


def _number(condition: Any) -> Any:
    return fn.count(SQL("*")).filter(condition)  # a sum takes twice as long


def _is_not(condition: Any) -> Any:
    """Whether a condition does not hold, or nobody knows."""
    return NodeList((SQL("("), condition, SQL(") IS NOT TRUE")))


def _is_one_of(key: Any, keys: list[int]) -> Any:
    return key.in_(SQL("(SELECT value FROM json_each(?))", (json.dumps(keys),)))
