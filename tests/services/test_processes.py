"""The catalogue of processes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.services.drafts import (
    a_process,
    a_request,
    a_window,
    end,
    minutely,
    process_draft,
    run_all,
    scheduled,
)
from tests.support.clock import NOON, FakeClock
from tui_scheduler.errors import InvalidInput, NotFound
from tui_scheduler.models import Overlap, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.events import Event, ProcessSaved
from tui_scheduler.services.processes import draft_of

FULL: dict[str, Any] = {
    "command": "tar c ~",
    "description": "every night",
    "working_directory": "/srv",
    "environment": {"A": "1", "EMPTY": "", "TEXT": "a=b\nc"},
    "timeout": timedelta(minutes=5),
    "overlap": Overlap.QUEUE,
    "retries": 3,
    "retry_delay": timedelta(seconds=1.5),
    "active": False,
}


class TestSaving:
    def test_what_was_entered_is_kept(self, services: Services) -> None:
        draft = process_draft("backup", **FULL)
        created = services.processes.create(draft)
        assert draft_of(created) == draft
        assert created.created_at == NOON
        assert services.processes.get(created.id) == created

    def test_lines_of_a_command_end_as_a_shell_expects(self, services: Services) -> None:
        process = services.processes.create(process_draft("x", command="set -e\r\nprintf '\r'\r\n"))
        assert process.command == "set -e\nprintf '\r'\n"

    def test_it_can_be_changed(self, services: Services, events: list[Event]) -> None:
        process = a_process(services)
        draft = process_draft("renamed", **FULL)
        events.clear()
        changed = services.processes.update(process.id, draft)
        assert draft_of(changed) == draft
        assert changed.created_at == process.created_at
        assert events == [ProcessSaved(process.id)]

    def test_it_may_keep_its_own_name(self, services: Services) -> None:
        process = a_process(services)
        assert services.processes.update(process.id, draft_of(process)) == process

    def test_nothing_invalid_is_stored(self, services: Services, events: list[Event]) -> None:
        process = a_process(services)
        a_process(services, "restore")
        events.clear()
        for draft in (process_draft("restore"), process_draft(command="")):
            with pytest.raises(InvalidInput):
                services.processes.update(process.id, draft)
        assert services.processes.get(process.id) == process
        assert events == []

    def test_one_that_does_not_exist_is_not_found(self, services: Services) -> None:
        with pytest.raises(NotFound):
            services.processes.update(7, process_draft())
        with pytest.raises(NotFound):
            services.processes.get(7)

    def test_requests_go_on_with_the_changed_process(self, services: Services) -> None:
        request = scheduled(services)
        services.processes.update(request.process_id, process_draft("new", command="false"))
        [claim] = services.dispatch.claim()
        assert claim.command == "false"
        assert services.requests.get(request.id).process == "new"


class TestFinding:
    def test_by_name(self, services: Services) -> None:
        assert services.processes.named(a_process(services, "it's [here]").name).id == 1

    @pytest.mark.parametrize("name", ["nobody", "", "\udcff", "'"])
    def test_a_name_that_nobody_has_is_not_found(self, services: Services, name: str) -> None:
        with pytest.raises(NotFound):
            services.processes.named(name)

    def test_names_to_choose_from_are_those_of_active_ones(self, services: Services) -> None:
        for name in ("b", "a", "c"):
            a_process(services, name, active=name != "c")
        assert services.processes.names() == ["a", "b"]
        assert [process.name for process in services.processes.all()] == ["a", "b", "c"]


class TestWhatBecameOfIt:
    def test_one_without_any_run(self, services: Services) -> None:
        process = a_process(services)
        assert (process.request_count, process.running) == (0, 0)
        assert (process.last_status, process.last_end) == (None, None)

    def test_requests_and_runs_are_counted(self, services: Services, clock: FakeClock) -> None:
        process = a_process(services, overlap=Overlap.ALLOW)
        request = a_request(services)
        a_request(services, minutely())
        services.runs.trigger(request.id)
        [claim] = services.dispatch.claim()
        ended = end(services, claim, clock, RunStatus.ERROR)
        seen = services.processes.get(process.id)
        assert (seen.request_count, seen.running) == (2, 0)
        assert (seen.last_status, seen.last_end) == (RunStatus.ERROR, ended.end_time)
        services.runs.trigger(request.id)
        [seen] = services.processes.page(a_window()).rows
        assert (seen.running, seen.last_status) == (1, RunStatus.QUEUED)


class TestUsualDuration:
    def test_it_is_the_median_of_the_latest_successes(
        self, services: Services, clock: FakeClock
    ) -> None:
        request = a_request(services)
        for seconds, status in (
            (500, RunStatus.SUCCESS),
            (900, RunStatus.ERROR),
            (2, RunStatus.SUCCESS),
            (4, RunStatus.SUCCESS),
            (60, RunStatus.SUCCESS),
        ):
            services.runs.trigger(request.id)
            [claim] = services.dispatch.claim()
            end(services, claim, clock, status, timedelta(seconds=seconds))
        assert services.processes.usual_duration("backup") == timedelta(seconds=32)

    @pytest.mark.parametrize("name", ["backup", "nobody", "\udcff"])
    def test_without_any_success_there_is_none(self, services: Services, name: str) -> None:
        a_process(services)
        assert services.processes.usual_duration(name) is None


class TestPage:
    @pytest.fixture(autouse=True)
    def _catalogue(self, services: Services) -> None:
        a_process(services, "restore", command="b", overlap=Overlap.ALLOW, active=False)
        a_process(services, "backup", command="a 100%", description="nightly")
        a_process(services, "Ärger", command="c")

    @pytest.mark.parametrize(
        ("sort", "reverse", "names"),
        [
            (None, False, ["backup", "restore", "Ärger"]),
            ("name", True, ["Ärger", "restore", "backup"]),
            ("command", False, ["backup", "restore", "Ärger"]),
            ("overlap", False, ["restore", "backup", "Ärger"]),
            ("active", False, ["restore", "backup", "Ärger"]),
            ("active", True, ["Ärger", "backup", "restore"]),
            ("nonsense", False, ["backup", "restore", "Ärger"]),
        ],
    )
    def test_sorted(
        self, services: Services, sort: str | None, reverse: bool, names: list[str]
    ) -> None:
        page = services.processes.page(a_window(sort=sort, reverse=reverse, anchor=1))
        assert [process.name for process in page.rows] == names
        assert page.anchor_index == names.index("restore")

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("NIGHT", ["backup"]),
            ("100%", ["backup"]),
            ("ärger", ["Ärger"]),
            ("e r", ["restore", "Ärger"]),
        ],
    )
    def test_filtered(self, services: Services, text: str, names: list[str]) -> None:
        page = services.processes.page(a_window(text=text))
        assert [process.name for process in page.rows] == names
        assert (page.total, page.overall) == (len(names), 3)

    def test_in_part(self, services: Services) -> None:
        page = services.processes.page(a_window(1, 1))
        assert [process.name for process in page.rows] == ["restore"]
        assert (page.offset, page.total) == (1, 3)


def test_a_draft_can_be_changed_in_one_field(services: Services) -> None:
    process = a_process(services, **FULL)
    clone = services.processes.create(replace(draft_of(process), name="copy"))
    assert replace(draft_of(clone), name="backup") == draft_of(process)


def test_running_executions_keep_what_they_were_started_with(
    services: Services, clock: FakeClock
) -> None:
    request = scheduled(services)
    [claim] = services.dispatch.claim()
    services.processes.update(request.process_id, process_draft(command="false"))
    assert claim.command == "true"
    assert end(services, claim, clock).status is RunStatus.SUCCESS
    assert run_all(services, clock)[0].id == claim.run_id
