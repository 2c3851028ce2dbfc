"""What requests and runs are given: judged when it is said, filled in when the run is created."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.services.drafts import (
    ALL_RUNS,
    IMMEDIATE,
    a_process,
    a_request,
    end,
    minutely,
    process_draft,
    scheduled,
)
from tests.services.groups import a_group, beneath
from tests.services.parameters.samples import declared
from tests.support.clock import FakeClock
from tui_scheduler.errors import InvalidInput, Refused
from tui_scheduler.models import Process, Request, RunStatus
from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.parameters.secrets import masked
from tui_scheduler.services.requests import draft_of
from tui_scheduler.services.running.taken_runs import Claim

DAMAGED = ["", "{", "{}", "[1]", '[{"name": 5}]', "null", "[" * 100_000]


def declare(services: Services, *lines: str, name: str = "backup", **fields: Any) -> None:
    a_process(services, name, parameters=declared(*lines), **fields)


def declare_anew(services: Services, *lines: str, name: str = "backup") -> None:
    process = services.processes.named(name)
    services.processes.update(process.id, process_draft(name, parameters=declared(*lines)))


def only_claim(services: Services) -> Claim:
    [claim] = services.dispatch.claim()
    return claim


def a_draft(services: Services, request_id: int, **fields: Any) -> RequestDraft:
    """The request as it is, but for ``fields``."""
    return replace(draft_of(services.requests.get(request_id)), **fields)


class TestJudging:
    def test_a_request_is_refused_at_save(self, services: Services) -> None:
        declare(services, "DAY!: date", "LEVEL: number {1|9}")
        with pytest.raises(InvalidInput) as refused:
            a_request(services, parameters={"LEVEL": "5"})
        assert [str(problem) for problem in refused.value.problems] == [
            "parameters: DAY is missing: the process requires it",
            "parameters: LEVEL must be one of 1, 9",
        ]
        assert services.requests.all() == []

    def test_an_edit_of_one_too(self, services: Services) -> None:
        declare(services, "LEVEL: number")
        request = a_request(services, parameters={"LEVEL": "1"})
        with pytest.raises(InvalidInput, match="LEVEL must be a number"):
            services.requests.update(
                request.id, a_draft(services, request.id, parameters={"LEVEL": "x"})
            )
        assert services.requests.get(request.id).parameters == {"LEVEL": "1"}

    def test_what_does_not_fit_any_more_is_refused_at_schedule_and_at_trigger(
        self, services: Services
    ) -> None:
        declare(services)
        request = a_request(services)
        declare_anew(services, "DAY!: date")
        remedy = f"DAY is missing: the process requires it. Edit request {request.id} first."
        with pytest.raises(Refused, match=remedy):
            services.requests.schedule(request.id)
        with pytest.raises(Refused, match=remedy):
            services.runs.trigger(request.id)
        assert services.runs.trigger(request.id, {"DAY": "2026-03-29"}).parameters == {
            "DAY": "2026-03-29"
        }

    @pytest.mark.parametrize(
        ("given", "text"),
        [
            ({"LEVEL": "x"}, "LEVEL must be a number"),
            ({"A B": "x"}, "'A B' cannot be a variable's name"),
            ({"OTHER": "\0"}, "the value of OTHER holds a NUL character"),
        ],
    )
    def test_one_run_is_refused_what_does_not_fit(
        self, services: Services, given: dict[str, str], text: str
    ) -> None:
        declare(services, "LEVEL: number")
        request = a_request(services)
        with pytest.raises(InvalidInput, match=text):
            services.runs.trigger(request.id, given)
        assert services.runs.latest(ALL_RUNS) == []

    def test_a_fire_of_a_request_that_lacks_what_is_required_meanwhile_does_not_execute(
        self, services: Services, clock: FakeClock
    ) -> None:
        declare(services)
        scheduled(services, minutely())
        end(services, only_claim(services), clock, after=timedelta(0))
        declare_anew(services, "DAY!: date")
        clock.advance(minutes=1)
        assert services.dispatch.claim() == []
        [run, _] = services.runs.latest(ALL_RUNS)
        assert run.status is RunStatus.ERROR
        assert run.note == "Not given what the process requires: DAY. Edit the request."


class TestOneRun:
    def test_what_it_is_given_counts_before_the_request(self, services: Services) -> None:
        declare(services, "A = 1", "B = 2", "C = 3")
        request = a_request(services, parameters={"B": "two", "C": "three"})
        run = services.runs.trigger(request.id, {"C": "!"})
        assert run.parameters == {"A": "1", "B": "two", "C": "!"}
        assert only_claim(services).environment == run.parameters
        assert services.requests.get(request.id).parameters == {"B": "two", "C": "three"}

    def test_it_may_be_given_nothing_of_what_the_request_gives(self, services: Services) -> None:
        declare(services, "A = 1")
        request = a_request(services, parameters={"A": "one", "B": "two"})
        assert services.runs.trigger(request.id, {}).parameters == {"A": "one", "B": "two"}
        assert services.runs.trigger(request.id, {}, only_these=True).parameters == {"A": "1"}
        alone = services.runs.trigger(request.id, {"C": "3"}, only_these=True)
        assert alone.parameters == {"A": "1", "C": "3"}

    def test_what_cannot_be_read_is_not_dropped_for_what_is_said_of_one_run(
        self, services: Services
    ) -> None:
        request = a_request(services)
        Request.update(parameters="[]").execute()
        with pytest.raises(Refused, match=f"The parameters of request {request.id} cannot be read"):
            services.runs.trigger(request.id, {"A": "1"})
        assert services.runs.trigger(request.id, {"A": "1"}, only_these=True).parameters == {
            "A": "1"
        }


class TestNewRuns:
    @pytest.mark.parametrize(
        ("zone", "day"), [("Pacific/Kiritimati", "2026-03-03"), ("Pacific/Pago_Pago", "2026-03-02")]
    )
    def test_today_is_that_of_the_zone_of_the_request(
        self, services: Services, zone: str, day: str
    ) -> None:
        declare(services, "DAY: date = today")
        scheduled(services, Plan(timing=Timing.IMMEDIATE, timezone=zone))
        assert only_claim(services).environment == {"DAY": day}

    def test_it_is_that_of_each_fire(self, services: Services, clock: FakeClock) -> None:
        declare(services, "DAY: date")
        plan = Plan(timing=Timing.SCHEDULE, timezone="UTC", frequency=Frequency.DAILY)
        request = scheduled(services, plan, parameters={"DAY": "yesterday"})
        for day in ("2026-03-01", "2026-03-02"):
            claim = only_claim(services)
            assert claim.environment == {"DAY": day}
            end(services, claim, clock, after=timedelta(0))
            clock.advance(days=1)
        assert services.requests.get(request.id).parameters == {"DAY": "yesterday"}

    def test_a_retry_keeps_what_the_first_attempt_was_given(
        self, services: Services, clock: FakeClock
    ) -> None:
        clock.jump(hours=11, minutes=59)
        declare(services, "DAY: date = today", "MODE = old", retries=1)
        request = scheduled(services, IMMEDIATE)
        end(services, only_claim(services), clock, RunStatus.ERROR, timedelta(minutes=2))
        process = services.processes.named("backup")
        later = process_draft(parameters=declared("DAY: date = today", "MODE = new"), retries=1)
        services.processes.update(process.id, later)
        services.requests.update(
            request.id, a_draft(services, request.id, parameters={"MODE": "newest"})
        )
        clock.advance(minutes=1)
        assert only_claim(services).environment == {"DAY": "2026-03-02", "MODE": "old"}

    def test_a_run_keeps_what_it_was_given_whatever_is_edited_later(
        self, services: Services, clock: FakeClock
    ) -> None:
        declare(services, "MODE = old")
        request = a_request(services, parameters={"LEVEL": "1"})
        run = services.runs.trigger(request.id)
        declare_anew(services, "MODE = new", "MORE = 1")
        services.requests.update(
            request.id, a_draft(services, request.id, parameters={"LEVEL": "2"})
        )
        assert only_claim(services).environment == {"MODE": "old", "LEVEL": "1"}
        assert services.runs.get(run.id).parameters == {"MODE": "old", "LEVEL": "1"}

    def test_the_run_of_a_process_that_is_removed_from_its_declaration_still_hides_by_name(
        self, services: Services
    ) -> None:
        declare(services, "PIN: secret", "API_KEY")
        request = a_request(services, parameters={"PIN": "1", "API_KEY": "2"})
        run = services.runs.trigger(request.id)
        assert run.secrets == {"PIN", "API_KEY"}
        values = masked(run.parameters, run.secrets)
        assert {"1", "2"}.isdisjoint(values.values())
        assert values == masked(services.requests.get(request.id).parameters, run.secrets)


class TestGroups:
    def test_they_take_what_their_members_declare(self, services: Services) -> None:
        declare(services, "DAY!: date", "MODE = a", name="first")
        declare(services, "MODE = b", "LEVEL: number", name="second")
        a_group(services, "first", "second")
        names = [parameter.name for parameter in services.requests.declared("nightly")]
        assert names == ["DAY", "MODE", "LEVEL"]
        with pytest.raises(InvalidInput, match="DAY is missing"):
            a_request(services, process="nightly")
        assert services.requests.declared("nobody") == ()

    def test_each_member_has_its_own_defaults(self, services: Services, clock: FakeClock) -> None:
        declare(services, "MODE = a", name="first")
        declare(services, "MODE = b", name="second")
        a_group(services, "first", "second")
        services.runs.trigger(a_request(services, process="nightly").id)
        for mode in ("a", "b"):
            claim = only_claim(services)
            assert claim.environment == {"MODE": mode}
            end(services, claim, clock)

    def test_today_is_the_same_for_all_members_beyond_midnight(
        self, services: Services, clock: FakeClock
    ) -> None:
        clock.jump(hours=11, minutes=59)
        declare(services, "DAY: date = today", name="first")
        declare(services, "DAY: date = today", name="second")
        a_group(services, "first", "second")
        group = services.runs.trigger(a_request(services, process="nightly").id)
        end(services, only_claim(services), clock, after=timedelta(minutes=10))
        end(services, only_claim(services), clock)
        assert clock.now() > datetime(2026, 3, 3, tzinfo=UTC)
        days = [run.parameters for run in beneath(services, group.id)]
        assert days == [{"DAY": "2026-03-02"}] * 2

    def test_a_secret_of_one_member_is_one_of_the_group(self, services: Services) -> None:
        declare(services, "PIN", name="first")
        declare(services, "PIN: secret", name="second")
        a_group(services, "first", "second")
        request = a_request(services, process="nightly", parameters={"PIN": "1234"})
        assert services.runs.trigger(request.id).secrets == {"PIN"}


class TestDamage:
    @pytest.mark.parametrize("text", DAMAGED)
    def test_it_fails_the_run_rather_than_run_without_defaults(
        self, services: Services, text: str
    ) -> None:
        declare(services, "TARGET = /srv/old", name="bad")
        scheduled(services, IMMEDIATE, process="bad")
        scheduled(services, IMMEDIATE, process="good")
        Process.update(parameters=text).where(Process.name == "bad").execute()
        assert services.runs.get(only_claim(services).run_id).process == "good"
        [failed] = [run for run in services.runs.latest(ALL_RUNS) if run.process == "bad"]
        assert failed.status is RunStatus.ERROR
        assert "cannot be read" in failed.note

    @pytest.mark.parametrize("text", DAMAGED)
    def test_everything_else_goes_on(self, services: Services, text: str) -> None:
        declare(services, "TARGET = /srv/old", name="bad")
        a_group(services, "bad", "good")
        request = a_request(services, process="bad", parameters={"A": "1"})
        Process.update(parameters=text).where(Process.name == "bad").execute()
        assert [process.parameters for process in services.processes.all()] == [(), ()]
        assert services.requests.get(request.id).declared == ()
        assert services.requests.declared("nightly") == ()
        declare_anew(services, "TARGET = /srv/new", name="bad")
        assert services.runs.trigger(request.id).parameters == {"TARGET": "/srv/new", "A": "1"}

    def test_what_no_column_takes_fails_its_run_only(self, services: Services) -> None:
        declare(services, "A = 1", name="bad")
        scheduled(services, IMMEDIATE, process="bad")
        scheduled(services, IMMEDIATE, process="good")
        Request.update(parameters='{"B": "\\ud800"}').where(Request.id == 1).execute()
        assert len(services.dispatch.claim()) == 2
