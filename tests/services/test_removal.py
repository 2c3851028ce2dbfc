"""Deleting what may own any number of runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.drafts import a_process, a_request, end, minutely, run_all, scheduled
from tests.support.clock import FakeClock
from tui_scheduler.errors import NotFound, Refused
from tui_scheduler.models import Request, RequestStatus, Run, RunTally
from tui_scheduler.services import Services, removal
from tui_scheduler.services.events import Event, ProcessSaved, RequestSaved, RunChanged
from tui_scheduler.services.views.runs import RunView


def runs_with_logs(services: Services, clock: FakeClock, request_id: int, count: int) -> list[Path]:
    """Finished runs, each with a log and an exit status; returns their files."""
    files = []
    for _ in range(count):
        services.runs.trigger(request_id)
        [claim] = services.dispatch.claim()
        end(services, claim, clock)
        claim.log_path.parent.mkdir(parents=True, exist_ok=True)
        for file in (claim.log_path, claim.log_path.with_suffix(".exit")):
            file.write_text("output")
            files.append(file)
    return files


def steps(remove: Callable[[int], bool], owner_id: int) -> int:
    count = 1
    while remove(owner_id):
        count += 1
    return count


class TestARequest:
    def test_it_takes_its_runs_and_logs_along_in_steps(
        self,
        services: Services,
        clock: FakeClock,
        monkeypatch: pytest.MonkeyPatch,
        events: list[Event],
    ) -> None:
        monkeypatch.setattr(removal, "STEP", 2)
        request, other = a_request(services), a_request(services)
        files = runs_with_logs(services, clock, request.id, 5)
        kept = runs_with_logs(services, clock, other.id, 1)
        events.clear()
        assert steps(services.requests.remove_step, request.id) == 3
        assert not any(file.exists() for file in files)
        assert all(file.exists() for file in kept)
        assert [run.request_id for run in run_all(services, clock)] == [other.id]
        assert [left.id for left in services.requests.all()] == [other.id]
        assert events == [RequestSaved(request.id)]

    def test_folders_without_a_log_go_too(self, tmp_path: Path) -> None:
        logs = [tmp_path / shard for shard in ("00000/1.log", "00001/1000.log", "00001/1001.log")]
        for log in logs:
            log.parent.mkdir(exist_ok=True)
            log.write_text("output")
        removal.unlink_logs(logs[:2])
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == logs[2:]
        assert [folder.name for folder in tmp_path.iterdir()] == ["00001"]

    def test_missing_logs_do_not_matter(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services)
        run_all(services, clock)
        assert steps(services.requests.remove_step, request.id) == 1

    def test_it_is_refused_while_one_of_its_runs_is_open(self, services: Services) -> None:
        request = scheduled(services, minutely())
        [claim] = services.dispatch.claim()
        with pytest.raises(Refused, match=f"Run {claim.run_id} of this request waits to start"):
            services.requests.remove_step(request.id)
        assert services.requests.get(request.id).status is RequestStatus.SCHEDULED

    def test_nothing_new_begins_between_the_steps(
        self, services: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(removal, "STEP", 1)
        request = scheduled(services, minutely())
        run_all(services, clock)
        assert services.requests.remove_step(request.id)
        clock.advance(hours=1)
        assert services.dispatch.claim() == []

    def test_one_that_does_not_exist_is_not_found(self, services: Services) -> None:
        with pytest.raises(NotFound, match="no request with id 9"):
            services.requests.remove_step(9)


class TestAProcess:
    def test_it_takes_its_requests_along(
        self, services: Services, clock: FakeClock, events: list[Event]
    ) -> None:
        process = a_process(services)
        files = runs_with_logs(services, clock, a_request(services, minutely()).id, 2)
        scheduled(services, minutely())
        kept = scheduled(services, minutely(), process="restore")
        run_all(services, clock)
        events.clear()
        steps(services.processes.remove_step, process.id)
        assert not any(file.exists() for file in files)
        assert [request.id for request in services.requests.all()] == [kept.id]
        assert [process.name for process in services.processes.all()] == ["restore"]
        assert Run.select().where(Run.process == process.id).count() == 0
        assert events == [ProcessSaved(process.id)]

    def test_it_is_refused_while_something_of_it_runs(self, services: Services) -> None:
        request = scheduled(services)
        services.dispatch.claim()
        with pytest.raises(Refused, match="of this process waits to start"):
            services.processes.remove_step(request.process_id)


class TestARun:
    @pytest.fixture
    def runs(self, services: Services, clock: FakeClock) -> list[RunView]:
        runs_with_logs(services, clock, a_request(services).id, 3)
        return run_all(services, clock)

    def test_it_takes_its_log_along(
        self, services: Services, runs: list[RunView], events: list[Event]
    ) -> None:
        events.clear()
        services.runs.delete(runs[1].id)
        assert not runs[1].log_path.exists()
        assert runs[0].log_path.exists()
        with pytest.raises(NotFound):
            services.runs.get(runs[1].id)
        assert events == [RunChanged(runs[1].id)]

    def test_the_request_remembers_the_one_before(
        self, services: Services, runs: list[RunView]
    ) -> None:
        services.runs.delete(runs[0].id)
        assert services.requests.get(runs[0].request_id).last_run_id == runs[1].id
        services.runs.delete(runs[2].id)
        assert services.requests.get(runs[0].request_id).last_run_id == runs[1].id
        services.runs.delete(runs[1].id)
        assert services.requests.get(runs[0].request_id).last_run_id is None

    def test_one_that_is_open_is_refused(self, services: Services) -> None:
        run = services.runs.trigger(a_request(services).id)
        with pytest.raises(Refused, match="waits to start"):
            services.runs.delete(run.id)

    def test_one_that_does_not_exist_is_not_found(self, services: Services) -> None:
        with pytest.raises(NotFound):
            services.runs.delete(99)

    def test_its_id_is_never_used_again(
        self, services: Services, clock: FakeClock, runs: list[RunView]
    ) -> None:
        for run in runs:
            services.runs.delete(run.id)
        again = services.runs.trigger(runs[0].request_id)
        assert again.id > runs[0].id


def test_the_tally_follows(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, minutely())
    scheduled(services, minutely(), process="restore")
    run_all(services, clock)
    steps(services.requests.remove_step, request.id)
    tallied = sum(row.number for row in RunTally.select())
    assert tallied == Run.select().count() == 1
    assert Request.select().count() == 1
