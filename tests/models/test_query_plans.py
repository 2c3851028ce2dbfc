"""SQLite looks things up: no question goes through a million runs to answer.

SQLite plans by the schema alone here, so a plan on empty tables is that of full ones.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from peewee import SqliteDatabase

from tests.services.drafts import ALL_RUNS, a_request, a_window, minutely, scheduled
from tests.support.clock import NOON
from tui_scheduler.clusters import HERE
from tui_scheduler.errors import NotFound, Refused
from tui_scheduler.models import Request, Run, RunStatus, database
from tui_scheduler.services import Services
from tui_scheduler.services.definitions.stored import loss_of
from tui_scheduler.services.queries.counts import counts
from tui_scheduler.services.queries.finding import find
from tui_scheduler.services.queries.norms import norm_of_request
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.references import (
    begun_run_meant,
    names_of_runs,
    open_run_meant,
)
from tui_scheduler.services.queries.runs.filter import RunFilter, Slower
from tui_scheduler.services.queries.runs.search import places
from tui_scheduler.services.retention import Doomed, Limits, Reason
from tui_scheduler.services.running.run_ending import Ending
from tui_scheduler.services.timeline.span import Span

LIMITS = Limits(days=90, runs=1, bytes=1)
DOOMED = [Doomed(1, Reason.AGE, 0, None)]
FAILED = frozenset({RunStatus.ERROR, RunStatus.TIMED_OUT, RunStatus.LOST})
TODAY = NOON.replace(hour=0)
A_DAY = Span.around(NOON, timedelta(days=1), 120)


def last_good(services: Services) -> None:
    with suppress(NotFound):
        services.runs.last_good(services.runs.get(2))


ENGINE: dict[str, Callable[[Services], object]] = {
    "claim": lambda services: services.dispatch.claim(),
    "outdated": lambda services: services.dispatch.outdated(services.dispatch.claim()),
    "next_wakeup": lambda services: services.dispatch.next_wakeup(),
    "plan_by_calendars": lambda services: services.dispatch.plan_by_calendars(),
    "kill_requests": lambda services: services.dispatch.kill_requests(),
    "open_runs": lambda services: services.dispatch.open_runs(),
    "waits": lambda services: services.dispatch.waits(2, "No descriptors are left"),
    "started": lambda services: services.dispatch.started(2, NOON, 1, "handle"),
    "ended": lambda services: services.dispatch.ended(
        Ending(run_id=2, status=RunStatus.ERROR, end_time=NOON)
    ),
    "give_back": lambda services: services.dispatch.give_back([1]),
    "submitted": lambda services: services.dispatch.submitted(2, NOON, "4711 stem", "hpc", ""),
    "trigger": lambda services: services.runs.trigger(1),
    "kill": lambda services: services.runs.kill(2),
    "schedule": lambda services: services.requests.schedule(1),
    "remove_rows": lambda services: services.retention.remove_rows(DOOMED),
}
SCREENS: dict[str, Callable[[Services], object]] = {
    "counts": lambda services: counts(TODAY),
    "open": lambda services: services.runs.open(),
    "one run": lambda services: services.runs.get(1),
    "one request": lambda services: services.requests.get(1),
    "requests": lambda services: services.requests.page(a_window(limit=50, anchor=1)),
    "processes": lambda services: services.processes.page(a_window(limit=50, anchor=1)),
    "upcoming": lambda services: services.requests.upcoming(4),
    "usual_duration": lambda services: services.processes.usual_duration("backup"),
    "norm of a request": lambda _: norm_of_request(1),
    "record of a request": lambda services: services.runs.record_of_request(1),
    "record of a process": lambda services: services.runs.record_of_process(1),
    "those that have begun": lambda services: services.runs.those_begun([1, 2]),
    "of a request": lambda services: services.runs.latest(RunFilter(request_id=1)),
    "of a process": lambda services: services.runs.latest(RunFilter(process="backup")),
    "failed": lambda services: services.runs.latest(RunFilter(statuses=FAILED)),
    "newest by name": lambda _: begun_run_meant("backup"),
    "open by name": lambda _: open_run_meant("backup"),
    "names": lambda _: names_of_runs("b", 100),
    "since": lambda services: services.runs.latest(RunFilter(since=TODAY)),
    "logs": lambda services: services.runs.logs(ALL_RUNS, before=2),
    "logs of a request": lambda services: services.runs.logs(RunFilter(request_id=1), before=2),
    "logs since": lambda services: services.runs.logs(RunFilter(since=TODAY), before=2),
    "last good": last_good,
    "since and until": lambda services: services.runs.latest(RunFilter(since=TODAY, until=NOON)),
    "failed until": lambda services: services.runs.latest(RunFilter(until=NOON, statuses=FAILED)),
    "until": lambda services: services.runs.count(RunFilter(until=NOON)),
    "with an exit code": lambda services: services.runs.page(
        a_window(limit=50, anchor=1), RunFilter(exit_code=3)
    ),
    "slower": lambda services: services.runs.page(
        a_window(limit=50, anchor=1), RunFilter(slower=Slower(timedelta(minutes=10), NOON))
    ),
    "all words": lambda services: services.runs.page(
        a_window(limit=50, anchor=1, text="backup"),
        RunFilter(
            statuses=FAILED,
            process="backup",
            since=TODAY,
            until=NOON,
            exit_code=3,
            slower=Slower(timedelta(minutes=10), NOON),
        ),
    ),
    "the palette": lambda _: find("backup 2", NOON),
    "of a cluster": lambda services: services.runs.latest(RunFilter(where="hpc")),
    "of a node": lambda services: services.runs.latest(RunFilter(where="hpc:n3")),
    "of a cluster, page by page": lambda services: services.runs.page(
        a_window(limit=50, anchor=1), RunFilter(where="hpc")
    ),
    "how many of a cluster": lambda services: services.runs.count(RunFilter(where="hpc")),
    "how many of this machine": lambda services: services.runs.count(RunFilter(where=HERE)),
    "submitted": lambda services: services.runs.latest(RunFilter(submitted=True)),
    "lanes of a timeline": lambda services: services.timelines.lanes([1, 2], A_DAY),
    "how many at once": lambda services: services.timelines.at_once(A_DAY),
    "how many at once later on": lambda services: services.timelines.at_once(A_DAY.moved(240)),
    "failed since": lambda services: services.runs.page(
        a_window(limit=50, anchor=1, sort="duration"), RunFilter(since=TODAY, statuses=FAILED)
    ),
}


class Plans:
    """Every statement that reads or changes rows, explained."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.asked: list[str] = []

    def add(self, sql: str, parameters: Any) -> None:
        if sql.split()[0] not in ("SELECT", "UPDATE", "DELETE", "WITH"):
            return
        self.asked.append(sql)
        tables = {alias: table for table, alias in re.findall(r'"(\w+)" AS "(t\d+)"', sql)}
        plan = database.connection().execute(f"EXPLAIN QUERY PLAN {sql}", parameters or ())
        for *_, detail in plan:
            self.lines.append(re.sub(r"\bt\d+\b", lambda alias: tables.get(alias[0], ""), detail))

    def scans(self, table: str) -> list[str]:
        return [line for line in self.lines if re.match(rf"SCAN {table}\b", line)]

    def sorts(self) -> list[str]:
        return [line for line in self.lines if re.search("TEMP B-TREE FOR .*ORDER BY", line)]


@pytest.fixture
def plans(services: Services, monkeypatch: pytest.MonkeyPatch) -> Plans:
    """The plans of whatever is asked from now on; run 1 has ended and run 2 is going on.

    Run 1 was in a cluster.
    """
    request = scheduled(services, minutely())
    [claim] = services.dispatch.claim()
    services.dispatch.started(claim.run_id, NOON, 1, "handle")
    services.dispatch.ended(Ending(run_id=claim.run_id, status=RunStatus.SUCCESS, end_time=NOON))
    services.requests.unschedule(request.id)
    services.runs.trigger(request.id)
    a_request(services)
    Run.update(place="hpc:n3").where(Run.id == 1).execute()
    plans = Plans()
    execute: Callable[..., Any] = SqliteDatabase.execute_sql

    def watched(self: SqliteDatabase, sql: str, params: Any = None) -> Any:
        plans.add(sql, params)
        return execute(self, sql, params)

    monkeypatch.setattr(SqliteDatabase, "execute_sql", watched)
    return plans


@pytest.mark.parametrize("use_case", [*ENGINE, *SCREENS])
def test_no_question_goes_through_all_runs(services: Services, plans: Plans, use_case: str) -> None:
    {**ENGINE, **SCREENS}[use_case](services)
    assert plans.lines
    assert plans.scans("run") == []


@pytest.mark.parametrize("use_case", ENGINE)
def test_the_scheduler_goes_through_no_table(
    services: Services, plans: Plans, use_case: str
) -> None:
    ENGINE[use_case](services)
    assert plans.scans("request") == [line for line in plans.scans("request") if "INDEX" in line]
    of_clusters = "SCAN process USING INDEX process_elsewhere"
    assert plans.scans("process") == [line for line in plans.lines if line == of_clusters]


@pytest.mark.parametrize("use_case", ENGINE)
def test_the_scheduler_never_goes_through_the_history_of_a_process(
    services: Services, plans: Plans, use_case: str
) -> None:
    ENGINE[use_case](services)
    assert [line for line in plans.lines if "run_process " in line] == []


def open_run_of_named_request(_: Services) -> None:
    Request.update(key="mine").where(Request.id == 1).execute()
    assert open_run_meant("mine") == 2


OWNERS: dict[str, Callable[[Services], object]] = {
    "the list of processes": lambda services: services.processes.page(a_window(limit=50)),
    "the list of groups": lambda services: services.groups.page(a_window(limit=50)),
    "one process": lambda services: services.processes.get(1),
    "all processes": lambda services: services.processes.all(),
    "what goes with a process": lambda _: loss_of("process", 1),
    "what goes with a request": lambda _: loss_of("request", 1),
    "whether a process may go": lambda services: services.processes.check_removal(1),
    "whether a request may go": lambda services: services.requests.check_removal(1),
    "the run that is meant": lambda _: open_run_meant("backup"),
    "the run that is meant by the name of a request": open_run_of_named_request,
}


@pytest.mark.parametrize("use_case", OWNERS)
def test_what_is_open_is_looked_for_in_nobodys_history(
    services: Services, plans: Plans, use_case: str
) -> None:
    with suppress(Refused):
        OWNERS[use_case](services)
    assert plans.lines
    histories = re.compile(r"\brun USING INDEX run_(process|request) \(\w+=\?\)")
    assert list(filter(histories.search, plans.lines)) == []


def test_runs_of_a_lane_are_looked_up_by_time(services: Services, plans: Plans) -> None:
    [lane] = services.timelines.lanes([1], A_DAY)
    assert len(lane.bars) == 2
    by_time = [line for line in plans.lines if "INDEX run_lane" in line]
    assert "SEARCH run USING INDEX run_lane (request_id=? AND <expr>>? AND <expr><?)" in by_time
    within_a_second = "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY"
    assert set(plans.sorts()) == {within_a_second}


def test_what_failed_in_a_lane_of_many_runs_is_looked_up_by_time(
    services: Services, plans: Plans
) -> None:
    services.runs.trigger(1)
    plans.lines.clear()
    [lane] = services.timelines.lanes([1], Span(TODAY, timedelta(days=1), 1))
    assert lane.is_sampled
    assert any("INDEX run_ended (status=? AND end_time>? AND end_time<?)" in x for x in plans.lines)
    assert plans.scans("run") == []


@pytest.mark.parametrize("sort", ["id", "status", "scheduled_for", "end", "duration"])
@pytest.mark.parametrize("reverse", [False, True])
def test_the_whole_history_is_read_in_the_order_of_an_index(
    services: Services, plans: Plans, sort: str, reverse: bool
) -> None:
    services.runs.page(a_window(limit=50, sort=sort, reverse=reverse), ALL_RUNS)
    assert len(plans.scans("run")) == 1
    assert plans.sorts() == []


@pytest.mark.parametrize("sort", ["start", "cpu", "memory"])
@pytest.mark.parametrize("reverse", [False, True])
def test_what_is_in_no_index_is_found_in_one_pass(
    services: Services, plans: Plans, sort: str, reverse: bool
) -> None:
    """For the place of the cursor and the rows themselves."""
    services.runs.page(a_window(limit=50, sort=sort, reverse=reverse, anchor=1), ALL_RUNS)
    assert plans.scans("run") == ["SCAN run"]


@pytest.mark.parametrize("sort", ["id", "status", "scheduled_for", "end"])
def test_the_place_of_a_row_is_counted_in_an_index(
    services: Services, plans: Plans, sort: str
) -> None:
    services.runs.page(a_window(limit=0, sort=sort, anchor=1), ALL_RUNS)
    assert any(
        re.match(r"SEARCH run USING (COVERING INDEX|INTEGER PRIMARY KEY).*[<>]", line)
        for line in plans.lines
    )


@pytest.mark.parametrize("reverse", [False, True])
def test_the_history_is_read_process_by_process(
    services: Services, plans: Plans, reverse: bool
) -> None:
    services.runs.page(a_window(limit=50, sort="process", reverse=reverse), ALL_RUNS)
    assert any("run_process (process_id=?)" in line for line in plans.lines)
    assert plans.scans("run") == plans.sorts() == []


@pytest.mark.parametrize("reverse", [False, True])
def test_many_runs_are_found_process_by_process_through_the_tally(
    services: Services, plans: Plans, monkeypatch: pytest.MonkeyPatch, reverse: bool
) -> None:
    monkeypatch.setattr("tui_scheduler.services.queries.runs.order.MOST_SORTED", 0)
    wanted = RunFilter(statuses=frozenset({RunStatus.SUCCESS, RunStatus.QUEUED}))
    window = a_window(limit=50, anchor=1, sort="process", reverse=reverse)
    assert services.runs.page(window, wanted).total == 2
    assert any("run_process (process_id=?)" in line for line in plans.lines)
    assert plans.scans("run") == plans.sorts() == []


@pytest.mark.parametrize("sort", ["status", "process", "start", "duration", "cpu", "memory"])
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (RunFilter(process="backup"), "run_process (process_id=?)"),
        (RunFilter(request_id=1), "run_request (request_id=?)"),
        (RunFilter(statuses=FAILED), "run_status (status=?)"),
        (RunFilter(exit_code=3), "run_exit (exit_code=?)"),
    ],
)
def test_few_runs_are_looked_up_and_sorted(
    services: Services, plans: Plans, wanted: RunFilter, index: str, sort: str
) -> None:
    """In the order of an index all that are wanted may come last."""
    services.runs.page(a_window(limit=50, anchor=1, sort=sort), wanted)
    assert any(f"INDEX {index}" in line for line in plans.lines)
    assert plans.scans("run") == []


@pytest.mark.parametrize(
    "wanted", [RunFilter(statuses=frozenset({RunStatus.SUCCESS})), RunFilter(exit_code=0)]
)
def test_what_nearly_all_runs_are_is_in_no_index(
    services: Services, plans: Plans, wanted: RunFilter
) -> None:
    page = services.runs.page(a_window(limit=50), wanted)
    assert page.total == len(page.rows)
    assert "SCAN run" in plans.scans("run")
    indexes = database.execute_sql(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'run'"
        " AND (sql LIKE '%(status%' OR sql LIKE '%(exit_code%') AND sql NOT LIKE '% WHERE %'"
    )
    assert indexes.fetchall() == []


@pytest.mark.parametrize("page", ["requests", "processes", "groups"])
@pytest.mark.parametrize("sort", [None, "status"])
def test_a_filter_goes_through_a_list_once(
    services: Services, plans: Plans, page: str, sort: str | None
) -> None:
    """For the number of rows, the place of the cursor and the rows themselves."""
    lists = {
        "requests": services.requests.page,
        "processes": services.processes.page,
        "groups": services.groups.page,
    }
    list_page: Callable[[Window], object] = lists[page]
    list_page(a_window(limit=50, anchor=1, sort=sort, text="back ü"))
    assert sum("LIKE" in sql for sql in plans.asked) == 1


@pytest.mark.parametrize("sort", ["status", "schedule", "next", "last"])
def test_many_requests_that_no_index_has_in_order_are_gone_through_once(
    services: Services, plans: Plans, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    """For the place of the cursor and the rows; their number is counted in an index."""
    monkeypatch.setattr("tui_scheduler.services.queries.whole_lists._FEW", 0)
    services.requests.page(a_window(limit=50, anchor=1, sort=sort))
    counted = "SCAN request USING COVERING INDEX request_process"
    assert plans.scans("request") == [counted, "SCAN request"]


def test_what_is_usual_is_asked_of_the_last_runs_alone(services: Services, plans: Plans) -> None:
    Run.update(status=RunStatus.PROCESSING, start_time=NOON).where(Run.id == 2).execute()
    [run] = services.runs.open()
    assert run.norm is not None
    bounded = {
        "SEARCH run USING INDEX run_request (request_id=? AND rowid>?)",
        "SEARCH run USING COVERING INDEX run_request (request_id=?)",
    }
    assert bounded <= set(plans.lines)
    assert plans.scans("run") == plans.sorts() == []


def test_how_the_last_runs_went_is_read_from_the_newest_on(
    services: Services, plans: Plans
) -> None:
    services.runs.record_of_request(1)
    services.runs.record_of_process(1)
    assert plans.lines == [
        "SEARCH run USING INDEX run_request (request_id=?)",
        "SEARCH run USING INDEX run_process (process_id=?)",
    ]


def test_places_are_found_by_steps_through_an_index(services: Services, plans: Plans) -> None:
    assert places() == ["hpc:n3"]
    assert any("INDEX run_place (place>?)" in line for line in plans.lines)
    assert plans.scans("run") == []


@pytest.mark.parametrize("where", ["hpc", "hpc:n3"])
def test_what_ran_in_a_cluster_is_looked_up_by_place(
    services: Services, plans: Plans, where: str
) -> None:
    assert services.runs.count(RunFilter(where=where)) == 1
    assert [run.id for run in services.runs.latest(RunFilter(where=where))] == [1]
    assert any("INDEX run_place (place=?)" in line for line in plans.lines)
    assert plans.scans("run") == []


@pytest.mark.parametrize("reverse", [False, True])
def test_the_history_by_place_is_read_in_the_order_of_an_index(
    services: Services, plans: Plans, reverse: bool
) -> None:
    page = services.runs.page(a_window(limit=50, sort="place", reverse=reverse, anchor=2), ALL_RUNS)
    assert [run.id for run in page.rows] == [1, 2]
    assert page.anchor_index == 1
    assert "SCAN run USING COVERING INDEX run_place" in plans.scans("run")
    assert plans.sorts() == []


def test_what_failed_today_is_counted_by_time(services: Services, plans: Plans) -> None:
    counts(TODAY - timedelta(days=1))
    assert any("run_ended (status=? AND end_time>?)" in line for line in plans.lines)


def test_what_is_too_old_or_too_large_is_looked_up_from_the_oldest_on(
    services: Services, plans: Plans
) -> None:
    Run.update(log_bytes=1_000).where(Run.id == 1).execute()
    plans.lines.clear()
    assert [run.run_id for run in services.retention.batch(replace(LIMITS, runs=0))] == [1]
    assert "SEARCH run USING INDEX run_end (end_time<?)" in plans.lines
    assert "SEARCH run USING INDEX run_log (end_time>?)" in plans.lines
    assert plans.scans("run") == plans.sorts() == []


def test_what_are_too_many_is_looked_up_by_request(services: Services, plans: Plans) -> None:
    assert [run.run_id for run in services.retention.batch(LIMITS)] == [1]
    assert "SEARCH run USING INDEX run_request (request_id=?)" in plans.lines
    assert plans.scans("run") == plans.sorts() == []


def test_deleting_looks_its_runs_up(services: Services, plans: Plans) -> None:
    request = a_request(services, process="other")
    plans.lines.clear()
    services.requests.remove_step(request.id)
    services.processes.remove_step(request.process_id)
    assert plans.scans("run") == []
