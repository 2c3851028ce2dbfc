"""A page of a list is one question: as many statements for many rows as for few. So are details.

Worlds of two sizes are asked the same things. What grows with the rows would show at once; the
limits say what a page may cost: its keys, its totals, the place of its cursor, and its rows.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.services.drafts import a_window, minutely, run_all, scheduled
from tests.services.groups import a_group, play, triggered
from tui_scheduler.models import Run, RunStatus, database
from tui_scheduler.services import Services
from tui_scheduler.services.queries.run_list import RunFilter
from tui_scheduler.tui.screens.groups import details as group_details
from tui_scheduler.tui.screens.processes import details as process_details
from tui_scheduler.tui.screens.requests import details as request_details

FEW, MANY = 2, 9
A_GROUP = 4  # after the one process that is alone, and two members
MOST_OF_A_PAGE = 7
MOST_OF_DETAILS = 7
FAILED = frozenset({RunStatus.ERROR, RunStatus.LOST})

Question = Callable[[Services], Any]


def opened_groups() -> frozenset[int]:
    """All runs of groups."""
    is_of_group = Run.members.is_null(False)
    return frozenset(Run.select(Run.id).where(is_of_group).scalars())


PAGES: dict[str, Question] = {
    "requests": lambda services: services.requests.page(a_window(anchor=1)),
    "filtered requests": lambda services: services.requests.page(a_window(text="group")),
    "runs": lambda services: services.runs.page(a_window(anchor=1), RunFilter()),
    "runs as a tree": lambda services: services.runs.page(
        a_window(anchor=1), RunFilter(is_tree=True)
    ),
    "runs by duration": lambda services: services.runs.page(
        a_window(anchor=1, sort="duration"), RunFilter()
    ),
    "failed runs": lambda services: services.runs.page(a_window(), RunFilter(statuses=FAILED)),
    "runs with a word": lambda services: services.runs.page(a_window(text="group"), RunFilter()),
    "processes": lambda services: services.processes.page(a_window(anchor=1)),
    "groups": lambda services: services.groups.page(a_window(anchor=1)),
}
LISTS: dict[str, Question] = {
    "all requests": lambda services: services.requests.all(),
    "latest runs": lambda services: services.runs.latest(RunFilter(), 10_000),
    "open runs": lambda services: services.runs.open(),
    "all groups": lambda services: services.groups.all(),
    "all processes": lambda services: services.processes.all(),
}
DETAILS: dict[str, Question] = {
    "request": lambda services: request_details.load_details(services, 1),
    "request of a group": lambda services: request_details.load_details(services, 2),
    "process": lambda services: process_details.load_details(services, 1),
    "group": lambda services: group_details.load_details(services, A_GROUP),
    "run": lambda services: services.runs.get(1),
}


def a_world(services: Services, clock: FakeClock, size: int) -> None:
    """So many groups of so many members, each with a request, and runs that are closed and open."""
    scheduled(services, minutely(), process="alone")
    for number in range(size):
        members = [f"member {number}.{place}" for place in range(size)]
        a_group(services, *members, name=f"group {number}")
        triggered(services, f"group {number}")
    run_all(services, clock)
    for number in range(size):
        triggered(services, f"group {number}")
    play(services, clock, {"member 0.0": RunStatus.ERROR})
    for number in range(size):
        triggered(services, f"group {number}")


@contextmanager
def statements() -> Iterator[list[str]]:
    """Gathers what the database is asked."""
    asked: list[str] = []
    connection = database.connection()
    connection.set_trace_callback(asked.append)
    try:
        yield asked
    finally:
        connection.set_trace_callback(None)


def asked_by(question: Question, services: Services) -> list[str]:
    """The statements that a question takes, when it is asked a second time."""
    question(services)
    with statements() as asked:
        question(services)
    return asked


@pytest.mark.parametrize("question", [*PAGES.values(), *LISTS.values()], ids=[*PAGES, *LISTS])
def test_a_page_asks_as_often_for_many_rows_as_for_few(
    services: Services, clock: FakeClock, question: Question
) -> None:
    a_world(services, clock, FEW)
    of_few = asked_by(question, services)
    a_world_more(services, clock)
    of_many = asked_by(question, services)
    assert len(of_many) == len(of_few), of_many
    assert len(of_many) <= MOST_OF_A_PAGE, of_many


@pytest.mark.parametrize("question", DETAILS.values(), ids=DETAILS)
def test_details_ask_as_often_for_many_rows_as_for_few(
    services: Services, clock: FakeClock, question: Question
) -> None:
    a_world(services, clock, FEW)
    of_few = asked_by(question, services)
    a_world_more(services, clock)
    of_many = asked_by(question, services)
    assert len(of_many) == len(of_few), of_many
    assert len(of_many) <= MOST_OF_DETAILS, of_many


def a_world_more(services: Services, clock: FakeClock) -> None:
    """The world, grown."""
    for number in range(FEW, MANY):
        members = [f"member {number}.{place}" for place in range(MANY)]
        a_group(services, *members, name=f"group {number}")
        triggered(services, f"group {number}")
    run_all(services, clock)
    for number in range(MANY):
        triggered(services, f"group {number}")


def test_the_runs_beneath_opened_groups_ask_for_no_row_alone(
    services: Services, clock: FakeClock
) -> None:
    a_world(services, clock, FEW)
    a_world_more(services, clock)
    some = frozenset(sorted(opened_groups())[:2])
    wanted = RunFilter(is_tree=True, opened=some)
    few = asked_by(lambda services: services.runs.page(a_window(limit=3), wanted), services)
    many = asked_by(lambda services: services.runs.page(a_window(limit=500), wanted), services)
    assert len(many) == len(few), many
