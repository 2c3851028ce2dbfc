"""A page of what no index has in order, found in one pass."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from peewee import SQL

from tests.services.drafts import a_window
from tests.services.history import a_history
from tests.services.queries.test_statements import statements
from tui_scheduler.models import Run, database
from tui_scheduler.services import Services
from tui_scheduler.services.queries.conditions import unindexed
from tui_scheduler.services.queries.unsorted import Unsorted
from tui_scheduler.services.queries.windows import Listing

DAMAGED = (None, 3, 2.5, "text", "Text", "ä\U0001f600", -7, 2**62, "", 3)
"""What nobody should have stored where a number belongs, and some numbers."""

FEW = (None, 3, 3, 3, 3, 3, 3, 7, 3, 3)


def _sorted_by(values: Sequence[object]) -> Listing:
    """Runs whose CPU time is one of ten ``values``."""
    for place, value in enumerate(values):
        database.execute_sql("UPDATE run SET cpu_time = ? WHERE id % 10 = ?", [value, place])
    return Listing(
        query=Run.select(), key=Run.id, expression=unindexed(Run.cpu_time), descending=False
    )


@pytest.fixture
def damaged(services: Services) -> Listing:
    """Runs whose CPU time is anything."""
    a_history(services, 0)
    return _sorted_by(DAMAGED)


_BOTH_WAYS = pytest.mark.parametrize(
    ("descending", "nulls_first"), list(itertools.product([False, True], repeat=2))
)


@pytest.mark.parametrize("sample", [9, 1_000])
@_BOTH_WAYS
def test_values_of_any_kind_are_sorted_as_sqlite_sorts_them(
    damaged: Listing,
    monkeypatch: pytest.MonkeyPatch,
    sample: int,
    descending: bool,
    nulls_first: bool,
) -> None:
    monkeypatch.setattr("tui_scheduler.services.queries.unsorted._SAMPLE", sample)
    _agrees(replace(damaged, descending=descending, nulls_first=nulls_first))


@_BOTH_WAYS
def test_where_most_have_one_value_their_numbers_decide(
    services: Services, monkeypatch: pytest.MonkeyPatch, descending: bool, nulls_first: bool
) -> None:
    monkeypatch.setattr("tui_scheduler.services.queries.unsorted._SAMPLE", 40)
    monkeypatch.setattr("tui_scheduler.services.queries.unsorted._LUCK", 0.5)
    a_history(services, 0)
    _agrees(replace(_sorted_by(FEW), descending=descending, nulls_first=nulls_first))


@_BOTH_WAYS
def test_a_sample_of_all_leads_to_the_page_in_one_pass(
    services: Services, monkeypatch: pytest.MonkeyPatch, descending: bool, nulls_first: bool
) -> None:
    runs = len(a_history(services, 0))
    monkeypatch.setattr("tui_scheduler.services.queries.unsorted._SAMPLE", runs - 1)
    for values in (DAMAGED, FEW):
        listing = replace(_sorted_by(values), descending=descending, nulls_first=nulls_first)
        with statements() as asked:
            Unsorted(listing).counted(a_window(20, 7, anchor=30), runs)
        assert sum("json_group" in statement and "FILTER" in statement for statement in asked) == 1


def _agrees(listing: Listing) -> None:
    """Look whether pages and places are those of the rows that SQLite sorts."""
    in_order = listing.ids(0, 100)
    for offset, anchor in itertools.product((0, 13, 40, 99), (in_order[3], in_order[44], 5)):
        window = a_window(offset, 7, anchor=anchor)
        place = in_order.index(anchor) if anchor in in_order else None
        expected = in_order[offset : offset + 7], place
        assert Unsorted(listing).located(window, len(in_order)) == expected
        assert Unsorted(listing).counted(window, 100) == (*expected, len(in_order))


def test_what_is_no_value_at_all_hides_no_other_run(damaged: Listing) -> None:
    Run.update(cpu_time=SQL("x'00ff'")).where(Run.id == 9).execute()
    ids, _ = Unsorted(damaged).located(a_window(0, 100), damaged.query.count())
    assert sorted(ids) == sorted(damaged.ids(0, 100))
