"""A page of a list is one question: as many statements for many rows as for few. So are details.

Worlds of two sizes are asked the same things. What grows with the rows would show at once; the
limits say what a page may cost: its keys, its totals, the place of its cursor, and its rows.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.services.drafts import a_window, minutely, scheduled
from tests.services.groups import a_group, play, triggered
from tests.support.clock import FakeClock
from tui_scheduler.models import Run, RunStatus, database
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.tui.screens.groups import details as group_details
from tui_scheduler.tui.screens.processes import details as process_details
from tui_scheduler.tui.screens.requests import details as request_details

FEW, MANY = 2, 6
A_GROUP = 2  # after the one process that is alone
MOST = 9  # keys, totals, the place of the cursor, rows, what belongs to them and names them
MOST_OF_DETAILS = MOST + 2  # how the latest runs went, and what those wait for that wait
FAILED = frozenset({RunStatus.ERROR, RunStatus.LOST})

Question = Callable[[Services], Any]


def opened_groups() -> frozenset[int]:
    """All runs of groups."""
    is_of_group = Run.members.is_null(False)
    return frozenset(Run.select(Run.id).where(is_of_group).scalars())


PAGES: dict[str, Question] = {
    "requests": lambda services: services.requests.page(a_window(anchor=1)),
    "requests by next fire": lambda services: services.requests.page(
        a_window(anchor=1, sort="next")
    ),
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
    a_group(services, name="all of them")
    for number in range(size):
        members = [f"member {number}.{place}" for place in range(size)]
        a_group(services, *members, name=f"group {number}")
        triggered(services, f"group {number}")
    everything = GroupDraft(name="all of them", members=tuple(services.processes.names()))
    services.groups.update(A_GROUP, everything)
    play(services, clock, {"member 0.0": RunStatus.ERROR})
    for number in range(size):
        triggered(services, f"group {number}")


@contextmanager
def opened(file: Path, clock: FakeClock) -> Iterator[Services]:
    """The world in a file."""
    with open_database(file):
        yield services_on(Context(log_folder=file.with_suffix(".logs"), actor="ada", clock=clock))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small world and a larger one, each in a file, for all questions of this module."""
    folder = tmp_path_factory.mktemp("worlds")
    for size in (FEW, MANY):
        clock = FakeClock()
        with opened(folder / f"{size}.db", clock) as services:
            a_world(services, clock, size)
    return folder / f"{FEW}.db", folder / f"{MANY}.db"


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


def asked_by(question: Question, file: Path) -> list[str]:
    """The statements that a question takes, when it is asked a second time."""
    with opened(file, FakeClock()) as services:
        question(services)
        with statements() as asked:
            question(services)
    return asked


@pytest.mark.parametrize(
    "question",
    [*PAGES.values(), *LISTS.values(), *DETAILS.values()],
    ids=[*PAGES, *LISTS, *(f"details of a {name}" for name in DETAILS)],
)
def test_as_much_is_asked_for_many_rows_as_for_few(
    worlds: tuple[Path, Path], question: Question
) -> None:
    of_few, of_many = (asked_by(question, world) for world in worlds)
    assert len(of_many) == len(of_few), of_many
    most = MOST_OF_DETAILS if question in DETAILS.values() else MOST
    assert len(of_many) <= most, of_many


def test_the_runs_beneath_opened_groups_ask_for_no_row_alone(worlds: tuple[Path, Path]) -> None:
    def page(limit: int, services: Services) -> Any:
        wanted = RunFilter(is_tree=True, opened=frozenset(sorted(opened_groups())[:2]))
        return services.runs.page(a_window(limit=limit), wanted)

    few, many = (asked_by(partial(page, limit), worlds[1]) for limit in (3, 500))
    assert len(many) == len(few), many
