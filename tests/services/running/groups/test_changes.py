"""A group that is changed, or whose scheduler is restarted, in the middle of a run."""

import pytest

from tests.services.drafts import end, process_draft
from tests.services.groups import a_group, play, statuses, triggered
from tests.support.clock import FakeClock
from tui_scheduler.errors import Refused
from tui_scheduler.models import GroupMember, Run, RunStatus
from tui_scheduler.services import Services

FAILED = RunStatus.ERROR


class TestChangesWhileItRuns:
    def test_it_keeps_the_members_it_began_with(self, services: Services, clock: FakeClock) -> None:
        group = a_group(services, "a", "b", "c")
        run = triggered(services)
        [claim] = services.dispatch.claim()
        GroupMember.delete().where(GroupMember.group == group.id).execute()
        end(services, claim, clock)
        play(services, clock)
        assert [name for name, _ in statuses(services, run.id)] == ["a", "b", "c"]

    def test_a_member_whose_process_is_removed_is_passed_over(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, "a", "b", "c")
        run = triggered(services)
        [claim] = services.dispatch.claim()
        services.processes.remove_step(services.processes.named("b").id)
        end(services, claim, clock)
        play(services, clock)
        assert statuses(services, run.id) == [("a", "success"), ("c", "success")]
        assert services.runs.get(run.id).status is RunStatus.SUCCESS

    def test_all_the_rest_may_be_removed(self, services: Services, clock: FakeClock) -> None:
        a_group(services, "a", "b")
        run = triggered(services)
        [claim] = services.dispatch.claim()
        services.processes.remove_step(services.processes.named("b").id)
        end(services, claim, clock)
        assert services.runs.get(run.id).status is RunStatus.SUCCESS

    def test_a_member_that_is_switched_off_is_skipped(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, "a", "b")
        run = triggered(services)
        [claim] = services.dispatch.claim()
        view = services.processes.named("b")
        services.processes.update(view.id, process_draft("b", active=False))
        end(services, claim, clock)
        assert statuses(services, run.id) == [("a", "success"), ("b", "skipped")]

    def test_what_runs_for_a_group_cannot_be_removed(self, services: Services) -> None:
        group = a_group(services, "a")
        run = triggered(services)
        services.dispatch.claim()
        with pytest.raises(Refused, match="of this process waits to start"):
            services.processes.remove_step(services.processes.named("a").id)
        with pytest.raises(Refused, match=f"Run {run.id} of this group is still running"):
            services.groups.remove_step(group.id)

    def test_held_scheduling_holds_the_next_member(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, "a", "b")
        run = triggered(services)
        [claim] = services.dispatch.claim()
        services.controls.hold()
        end(services, claim, clock)
        assert services.dispatch.claim() == []
        services.controls.release()
        play(services, clock)
        assert statuses(services, run.id) == [("a", "success"), ("b", "success")]


class TestARestart:
    def test_the_next_member_is_run_when_one_was_lost(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, "a", "b")
        run = triggered(services)
        [claim] = services.dispatch.claim()
        assert [left.run_id for left in services.dispatch.open_runs()] == [claim.run_id]
        end(services, claim, clock, RunStatus.LOST)
        play(services, clock)
        assert statuses(services, run.id) == [("a", "lost"), ("b", "success")]

    def test_a_group_that_waits_for_nothing_goes_on(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, "a", "b")
        run = triggered(services)
        [claim] = services.dispatch.claim()
        end(services, claim, clock)
        Run.delete().where(Run.parent == run.id, Run.end_time.is_null()).execute()
        services.dispatch.resume_groups()
        play(services, clock)
        assert statuses(services, run.id) == [("a", "success"), ("b", "success")]

    @pytest.mark.parametrize("members", ["nonsense", "5", '{"a": 1}', "[[]]"])
    def test_a_group_run_that_makes_no_sense_ends_with_the_reason(
        self, services: Services, clock: FakeClock, members: str
    ) -> None:
        a_group(services, "a", "b")
        run = triggered(services)
        [claim] = services.dispatch.claim()
        Run.update(members=members).where(Run.id == run.id).execute()
        end(services, claim, clock)
        group = services.runs.get(run.id)
        assert group.status is FAILED
        assert group.note
