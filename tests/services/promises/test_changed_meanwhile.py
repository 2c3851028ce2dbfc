"""Whoever saves what somebody else has changed meanwhile hears of it, and nothing is put back."""

from dataclasses import replace
from typing import Any

import pytest

from tests.services.drafts import a_process, a_request, every, later, minutely, wall
from tests.services.groups import a_group
from tests.services.parameters.samples import declared
from tui_scheduler.errors import ChangedMeanwhile, NotFound, Refused
from tui_scheduler.models import Overlap
from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services import Services, groups, processes, requests
from tui_scheduler.services.definitions.meanwhile import both, conflict
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.services.parameters.secrets import MASK


def texts_of(changes: Any) -> list[str]:
    return [str(change) for change in changes]


class TestSaving:
    def test_a_request_that_changed_is_not_put_back(self, services: Services) -> None:
        request = a_request(services, minutely())
        edited = requests.draft_of(request)
        theirs = replace(edited, plan=every(Frequency.HOURLY))
        services.requests.update(request.id, theirs)
        mine = replace(edited, description="nightly")
        with pytest.raises(ChangedMeanwhile, match="Request 1 was changed meanwhile") as refused:
            services.requests.update(request.id, mine, edited=edited)
        assert refused.value.stored == theirs
        assert requests.draft_of(services.requests.get(request.id)) == theirs
        services.requests.update(request.id, mine, edited=theirs)
        assert services.requests.get(request.id).description == "nightly"

    def test_a_process_that_changed_is_not_put_back(self, services: Services) -> None:
        view = a_process(services)
        edited = processes.draft_of(view)
        theirs = replace(edited, command="false", name="other")
        services.processes.update(view.id, theirs)
        mine = replace(edited, environment={"A": "1"})
        with pytest.raises(ChangedMeanwhile, match="The process 'other' was changed") as refused:
            services.processes.update(view.id, mine, edited=edited)
        assert refused.value.stored == theirs
        assert processes.draft_of(services.processes.get(view.id)) == theirs

    def test_a_group_that_changed_is_not_put_back(self, services: Services) -> None:
        view = a_group(services, "a", "b")
        edited = groups.draft_of(view)
        theirs = replace(edited, members=("b", "a"))
        services.groups.update(view.id, theirs)
        mine = replace(edited, overlap=Overlap.QUEUE)
        with pytest.raises(ChangedMeanwhile, match="The group 'nightly' was changed") as refused:
            services.groups.update(view.id, mine, edited=edited)
        assert refused.value.stored == theirs
        assert services.groups.get(view.id).members == ("b", "a")

    def test_another_pass_of_an_hour_is_a_change(self, services: Services) -> None:
        plan = replace(later("2026-10-25T02:30"), timezone="Europe/Madrid")
        request = a_request(services, plan)
        edited = requests.draft_of(request)
        second = replace(plan, start=wall("2026-10-25T02:30").replace(fold=1))
        services.requests.update(request.id, replace(edited, plan=second))
        with pytest.raises(ChangedMeanwhile):
            services.requests.update(request.id, replace(edited, description="x"), edited=edited)

    def test_what_runs_meanwhile_is_no_change(self, services: Services) -> None:
        request = a_request(services, minutely())
        edited = requests.draft_of(request)
        services.requests.schedule(request.id)
        services.runs.trigger(request.id)
        services.requests.update(request.id, replace(edited, description="x"), edited=edited)
        assert services.requests.get(request.id).description == "x"

    def test_the_same_change_by_two_is_none(self, services: Services) -> None:
        view = a_process(services)
        edited = processes.draft_of(view)
        same = replace(edited, retries=3)
        services.processes.update(view.id, same)
        assert services.processes.update(view.id, same, edited=edited).retries == 3

    def test_what_is_gone_is_not_found(self, services: Services) -> None:
        view = a_process(services)
        while services.processes.remove_step(view.id):
            pass
        edited = processes.draft_of(view)
        with pytest.raises(NotFound):
            services.processes.update(view.id, edited, edited=edited)


def test_a_request_that_runs_something_else_by_now_is_not_triggered(services: Services) -> None:
    request = a_request(services)
    a_process(services, "restore")
    services.requests.update(request.id, RequestDraft(process="restore", plan=request.plan))
    with pytest.raises(Refused, match="Request 1 runs 'restore' by now, not 'backup'"):
        services.runs.trigger(request.id, process="backup")
    assert services.runs.newest_id() == 0
    assert services.runs.trigger(request.id, process="restore").process == "restore"


class TestConflict:
    def test_both_are_told_field_by_field(self, services: Services) -> None:
        edited = RequestDraft(process="backup", plan=minutely(interval=5), parameters={"A": "1"})
        stored = replace(edited, plan=every(Frequency.HOURLY, interval=5))
        draft = replace(edited, description="nightly", parameters={"A": "2"})
        clash = conflict(edited, stored, draft)
        assert texts_of(clash.theirs) == ["frequency: minutely -> hourly"]
        assert texts_of(clash.mine) == ["description: (default) -> nightly", "parameters.A: 1 -> 2"]
        assert not clash.is_of_one_field
        assert both(edited, stored, draft) == replace(draft, plan=stored.plan)

    def test_two_parts_of_a_plan_are_one_field(self, services: Services) -> None:
        edited = RequestDraft(process="backup", plan=minutely())
        stored = replace(edited, plan=minutely(interval=7))
        draft = replace(edited, plan=minutely(repetitions=3))
        assert conflict(edited, stored, draft).is_of_one_field

    def test_two_variables_are_one_field(self, services: Services) -> None:
        edited = ProcessDraft(name="backup", command="true")
        stored, draft = (replace(edited, environment={name: "1"}) for name in "AB")
        assert conflict(edited, stored, draft).is_of_one_field

    def test_what_a_plan_does_not_use_is_no_change(self, services: Services) -> None:
        plan = Plan(timing=Timing.IMMEDIATE, timezone="UTC")
        edited = RequestDraft(process="backup", plan=plan)
        draft = replace(edited, plan=replace(plan, interval=9))
        assert conflict(edited, replace(edited, description="x"), draft).mine == ()

    def test_another_name_is_a_change(self, services: Services) -> None:
        edited = ProcessDraft(name="backup", command="true")
        stored = replace(edited, name="archive")
        draft = replace(edited, retries=1)
        clash = conflict(edited, stored, draft)
        assert texts_of(clash.theirs) == ["name: backup -> archive"]
        assert both(edited, stored, draft) == replace(stored, retries=1)

    def test_secrets_are_hidden(self, services: Services) -> None:
        a_process(services, parameters=declared("PIN: secret"))
        edited = RequestDraft(process="backup", plan=minutely(), parameters={"PIN": "1"})
        stored = replace(edited, parameters={"PIN": "hunter2", "API_TOKEN": "s3cret"})
        clash = conflict(edited, stored, edited)
        assert texts_of(clash.theirs) == [
            f"parameters.PIN: {MASK} -> {MASK}",
            f"parameters.API_TOKEN: (default) -> {MASK}",
        ]
        moved = replace(stored, process="restore")
        assert "hunter2" not in str(conflict(edited, moved, edited))
