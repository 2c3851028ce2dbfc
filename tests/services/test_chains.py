"""What leads to itself is refused wherever it could be stored; what is followed stays."""

from datetime import timedelta
from typing import Any

import pytest

from tests.services.drafts import (
    IMMEDIATE,
    a_process,
    a_request,
    after,
    end,
    every,
    minutely,
    process_draft,
    run_all,
    scheduled,
    wall,
)
from tests.services.groups import a_group
from tests.support.clock import FakeClock
from tui_scheduler.errors import InvalidInput, Refused
from tui_scheduler.models import RequestStatus
from tui_scheduler.schedules import Frequency, Outcome, Timing
from tui_scheduler.services import Services
from tui_scheduler.services.definitions.applying import apply, export, plan_apply
from tui_scheduler.services.drafts import GroupDraft, RequestDraft
from tui_scheduler.services.requests import draft_of


def refused(services: Services, process: str, followed: str, **fields: Any) -> str:
    with pytest.raises(InvalidInput) as error:
        services.requests.create(RequestDraft(process=process, plan=after(followed, **fields)))
    [problem] = error.value.problems
    assert problem.field == "follows"
    return problem.text


def applied(services: Services, text: str) -> None:
    apply(services, plan_apply(services, text.encode(), is_kept=False))


class TestCircles:
    def test_of_one(self, services: Services) -> None:
        a_process(services, "backup")
        assert "backup → backup" in refused(services, "backup", "backup")

    @pytest.mark.parametrize("length", [2, 3, 50])
    def test_of_any_length_through_what_is_not_scheduled_too(
        self, services: Services, length: int
    ) -> None:
        names = [f"p{number}" for number in range(length)]
        for name in names:
            a_process(services, name)
        for follower, followed in zip(names[1:], names, strict=False):
            a_request(services, after(followed, outcome=Outcome.FAILURE), process=follower)
        text = refused(services, names[0], names[-1])
        assert f"{names[-1]} → {names[0]} → {names[1]}" in text
        assert "run for ever" in text

    def test_through_a_group_and_its_members(self, services: Services) -> None:
        a_group(services, "extract", "load")
        a_request(services, after("nightly"), process="report")
        assert "report → nightly → report" in refused(services, "nightly", "report")
        assert "load → nightly → load" in refused(services, "nightly", "load")

    def test_a_member_may_follow_its_group(self, services: Services) -> None:
        a_group(services, "extract", "load")
        assert a_request(services, after("nightly"), process="load").plan.follows == "nightly"

    def test_two_that_follow_the_same_are_none(self, services: Services) -> None:
        for name in ("a", "b", "c"):
            a_process(services, name)
        for follower, followed in (("b", "a"), ("c", "a"), ("c", "b")):
            a_request(services, after(followed), process=follower)

    def test_by_editing_a_request(self, services: Services) -> None:
        for name in ("a", "b"):
            a_process(services, name)
        a_request(services, after("a"), process="b")
        other = a_request(services, IMMEDIATE, process="a")
        draft = RequestDraft(process="a", plan=after("b"))
        with pytest.raises(InvalidInput, match="b → a → b"):
            services.requests.update(other.id, draft)

    def test_a_request_may_be_turned_around(self, services: Services) -> None:
        for name in ("a", "b"):
            a_process(services, name)
        request = a_request(services, after("a"), process="b")
        turned = RequestDraft(process="a", plan=after("b"))
        assert services.requests.problems(turned, request.id) == []
        assert services.requests.update(request.id, turned).process == "a"

    def test_by_a_member_more(self, services: Services) -> None:
        group = a_group(services, "extract")
        a_process(services, "report")
        a_process(services, "mail")
        a_request(services, after("report"), process="nightly")
        a_request(services, after("mail"), process="report")
        draft = GroupDraft(name="nightly", members=("extract", "mail"))
        with pytest.raises(InvalidInput, match="nightly → mail → report → nightly") as error:
            services.groups.update(group.id, draft)
        assert error.value.problems[0].field == "members"
        renamed = GroupDraft(name="other", members=("extract", "mail"))
        assert services.groups.problems(renamed, group.id)

    def test_by_applying_a_file(self, services: Services) -> None:
        for name in ("a", "b"):
            a_process(services, name)
        a_request(services, after("a"), process="b")
        text = export(has_secrets=True) + (
            '[request.turned]\nprocess = "a"\ntiming = "after"\ntimezone = "UTC"\nfollows = "b"\n'
        )
        with pytest.raises(InvalidInput, match="b → a → b"):
            plan_apply(services, text.encode(), is_kept=False)
        assert len(services.requests.all()) == 1

    def test_a_file_that_turns_a_chain_around_is_applied(self, services: Services) -> None:
        for name in ("a", "b", "c"):
            a_process(services, name)
        a_request(services, after("a"), process="b")
        a_request(services, after("b"), process="c")
        text = export(has_secrets=True)
        turned = text.replace('follows = "a"', 'follows = "c"').replace('follows = "b"', "X")
        turned = turned.replace('process = "c"\ntiming', 'process = "a"\ntiming')
        turned = turned.replace("X", 'follows = "b"')
        applied(services, turned)
        links = {(each.process, each.plan.follows) for each in services.requests.all()}
        assert links == {("b", "c"), ("a", "b")}


class TestWhatIsFollowed:
    def test_it_must_be_there(self, services: Services) -> None:
        a_process(services, "report")
        assert refused(services, "report", "backup").startswith("there is no process or group")

    def test_renamed_it_is_followed_all_the_same(
        self, services: Services, clock: FakeClock
    ) -> None:
        backup = a_request(services, IMMEDIATE, process="backup")
        report = scheduled(services, after("backup"), process="report")
        services.processes.update(backup.process_id, process_draft("saves"))
        assert services.requests.get(report.id).plan.follows == "saves"
        services.runs.trigger(backup.id)
        [claim] = services.dispatch.claim()
        end(services, claim, clock)
        assert [run.process for run in run_all(services, clock)] == ["report", "saves"]

    def test_so_is_a_group(self, services: Services) -> None:
        group = a_group(services, "extract")
        report = a_request(services, after("nightly"), process="report")
        services.groups.update(group.id, GroupDraft(name="daily", members=("extract",)))
        assert services.requests.get(report.id).plan.follows == "daily"

    def test_it_is_not_removed_from_before_what_follows_it(self, services: Services) -> None:
        backup = a_process(services, "backup")
        report = a_request(services, after("backup"), process="report")
        with pytest.raises(Refused, match=f"Request {report.id} of 'report' would never run"):
            services.processes.check_removal(backup.id)
        with pytest.raises(Refused):
            services.processes.remove_step(backup.id)
        services.requests.remove_step(report.id)
        assert not services.processes.remove_step(backup.id)

    def test_a_file_without_both_removes_both(self, services: Services) -> None:
        a_request(services, minutely(), process="backup")
        a_request(services, after("backup"), process="report")
        applied(services, "format = 1\n")
        assert services.processes.names() == []
        assert services.requests.all() == []

    def test_a_file_without_it_that_keeps_what_follows_is_refused(self, services: Services) -> None:
        a_process(services, "backup")
        a_request(services, after("backup"), process="report")
        text = export(has_secrets=True).replace('[process.backup]\ncommand = "true"\n', "")
        with pytest.raises(InvalidInput, match="there is no process or group 'backup'"):
            plan_apply(services, text.encode(), is_kept=False)


class TestFiles:
    def test_what_is_exported_is_applied(self, services: Services) -> None:
        a_process(services, "backup")
        scheduled(
            services,
            after("backup", outcome=Outcome.END, repetitions=3, finish=wall("2027-03-01T10:00")),
            process="report",
        )
        text = export(has_secrets=True)
        assert 'follows = "backup"\noutcome = "end"\n' in text
        before = [draft_of(view) for view in services.requests.all()]
        applied(services, "format = 1\n")
        applied(services, text)
        [view] = services.requests.all()
        assert [draft_of(view)] == before
        assert (view.status, view.next_fire) == (RequestStatus.SCHEDULED, None)

    def test_fields_of_others_are_refused(self, services: Services) -> None:
        text = (
            'format = 1\n[process.p]\ncommand = "true"\n[request.r]\nprocess = "p"\n'
            'timing = "boot"\ntimezone = "UTC"\ndelay = "5m"\nfollows = "p"\n'
        )
        with pytest.raises(InvalidInput, match="follows: means nothing with this timing"):
            plan_apply(services, text.encode(), is_kept=False)


NIGHTLY = every(Frequency.DAILY, start=wall("2026-03-02T02:30"))


class TestWhenItUsuallyEnds:
    def test_it_is_that_of_its_schedule_and_of_its_runs(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_run(services, clock, "backup", minutes=12)
        assert usually(services) is None
        scheduled(services, NIGHTLY, process="backup")
        assert usually(services) == "02:42"
        assert usually(services, outcome=Outcome.FAILURE) is None

    def test_it_is_not_told_where_there_are_several(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_run(services, clock, "backup", minutes=12)
        for start in ("2026-03-02T02:30", "2026-03-02T05:30"):
            scheduled(services, every(Frequency.DAILY, start=wall(start)), process="backup")
        assert usually(services) is None

    def test_a_chain_adds_up(self, services: Services, clock: FakeClock) -> None:
        a_run(services, clock, "backup", minutes=12)
        a_run(services, clock, "report", minutes=3)
        scheduled(services, NIGHTLY, process="backup")
        scheduled(services, after("backup"), process="report")
        assert usually(services, "report") == "02:45"


def a_run(services: Services, clock: FakeClock, process: str, minutes: int) -> None:
    """A success that took so long."""
    request = a_request(services, IMMEDIATE, process=process)
    services.runs.trigger(request.id)
    [claim] = services.dispatch.claim()
    end(services, claim, clock, after=timedelta(minutes=minutes))


def usually(services: Services, name: str = "backup", **fields: Any) -> str | None:
    plan = after(name, **fields)
    assert plan.timing is Timing.AFTER
    moment = services.requests.usual_end(plan)
    return None if moment is None else f"{moment:%H:%M}"
