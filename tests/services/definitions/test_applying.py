"""What is done to a database so that it matches a file, and what is left alone."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.services.definitions.worlds import applied, changes_in, edited, exported, planned
from tests.services.drafts import a_process, a_request, end, minutely, scheduled, wall
from tests.services.groups import a_group
from tests.support.clock import FakeClock
from tests.support.effort import effort
from tui_scheduler.errors import InvalidInput, Refused
from tui_scheduler.models import RequestStatus, RunStatus
from tui_scheduler.schedules import Plan, Timing
from tui_scheduler.services import Services
from tui_scheduler.services.definitions.applying import apply, export, plan_apply
from tui_scheduler.services.parameters.secrets import MASK
from tui_scheduler.services.processes import draft_of

HEAD = "format = 1\n"
DAILY = """
[request.backup]
process = "backup"
scheduled = true
timing = "schedule"
timezone = "UTC"
start = "2026-03-02T18:30:00"
frequency = "daily"
"""
MOST_CALLS_A_REQUEST = 1_000
FILE = f"{HEAD}[process.backup]\ncommand = 'true'\n{DAILY}"


def test_a_file_written_by_hand_is_added_and_scheduled(services: Services) -> None:
    done = applied(services, FILE)
    assert done == ["add process backup", "add request backup"]
    [request] = services.requests.all()
    assert request.status is RequestStatus.SCHEDULED
    assert request.next_fire == datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
    assert applied(services, FILE) == []


def test_another_schedule_is_a_change_that_keeps_the_number_and_the_runs(
    services: Services, clock: FakeClock
) -> None:
    request = scheduled(services, minutely(start=wall("2026-03-02T12:01")))
    clock.advance(minutes=1)
    end(services, services.dispatch.claim()[0], clock)
    text = edited(exported(), {'"minutely"': '"hourly"'})
    assert applied(services, text) == ["change request backup: frequency"]
    assert services.requests.get(request.id).last_status is RunStatus.SUCCESS


def test_the_other_pass_of_an_hour_that_comes_twice_is_a_change(services: Services) -> None:
    start = "2026-10-25T02:30:00"
    file = FILE.replace('"UTC"', '"Europe/Madrid"').replace("2026-03-02T18:30:00", start)
    applied(services, file)
    first = services.requests.all()[0].next_fire
    again = file.replace(start, f"{start} (second pass)")
    assert applied(services, again) == ["change request backup: start"]
    [request] = services.requests.all()
    assert request.plan.start is not None
    assert request.plan.start.fold == 1
    assert request.next_fire != first
    assert applied(services, again) == []


def test_the_next_fire_stays_where_the_plan_does(services: Services, clock: FakeClock) -> None:
    before = scheduled(services, minutely(interval=7))
    clock.advance(minutes=3)
    text = edited(exported(), {'process = "backup"': 'process = "backup"\ndescription = "new"'})
    assert applied(services, text) == ["change request backup: description"]
    after = services.requests.get(before.id)
    assert (after.next_fire, after.scheduled_at) == (before.next_fire, before.scheduled_at)


def test_a_request_is_scheduled_and_unscheduled_as_the_file_says(services: Services) -> None:
    applied(services, FILE)
    off = FILE.replace("scheduled = true", "scheduled = false")
    assert applied(services, off) == ["change request backup: scheduled"]
    assert services.requests.all()[0].status is RequestStatus.UNSCHEDULED
    assert applied(services, FILE) == ["change request backup: scheduled"]
    assert services.requests.all()[0].status is RequestStatus.SCHEDULED


def test_a_request_that_has_run_out_is_not_begun_again(
    services: Services, clock: FakeClock
) -> None:
    soon = Plan(timing=Timing.LATER, timezone="UTC", start=wall("2026-03-02T12:01"))
    request = scheduled(services, soon)
    text = exported()
    clock.advance(minutes=1)
    end(services, services.dispatch.claim()[0], clock)
    assert services.requests.get(request.id).status is RequestStatus.COMPLETE
    assert changes_in(planned(services, text)) == []
    again = edited(text, {"2026-03-02T12:01": "2026-03-02T13:01"})
    assert applied(services, again) == ["change request backup: scheduled, start"]
    assert services.requests.get(request.id).status is RequestStatus.SCHEDULED


def test_keys_stay_when_an_equal_request_goes(services: Services) -> None:
    first, second = a_request(services), a_request(services)
    assert "[request.backup-2]" in exported()
    services.requests.remove_step(first.id)
    third = a_request(services)
    text = exported()
    assert "[request.backup-2]" in text
    assert "[request.backup]" in text
    assert applied(services, text.partition("[request.backup]")[0]) != []
    assert {second.id, third.id} & {view.id for view in services.requests.all()} == set()


def test_what_the_file_does_not_have_is_removed_with_its_runs(
    services: Services, clock: FakeClock
) -> None:
    a_group(services, "backup", "report")
    scheduled(services)
    end(services, services.dispatch.claim()[0], clock)
    plan = planned(services, f"{HEAD}[process.report]\ncommand = 'true'\n")
    assert changes_in(plan) == [
        "remove request backup",
        "remove group nightly",
        "remove process backup",
    ]
    assert [loss.runs for loss in plan.losses] == [1, 0, 1]
    apply(services, plan)
    assert services.processes.names() == ["report"]
    assert (services.requests.all(), services.groups.all()) == ([], [])


def test_it_stays_if_it_is_to_be_kept(services: Services) -> None:
    a_request(services, process="report")
    assert applied(services, FILE, is_kept=True) == ["add process backup", "add request backup"]
    assert services.processes.names() == ["backup", "report"]


def test_what_is_kept_may_be_referred_to(services: Services) -> None:
    a_process(services)
    assert applied(services, HEAD + DAILY, is_kept=True) == ["add request backup"]


def test_nothing_is_changed_while_something_to_be_removed_runs(services: Services) -> None:
    scheduled(services, process="report")
    services.dispatch.claim()
    with pytest.raises(Refused, match="stop it, or wait"):
        applied(services, FILE)
    assert services.processes.names() == ["report"]


def test_what_was_shown_is_done_or_nothing(services: Services) -> None:
    plan = planned(services, FILE)
    a_process(services, "other")
    with pytest.raises(Refused, match="changed meanwhile"):
        apply(services, plan)
    assert services.processes.names() == ["other"]


def test_hidden_values_stay_as_they_are_stored(services: Services) -> None:
    a_process(services, environment={"API_TOKEN": "hunter2", "HOST": "a"})
    text = export(has_secrets=False)
    assert "hunter2" not in text
    assert MASK in text
    assert applied(services, edited(text, {'"a"': '"b"'})) == [
        "change process backup: environment.HOST"
    ]
    environment = services.processes.named("backup").environment
    assert environment == {"API_TOKEN": "hunter2", "HOST": "b"}


def test_a_mask_is_never_stored(services: Services) -> None:
    a_process(services, environment={"API_TOKEN": "hunter2"})
    text = export(has_secrets=False).replace("backup", "other")
    with pytest.raises(InvalidInput, match="type the value itself"):
        applied(services, text)


def test_a_changed_secret_is_told_without_its_value(services: Services) -> None:
    a_process(services, environment={"API_TOKEN": "hunter2"})
    plan = planned(services, edited(exported(), {"hunter2": "hunter3"}))
    [change] = plan.comparison.differences[0].fields
    assert (change.old, change.new) == (MASK, MASK)


def test_a_secret_that_changed_after_it_was_shown_is_not_overwritten(services: Services) -> None:
    process = a_process(services, environment={"API_TOKEN": "first"})
    text = edited(export(has_secrets=True), {"first": "mine"})
    plan = planned(services, text)
    draft = replace(draft_of(process), environment={"API_TOKEN": "theirs"})
    services.processes.update(process.id, draft)
    with pytest.raises(Refused, match="changed meanwhile"):
        apply(services, plan)
    assert services.processes.get(process.id).environment == {"API_TOKEN": "theirs"}


def test_what_changed_after_its_removal_was_shown_is_not_removed(services: Services) -> None:
    process = a_process(services, "other")
    plan = planned(services, FILE)
    services.processes.update(process.id, replace(draft_of(process), description="needed again"))
    with pytest.raises(Refused, match="changed meanwhile"):
        apply(services, plan)
    assert services.processes.names() == ["other"]


class TestSteps:
    """A list in the list of members is a step whose members run together."""

    PROCESSES = "".join(f"[process.{name}]\ncommand = 'true'\n" for name in "abc")

    def file(self, members: str) -> str:
        return f"{HEAD}{self.PROCESSES}[group.etl]\nmembers = {members}\n"

    def test_they_are_read_and_written(self, services: Services) -> None:
        applied(services, self.file('["a", ["b", "c"], ["a"]]'))
        assert services.groups.named("etl").members == ("a", ("b", "c"), "a")
        assert tomllib.loads(exported())["group"]["etl"]["members"] == ["a", ["b", "c"], "a"]
        assert applied(services, exported()) == []

    def test_without_any_it_is_a_list_of_names(self, services: Services) -> None:
        applied(services, self.file('["a", "b"]'))
        assert tomllib.loads(exported())["group"]["etl"]["members"] == ["a", "b"]

    def test_joining_and_parting_is_a_change(self, services: Services) -> None:
        applied(services, self.file('["a", "b", "c"]'))
        plan = planned(services, self.file('["a", ["b", "c"]]'))
        [change] = [str(field) for item in plan.comparison.differences for field in item.fields]
        assert change == "members: a, b, c -> a, b + c"
        assert applied(services, self.file('["a", ["b", "c"]]')) == ["change group etl: members"]
        assert applied(services, self.file('["a", ["c", "b"]]')) == ["change group etl: members"]
        assert applied(services, self.file('["a", "c", "b"]')) == ["change group etl: members"]
        assert services.groups.named("etl").members == ("a", "c", "b")

    @pytest.mark.parametrize(
        ("members", "reason"),
        [
            ('[["a", "a"]]', "'a' stands twice in one step: give each a step of its own"),
            ('["a", []]', "is no list of names: write it like"),
            ('["a", ["b", ["c"]]]', "is no list of names: write it like"),
            ('["a", ["b", 3]]', "is no list of names: write it like"),
            ('["a", ["b", "d"]]', "there is no process 'd': add it to the file"),
            (str(["a"] * 501), "are more than 500: make several groups"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_place(
        self, services: Services, members: str, reason: str
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            planned(services, self.file(members))
        [problem] = refused.value.problems
        assert problem.field == 'group "etl": members'
        assert problem.text.startswith(reason)


def test_a_request_more_is_little_work_more(services: Services) -> None:
    """Nothing is asked of the database for each, and its statement is built for none anew."""

    def adding(count: int, first: int) -> int:
        requests = "".join(
            DAILY.replace("[request.backup]", f"[request.r{number}]")
            for number in range(first, first + count)
        )
        file = f"{HEAD}[process.backup]\ncommand = 'true'\n{requests}".encode()
        return effort(lambda: apply(services, plan_apply(services, file, is_kept=True)))

    few, many = adding(10, first=0), adding(110, first=10)
    assert (many - few) / 100 < MOST_CALLS_A_REQUEST
