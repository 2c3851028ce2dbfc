"""How the run of a group goes on, member by member."""

from datetime import timedelta

import pytest

from tests.services.drafts import a_process, a_request, end
from tests.services.groups import a_group, beneath, play, statuses, triggered
from tests.support.clock import FakeClock
from tui_scheduler.errors import Refused
from tui_scheduler.models import Channel, Overlap, Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.queries.counts import counts
from tui_scheduler.services.views.runs import Progress

FAILED = RunStatus.ERROR


def test_members_run_in_their_order_one_after_the_other(
    services: Services, clock: FakeClock
) -> None:
    a_group(services, "extract", "load", "extract")
    run = triggered(services)
    [first] = services.dispatch.claim()
    assert statuses(services, run.id) == [("extract", "queued")]
    assert services.dispatch.claim() == []
    end(services, first, clock)
    [second] = services.dispatch.claim()
    assert statuses(services, run.id) == [("extract", "success"), ("load", "queued")]
    end(services, second, clock)
    play(services, clock)
    assert statuses(services, run.id) == [
        ("extract", "success"),
        ("load", "success"),
        ("extract", "success"),
    ]


def test_a_group_run_succeeds_when_all_members_did(services: Services, clock: FakeClock) -> None:
    a_group(services, "extract", "load")
    run = triggered(services)
    play(services, clock)
    done = services.runs.get(run.id)
    assert (done.status, done.note, done.exit_code) == (RunStatus.SUCCESS, "", None)
    assert done.duration(clock.now()) == timedelta(seconds=2)
    assert done.process == done.group == "nightly"
    assert done.is_group


def test_members_know_their_group(services: Services, clock: FakeClock) -> None:
    a_group(services, "extract", "load")
    run = triggered(services)
    play(services, clock)
    members = beneath(services, run.id)
    assert [member.position for member in members] == [1, 2]
    assert {member.group for member in members} == {"nightly"}
    assert {member.channel for member in members} == {Channel.DIRECT}
    assert {member.request_id for member in members} == {run.request_id}


def test_a_failure_lets_the_others_run_and_fails_the_group(
    services: Services, clock: FakeClock
) -> None:
    a_group(services, "a", "b", "c", "d", "e")
    run = triggered(services)
    play(services, clock, {"c": FAILED})
    assert [status for _, status in statuses(services, run.id)] == [
        "success",
        "success",
        "error",
        "success",
        "success",
    ]
    group = services.runs.get(run.id)
    assert (group.status, group.note) == (FAILED, "1 of its members failed: c")


def test_with_stop_on_failure_the_rest_is_skipped_and_says_why(
    services: Services, clock: FakeClock
) -> None:
    a_group(services, "a", "b", "c", "d", "e", stop_on_failure=True)
    run = triggered(services)
    play(services, clock, {"c": FAILED})
    assert [status for _, status in statuses(services, run.id)] == [
        "success",
        "success",
        "error",
        "skipped",
        "skipped",
    ]
    assert {member.note for member in beneath(services, run.id)[3:]} == {
        "'c' failed, and the group stops then"
    }
    assert services.runs.get(run.id).status is FAILED


def test_a_failure_of_the_last_member_skips_nobody(services: Services, clock: FakeClock) -> None:
    a_group(services, "a", "b", stop_on_failure=True)
    run = triggered(services)
    play(services, clock, {"b": FAILED})
    assert statuses(services, run.id) == [("a", "success"), ("b", "error")]
    assert services.runs.get(run.id).status is FAILED


@pytest.mark.parametrize("status", [RunStatus.KILLED, RunStatus.TIMED_OUT, RunStatus.LOST])
def test_whatever_is_no_success_is_a_failure(
    services: Services, clock: FakeClock, status: RunStatus
) -> None:
    a_group(services, "a", "b", stop_on_failure=True)
    run = triggered(services)
    play(services, clock, {"a": status})
    assert statuses(services, run.id) == [("a", status.value), ("b", "skipped")]


def test_a_member_is_tried_again_before_it_counts(services: Services, clock: FakeClock) -> None:
    a_process(services, "a", retries=1, retry_delay=timedelta(minutes=1))
    a_group(services, "a", "b", stop_on_failure=True)
    run = triggered(services)
    [first] = services.dispatch.claim()
    end(services, first, clock, FAILED)
    assert services.dispatch.claim() == []
    clock.advance(minutes=1)
    play(services, clock)
    assert statuses(services, run.id) == [("a", "error"), ("a", "success"), ("b", "success")]
    assert services.runs.get(run.id).status is RunStatus.SUCCESS
    assert [member.attempt for member in beneath(services, run.id)] == [1, 2, 1]


def test_stopping_the_group_stops_its_member_and_skips_the_rest(
    services: Services, clock: FakeClock
) -> None:
    a_group(services, "a", "b", "c")
    run = triggered(services)
    [claim] = services.dispatch.claim()
    services.dispatch.started(claim.run_id, clock.now(), 1, "handle")
    services.runs.kill(run.id)
    assert services.dispatch.kill_requests() == [
        (claim.run_id, services.runs.get(run.id).kill_request, RunStatus.PROCESSING)
    ]
    end(services, claim, clock, RunStatus.KILLED)
    assert statuses(services, run.id) == [("a", "killed"), ("b", "skipped"), ("c", "skipped")]
    group = services.runs.get(run.id)
    assert (group.status, group.note) == (RunStatus.KILLED, "Stopped on request")
    assert services.dispatch.claim() == []


def test_a_group_is_stopped_by_force_after_a_polite_try(services: Services) -> None:
    a_group(services, "a")
    run = triggered(services)
    services.dispatch.claim()
    services.runs.kill(run.id)
    services.runs.kill(run.id, force=True)
    [(_, how, _)] = services.dispatch.kill_requests()
    assert how == "force"


def test_stopping_a_group_ends_its_wait_for_a_retry(services: Services, clock: FakeClock) -> None:
    a_process(services, "a", retries=5)
    a_group(services, "a", "b")
    run = triggered(services)
    [claim] = services.dispatch.claim()
    services.runs.kill(run.id)
    end(services, claim, clock, FAILED)
    assert statuses(services, run.id) == [("a", "error"), ("b", "skipped")]
    assert services.runs.get(run.id).status is RunStatus.KILLED


def test_stopping_a_member_alone_lets_the_group_go_on(services: Services, clock: FakeClock) -> None:
    a_group(services, "a", "b")
    run = triggered(services)
    [claim] = services.dispatch.claim()
    services.runs.kill(claim.run_id)
    end(services, claim, clock, RunStatus.KILLED)
    play(services, clock)
    assert statuses(services, run.id) == [("a", "killed"), ("b", "success")]
    assert services.runs.get(run.id).status is FAILED


def test_a_group_that_waits_is_stopped_before_it_began(services: Services) -> None:
    a_group(services, "a", overlap=Overlap.QUEUE)
    triggered(services)
    services.dispatch.claim()
    waiting = triggered(services)
    services.runs.kill(waiting.id)
    assert (waiting.id, "term", RunStatus.QUEUED) in services.dispatch.kill_requests()


def test_progress_counts_the_members_that_are_done(services: Services, clock: FakeClock) -> None:
    a_group(services, "a", "b", "c")
    run = triggered(services)
    assert services.runs.get(run.id).progress is None
    [claim] = services.dispatch.claim()
    assert services.runs.get(run.id).progress == Progress(0, 3)
    end(services, claim, clock)
    assert services.runs.get(run.id).progress == Progress(1, 3)
    play(services, clock)
    assert services.runs.get(run.id).progress == Progress(3, 3)


def test_parameters_reach_every_member(services: Services, clock: FakeClock) -> None:
    a_group(services, "a", "b")
    request = a_request(services, process="nightly", parameters={"DAY": "today"})
    run = services.runs.trigger(request.id, {"MODE": "full"})
    [claim] = services.dispatch.claim()
    assert claim.environment == {"DAY": "today", "MODE": "full"}
    end(services, claim, clock)
    [claim] = services.dispatch.claim()
    assert claim.environment == {"DAY": "today", "MODE": "full"}
    assert services.runs.get(run.id).parameters == {"DAY": "today", "MODE": "full"}


def test_deleting_a_group_run_deletes_what_is_beneath_it(
    services: Services, clock: FakeClock
) -> None:
    a_group(services, "a", "b")
    run = triggered(services)
    play(services, clock)
    member = beneath(services, run.id)[0]
    member.log_path.parent.mkdir(parents=True, exist_ok=True)
    member.log_path.write_text("output")
    services.runs.delete(run.id)
    assert Run.select().count() == 0
    assert not member.log_path.exists()
    assert services.requests.get(run.request_id).last_run_id is None


def test_a_run_beneath_an_open_group_run_is_not_deleted(
    services: Services, clock: FakeClock
) -> None:
    a_group(services, "a", "b")
    run = triggered(services)
    [claim] = services.dispatch.claim()
    end(services, claim, clock)
    with pytest.raises(Refused, match=f"Run {run.id} is still running"):
        services.runs.delete(claim.run_id)


def test_a_member_can_be_deleted_alone(services: Services, clock: FakeClock) -> None:
    a_group(services, "a", "b")
    run = triggered(services)
    play(services, clock)
    services.runs.delete(beneath(services, run.id)[0].id)
    assert statuses(services, run.id) == [("b", "success")]
    assert services.requests.get(run.request_id).last_run_id == run.id


def test_only_the_group_counts_as_a_run_of_its_request(
    services: Services, clock: FakeClock
) -> None:
    a_group(services, "a", "b")
    run = triggered(services)
    services.dispatch.claim()
    figures = counts(clock.now())
    assert (figures.running, figures.queued) == (1, 0)
    assert [view.id for view in services.runs.open()] == [run.id]
    request = services.requests.get(run.request_id)
    assert request.last_run_id == run.id
    assert [past.status for past in request.recent] == [RunStatus.PROCESSING]
