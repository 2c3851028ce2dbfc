"""What happens to groups, and to members, while the same one still runs."""

from tests.services.drafts import a_process, a_request, end
from tests.services.groups import a_group, beneath, play, statuses, triggered
from tests.support.clock import FakeClock
from tui_scheduler.models import KillRequest, Overlap, RunStatus
from tui_scheduler.services import Services

FAILED = RunStatus.ERROR


class TestOverlap:
    def test_a_group_that_still_runs_is_skipped(self, services: Services) -> None:
        a_group(services, "a")
        first = triggered(services)
        services.dispatch.claim()
        second = triggered(services)
        assert second.status is RunStatus.SKIPPED
        assert second.note == f"Run {first.id} is still running"

    def test_a_group_may_wait_for_itself(self, services: Services, clock: FakeClock) -> None:
        a_group(services, "a", overlap=Overlap.QUEUE)
        first, second = triggered(services), triggered(services)
        play(services, clock)
        assert [services.runs.get(run.id).status for run in (first, second)] == ["success"] * 2
        assert beneath(services, second.id)[0].id > beneath(services, first.id)[0].id

    def test_a_group_may_replace_itself(self, services: Services, clock: FakeClock) -> None:
        a_group(services, "a", overlap=Overlap.REPLACE)
        first = triggered(services)
        [claim] = services.dispatch.claim()
        second = triggered(services)
        asked = [(claim.run_id, KillRequest.REPLACED, RunStatus.QUEUED)]
        assert services.dispatch.kill_requests() == asked
        end(services, claim, clock, RunStatus.KILLED)
        play(services, clock)
        group = services.runs.get(first.id)
        assert (group.status, group.note) == (RunStatus.KILLED, "Replaced by the next run")
        assert services.runs.get(second.id).status is RunStatus.SUCCESS

    def test_the_policy_of_a_member_holds_too(self, services: Services, clock: FakeClock) -> None:
        a_process(services, "a")
        services.runs.trigger(a_request(services, process="a").id)
        services.dispatch.claim()
        a_group(services, "a", "b")
        run = triggered(services)
        play(services, clock)
        assert statuses(services, run.id) == [("a", "skipped"), ("b", "success")]
        assert services.runs.get(run.id).status is FAILED

    def test_a_member_may_wait_for_its_process(self, services: Services, clock: FakeClock) -> None:
        a_process(services, "a", overlap=Overlap.QUEUE)
        services.runs.trigger(a_request(services, process="a").id)
        [other] = services.dispatch.claim()
        a_group(services, "a")
        run = triggered(services)
        assert services.dispatch.claim() == []
        end(services, other, clock)
        play(services, clock)
        assert services.runs.get(run.id).status is RunStatus.SUCCESS

    def test_many_members_that_are_skipped_are_passed_over(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_process(services, "a", active=False)
        a_group(services, *["a"] * 500)
        run = triggered(services)
        play(services, clock)
        assert statuses(services, run.id) == [("a", "skipped")] * 500
        assert beneath(services, run.id)[0].note == "The process is not active"
