"""Storing what was read from another scheduler."""

from dataclasses import replace

import pytest

from tests.services.drafts import a_process
from tests.services.imports.crontabs import ODD, reading
from tests.services.queries.test_statements import statements
from tui_scheduler.models import Overlap, RequestStatus
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.events import Event, ProcessSaved, RequestSaved
from tui_scheduler.services.imports.store import ImportResult
from tui_scheduler.services.processes import draft_of
from tui_scheduler.services.requests import draft_of as draft_of_request

TWO = "0 5 * * * backup.sh\n0 6 * * * report.sh\n"


def stored(services: Services, text: str | bytes) -> ImportResult:
    return services.imports.store(reading(text))


def names(result: ImportResult) -> list[str]:
    return [imported.process.name for imported in result.imported]


class TestStoring:
    def test_each_line_is_a_new_request_of_a_process(self, services: Services) -> None:
        result = stored(services, TWO)
        assert [imported.place for imported in result.imported] == [1, 2]
        requests = services.requests.all()
        assert [request.process for request in requests] == ["backup.sh", "report.sh"]
        assert [request.status for request in requests] == [RequestStatus.NEW] * 2
        assert [imported.request.id for imported in result.imported] == [one.id for one in requests]

    def test_each_is_what_the_use_cases_would_have_made(
        self, services: Services, events: list[Event]
    ) -> None:
        """It writes rows by itself, for a line a part of a millisecond."""
        imported = services.imports.store(reading(ODD)).imported
        published = set(events)
        for one in imported:
            assert one.request == services.requests.get(one.request.id)
            process = services.processes.named(one.process.name)
            assert draft_of(process) == one.process
            twin = services.processes.create(replace(one.process, name=f"twin {one.request.id}"))
            of_twin = replace(process, id=twin.id, name=twin.name, request_count=0)
            assert twin == of_twin
            again = services.requests.create(draft_of_request(one.request))
            assert again == replace(one.request, id=again.id)
            assert {ProcessSaved(process.id), RequestSaved(one.request.id)} <= published

    def test_a_line_more_costs_two_statements(self, services: Services) -> None:
        def lines(first: int, count: int) -> str:
            return "".join(f"0 5 * * * job-{n}.sh\n" for n in range(first, first + count))

        asked: list[int] = []
        for first, count in ((0, 2), (100, 2), (200, 12)):
            with statements() as made:
                stored(services, lines(first, count))
            asked.append(len(made))
        assert asked[2] - asked[1] == 2 * 10

    def test_how_far_it_is_is_told(self, services: Services) -> None:
        progress: list[tuple[int, int]] = []
        services.imports.store(reading(TWO), lambda *numbers: progress.append(numbers))
        assert progress == [(0, 2), (1, 2)]

    def test_the_process_is_what_was_read(self, services: Services) -> None:
        jobs = reading(ODD)
        services.imports.store(jobs)
        [wanted] = [one.process for one in jobs.proposals if one.place == 8]
        assert draft_of(services.processes.named("backup.sh")) == wanted

    def test_a_name_that_is_taken_gets_a_number(self, services: Services) -> None:
        a_process(services, "backup.sh")
        a_process(services, "member")
        services.groups.create(GroupDraft(name="report.sh", members=("member",)))
        result = stored(services, TWO + "0 7 * * * backup.sh -q\n")
        assert names(result) == ["backup.sh 2", "report.sh 2", "backup.sh 3"]

    def test_two_times_for_the_same_command_share_a_process(self, services: Services) -> None:
        result = stored(services, "0 5 * * * backup.sh\n0 17 * * * backup.sh\n")
        assert names(result) == ["backup.sh", "backup.sh"]
        assert [imported.process_is_new for imported in result.imported] == [True, False]
        assert len(services.processes.all()) == 1

    @pytest.mark.parametrize("between", ["A=b", "SHELL=/bin/bash", "HOME=/srv"])
    def test_another_environment_is_another_process(self, services: Services, between: str) -> None:
        result = stored(services, f"0 5 * * * backup.sh\n{between}\n0 17 * * * backup.sh\n")
        assert names(result) == ["backup.sh", "backup.sh 2"]

    def test_a_process_that_was_changed_since_is_not_shared(self, services: Services) -> None:
        stored(services, "0 5 * * * backup.sh\n")
        process = services.processes.named("backup.sh")
        services.processes.update(process.id, replace(draft_of(process), overlap=Overlap.SKIP))
        assert names(stored(services, "0 17 * * * backup.sh\n")) == ["backup.sh 2"]

    def test_what_cannot_be_stored_is_refused_and_the_others_go_on(
        self, services: Services
    ) -> None:
        long = "# " + "\N{KATAKANA LETTER A}" * 40_000 + "\n"
        jobs = reading(long.encode() + b"0 5 * * * backup.sh\n0 6 * * * report.sh\n")
        result = services.imports.store(jobs)
        assert names(result) == ["report.sh"]
        [refusal] = result.refusals
        assert (refusal.place, refusal.text) == (2, "0 5 * * * backup.sh")
        assert refusal.reason.startswith("description: is longer than 100000 bytes")
        assert services.processes.names() == ["report.sh"]

    def test_refusals_stand_in_the_order_of_the_lines(self, services: Services) -> None:
        stored(services, TWO)
        result = stored(services, f"@often x\n{TWO}@often y\n")
        assert [refusal.place for refusal in result.refusals] == [1, 2, 3, 4]


class TestTwice:
    def test_nothing_is_made_again(self, services: Services) -> None:
        first = stored(services, ODD)
        processes, requests = services.processes.all(), services.requests.all()
        second = stored(services, ODD)
        assert second.imported == ()
        assert sum(refusal.is_there for refusal in second.refusals) == len(first.imported) + 1
        assert services.processes.all() == processes
        assert services.requests.all() == requests

    def test_it_says_which_request_does_so(self, services: Services) -> None:
        stored(services, TWO)
        request = services.requests.all()[1]
        [refusal] = stored(services, "0 6 * * * report.sh\n").refusals
        assert refusal.reason == f"it is there already: request {request.id} does so"

    def test_a_line_that_stands_there_twice_is_made_once(self, services: Services) -> None:
        [refusal] = stored(services, "0 5 * * * a\n0 5 * * * a\n").refusals
        assert (refusal.place, refusal.is_there) == (2, True)
        assert refusal.reason == "it is there already: line 1 does so"

    def test_a_process_with_another_name_is_known(self, services: Services) -> None:
        stored(services, TWO)
        process = services.processes.named("backup.sh")
        services.processes.update(process.id, replace(draft_of(process), name="nightly copy"))
        assert stored(services, TWO).imported == ()

    def test_a_line_that_was_changed_is_new(self, services: Services) -> None:
        stored(services, TWO)
        result = stored(services, TWO.replace("0 6", "0 7"))
        assert [imported.place for imported in result.imported] == [2]


class TestRehearsing:
    def test_it_tells_the_same_and_stores_nothing(
        self, services: Services, events: list[Event]
    ) -> None:
        dry = services.imports.dry_run(reading(ODD))
        assert (services.processes.all(), services.requests.all(), events) == ([], [], [])
        assert dry == stored(services, ODD)
        assert events

    def test_it_knows_what_is_there(self, services: Services) -> None:
        stored(services, TWO)
        assert services.imports.dry_run(reading(TWO)).imported == ()
