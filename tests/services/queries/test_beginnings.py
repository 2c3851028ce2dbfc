"""What begins with what was typed, and runs that are new since the last look."""

import pytest

from tests.services.drafts import ALL_RUNS, a_process, a_request
from tests.services.history import a_history, add_run
from tui_scheduler.models import Run
from tui_scheduler.services import Services
from tui_scheduler.services.queries.runs.filter import RunFilter


@pytest.fixture
def runs(services: Services) -> list[int]:
    """A hundred and twenty-five, newest first."""
    one = Run.get_by_id(add_run(services)).__data__
    Run.insert_many([{**one, "id": number} for number in range(2, 126)]).execute()
    return list(range(125, 0, -1))


@pytest.mark.parametrize("digits", ["", "1", "12", "125", "126", "9", "0", "01", "-1", "x", "²"])
def test_runs_begin_with_digits_newest_first(
    services: Services, runs: list[int], digits: str
) -> None:
    ids = [view.id for view in services.runs.beginning(digits, 1000)]
    assert ids == [run_id for run_id in runs if str(run_id).startswith(digits)]


def test_only_the_newest_runs_are_wanted(services: Services, runs: list[int]) -> None:
    assert [view.id for view in services.runs.beginning("1", 3)] == [125, 124, 123]


@pytest.mark.parametrize("digits", ["9" * 18, "9" * 19, "9" * 40])
def test_numbers_of_any_length_begin_nothing(services: Services, digits: str) -> None:
    assert services.runs.beginning(digits, 10) == []


def test_requests_begin_with_digits_oldest_first(services: Services) -> None:
    for _ in range(12):
        a_request(services)
    assert [view.id for view in services.requests.beginning("1", 3)] == [1, 10, 11]


def test_processes_begin_with_text_as_it_is(services: Services) -> None:
    for name in ("a%b", "a_b", "axb", "Axb", "Ärger", "Ä"):
        a_process(services, name, active=name != "axb")
    assert [view.name for view in services.processes.beginning("a", 9)] == ["a%b", "a_b", "axb"]
    assert [view.name for view in services.processes.beginning("a_", 9)] == ["a_b"]
    assert [view.name for view in services.processes.beginning("Ä", 1)] == ["Ä"]
    assert services.processes.beginning("\udcff", 9) == []


def test_the_newest_run(services: Services) -> None:
    assert services.runs.newest_id() == 0
    newest = [add_run(services) for _ in range(3)][-1]
    assert services.runs.newest_id() == newest


@pytest.mark.parametrize("wanted", [ALL_RUNS, RunFilter(process="backup"), RunFilter(request_id=3)])
def test_news_are_the_known_runs_and_those_born_since(
    services: Services, wanted: RunFilter
) -> None:
    history = a_history(services, seed=7)
    matching = {view.id for view in services.runs.latest(wanted, 1000)}
    ids = [view.id for view in services.runs.news(wanted, (20, 50), {3, 5, 60, 99})]
    expected = [
        run.id for run in history if run.id in (3, 60) or (20 < run.id <= 50 and run.id in matching)
    ]
    assert ids == expected
