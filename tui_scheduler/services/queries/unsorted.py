"""A page of many rows in an order that no index has: found in one pass, without sorting them all.

A sample of the rows says between which two of its own the page lies, but for bad luck. The pass
counts what stands before the first of these, and notes what lies between, with the values that it
is sorted by: to look these up once more would be half a pass, as such rows lie anywhere.
"""

import json
import math
import random
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from peewee import SQL, NodeList, fn

from tui_scheduler.models import database, stream
from tui_scheduler.services.queries.conditions import Query, filtered
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.windows import Listing

_SAMPLE = 1_000
"""Keys that are looked at, at least; they need not be there.

The pass notes a share of the rows that falls with the root of their number, so the power of 2/3 is
where more of them cost as much as they save.
"""
_LUCK = 2.5  # standard deviations: once in 80 the page lies elsewhere
_TRIES = 2
_NONE = SQL("0")
_SORTED = """
    SELECT json_group_array(number) FROM (
        SELECT CAST(key AS INTEGER) AS number FROM json_each(?)
            ORDER BY value {direction} NULLS {nulls}, number {direction}
    )
"""


class _Row(NamedTuple):
    """A row by its key and what it is sorted by, as stored."""

    key: int
    value: Any


class _Bounds(NamedTuple):
    """Rows of a sample between which something lies, both inclusive; None is an end."""

    first: _Row | None
    last: _Row | None

    @property
    def have_one_value(self) -> bool:
        """Whether all that lies between is sorted by its key alone."""
        return bool(self.first and self.last and self.first.value == self.last.value)


class _Passed(NamedTuple):
    """How many rows there are, and before the bounds and the anchor; keys of those between."""

    total: int
    before: int
    place: int | None
    between: list[int]


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
        ids, place, _ = self._located(window, total, total)
        return ids, place

    def counted(self, window: Window, most: int) -> tuple[list[int], int | None, int]:
        """The same, and how many rows there are, which nobody knows: ``most`` at most."""
        return self._located(window, None, most)

    def _located(
        self, window: Window, total: int | None, most: int
    ) -> tuple[list[int], int | None, int]:
        offset, limit = max(window.offset, 0), max(window.limit, 0)
        for tries_left in range(_TRIES if most > _SAMPLE else 0, -1, -1):
            bounds = self._likely(offset, limit, total) if tries_left else _UNBOUNDED
            passed = self._between(bounds).passed(bounds, window.anchor, total)
            first = offset - passed.before
            wanted = max(min(limit, passed.total - offset), 0)
            if not wanted or 0 <= first <= len(passed.between) - wanted:
                break
        page_ids = passed.between[first : first + wanted] if wanted else []
        return page_ids, passed.place, passed.total

    def _likely(self, offset: int, limit: int, total: int | None) -> _Bounds:
        """Between which rows of a sample ``limit`` rows from ``offset`` on should lie."""
        sample, share = self._sample()
        number: float = math.inf
        if total is not None:
            number, share = len(sample), len(sample) / total
        begin, end = offset * share, (offset + limit) * share
        lowest = math.floor(begin - _spread(begin, number))
        highest = math.ceil(end + _spread(end, number))
        return _Bounds(
            sample[lowest] if 0 <= lowest < len(sample) else None,
            sample[highest] if highest < len(sample) else None,
        )

    def _between(self, bounds: _Bounds) -> "Unsorted":
        """The same rows, of which those between the bounds are looked for."""
        return Unsorted(replace(self.listing, is_compared_at_once=bounds.have_one_value))

    def _sample(self) -> tuple[list[_Row], float]:
        """Returns some of the rows, drawn at random, in order; and which share of all that is."""
        key = self.listing.key
        first, last = [key.model.select(end(key)).scalar() or 0 for end in (fn.min, fn.max)]
        known = range(first, last + 1)
        wanted = max(_SAMPLE, round(len(known) ** (2 / 3) * 0.3))
        keys = random.sample(known, k=min(wanted, len(known)))
        query = self.query.select(key, self.listing.expression).where(_is_one_of(key, keys))
        sample = [_Row(*row) for row in stream(query.order_by(*self.listing.terms))]
        return sample, len(keys) / len(known)

    def passed(self, bounds: _Bounds, anchor: int | None, total: int | None) -> _Passed:
        """Returns what one pass finds: each look at a row counts, as there are many.

        If their number is known, all up to the last of the bounds, or up to an anchor behind it,
        are counted, and of the others only those before one of them.
        """
        is_before, is_behind = self._is_before(bounds.first), self._is_behind(bounds.last)
        row, is_last = self._anchored(anchor, is_behind)
        is_before_row = self._is_before(row)
        is_between = _is_not(is_before)
        if total is None:
            is_between &= _is_not(is_behind)
            number, before, place, between = self._pass([is_before, is_before_row], is_between, [])
            return _Passed(number, before, None if row is None else place, between)
        if is_last:
            is_between &= _is_not(is_behind)
            up_to = _is_not(self._is_behind(row))
            number, before, between = self._pass([is_before], is_between, [up_to])
            return _Passed(total, before, number - 1, between)
        number, place, between = self._pass([is_before_row], is_between, [_is_not(is_behind)])
        return _Passed(total, number - len(between), None if row is None else place, between)

    def _pass(self, counted: list[Any], is_noted: Any, conditions: list[Any]) -> Any:
        """Returns how many rows fulfil the conditions, and how many of them each that is counted.

        And the keys of those that are noted, in order.
        """
        has_ties = self.listing.is_compared_at_once
        key, value = self.listing.key, self.listing.expression
        readable = fn.iif(fn.typeof(value) == SQL("'blob'"), fn.hex(value), value)
        noted = fn.json_group_array(key) if has_ties else fn.json_group_object(key, readable)
        passed = self.query.select(
            fn.count(SQL("*")),
            *(fn.count(SQL("*")).filter(each) for each in counted),  # a sum takes twice as long
            noted.filter(is_noted),
        )
        [(*numbers, text)] = stream(filtered(passed, conditions))
        if has_ties:
            return *numbers, sorted(json.loads(text), reverse=self.listing.descending)
        return *numbers, self._in_order(text)

    def _in_order(self, noted: str) -> list[int]:
        """Returns the keys of an object of keys and values, in the order of these."""
        direction = "DESC" if self.listing.descending else "ASC"
        nulls = "FIRST" if self.listing.nulls_first else "LAST"
        [(keys,)] = database.execute_sql(_SORTED.format(direction=direction, nulls=nulls), [noted])
        in_order: list[int] = json.loads(keys)
        return in_order

    def _anchored(self, anchor: int | None, is_behind: Any) -> tuple[_Row | None, bool]:
        """Returns the row with that key, if there is one; whether it ``is_behind`` the bounds."""
        if anchor is None:
            return None, False
        key = self.listing.key
        query = self.query.select(key, self.listing.expression, is_behind).where(key == anchor)
        return next(((_Row(*row), bool(is_last)) for *row, is_last in stream(query)), (None, False))

    def _is_before(self, row: _Row | None) -> Any:
        return _NONE if row is None else self.listing.before(*row)

    def _is_behind(self, row: _Row | None) -> Any:
        return _NONE if row is None else self.listing.backwards().before(*row)


def _spread(place: float, number: float) -> float:
    """How far from its place in a sample of that ``number`` something may be found."""
    return _LUCK * (math.sqrt(max(place * (1 - place / (number or 1)), 0)) + 1)


def _is_not(condition: Any) -> Any:
    """Whether a condition does not hold, or nobody knows."""
    return NodeList((SQL("("), condition, SQL(") IS NOT TRUE")))


def _is_one_of(key: Any, keys: list[int]) -> Any:
    return key.in_(SQL("(SELECT value FROM json_each(?))", (json.dumps(keys),)))
