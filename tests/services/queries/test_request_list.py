"""Requests as their table shows them."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.services.drafts import (
    a_request,
    a_window,
    every,
    later,
    minutely,
    process_draft,
    run_all,
    scheduled,
)
from tests.services.history import expected_page
from tests.support.clock import FakeClock
from tui_scheduler.errors import NotFound
from tui_scheduler.models import Overlap, RequestStatus, RunStatus
from tui_scheduler.schedules import Frequency, MonthlyOption
from tui_scheduler.services import Services
from tui_scheduler.services.norms import PastRun
from tui_scheduler.services.views.requests import RequestView

RANKS = [
    RequestStatus.SCHEDULED,
    RequestStatus.NEW,
    RequestStatus.UNSCHEDULED,
    RequestStatus.COMPLETE,
]
SORTS: dict[str, Callable[[RequestView], Any]] = {
    "id": lambda request: request.id,
    "process": lambda request: request.process,
    "status": lambda request: RANKS.index(request.status),
    "schedule": lambda request: request.plan.frequency,
    "next": lambda request: request.next_fire,
    "last": lambda request: request.last_run_id,
}


@pytest.fixture
def requests(services: Services, clock: FakeClock) -> list[RequestView]:
    """Requests in all states, oldest first."""
    scheduled(services, later("2026-03-04T00:00"), process="restore")
    scheduled(services, minutely(), description="100% [sure]")
    scheduled(services)
    a_request(services, every(Frequency.CRON, cron="*/5 * * * *"), process="Ärger")
    waiting = scheduled(services, every(Frequency.DAILY), process="restore")
    run_all(services, clock)
    services.requests.unschedule(waiting.id)
    services.runs.trigger(scheduled(services, later("2026-03-04T00:00")).id)
    a_request(
        services, every(Frequency.MONTHLY, monthly_option=MonthlyOption.LAST_DAY), process="Ärger"
    )
    return services.requests.all()


@pytest.mark.parametrize(("sort", "reverse"), list(itertools.product(SORTS, [False, True])))
def test_every_sort_agrees_with_the_oracle(
    services: Services, requests: list[RequestView], sort: str, reverse: bool
) -> None:
    recent = {request.id: services.requests.get(request.id) for request in requests}
    for anchor in [*recent, 99]:
        window = a_window(1, 4, anchor=anchor, sort=sort, reverse=reverse)
        expected = expected_page(
            recent.values(),
            window,
            matches=lambda request: True,
            value=SORTS[sort],
            descending=reverse,
        )
        assert services.requests.page(window) == expected


@pytest.mark.parametrize(("sort", "reverse"), list(itertools.product(SORTS, [False, True])))
def test_what_has_a_text_is_in_order_too(
    services: Services, requests: list[RequestView], sort: str, reverse: bool
) -> None:
    shown = {request.id: services.requests.get(request.id) for request in requests}
    assert len({request.next_fire for request in requests if request.process == "backup"}) > 1
    for anchor, offset in itertools.product([*shown, 99], [0, 1, 5]):
        window = a_window(offset, 2, anchor=anchor, sort=sort, reverse=reverse, text="backup")
        page = services.requests.page(window)
        expected = expected_page(
            shown.values(),
            window,
            matches=lambda request: request.process == "backup",
            value=SORTS[sort],
            descending=reverse,
        )
        assert page == expected


@pytest.mark.parametrize("sample", [3, 1_000])
def test_so_it_does_whichever_way_the_rows_are_found(
    services: Services,
    requests: list[RequestView],
    monkeypatch: pytest.MonkeyPatch,
    sample: int,
) -> None:
    """In the order of an index, sorted, or all gone through: it depends on their number."""
    monkeypatch.setattr("tui_scheduler.services.queries.whole_lists._FEW", 0)
    monkeypatch.setattr("tui_scheduler.services.queries.unsorted._SAMPLE", sample)
    monkeypatch.setattr("tui_scheduler.services.queries.unsorted._LUCK", 0.5)
    for sort, reverse in itertools.product(SORTS, [False, True]):
        test_every_sort_agrees_with_the_oracle(services, requests, sort, reverse)
        test_what_has_a_text_is_in_order_too(services, requests, sort, reverse)


def test_its_own_order_is_by_process(services: Services, requests: list[RequestView]) -> None:
    names = [request.process for request in services.requests.page(a_window()).rows]
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {1, 2, 3, 4, 5, 6, 7}),
        ("restore", {1, 5}),
        ("REST", {1, 5}),
        ("ÄRG", {4, 7}),
        ("100%", {2}),
        ("[", {2}),
        ("_", set()),
        ("*/5", {4}),
        ("cron", {4}),
        ("daily", {5}),
        ("unsched restore", {5}),
        ("later", {1, 6}),
        ("backup", {2, 3, 6}),
        ("' OR 1=1 --", set()),
        ("\udcff", set()),
    ],
)
def test_text_is_searched_as_it_is_written(
    services: Services, requests: list[RequestView], text: str, found: set[int]
) -> None:
    page = services.requests.page(a_window(text=text, anchor=2))
    assert {request.id for request in page.rows} == found
    assert (page.total, page.overall) == (len(found), 7)
    assert (page.anchor_index is None) == (2 not in found)


def test_a_word_does_not_reach_from_one_field_into_the_next(services: Services) -> None:
    a_request(services, process="ab", description="cd")
    assert services.requests.page(a_window(text="abcd")).total == 0
    assert services.requests.page(a_window(text="cd ab")).total == 1


def test_what_was_observed_last(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, minutely())
    assert request.last_status is None
    [run] = run_all(services, clock)
    row = services.requests.page(a_window()).rows[0]
    assert row.last_run_id == run.id
    assert row.last_status is RunStatus.SUCCESS
    assert (row.last_start, row.last_end) == (run.start_time, run.end_time)


def test_the_strip_holds_the_latest_runs_newest_last(services: Services, clock: FakeClock) -> None:
    request = a_request(services)
    other = a_request(services, process="restore")
    services.processes.update(request.process_id, process_draft(overlap=Overlap.SKIP))
    services.runs.trigger(other.id)
    for _ in range(14):
        services.runs.trigger(request.id)
        run_all(services, clock)
    services.runs.trigger(request.id)
    services.runs.trigger(request.id)
    success = PastRun(RunStatus.SUCCESS, timedelta())
    strip = (*[success] * 10, PastRun(RunStatus.QUEUED), PastRun(RunStatus.SKIPPED))
    page = services.requests.page(a_window())
    assert [row.recent for row in page.rows] == [strip, (success,)]
    assert services.requests.get(request.id).recent == strip


def test_one_that_does_not_exist_is_not_found(services: Services) -> None:
    with pytest.raises(NotFound, match="request 12"):
        services.requests.get(12)


def test_no_requests(services: Services) -> None:
    page = services.requests.page(a_window(anchor=1, text="x"))
    assert (page.total, page.overall, page.rows, page.anchor_index) == (0, 0, (), None)
