"""Notices are created with what makes them true: which ends tell of themselves, which do not."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.services.drafts import end, minutely, process_draft, scheduled
from tests.services.notices.telling import FAILURE, SUCCESS, kinds, notices, runs, tomorrow
from tests.support.clock import FakeClock
from tui_scheduler.models import MisfirePolicy, Overlap, Request, RunStatus, database, transaction
from tui_scheduler.receivers import NoticeKind
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import GroupDraft


class TestFailed:
    @pytest.mark.parametrize("status", [RunStatus.ERROR, RunStatus.TIMED_OUT, RunStatus.LOST])
    def test_a_failure_is_told(
        self, with_receivers: Services, clock: FakeClock, status: RunStatus
    ) -> None:
        scheduled(with_receivers, tomorrow())
        runs(with_receivers, clock, status)
        [notice] = notices(with_receivers)
        assert (notice.kind, notice.receiver, notice.run_id) == (NoticeKind.FAILED, "ops", 1)
        assert (notice.process, notice.in_a_row) == ("backup", 1)

    def test_what_was_stopped_on_request_is_not(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        scheduled(with_receivers, tomorrow())
        runs(with_receivers, clock, RunStatus.KILLED)
        assert kinds(with_receivers) == []

    def test_only_the_first_of_a_row(self, with_receivers: Services, clock: FakeClock) -> None:
        scheduled(with_receivers, tomorrow())
        runs(with_receivers, clock, FAILURE, FAILURE, RunStatus.KILLED, FAILURE)
        assert kinds(with_receivers) == ["failed"]

    def test_so_many_in_a_row_as_the_process_says(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        with_receivers.processes.create(process_draft(notify_after=3))
        scheduled(with_receivers, tomorrow())
        runs(with_receivers, clock, FAILURE, FAILURE, SUCCESS, FAILURE, FAILURE)
        assert kinds(with_receivers) == []
        runs(with_receivers, clock, FAILURE, FAILURE)
        [notice] = notices(with_receivers)
        assert notice.in_a_row == 3

    def test_the_last_attempt_alone(self, with_receivers: Services, clock: FakeClock) -> None:
        with_receivers.processes.create(process_draft(retries=1, retry_delay=timedelta(0)))
        scheduled(with_receivers, tomorrow())
        with_receivers.runs.trigger(1)
        for number in (1, 2):
            assert kinds(with_receivers) == []
            (claim,) = with_receivers.dispatch.claim()
            assert claim.run_id == number
            end(with_receivers, claim, clock, FAILURE)
        [notice] = notices(with_receivers)
        assert notice.run_id == 2

    def test_what_is_not_tried_again_after_all(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        draft = process_draft(retries=1, retry_delay=timedelta(minutes=1), notify=("ops", "beat"))
        process = with_receivers.processes.create(draft)
        scheduled(with_receivers, tomorrow())
        runs(with_receivers, clock, FAILURE)
        with_receivers.processes.update(process.id, replace(draft, active=False))
        clock.advance(minutes=1)
        assert kinds(with_receivers) == ["started"]
        assert with_receivers.dispatch.claim() == []
        assert [(notice.kind.value, notice.run_id) for notice in notices(with_receivers)] == [
            ("started", 1),
            ("failed", 1),
            ("ended", 1),
        ]

    def test_each_request_has_a_row_of_its_own(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        scheduled(with_receivers, tomorrow())
        scheduled(with_receivers, tomorrow())
        runs(with_receivers, clock, FAILURE)
        runs(with_receivers, clock, FAILURE, request_id=2)
        assert [notice.request_id for notice in notices(with_receivers)] == [1, 2]

    def test_nothing_is_told_of_what_was_rolled_back(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        scheduled(with_receivers, tomorrow())
        with suppress(RuntimeError), transaction():
            runs(with_receivers, clock, FAILURE)
            raise RuntimeError
        assert kinds(with_receivers) == []
        assert Request.get_by_id(1).failures == 0

    def test_members_do_not_tell_but_their_group_does(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        with_receivers.processes.create(process_draft("first"))
        with_receivers.groups.create(
            GroupDraft(name="night", members=("first",), stop_on_failure=True)
        )
        scheduled(with_receivers, tomorrow(), process="night")
        runs(with_receivers, clock, FAILURE)
        [notice] = notices(with_receivers)
        assert (notice.process, notice.run_id) == ("night", 1)


class TestRecovered:
    def test_the_first_success_after_it_was_told(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        scheduled(with_receivers, tomorrow())
        runs(with_receivers, clock, SUCCESS, FAILURE, FAILURE, SUCCESS, SUCCESS)
        assert kinds(with_receivers) == ["failed", "recovered"]
        recovered = notices(with_receivers)[-1]
        assert recovered.in_a_row == 2
        assert recovered.since is not None
        assert recovered.created_at - recovered.since == timedelta(seconds=2)

    def test_not_what_was_never_told(self, with_receivers: Services, clock: FakeClock) -> None:
        with_receivers.processes.create(process_draft(notify_after=2))
        scheduled(with_receivers, tomorrow())
        runs(with_receivers, clock, FAILURE, SUCCESS)
        assert kinds(with_receivers) == []

    def test_a_new_row_is_told_anew(self, with_receivers: Services, clock: FakeClock) -> None:
        scheduled(with_receivers, tomorrow())
        runs(with_receivers, clock, FAILURE, SUCCESS, FAILURE)
        assert kinds(with_receivers) == ["failed", "recovered", "failed"]


class TestWho:
    @pytest.mark.parametrize(
        ("notify", "receivers"), [(None, ["ops"]), ((), []), (("all", "ops"), ["all", "ops"])]
    )
    def test_the_default_nobody_or_a_list(
        self,
        with_receivers: Services,
        clock: FakeClock,
        notify: tuple[str, ...] | None,
        receivers: list[str],
    ) -> None:
        with_receivers.processes.create(process_draft(notify=notify))
        scheduled(with_receivers, tomorrow())
        runs(with_receivers, clock, FAILURE)
        assert [notice.receiver for notice in notices(with_receivers)] == receivers

    def test_without_receivers_nothing_is_born(self, services: Services, clock: FakeClock) -> None:
        scheduled(services, tomorrow())
        runs(services, clock, FAILURE, SUCCESS)
        assert kinds(services) == []

    def test_a_receiver_that_was_added_later_hears_of_what_still_fails(
        self, services: Services, with_receivers: Services, clock: FakeClock
    ) -> None:
        scheduled(services, tomorrow())
        runs(services, clock, FAILURE, FAILURE)
        runs(with_receivers, clock, FAILURE)
        [notice] = notices(with_receivers)
        assert notice.in_a_row == 3


class TestMissed:
    def test_only_those_hear_of_it_who_want_to(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        with_receivers.processes.create(process_draft(notify=("ops", "all")))
        scheduled(with_receivers, minutely(), misfire=MisfirePolicy.SKIP)
        clock.advance(hours=1)
        with_receivers.dispatch.claim()
        [notice] = notices(with_receivers)
        assert (notice.kind, notice.receiver) == (NoticeKind.MISSED, "all")

    def test_what_was_skipped_is_told_to_nobody(
        self, with_receivers: Services, clock: FakeClock
    ) -> None:
        with_receivers.processes.create(process_draft(notify=("all",), overlap=Overlap.SKIP))
        scheduled(with_receivers, tomorrow())
        with_receivers.runs.trigger(1)
        with_receivers.dispatch.claim()
        with_receivers.runs.trigger(1)
        assert kinds(with_receivers) == []


class TestPings:
    def test_each_start_and_each_end(self, with_receivers: Services, clock: FakeClock) -> None:
        with_receivers.processes.create(process_draft(notify=("beat",)))
        scheduled(with_receivers, tomorrow())
        runs(with_receivers, clock, SUCCESS, FAILURE)
        assert kinds(with_receivers) == ["started", "ended", "started", "ended"]

    def test_a_group_as_well(self, with_receivers: Services, clock: FakeClock) -> None:
        with_receivers.processes.create(process_draft("first"))
        with_receivers.groups.create(GroupDraft(name="night", members=("first",), notify=("beat",)))
        scheduled(with_receivers, tomorrow(), process="night")
        runs(with_receivers, clock, SUCCESS)
        assert [(notice.kind.value, notice.run_id) for notice in notices(with_receivers)] == [
            ("started", 1),
            ("ended", 1),
        ]


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the database, as it is asked."""
    asked: list[str] = []
    execute = database.obj.execute_sql

    def listening(sql: str, *arguments: object, **options: object) -> object:
        asked.append(sql)
        return execute(sql, *arguments, **options)

    monkeypatch.setattr(database.obj, "execute_sql", listening)
    return asked


def test_a_success_costs_no_statement_more(
    services: Services, with_receivers: Services, clock: FakeClock, statements: list[str]
) -> None:
    scheduled(services, tomorrow())
    counts = []
    for each in (services, with_receivers):
        each.runs.trigger(1)
        (claim,) = each.dispatch.claim()
        statements.clear()
        end(each, claim, clock, SUCCESS)
        counts.append(len(statements))
    assert counts[0] == counts[1]
