"""The list of notices, window by window."""

from datetime import timedelta

import pytest

from tests.services.drafts import a_window, scheduled
from tests.services.notices.telling import FAILURE, SUCCESS, runs, tomorrow
from tests.support.clock import NOON, FakeClock
from tui_scheduler.errors import NotFound
from tui_scheduler.models import Notice
from tui_scheduler.services import Services
from tui_scheduler.services.queries.page import Page
from tui_scheduler.services.views.notices import NoticeView


@pytest.fixture
def filled(with_receivers: Services, clock: FakeClock) -> Services:
    """Two failures that nobody got yet, and one that was sent."""
    scheduled(with_receivers, tomorrow(), process="backup")
    scheduled(with_receivers, tomorrow(), process="archive")
    runs(with_receivers, clock, FAILURE, SUCCESS)
    runs(with_receivers, clock, FAILURE, request_id=2)
    first, *_ = with_receivers.notices.due(1)
    with_receivers.notices.sent([first])
    with_receivers.notices.failed(with_receivers.notices.due(1), "it answered HTTP 500")
    return with_receivers


def ids(page: Page[NoticeView]) -> list[int]:
    return [notice.id for notice in page.rows]


def test_the_newest_comes_first(filled: Services) -> None:
    page = filled.notices.page(a_window())
    assert ids(page) == [3, 2, 1]
    assert (page.total, page.overall) == (3, 3)
    assert ids(filled.notices.page(a_window(reverse=True))) == [1, 2, 3]
    assert ids(filled.notices.page(a_window(1, 1))) == [2]


def test_those_that_could_not_be_sent_are_a_list_of_their_own(filled: Services) -> None:
    page = filled.notices.page(a_window(), failed=True)
    assert ids(page) == [2]
    assert (page.total, page.overall) == (1, 3)
    assert filled.notices.latest(10, failed=True) == list(page.rows)


@pytest.mark.parametrize(
    ("text", "found"), [("archive", [3]), ("recov", [2]), ("ops backup", [2, 1]), ("500", [2])]
)
def test_it_is_filtered_by_what_is_said(filled: Services, text: str, found: list[int]) -> None:
    assert ids(filled.notices.page(a_window(text=text))) == found


@pytest.mark.parametrize("sort", ["kind", "receiver", "process", "run"])
def test_it_is_sorted_by_its_columns(filled: Services, sort: str) -> None:
    def values(*, reverse: bool) -> list[object]:
        page = filled.notices.page(a_window(sort=sort, reverse=reverse))
        return [getattr(notice, "run_id" if sort == "run" else sort) for notice in page.rows]

    assert values(reverse=False) == sorted(values(reverse=True), key=str)
    assert values(reverse=True) == values(reverse=False)[::-1]


def test_one_is_read_as_all_are(filled: Services) -> None:
    assert filled.notices.get(2) == filled.notices.page(a_window(1, 1)).rows[0]
    Notice.delete().execute()
    with pytest.raises(NotFound, match="no notice with id 2"):
        filled.notices.get(2)


def test_the_cursors_row_is_found_again(filled: Services) -> None:
    assert filled.notices.page(a_window(anchor=1)).anchor_index == 2
    assert NOON + timedelta(days=1) > filled.notices.get(1).created_at
