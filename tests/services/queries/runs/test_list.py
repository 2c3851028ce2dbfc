"""The history as the monitor shows it, compared with a slow and plain oracle."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.services.drafts import (
    ALL_RUNS,
    a_process,
    a_request,
    a_window,
    end,
    every,
    process_draft,
    scheduled,
)
from tests.services.history import a_history, add_run, as_row, expected_page
from tests.support.clock import NOON, FakeClock
from tui_scheduler.clusters import HERE, is_at
from tui_scheduler.errors import NotFound
from tui_scheduler.models import Run, RunStatus
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.runs.filter import RunFilter, Slower
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.wording import SUBMITTED

FAILED = frozenset({RunStatus.ERROR, RunStatus.TIMED_OUT, RunStatus.LOST})
FILTERS = [
    ALL_RUNS,
    RunFilter(statuses=FAILED),
    RunFilter(statuses=frozenset({RunStatus.SUCCESS})),
    RunFilter(since=NOON - timedelta(minutes=7)),
    RunFilter(since=NOON - timedelta(minutes=7), statuses=FAILED, process="backup"),
    RunFilter(since=NOON + timedelta(days=1)),
    RunFilter(request_id=3),
    RunFilter(request_id=3, statuses=FAILED),
    RunFilter(process="Ärger"),
    RunFilter(process="nobody"),
    RunFilter(where="hpc"),
    RunFilter(where="hpc:n1"),
    RunFilter(where="nowhere"),
    RunFilter(where=HERE),
    RunFilter(where=HERE, statuses=FAILED),
    RunFilter(where=HERE, since=NOON - timedelta(minutes=7), request_id=3),
    RunFilter(where="hpc", statuses=FAILED),
    RunFilter(where="hpc", process="backup", since=NOON - timedelta(minutes=7)),
    RunFilter(submitted=True),
    RunFilter(submitted=True, where=HERE),
    RunFilter(submitted=True, statuses=FAILED, where="hpc"),
    RunFilter(until=NOON - timedelta(minutes=7)),
    RunFilter(until=NOON - timedelta(minutes=7), statuses=frozenset(RunStatus) - FAILED),
    RunFilter(since=NOON - timedelta(minutes=12), until=NOON - timedelta(minutes=7)),
    RunFilter(exit_code=3),
    RunFilter(exit_code=0, statuses=FAILED),
    RunFilter(exit_code=1, where=HERE, since=NOON - timedelta(minutes=12)),
    RunFilter(slower=Slower(timedelta(seconds=2), NOON)),
    RunFilter(slower=Slower(timedelta(minutes=5), NOON)),
    RunFilter(slower=Slower(timedelta(seconds=2), NOON), process="backup", exit_code=2),
    RunFilter(slower=Slower(timedelta(), NOON), until=NOON - timedelta(minutes=3)),
    RunFilter(statuses=FAILED, also=RunFilter(statuses=frozenset({RunStatus.LOST}))),
    RunFilter(statuses=FAILED, also=RunFilter(statuses=frozenset({RunStatus.SUCCESS}))),
    RunFilter(since=NOON - timedelta(minutes=9), also=RunFilter(until=NOON - timedelta(minutes=5))),
]
SORTS: dict[str, Callable[[RunView], Any]] = {
    "id": lambda run: run.id,
    "status": lambda run: run.status.value,
    "process": lambda run: run.process,
    "scheduled_for": lambda run: run.scheduled_for,
    "start": lambda run: run.start_time,
    "end": lambda run: run.end_time,
    "duration": lambda run: (
        run.end_time - run.start_time if run.start_time and run.end_time else None
    ),
    "cpu": lambda run: run.cpu_time,
    "memory": lambda run: run.peak_memory,
    "place": lambda run: run.place or None,
}


def passes(wanted: RunFilter, run: RunView) -> bool:
    return (
        (
            not (wanted.statuses or wanted.submitted)
            or run.status in wanted.statuses
            or (wanted.submitted and run.state == SUBMITTED)
        )
        and (wanted.where is None or is_at(run.place, wanted.where))
        and (wanted.since is None or run.scheduled_for >= wanted.since)
        and wanted.request_id in (None, run.request_id)
        and wanted.process in (None, run.process)
        and (wanted.until is None or run.scheduled_for <= wanted.until)
        and wanted.exit_code in (None, run.exit_code)
        and (wanted.slower is None or took_longer(wanted.slower, run))
        and (wanted.also is None or passes(wanted.also, run))
    )


def took_longer(slower: Slower, run: RunView) -> bool:
    took = run.duration(slower.now)
    return took is not None and took >= slower.least


def is_about(word: str, run: RunView) -> bool:
    if word[:1] == "#" and word[1:].isdecimal():
        return run.id == int(word[1:])
    word = word.casefold()
    return (
        word in run.process.casefold()
        or word in run.request.casefold()
        or word in run.place
        or run.state.startswith(word)
        or run.status.startswith(word)
    )


def agrees(services: Services, runs: list[RunView], window: Window, wanted: RunFilter) -> None:
    """Look whether a page of such runs is what the oracle says."""
    assert window.sort is not None
    expected = expected_page(
        runs,
        window,
        matches=partial(passes, wanted),
        value=SORTS[window.sort],
        descending=not window.reverse,
    )
    assert services.runs.page(window, wanted) == expected, window


@pytest.mark.parametrize("seed", range(2))
def test_every_sort_of_every_filter_agrees_with_the_oracle(services: Services, seed: int) -> None:
    """Each near one end of what passes or in its midst; in which of the three changes in turn."""
    runs = a_history(services, seed)
    passing = [sum(passes(wanted, run) for run in runs) for wanted in FILTERS]
    each = itertools.product(zip(FILTERS, passing, strict=True), SORTS, [False, True])
    for turn, ((wanted, number), sort, reverse) in enumerate(each, seed):
        anchor = runs[(7 * len(sort) + seed) % len(runs)].id
        offset = (2, number * 2 // 3, max(number - 5, 0))[turn % 3]
        window = a_window(offset, 11, anchor=anchor, sort=sort, reverse=reverse)
        agrees(services, runs, window, wanted)


@pytest.mark.parametrize(("looked_up", "sample"), [(0, 20), (10, 1_000)])
def test_so_it_does_whichever_way_the_runs_are_found(
    services: Services, monkeypatch: pytest.MonkeyPatch, looked_up: int, sample: int
) -> None:
    """Looked up and sorted, in the order of an index, or all gone through: it depends on number."""
    monkeypatch.setattr("tui_scheduler.services.queries.runs.order.MOST_SORTED", looked_up)
    monkeypatch.setattr("tui_scheduler.services.queries.unsorted._SAMPLE", sample)
    monkeypatch.setattr("tui_scheduler.services.queries.unsorted._LUCK", 0.5)
    test_every_sort_of_every_filter_agrees_with_the_oracle(services, looked_up)


@pytest.mark.parametrize("sort", SORTS)
def test_what_nearly_all_runs_are_is_found_by_what_they_are_not(
    services: Services, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr("tui_scheduler.services.queries.runs.order.MOST_SORTED", 9)
    runs = a_history(services, 4)
    rare = {status for status in RunStatus if 0 < statuses_of(runs).count(status) <= 9}
    assert rare - {RunStatus.SUCCESS}
    for status, reverse in itertools.product(rare - {RunStatus.SUCCESS}, [False, True]):
        wanted = RunFilter(statuses=frozenset(RunStatus) - {status})
        for offset, anchor in itertools.product((11, 25, 38), (runs[3].id, runs[33].id, 5)):
            window = a_window(offset, 7, anchor=anchor, sort=sort, reverse=reverse)
            agrees(services, runs, window, wanted)


@pytest.mark.parametrize("reverse", [False, True])
def test_a_page_holds_runs_of_many_processes(
    services: Services, monkeypatch: pytest.MonkeyPatch, reverse: bool
) -> None:
    """Of all, of some, and of none that has such runs; its first and last ones have more."""
    monkeypatch.setattr("tui_scheduler.services.queries.runs.order.MOST_SORTED", 0)
    runs = a_history(services, 1)
    a_process(services, "Never ran")
    for statuses in ({RunStatus.SUCCESS, RunStatus.ERROR, RunStatus.LOST}, {RunStatus.KILLED}):
        wanted = RunFilter(statuses=frozenset(statuses))
        matching = sum(run.status in statuses for run in runs)
        for offset, limit in itertools.product(range(matching + 1), (0, 1, 9, 60)):
            anchor = runs[(offset + limit) % len(runs)].id
            window = a_window(offset, limit, anchor=anchor, sort="process", reverse=reverse)
            agrees(services, runs, window, wanted)


@pytest.mark.parametrize("elsewhere", [(), (9, 30, 31)])
@pytest.mark.parametrize("sort", ["process", "start", "duration", "cpu"])
def test_what_is_here_is_found_by_what_is_elsewhere(
    services: Services, monkeypatch: pytest.MonkeyPatch, elsewhere: tuple[int, ...], sort: str
) -> None:
    monkeypatch.setattr("tui_scheduler.services.queries.runs.order.MOST_SORTED", 9)
    a_history(services, 4)
    Run.update(place="").where(Run.id.not_in(elsewhere)).execute()
    Run.update(place="hpc:n1").where(Run.id.in_(elsewhere)).execute()
    runs = services.runs.latest(ALL_RUNS, 100)[::-1]
    wanted = RunFilter(where=HERE)
    for offset, anchor, reverse in itertools.product((0, 25), (3, 30, 33), [False, True]):
        window = a_window(offset, 7, anchor=anchor, sort=sort, reverse=reverse)
        agrees(services, runs, window, wanted)


def statuses_of(runs: list[RunView]) -> list[RunStatus]:
    return [run.status for run in runs]


def test_the_place_of_every_row_agrees_with_the_oracle(services: Services) -> None:
    runs = a_history(services, 3, runs=25)
    for sort, reverse in itertools.product(SORTS, [False, True]):
        ordered = services.runs.page(a_window(sort=sort, reverse=reverse), ALL_RUNS).rows
        for offset in (0, 24):
            windows = [
                a_window(offset, 0, anchor=run.id, sort=sort, reverse=reverse) for run in ordered
            ]
            places = [services.runs.page(window, ALL_RUNS).anchor_index for window in windows]
            assert places == list(range(len(runs)))


@pytest.mark.parametrize(
    "text",
    [
        "backup",
        "BACK up",
        "100%",
        "%",
        "_",
        "a[b]",
        "[",
        "it's",
        "'",
        "ärger",
        "ÄRGER",
        "number 3",
        "err",
        "success backup",
        "hpc",
        "HPC:N1",
        "n1 err",
        "hpc-",
        "submitted",
        "s hpc",
        "#9",
        "#5",
        "#99999999999999999999999",
        "# 9",
        "nothing-like-it",
        "\\",
        '"; DROP TABLE run; --',
        "\udcff",
        "   ",
    ],
)
def test_text_is_searched_as_it_is_written(services: Services, text: str) -> None:
    runs = a_history(services, 5)
    window = a_window(text=text)
    words = text.split()
    expected = expected_page(
        runs,
        window,
        matches=lambda run: all(is_about(word, run) for word in words),
        value=SORTS["id"],
        descending=True,
    )
    assert services.runs.page(window, ALL_RUNS) == expected


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("failed", RunStatus.ERROR),
        ("ERR", RunStatus.ERROR),
        ("running", RunStatus.PROCESSING),
        ("processing", RunStatus.PROCESSING),
        ("missed", RunStatus.MISFIRED),
        ("timed out", RunStatus.TIMED_OUT),
        ("timed_out", RunStatus.TIMED_OUT),
    ],
)
def test_a_status_is_found_as_it_is_said_and_as_it_is_stored(
    services: Services, text: str, status: RunStatus
) -> None:
    for each in RunStatus:
        is_open = each in {RunStatus.QUEUED, RunStatus.PROCESSING}
        add_run(services, None if is_open else NOON, status=each, start_time=NOON)
    page = services.runs.page(a_window(text=text), ALL_RUNS)
    assert [run.status for run in page.rows] == [status]


def test_a_request_without_a_description_is_called_by_its_plan(services: Services) -> None:
    a_request(services, description="every night")
    a_request(services, every(Frequency.HOURLY), description="")
    for request in services.requests.all():
        services.runs.trigger(request.id)
    page = services.runs.page(a_window(), ALL_RUNS)
    assert [run.request for run in page.rows] == ["Every hour", "every night"]
    assert services.runs.get(2).request == "Every hour"


def test_text_and_filter_narrow_together(services: Services) -> None:
    runs = a_history(services, 6)
    wanted = RunFilter(statuses=FAILED)
    window = a_window(text="number", sort="start")
    expected = expected_page(
        runs,
        window,
        matches=lambda run: run.status in FAILED,
        value=SORTS["start"],
        descending=True,
    )
    assert services.runs.page(window, wanted) == expected


def test_many_names_that_match_are_looked_up_in_the_database(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_scheduler.services.queries.runs.search._MOST_NAMES", 2)
    runs = a_history(services, 7)
    page = services.runs.page(a_window(text="number"), ALL_RUNS)
    assert page.total == len(runs)
    assert page.rows == tuple(map(as_row, runs[::-1]))


@pytest.mark.parametrize(("offset", "limit"), [(-5, 3), (0, -1), (0, 0), (1000, 5)])
def test_impossible_windows_are_harmless(services: Services, offset: int, limit: int) -> None:
    runs = a_history(services, 8)
    page = services.runs.page(a_window(offset, limit), ALL_RUNS)
    assert page.total == len(runs)
    assert len(page.rows) == (3 if limit == 3 else 0)


@pytest.mark.parametrize("wanted", FILTERS)
@pytest.mark.parametrize("sort", [None, "place", "duration"])
def test_marked_runs_that_are_gone_are_told(
    services: Services, wanted: RunFilter, sort: str | None
) -> None:
    a_history(services, 2)
    window = replace(a_window(sort=sort), marked=frozenset({1, 5, 6}))
    assert services.runs.page(window, wanted).vanished == {5, 6}


def test_an_unknown_column_sorts_as_the_list_does(services: Services) -> None:
    runs = a_history(services, 9)
    assert services.runs.page(a_window(sort="nonsense"), ALL_RUNS).rows == tuple(
        map(as_row, runs[::-1])
    )


def test_an_empty_history(services: Services) -> None:
    page = services.runs.page(a_window(anchor=1), RunFilter(statuses=FAILED))
    assert (page.total, page.overall, page.rows, page.anchor_index) == (0, 0, (), None)


@pytest.mark.parametrize("wanted", FILTERS)
def test_the_latest_are_the_first_of_the_page(services: Services, wanted: RunFilter) -> None:
    a_history(services, 10)
    page = services.runs.page(a_window(limit=7), wanted)
    assert list(map(as_row, services.runs.latest(wanted, 7))) == list(page.rows)


def test_what_is_open_comes_newest_first(services: Services) -> None:
    runs = a_history(services, 11)
    assert services.runs.open() == [run for run in runs[::-1] if run.is_open]


def test_one_that_does_not_exist_is_not_found(services: Services) -> None:
    with pytest.raises(NotFound, match="run 12"):
        services.runs.get(12)


def test_names_of_the_history_are_those_of_today(services: Services, clock: FakeClock) -> None:
    process = a_process(services, "old")
    scheduled(services, process="old")
    [claim] = services.dispatch.claim()
    run = end(services, claim, clock)
    services.processes.update(process.id, process_draft("new"))
    assert services.runs.get(run.id).process == "new"


def test_a_process_that_nobody_asked_for_has_no_runs(services: Services) -> None:
    a_request(services)
    assert services.runs.latest(RunFilter(process="backup")) == []
