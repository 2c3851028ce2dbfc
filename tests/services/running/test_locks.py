"""Runs that share a lock never run together; who waits is served in order, and says for whom."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from tests.services.clusters import with_clusters
from tests.services.drafts import (
    a_process,
    a_request,
    minutely,
    scheduled,
)
from tests.services.groups import a_group, triggered
from tests.support.clock import FakeClock
from tests.support.effort import steps
from tui_scheduler.errors import InvalidInput, Refused
from tui_scheduler.models import (
    MisfirePolicy,
    Overlap,
    Process,
    Run,
    RunLock,
    RunStatus,
    database,
    transaction,
)
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.processes import draft_of
from tui_scheduler.services.running.run_ending import Ending

DB = ("db",)


def run_of(services: Services, name: str, *locks: str, **fields: object) -> int:
    """Ask for a run of a process with these locks, which is made if need be."""
    if name not in services.processes.names():
        fields = {"overlap": Overlap.ALLOW, **fields}
        a_process(services, name, locks=locks, **fields)
    known = [view.id for view in services.requests.all() if view.process == name]
    request = known[0] if known else a_request(services, process=name).id
    return services.runs.trigger(request).id


def begin(services: Services) -> list[int]:
    """Take what may begin, and let it be processes."""
    claims = services.dispatch.claim()
    for claim in claims:
        services.dispatch.started(claim.run_id, services.context.clock.now(), 4711, "handle")
    return [claim.run_id for claim in claims]


def finish(services: Services, *run_ids: int, status: RunStatus = RunStatus.SUCCESS) -> None:
    for run_id in run_ids:
        now = services.context.clock.now()
        services.dispatch.ended(Ending(run_id=run_id, status=status, end_time=now))


def rounds(services: Services) -> Iterator[list[int]]:
    """Let all that begins at a look end before the next, until nothing begins any more."""
    while begun := begin(services):
        finish(services, *begun)
        yield begun


def note(services: Services, run_id: int) -> str:
    return services.runs.get(run_id).note


def edit(services: Services, process: str, /, **fields: object) -> None:
    view = services.processes.named(process)
    services.processes.update(view.id, replace(draft_of(view), **fields))  # type: ignore[arg-type]


class TestWhoRuns:
    def test_runs_that_share_a_lock_run_one_after_the_other_in_order(
        self, services: Services
    ) -> None:
        runs = [run_of(services, name, "db") for name in ("a", "b", "a", "c", "b")]
        for run_id in runs:
            assert begin(services) == [run_id]
            assert begin(services) == []
            finish(services, run_id)
        assert begin(services) == []

    def test_runs_that_share_none_run_together(self, services: Services) -> None:
        runs = [run_of(services, *names) for names in (("a", "x"), ("b", "y"), ("c",), ("d", "z"))]
        assert begin(services) == runs

    def test_all_locks_of_a_run_are_taken_at_once_or_none(self, services: Services) -> None:
        x = run_of(services, "a", "x")
        assert begin(services) == [x]
        both = run_of(services, "b", "x", "y")
        assert begin(services) == []
        assert not RunLock.select().where(RunLock.run == both, RunLock.held).exists()
        finish(services, x)
        assert begin(services) == [both]

    def test_nobody_overtakes_a_run_that_wants_two(self, services: Services) -> None:
        x = run_of(services, "a", "x")
        assert begin(services) == [x]
        both = run_of(services, "b", "x", "y")
        y = run_of(services, "c", "y")
        assert begin(services) == []  # y is free, and kept for the one that has waited for longer
        finish(services, x)
        assert begin(services) == [both]
        finish(services, both)
        assert begin(services) == [y]

    def test_two_that_want_the_same_two_in_another_order_both_run(self, services: Services) -> None:
        first, second = run_of(services, "a", "x", "y"), run_of(services, "b", "y", "x")
        assert begin(services) == [first]
        finish(services, first)
        assert begin(services) == [second]

    def test_what_needs_none_passes_by(self, services: Services) -> None:
        first, second = run_of(services, "a", "db"), run_of(services, "b", "db")
        other = run_of(services, "c")
        assert begin(services) == [first, other]
        finish(services, first)
        assert begin(services) == [second]

    def test_the_database_itself_refuses_a_second_holder(self, services: Services) -> None:
        runs = [run_of(services, name, "db") for name in ("a", "b")]
        with pytest.raises(Exception, match="UNIQUE"), transaction():
            RunLock.update(held=True).where(RunLock.run.in_(runs)).execute()


class TestWhoHolds:
    def test_one_that_is_taken_and_has_not_begun(self, services: Services) -> None:
        first, second = run_of(services, "a", "db"), run_of(services, "b", "db")
        assert [claim.run_id for claim in services.dispatch.claim()] == [first]
        assert services.dispatch.claim() == []
        services.dispatch.give_back([first])
        assert [claim.run_id for claim in services.dispatch.claim()] == [first]
        finish(services, first)
        assert begin(services) == [second]

    @pytest.mark.parametrize(
        "status", [RunStatus.ERROR, RunStatus.KILLED, RunStatus.TIMED_OUT, RunStatus.LOST]
    )
    def test_nobody_any_more_however_it_ended(self, services: Services, status: RunStatus) -> None:
        first, second = run_of(services, "a", "db"), run_of(services, "b", "db")
        begin(services)
        finish(services, first, status=status)
        assert begin(services) == [second]

    def test_one_that_another_scheduler_took(self, services: Services) -> None:
        first, second = run_of(services, "a", "db"), run_of(services, "b", "db")
        begin(services)
        another = services_on(services.context)
        assert [run.run_id for run in another.dispatch.open_runs()] == [first]
        assert another.dispatch.claim() == []
        finish(another, first)
        assert begin(another) == [second]

    def test_one_that_was_submitted_to_a_cluster(self, services: Services) -> None:
        on_hpc = with_clusters(services)
        there = run_of(on_hpc, "train", "gpu", runs_on="hpc")
        here, again = run_of(on_hpc, "a", "gpu"), run_of(on_hpc, "train", "gpu")
        [claim] = on_hpc.dispatch.claim()
        now = on_hpc.context.clock.now()
        on_hpc.dispatch.submitted(claim.run_id, now, "1 stem", "hpc", "Resources")
        assert on_hpc.dispatch.claim() == []
        assert on_hpc.runs.get(there).waits_for == "Resources"
        assert note(on_hpc, here) == f"Waits for run {there} of train, which holds the lock gpu"
        finish(on_hpc, there)
        assert begin(on_hpc) == [here]
        finish(on_hpc, here)
        assert begin(on_hpc) == [again]

    def test_none_of_a_transaction_that_fails(self, services: Services) -> None:
        first = run_of(services, "a", "db")
        with database.atomic() as failing:
            assert services.dispatch.claim()
            failing.rollback()
        assert not RunLock.select().where(RunLock.held).exists()
        assert begin(services) == [first]

    def test_nothing_is_left_when_all_have_ended_or_are_gone(self, services: Services) -> None:
        first, second = run_of(services, "a", "db", "net"), run_of(services, "b", "db")
        begin(services)
        finish(services, first)
        begin(services)
        finish(services, second)
        assert RunLock.select().count() == 0
        third = run_of(services, "b", "db")
        Run.delete().where(Run.id == third).execute()
        assert RunLock.select().count() == 0


class TestBesideOtherRules:
    @pytest.mark.parametrize("overlap", [Overlap.SKIP, Overlap.QUEUE])
    def test_the_overlap_policy_sees_the_one_that_waits(
        self, services: Services, overlap: Overlap
    ) -> None:
        holder = run_of(services, "a", "db")
        begin(services)
        waiting = run_of(services, "b", "db", overlap=overlap)
        again = [run_of(services, "b") for _ in range(2)]
        queued = {
            Overlap.SKIP: [RunStatus.SKIPPED, RunStatus.SKIPPED],
            Overlap.QUEUE: [RunStatus.QUEUED, RunStatus.SKIPPED],
        }
        assert [services.runs.get(run).status for run in again] == queued[overlap]
        finish(services, holder)
        assert begin(services) == [waiting]
        finish(services, waiting)
        assert begin(services) == ([again[0]] if overlap is Overlap.QUEUE else [])

    def test_one_that_is_replaced_while_it_waits_keeps_nobody_waiting(
        self, services: Services
    ) -> None:
        holder = run_of(services, "a", "db")
        begin(services)
        old = run_of(services, "b", "db", overlap=Overlap.REPLACE)
        new = run_of(services, "b")
        assert services.dispatch.kill_requests() == [(old, "replaced", RunStatus.QUEUED)]
        finish(services, old, status=RunStatus.KILLED)
        finish(services, holder)
        assert begin(services) == [new]

    def test_the_one_that_replaces_waits_for_the_lock_of_the_one_that_ends(
        self, services: Services
    ) -> None:
        old = run_of(services, "b", "db", overlap=Overlap.REPLACE)
        assert begin(services) == [old]
        new, other = run_of(services, "b"), run_of(services, "c", "db")
        assert begin(services) == []
        finish(services, old, status=RunStatus.KILLED)
        assert begin(services) == [new]
        finish(services, new)
        assert begin(services) == [other]

    def test_a_run_that_is_asked_to_stop_while_it_waits_keeps_nobody_waiting(
        self, services: Services
    ) -> None:
        stopped, other = run_of(services, "a", "db"), run_of(services, "b", "db")
        services.runs.kill(stopped)
        assert begin(services) == [other]
        assert note(services, stopped) == ""

    def test_a_retry_that_waits_for_its_time_holds_nothing_and_waits_for_nothing(
        self, services: Services, clock: FakeClock
    ) -> None:
        failing = run_of(services, "a", "db", retries=1, retry_delay=timedelta(minutes=1))
        begin(services)
        finish(services, failing, status=RunStatus.ERROR)
        other, later = run_of(services, "b", "db"), run_of(services, "c", "db")
        assert begin(services) == [other]
        [retry] = [run.id for run in services.runs.open() if run.attempt == 2]
        assert services.dispatch.next_wakeup() == clock.now() + timedelta(minutes=1)
        clock.advance(minutes=1)
        assert begin(services) == []
        assert services.dispatch.next_wakeup() is None  # it waits for an end, and no moment
        finish(services, other)
        assert begin(services) == [retry]  # older than the one that came meanwhile
        finish(services, retry)
        assert begin(services) == [later]

    def test_who_waits_for_a_retry_of_its_own_process_keeps_nobody_else_waiting(
        self, services: Services, clock: FakeClock
    ) -> None:
        policy = {"overlap": Overlap.QUEUE, "retries": 1, "retry_delay": timedelta(minutes=1)}
        failing = run_of(services, "a", "db", **policy)
        begin(services)
        finish(services, failing, status=RunStatus.ERROR)
        behind, other = run_of(services, "a"), run_of(services, "b", "db")
        assert begin(services) == [other]
        finish(services, other)
        assert begin(services) == []
        clock.advance(minutes=1)
        [retry] = begin(services)
        assert services.runs.get(retry).attempt == 2
        finish(services, retry)
        assert begin(services) == [behind]

    def test_a_clock_that_was_put_back_hastens_a_retry_in_its_line_as_well(
        self, services: Services, clock: FakeClock
    ) -> None:
        failing = run_of(services, "a", "db", retries=1, retry_delay=timedelta(minutes=1))
        clock.advance(hours=5)
        begin(services)
        finish(services, failing, status=RunStatus.ERROR)
        clock.advance(hours=-5)
        services.dispatch.plan_anew()
        clock.advance(minutes=1)
        assert len(begin(services)) == 1

    def test_one_that_waits_takes_no_room(self, services: Services) -> None:
        two = services_on(replace(services.context, max_running=2))
        first, second = run_of(two, "a", "db"), run_of(two, "b", "db")
        free = run_of(two, "c")
        assert begin(two) == [first, free]
        finish(two, free)
        assert begin(two) == []
        finish(two, first)
        assert begin(two) == [second]

    def test_one_that_waits_for_room_is_not_overtaken_by_one_that_needs_none(
        self, services: Services
    ) -> None:
        one = with_clusters(services, max_running=1)
        free = run_of(one, "c")
        assert begin(one) == [free]
        here = run_of(one, "a", "db")
        there = run_of(one, "b", "db", runs_on="hpc")
        assert begin(one) == []
        assert note(one, there) == f"Waits for run {here} of a, which is next for the lock db"
        finish(one, free)
        assert begin(one) == [here]
        finish(one, here)
        assert begin(one) == [there]

    def test_room_goes_to_the_oldest_with_locks_or_without(self, services: Services) -> None:
        one = services_on(replace(services.context, max_running=1))
        runs = [run_of(one, "a", "db"), run_of(one, "c"), run_of(one, "b", "db"), run_of(one, "c")]
        for run_id in runs:
            assert begin(one) == [run_id]
            finish(one, run_id)

    def test_nothing_is_taken_while_all_is_held(self, services: Services) -> None:
        run_id = run_of(services, "a", "db")
        services.controls.hold()
        assert begin(services) == []
        services.controls.release()
        assert begin(services) == [run_id]

    def test_fires_that_are_caught_up_run_one_after_the_other(
        self, services: Services, clock: FakeClock
    ) -> None:
        for name in ("a", "b"):
            a_process(services, name, locks=DB)
            scheduled(services, minutely(), process=name, misfire=MisfirePolicy.ALL)
        clock.advance(minutes=20)
        most = 0
        while (begun := begin(services)) or services.runs.open():
            open_now = [run for run in services.runs.open() if run.status is RunStatus.PROCESSING]
            most = max(most, len(open_now))
            finish(services, *begun)
        assert most == 1
        assert Run.select().where(Run.status == RunStatus.SUCCESS).count() == 2 * 19

    def test_what_became_inactive_is_skipped_and_the_next_begins_in_the_same_look(
        self, services: Services
    ) -> None:
        runs = [run_of(services, "a", "db") for _ in range(3)]
        other = run_of(services, "b", "db")
        Process.update(active=False).where(Process.name == "a").execute()
        assert begin(services) == [other]
        assert {services.runs.get(run).status for run in runs} == {RunStatus.SKIPPED}


class TestGroups:
    def test_members_hold_the_locks_of_their_processes_and_the_group_waits_with_them(
        self, services: Services
    ) -> None:
        for name in ("extract", "load"):
            a_process(services, name, locks=DB)
        a_group(services, "extract", "load")
        group = triggered(services)
        [extract] = begin(services)
        other = run_of(services, "other", "db")
        assert begin(services) == []
        finish(services, extract)
        assert begin(services) == [other]
        assert services.runs.get(group.id).status is RunStatus.PROCESSING
        member = Run.get(Run.parent == group.id, Run.end_time.is_null())
        assert note(services, member.id) == (
            f"Waits for run {other} of other, which holds the lock db"
        )
        finish(services, other)
        assert begin(services) == [member.id]
        finish(services, member.id)
        assert services.runs.get(group.id).status is RunStatus.SUCCESS

    def test_members_of_a_step_that_share_a_lock_run_one_after_the_other(
        self, services: Services
    ) -> None:
        for name in ("load-a", "load-b"):
            a_process(services, name, locks=DB)
        a_group(services, ("load-a", "free", "load-b"), "report")
        group = triggered(services)
        names = [[services.runs.get(run).process for run in begun] for begun in rounds(services)]
        assert names == [["load-a", "free"], ["load-b"], ["report"]]
        assert services.runs.get(group.id).status is RunStatus.SUCCESS

    def test_a_group_that_is_stopped_while_its_member_waits_holds_nobody_up(
        self, services: Services
    ) -> None:
        holder = run_of(services, "other", "db")
        begin(services)
        a_process(services, "load", locks=DB)
        a_group(services, "load")
        group = triggered(services)
        begin(services)
        services.runs.kill(group.id)
        [(member, _, status)] = services.dispatch.kill_requests()
        assert status is RunStatus.QUEUED
        finish(services, member, status=RunStatus.KILLED)
        assert services.runs.get(group.id).status is RunStatus.KILLED
        finish(services, holder)
        assert RunLock.select().count() == 0


class TestChanges:
    def test_a_run_that_waits_needs_what_its_process_says_now(self, services: Services) -> None:
        holder = run_of(services, "a", "db")
        begin(services)
        waiting = run_of(services, "b", "db")
        edit(services, "b", locks=())
        assert begin(services) == [waiting]
        free = run_of(services, "c")
        edit(services, "c", locks=DB)
        assert begin(services) == []
        assert note(services, free) == f"Waits for run {holder} of a, which holds the lock db"
        finish(services, holder)
        assert begin(services) == [free]

    def test_what_runs_holds_what_it_was_taken_with(self, services: Services) -> None:
        first, second = run_of(services, "a", "db"), run_of(services, "b", "db")
        assert begin(services) == [first]
        edit(services, "a", locks=("other",))
        assert begin(services) == []
        finish(services, first)
        assert begin(services) == [second]

    def test_what_was_taken_and_has_not_begun_is_to_be_taken_anew(self, services: Services) -> None:
        first = run_of(services, "a", "db")
        claims = services.dispatch.claim()
        assert claims[0].locks == DB
        assert services.dispatch.outdated(claims) == []
        edit(services, "a", locks=("net",))
        assert services.dispatch.outdated(claims) == [first]
        services.dispatch.give_back([first])
        assert [row.name for row in RunLock.select()] == ["net"]
        assert [claim.locks for claim in services.dispatch.claim()] == [("net",)]

    def test_locks_that_cross_after_a_change_stop_nobody(self, services: Services) -> None:
        """Whoever is given a second lock keeps its place, so that nobody waits in a circle."""
        hold = [run_of(services, "hx", "x"), run_of(services, "hy", "y")]
        assert begin(services) == hold
        first, second = run_of(services, "a", "x"), run_of(services, "b", "y")
        edit(services, "b", locks=("y", "x"))
        edit(services, "a", locks=("x", "y"))
        finish(services, *hold)
        assert begin(services) == [first]
        finish(services, first)
        assert begin(services) == [second]

    def test_a_name_that_is_changed_changes_no_line(self, services: Services) -> None:
        first, second = run_of(services, "a", "db"), run_of(services, "b", "db")
        edit(services, "a", name="renamed")
        assert begin(services) == [first]
        assert (
            note(services, second) == f"Waits for run {first} of renamed, which holds the lock db"
        )

    def test_a_process_is_not_deleted_while_its_run_waits_and_leaves_no_lock(
        self, services: Services
    ) -> None:
        holder, waiting = run_of(services, "a", "db"), run_of(services, "b", "db")
        begin(services)
        process = services.processes.named("b").id
        with pytest.raises(Refused, match="waits to start"):
            services.processes.remove_step(process)
        finish(services, waiting, status=RunStatus.KILLED)
        assert services.processes.remove_step(process) is False
        finish(services, holder)
        assert services.processes.remove_step(services.processes.named("a").id) is False
        assert RunLock.select().count() == 0

    @pytest.mark.parametrize("stored", ["[", "7", '{"a": "db"}', "[1]", "null", "[" * 9_999])
    def test_locks_that_cannot_be_read_stop_nobody_else(
        self, services: Services, stored: object
    ) -> None:
        run_of(services, "a")
        Process.update(locks=stored).execute()
        damaged, other = run_of(services, "a"), run_of(services, "b", "db")
        assert other in begin(services)
        run = services.runs.get(damaged)
        assert (run.status, "locks of the process cannot be read" in run.note) == ("error", True)


class TestWhatIsSaid:
    def test_who_holds_the_lock(self, services: Services) -> None:
        first, second = run_of(services, "backup", "db"), run_of(services, "b", "db")
        begin(services)
        third = run_of(services, "c", "db")
        text = f"run {first} of backup, which holds the lock db"
        for run_id in (second, third):
            run = services.runs.get(run_id)
            assert (run.waits_for, run.note) == (text, f"Waits for {text}")
        assert note(services, first) == ""

    def test_who_is_next_where_nobody_holds_it(self, services: Services) -> None:
        first, second = run_of(services, "a", "db"), run_of(services, "b", "db")
        assert note(services, first) == ""
        assert (
            note(services, second) == f"Waits for run {first} of a, which is next for the lock db"
        )

    def test_the_older_run_of_its_process_before_any_lock(self, services: Services) -> None:
        first = run_of(services, "a", "db", overlap=Overlap.QUEUE)
        begin(services)
        second = run_of(services, "a")
        assert note(services, second) == f"Waits for run {first} of a, which is still running"

    def test_until_when_a_retry_waits(self, services: Services, clock: FakeClock) -> None:
        failing = run_of(services, "a", "db", retries=1, retry_delay=timedelta(hours=1))
        begin(services)
        finish(services, failing, status=RunStatus.ERROR)
        [retry] = services.runs.open()
        assert retry.waits_for == "its next try at 13:00"

    def test_that_all_scheduling_is_held(self, services: Services) -> None:
        run_id = run_of(services, "a")
        services.controls.hold()
        assert note(services, run_id) == "Waits for all scheduling to be released"

    def test_the_room_after_the_lock(self, services: Services) -> None:
        one = services_on(replace(services.context, max_running=1))
        holder, second, other = run_of(one, "a", "db"), run_of(one, "b", "db"), run_of(one, "c")
        begin(one)
        assert note(one, second) == f"Waits for run {holder} of a, which holds the lock db"
        assert note(one, other) == "Waits for room: no more than 1 run at once (max_running)"


class TestNames:
    @pytest.mark.parametrize("names", [(), ("db",), ("A.b-c_9", "x" * 64), ("a",) * 50])
    def test_letters_digits_and_some_signs(
        self, services: Services, names: tuple[str, ...]
    ) -> None:
        view = a_process(services, locks=names)
        assert view.locks == tuple(dict.fromkeys(names))

    @pytest.mark.parametrize(
        ("names", "problem"),
        [
            (("a b",), "'a b' is no name: use letters, digits, - _ and ."),
            (("",), "'' is no name: use letters, digits, - _ and ."),
            (("db\n",), "'db\\n' is no name: use letters, digits, - _ and ."),
            (("caf\u00e9",), "'caf\u00e9' is no name: use letters, digits, - _ and ."),
            (("x" * 65,), "must have at most 64 characters each"),
            (tuple(map(str, range(21))), "are more than 20: let one stand for several"),
            (("None",), "'None' stands alone, for no lock (in a file: [])"),
        ],
    )
    def test_anything_else_is_refused(
        self, services: Services, names: tuple[str, ...], problem: str
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            a_process(services, locks=names)
        [refusal] = refused.value.problems
        assert (refusal.field, refusal.text) == ("locks", problem)


class TestCost:
    @pytest.mark.parametrize("names", [["a"], ["a", "b", "c"]])
    def test_a_look_costs_the_same_however_many_wait_for_a_lock(
        self, services: Services, names: list[str]
    ) -> None:
        holder = run_of(services, "holder", "db")
        for name in names:
            run_of(services, name, "db")
        begin(services)
        of_few = steps(services.dispatch.claim)
        waiting = [run_of(services, name) for name in names * (300 // len(names))]
        assert steps(services.dispatch.claim) == of_few
        assert steps(services.dispatch.next_wakeup) < 100
        finish(services, holder)
        assert steps(services.dispatch.claim) < 20 * of_few
        assert Run.select().where(Run.id.in_(waiting), Run.host == "").count() == len(waiting)

    def test_so_does_an_end_and_a_run_that_joins(self, services: Services) -> None:
        few, many = run_of(services, "a", "few"), run_of(services, "b", "many")
        begin(services)
        for _ in range(300):
            run_of(services, "b")
        joining = [request.id for request in services.requests.all()]
        of_few, of_many = (steps(partial(services.runs.trigger, number)) for number in joining)
        assert of_many < 2 * of_few
        of_few, of_many = (steps(partial(finish, services, run)) for run in (few, many))
        assert of_many < 2 * of_few

    def test_retries_that_wait_for_their_time_are_not_looked_at(
        self, services: Services, clock: FakeClock
    ) -> None:
        later = timedelta(days=1)
        for _ in range(300):
            run_of(services, "a", "db", retries=1, retry_delay=later)
        for _ in range(300):
            finish(services, *begin(services), status=RunStatus.ERROR)
        assert steps(services.dispatch.claim) < 1000
        assert services.dispatch.next_wakeup() == clock.now() + later

    def test_who_waits_for_a_cluster_is_not_looked_at_either(self, services: Services) -> None:
        on_hpc = with_clusters(services)
        run_of(on_hpc, "train", "gpu", runs_on="hpc")
        begin(on_hpc)
        run_of(on_hpc, "train")
        of_few = steps(on_hpc.dispatch.claim)
        for _ in range(300):
            run_of(on_hpc, "train")
        assert steps(on_hpc.dispatch.claim) < 2 * of_few
