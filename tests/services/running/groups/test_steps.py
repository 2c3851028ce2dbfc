"""Members of one step run together, and the next step begins when all of them have ended."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.services.drafts import a_process, a_request, end, process_draft
from tests.services.groups import a_group, beneath, play, statuses, triggered
from tests.support.clock import FakeClock
from tui_scheduler.models import Overlap, Process, Run, RunStatus
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.groups import draft_of
from tui_scheduler.services.running.taken_runs import Claim
from tui_scheduler.services.views.runs import Progress

S = RunStatus
ETL = ("extract", ("load-a", "load-b"), "report")


def claimed(services: Services) -> dict[str, Claim]:
    """What may begin now, by process."""
    return {services.runs.get(claim.run_id).process: claim for claim in services.dispatch.claim()}


def at_its_loads(services: Services, clock: FakeClock) -> tuple[int, dict[str, Claim]]:
    """A run of the group that has come to its second step."""
    run = triggered(services)
    end(services, claimed(services)["extract"], clock)
    loads = claimed(services)
    assert list(loads) == ["load-a", "load-b"]
    return run.id, loads


@pytest.mark.parametrize("first", ["load-a", "load-b"])
def test_the_next_step_begins_when_all_of_one_have_ended(
    services: Services, clock: FakeClock, first: str
) -> None:
    a_group(services, *ETL)
    run_id, loads = at_its_loads(services, clock)
    end(services, loads.pop(first), clock)
    assert claimed(services) == {}
    [(_, last)] = loads.items()
    end(services, last, clock)
    assert list(claimed(services)) == ["report"]
    play(services, clock)
    assert services.runs.get(run_id).is_open, "the report goes on"


def test_the_first_step_may_be_one_of_several(services: Services, clock: FakeClock) -> None:
    a_group(services, ("a", "b", "c"))
    run = triggered(services)
    assert list(claimed(services)) == ["a", "b", "c"]
    assert services.runs.get(run.id).progress == Progress(0, 3)


def test_members_are_called_by_step_and_place(services: Services, clock: FakeClock) -> None:
    a_group(services, *ETL)
    run = triggered(services)
    play(services, clock)
    members = beneath(services, run.id)
    assert [(member.position, member.step) for member in members] == [
        (1, 1),
        (2, 2),
        (3, 2),
        (4, 3),
    ]
    assert [member.number_in_group for member in members] == ["1", "2.1", "2.2", "3"]
    assert services.runs.get(run.id).number_in_group == ""


def test_progress_counts_the_members_that_have_ended(services: Services, clock: FakeClock) -> None:
    a_process(services, "load-b", retries=1, retry_delay=timedelta(0))
    a_group(services, *ETL)
    run_id, loads = at_its_loads(services, clock)
    seen = [services.runs.get(run_id).progress]
    for name in ("load-a", "load-b"):
        end(services, loads[name], clock, S.ERROR)
        seen.append(services.runs.get(run_id).progress)
    assert seen == [Progress(1, 4), Progress(2, 4), Progress(2, 4)]
    play(services, clock)
    assert services.runs.get(run_id).progress == Progress(4, 4)


class TestFailures:
    def test_the_others_of_its_step_run_to_their_end(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, *ETL, stop_on_failure=True)
        run_id, loads = at_its_loads(services, clock)
        end(services, loads["load-a"], clock, S.ERROR)
        assert services.runs.get(run_id).is_open
        assert services.dispatch.kill_requests() == []
        end(services, loads["load-b"], clock)
        assert statuses(services, run_id) == [
            ("extract", "success"),
            ("load-a", "error"),
            ("load-b", "success"),
            ("report", "skipped"),
        ]
        group = services.runs.get(run_id)
        assert (group.status, group.note) == (S.ERROR, "1 of its members failed: load-a")
        assert beneath(services, run_id)[3].note == "'load-a' failed, and the group stops then"

    def test_without_it_the_next_step_begins_all_the_same(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, *ETL)
        run = triggered(services)
        play(services, clock, {"load-a": S.ERROR, "load-b": S.TIMED_OUT})
        assert statuses(services, run.id)[3] == ("report", "success")
        assert services.runs.get(run.id).note == "2 of its members failed: load-a, load-b"

    def test_a_failed_first_step_passes_whole_steps_over(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, *ETL, stop_on_failure=True)
        run = triggered(services)
        play(services, clock, {"extract": S.ERROR})
        assert [status for _, status in statuses(services, run.id)] == ["error", *["skipped"] * 3]

    def test_an_inactive_member_is_skipped_and_the_others_run(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, ("a", "b", "c"), "d")
        Process.update(active=False).where(Process.name << ["a", "c"]).execute()
        run = triggered(services)
        assert list(claimed(services)) == ["b"]
        assert statuses(services, run.id) == [("a", "skipped"), ("b", "queued"), ("c", "skipped")]

    def test_a_step_of_which_nothing_can_run_is_passed(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, ("a", "b"), "c")
        Process.update(active=False).where(Process.name << ["a", "b"]).execute()
        run = triggered(services)
        assert list(claimed(services)) == ["c"]
        assert [status for _, status in statuses(services, run.id)] == [
            "skipped",
            "skipped",
            "queued",
        ]

    def test_one_that_is_made_inactive_while_it_waits_keeps_nobody_waiting(
        self, services: Services, clock: FakeClock
    ) -> None:
        services = services_on(replace(services.context, max_running=1))
        a_group(services, ("a", "b"), "c")
        run = triggered(services)
        [first] = claimed(services).values()
        Process.update(active=False).where(Process.name == "b").execute()
        end(services, first, clock)
        assert list(claimed(services)) == ["c"]
        assert statuses(services, run.id) == [("a", "success"), ("b", "skipped"), ("c", "queued")]


class TestRetries:
    def test_a_step_waits_for_the_last_attempt(self, services: Services, clock: FakeClock) -> None:
        a_process(services, "load-a", retries=2, retry_delay=timedelta(minutes=5))
        a_group(services, *ETL)
        run_id, loads = at_its_loads(services, clock)
        end(services, loads["load-a"], clock, S.ERROR)
        end(services, loads["load-b"], clock)
        assert claimed(services) == {}
        clock.advance(minutes=5)
        play(services, clock)
        assert statuses(services, run_id) == [
            ("extract", "success"),
            ("load-a", "error"),
            ("load-b", "success"),
            ("load-a", "success"),
            ("report", "success"),
        ]
        assert services.runs.get(run_id).status is S.SUCCESS
        assert beneath(services, run_id)[3].number_in_group == "2.1"

    def test_one_is_tried_again_while_the_other_still_runs(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_process(services, "load-a", retries=1, retry_delay=timedelta(0))
        a_group(services, *ETL, stop_on_failure=True)
        run_id, loads = at_its_loads(services, clock)
        end(services, loads["load-a"], clock, S.ERROR)
        again = claimed(services)
        assert list(again) == ["load-a"]
        end(services, again["load-a"], clock)
        end(services, loads["load-b"], clock)
        play(services, clock)
        assert services.runs.get(run_id).status is S.SUCCESS


class TestStops:
    def test_stopping_the_group_stops_all_that_run(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, *ETL)
        run_id, loads = at_its_loads(services, clock)
        services.dispatch.started(loads["load-a"].run_id, clock.now(), 1, "handle")
        services.runs.kill(run_id)
        asked = {number: status for number, _, status in services.dispatch.kill_requests()}
        assert asked == {
            loads["load-a"].run_id: S.PROCESSING,
            loads["load-b"].run_id: S.QUEUED,
        }
        end(services, loads["load-a"], clock, S.KILLED)
        assert services.runs.get(run_id).is_open, "the other is still there"
        end(services, loads["load-b"], clock, S.KILLED)
        assert [status for _, status in statuses(services, run_id)[1:]] == [
            "killed",
            "killed",
            "skipped",
        ]
        assert services.runs.get(run_id).status is S.KILLED

    def test_one_that_waits_for_another_try_is_stopped_too(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_process(services, "load-a", retries=5)
        a_group(services, *ETL)
        run_id, loads = at_its_loads(services, clock)
        end(services, loads["load-a"], clock, S.ERROR)
        services.runs.kill(run_id)
        waiting = beneath(services, run_id)[-1]
        assert {number for number, *_ in services.dispatch.kill_requests()} == {
            waiting.id,
            loads["load-b"].run_id,
        }

    def test_stopping_one_leaves_the_others_alone(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, *ETL)
        run_id, loads = at_its_loads(services, clock)
        services.runs.kill(loads["load-a"].run_id)
        end(services, loads["load-a"], clock, S.KILLED)
        assert services.dispatch.kill_requests() == []
        end(services, loads["load-b"], clock)
        play(services, clock)
        assert statuses(services, run_id)[3] == ("report", "success")

    def test_another_run_of_the_group_may_replace_it(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, *ETL, overlap=Overlap.REPLACE)
        run_id, loads = at_its_loads(services, clock)
        other = triggered(services)
        assert len(services.dispatch.kill_requests()) == 2
        assert claimed(services) == {}
        for claim in loads.values():
            end(services, claim, clock, S.KILLED)
        assert services.runs.get(run_id).status is S.KILLED
        play(services, clock)
        assert services.runs.get(other.id).status is S.SUCCESS


class TestRoom:
    def test_a_step_of_more_than_there_is_room_for_waits_in_its_order(
        self, services: Services, clock: FakeClock
    ) -> None:
        services = services_on(replace(services.context, max_running=2))
        a_group(services, tuple("abcd"), "e")
        run = triggered(services)
        first = claimed(services)
        assert list(first) == ["a", "b"]
        notes = [member.note for member in beneath(services, run.id)]
        assert notes[:2] == ["", ""]
        assert notes[2] == notes[3]
        for claim in first.values():
            services.dispatch.started(claim.run_id, clock.now(), 1, "handle")
        assert "max_running" in beneath(services, run.id)[2].note
        end(services, first["a"], clock)
        assert list(claimed(services)) == ["c"]
        assert services.runs.get(run.id).progress == Progress(1, 5)

    def test_a_group_itself_takes_no_room(self, services: Services, clock: FakeClock) -> None:
        services = services_on(replace(services.context, max_running=1))
        a_group(services, ("a", "b"), ("c", "d"))
        run = triggered(services)
        play(services, clock)
        assert services.runs.get(run.id).status is S.SUCCESS


class TestOverlap:
    def test_a_member_that_runs_for_itself_is_skipped_and_the_others_run(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_process(services, "load-a", overlap=Overlap.SKIP)
        services.runs.trigger(a_request(services, process="load-a").id)
        services.dispatch.claim()
        a_group(services, ("load-a", "load-b"))
        run = triggered(services)
        assert list(claimed(services)) == ["load-b"]
        assert statuses(services, run.id) == [("load-a", "skipped"), ("load-b", "queued")]

    def test_one_that_waits_for_a_run_of_its_process_keeps_its_step_open(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_process(services, "load-a", overlap=Overlap.QUEUE)
        services.runs.trigger(a_request(services, process="load-a").id)
        [alone] = services.dispatch.claim()
        a_group(services, ("load-a", "load-b"), "report")
        run = triggered(services)
        end(services, claimed(services)["load-b"], clock)
        assert claimed(services) == {}
        end(services, alone, clock)
        play(services, clock)
        assert services.runs.get(run.id).status is S.SUCCESS

    def test_two_runs_of_a_group_with_its_members_the_other_way_round_do_not_lock_each_other(
        self, services: Services, clock: FakeClock
    ) -> None:
        for name in "ab":
            a_process(services, name, overlap=Overlap.QUEUE)
        a_group(services, ("a", "b"), "a", name="one")
        a_group(services, ("b", "a"), "b", name="two")
        runs = [triggered(services, name) for name in ("one", "two")]
        play(services, clock)
        assert {services.runs.get(run.id).status for run in runs} == {S.SUCCESS}


def test_all_members_of_a_step_are_given_the_parameters(
    services: Services, clock: FakeClock
) -> None:
    a_group(services, ("a", "b"))
    request = a_request(services, process="nightly", parameters={"DAY": "today"})
    services.runs.trigger(request.id, {"MODE": "full"})
    given = [claim.environment for claim in claimed(services).values()]
    assert given == [{"DAY": "today", "MODE": "full"}] * 2


def test_a_run_keeps_the_steps_that_it_began_with(services: Services, clock: FakeClock) -> None:
    view = a_group(services, *ETL)
    run = triggered(services)
    [first] = claimed(services).values()
    members = ("extract", "load-a", "load-b", "report")
    services.groups.update(view.id, replace(draft_of(view), members=members))
    end(services, first, clock)
    assert list(claimed(services)) == ["load-a", "load-b"]
    assert services.runs.get(run.id).progress == Progress(1, 4)


def test_a_member_that_is_removed_meanwhile_is_passed_over(
    services: Services, clock: FakeClock
) -> None:
    a_group(services, *ETL)
    run = triggered(services)
    [first] = claimed(services).values()
    while services.processes.remove_step(services.processes.named("load-a").id):
        pass
    end(services, first, clock)
    assert list(claimed(services)) == ["load-b"]
    assert services.groups.named("nightly").members == ("extract", "load-b", "report")
    assert beneath(services, run.id)[-1].number_in_group == "2.2"


def test_what_began_before_there_were_steps_goes_on(services: Services, clock: FakeClock) -> None:
    a_group(services, "a", "b")
    run = triggered(services)
    [first] = claimed(services).values()
    assert Run.get_by_id(run.id).members == "[1, 2]"
    end(services, first, clock)
    play(services, clock)
    assert services.runs.get(run.id).status is S.SUCCESS


@pytest.mark.parametrize("members", ["[[]]", "[[1, [2]]]", '[["1"]]', "[[1], {}]", "[" * 9999])
def test_damaged_steps_end_the_run_with_the_reason(
    services: Services, clock: FakeClock, members: str
) -> None:
    a_group(services, "a", "b")
    run = triggered(services)
    [first] = claimed(services).values()
    Run.update(members=members).where(Run.id == run.id).execute()
    end(services, first, clock)
    group = services.runs.get(run.id)
    assert group.status is S.ERROR
    assert group.note.startswith("The group cannot go on: ")
    assert [member.number_in_group for member in beneath(services, run.id)] == ["1"]


def test_what_a_scheduler_left_goes_on_where_it_was(services: Services, clock: FakeClock) -> None:
    a_group(services, *ETL)
    run_id, loads = at_its_loads(services, clock)
    end(services, loads["load-a"], clock)
    left = [run.run_id for run in services.dispatch.open_runs()]
    assert left == [loads["load-b"].run_id]
    services.dispatch.resume_groups()
    assert claimed(services) == {}, "nothing is run twice, and nothing too early"
    end(services, loads["load-b"], clock)
    services.dispatch.resume_groups()
    assert list(claimed(services)) == ["report"]
    assert services.runs.get(run_id).is_open


def test_what_is_held_between_two_steps_goes_on_when_it_is_released(
    services: Services, clock: FakeClock
) -> None:
    a_group(services, *ETL)
    run_id, loads = at_its_loads(services, clock)
    services.controls.hold()
    for claim in loads.values():
        end(services, claim, clock)
    assert claimed(services) == {}
    assert statuses(services, run_id)[-1] == ("report", "queued")
    services.controls.release()
    assert list(claimed(services)) == ["report"]


def test_a_process_is_edited_while_its_step_waits(services: Services, clock: FakeClock) -> None:
    services = services_on(replace(services.context, max_running=1))
    a_group(services, ("a", "b"))
    triggered(services)
    [first] = claimed(services).values()
    services.processes.update(
        services.processes.named("b").id, process_draft("b", command="echo changed")
    )
    end(services, first, clock)
    assert claimed(services)["b"].command == "echo changed"
