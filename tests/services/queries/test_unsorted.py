"""A page of what no index has in order, found in one pass."""

import itertools
from dataclasses import replace

import pytest
from peewee import SQL

from tests.services.drafts import a_window
from tests.services.history import a_history
from tui_scheduler.models import Run, database
from tui_scheduler.services import Services
from tui_scheduler.services.queries.conditions import unindexed
from tui_scheduler.services.queries.unsorted import Unsorted
from tui_scheduler.services.queries.windows import Listing

DAMAGED = (None, 3, 2.5, "text", "Text", "ä\U0001f600", -7, 2**62, "", 3)
"""What nobody should have stored where a number belongs, and some numbers."""


@pytest.fixture
def damaged(services: Services) -> Listing:
    """Runs whose CPU time is anything."""
    a_history(services, 0)
    for place, value in enumerate(DAMAGED):
        database.execute_sql("UPDATE run SET cpu_time = ? WHERE id % 10 = ?", [value, place])
    return Listing(
        query=Run.select(), key=Run.id, expression=unindexed(Run.cpu_time), descending=False
    )


@pytest.mark.parametrize("sample", [9, 1_000])
@pytest.mark.parametrize(
    ("descending", "nulls_first"), list(itertools.product([False, True], repeat=2))
)
def test_values_of_any_kind_are_sorted_as_sqlite_sorts_them(
    damaged: Listing,
    monkeypatch: pytest.MonkeyPatch,
    sample: int,
    descending: bool,
    nulls_first: bool,
) -> None:
    monkeypatch.setattr("tui_scheduler.services.queries.unsorted._SAMPLE", sample)
    listing = replace(damaged, descending=descending, nulls_first=nulls_first)
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
