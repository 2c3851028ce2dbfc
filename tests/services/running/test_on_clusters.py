"""Runs that are handed to a cluster: submitted is one thing, and begun another."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.services.clusters import (
    begin,
    end,
    in_every_state,
    on_cluster,
    submit,
    taken,
    with_clusters,
)
from tests.services.drafts import a_process, a_request
from tests.services.groups import a_group, statuses, triggered
from tests.support.clock import NOON, FakeClock
from tui_scheduler.clusters import handle_of
from tui_scheduler.models import KillRequest, Overlap, Process, Run, RunStatus
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.events import Event, RunChanged
from tui_scheduler.services.logs.run_files import RunFiles
from tui_scheduler.services.retention import Limits
from tui_scheduler.services.running.run_ending import Ending
from tui_scheduler.services.running.taken_runs import Claim

NO_CLUSTER = (
    "There is no cluster 'hpc': add [cluster.hpc] to the configuration, or edit the process"
)


@pytest.fixture
def known(services: Services) -> Services:
    """Where a cluster ``hpc`` is configured."""
    return with_clusters(services)


@pytest.fixture
def claim(known: Services) -> Claim:
    return taken(known, on_cluster(known, timeout=timedelta(minutes=5)))


class TestTaken:
    def test_it_says_where_it_is_to_go_and_with_what(self, known: Services) -> None:
        request = on_cluster(known)
        Process.update(cluster_options='["--mem=1G"]').execute()
        claim = taken(known, request)
        assert (claim.runs_on, claim.cluster_options) == ("hpc", ("--mem=1G",))
        assert claim.log_path.is_relative_to(known.context.clusters["hpc"].folder)

    def test_it_is_on_its_way_there(self, known: Services, claim: Claim) -> None:
        run = known.runs.get(claim.run_id)
        assert (run.status, run.state, run.place) == (RunStatus.QUEUED, "queued", "hpc")
        assert (run.submitted_at, run.job, run.where) == (None, "", "hpc")
        assert run.log_path == claim.log_path

    def test_one_of_this_machine_has_no_place(self, known: Services) -> None:
        a_process(known)
        claim = taken(known, a_request(known).id)
        known.dispatch.started(claim.run_id, NOON, 4711, "4711 its-own")
        run = known.runs.get(claim.run_id)
        assert (run.place, run.submitted_at, run.job, run.where) == ("", None, "", "")
        assert claim.log_path.is_relative_to(known.context.log_folder)

    def test_a_cluster_that_is_not_configured_ends_it_with_the_remedy(
        self, services: Services
    ) -> None:
        run = services.runs.trigger(on_cluster(services))
        assert services.dispatch.claim() == []
        run = services.runs.get(run.id)
        assert (run.status, run.note, run.was_taken) == (RunStatus.ERROR, NO_CLUSTER, False)

    def test_one_that_goes_while_it_is_on_its_way_has_it_given_back(
        self, services: Services, known: Services, claim: Claim
    ) -> None:
        assert known.dispatch.outdated([claim]) == []
        assert services.dispatch.outdated([claim]) == [claim.run_id]

    def test_other_options_have_it_given_back(self, known: Services, claim: Claim) -> None:
        Process.update(cluster_options='["--mem=2G"]').execute()
        assert known.dispatch.outdated([claim]) == [claim.run_id]


class TestSubmitted:
    def test_it_says_since_when_as_what_and_why_it_waits(
        self, known: Services, claim: Claim, clock: FakeClock, events: list[Event]
    ) -> None:
        events.clear()
        run = submit(known, claim)
        assert events == [RunChanged(claim.run_id)]
        assert (run.status, run.state) == (RunStatus.QUEUED, "submitted")
        assert (run.submitted_at, run.job, run.place) == (NOON, "4711", "hpc")
        assert (run.note, run.where) == ("Resources", "hpc: waiting (Resources)")
        clock.advance(minutes=2)
        assert run.duration(clock.now()) is None
        assert run.wait(clock.now()) == timedelta(minutes=2)

    def test_without_a_reason_it_just_waits(self, known: Services, claim: Claim) -> None:
        run = submit(known, claim, "")
        assert (run.note, run.where) == ("", "hpc: waiting")

    def test_another_reason_takes_its_place(self, known: Services, claim: Claim) -> None:
        submit(known, claim)
        known.dispatch.waits(claim.run_id, "Priority")
        run = known.runs.get(claim.run_id)
        assert (run.note, run.where) == ("Priority", "hpc: waiting (Priority)")

    def test_what_was_noted_before_stays_before_it(self, known: Services) -> None:
        run = known.runs.trigger(on_cluster(known))
        Run.update(note="Late by 2 min").execute()
        [claim] = known.dispatch.claim()
        assert claim.run_id == run.id
        run = submit(known, claim)
        assert (run.note, run.own_note) == ("Late by 2 min; Resources", "Late by 2 min")

    def test_nobody_takes_it_again(self, known: Services, claim: Claim) -> None:
        submit(known, claim)
        assert known.dispatch.claim() == []
        Process.update(command="another").execute()
        assert known.dispatch.outdated([claim]) == []

    def test_a_later_scheduler_finds_it(self, known: Services, claim: Claim) -> None:
        submit(known, claim)
        [run] = known.dispatch.open_runs()
        handle = handle_of("4711", claim.log_path.stem)
        assert (run.place, run.submitted_at, run.handle) == ("hpc", NOON, handle)
        assert (run.start_time, run.elsewhere, run.token) == (None, None, claim.token)
        assert run.log_path == claim.log_path

    def test_also_where_the_folder_of_the_cluster_is_another_one_by_now(
        self, known: Services, claim: Claim, tmp_path: Path
    ) -> None:
        submit(known, claim)
        moved = replace(known.context.clusters["hpc"], folder=tmp_path / "moved")
        later = services_on(replace(known.context, clusters={"hpc": moved}))
        [run] = later.dispatch.open_runs()
        assert run.log_path == later.runs.get(claim.run_id).log_path == claim.log_path

    @pytest.mark.parametrize("state", ["begun", "ended"])
    def test_too_late_it_changes_nothing(
        self, known: Services, claim: Claim, events: list[Event], state: str
    ) -> None:
        run = begin(known, claim) if state == "begun" else end(known, claim)
        events.clear()
        assert submit(known, claim, job="4712") == run
        assert events == []

    def test_what_nobody_took_is_not_submitted(self, known: Services, claim: Claim) -> None:
        known.dispatch.give_back([claim.run_id])
        assert submit(known, claim).submitted_at is None


class TestBegun:
    def test_it_counts_from_there_and_keeps_when_it_was_submitted(
        self, known: Services, claim: Claim, clock: FakeClock
    ) -> None:
        submit(known, claim)
        clock.advance(minutes=2)
        run = begin(known, claim)
        assert (run.status, run.state) == (RunStatus.PROCESSING, "processing")
        assert (run.submitted_at, run.start_time) == (NOON, clock.now())
        assert (run.place, run.where, run.note) == ("hpc:n3", "hpc:n3", "")
        clock.advance(seconds=30)
        assert run.duration(clock.now()) == timedelta(seconds=30)
        assert run.wait(clock.now()) == timedelta(minutes=2)

    def test_the_job_that_began_is_the_one(self, known: Services, claim: Claim) -> None:
        submit(known, claim, job="4711")
        assert begin(known, claim, job="4712").job == "4712"

    def test_where_no_node_is_known_the_cluster_stays(self, known: Services, claim: Claim) -> None:
        submit(known, claim)
        known.dispatch.started(claim.run_id, NOON, None, "4711 stem")
        assert known.runs.get(claim.run_id).place == "hpc"

    def test_all_of_it_stays_when_it_has_ended(
        self, known: Services, claim: Claim, clock: FakeClock
    ) -> None:
        submit(known, claim)
        clock.advance(minutes=2)
        begin(known, claim)
        clock.advance(seconds=30)
        run = end(known, claim, log_bytes=17)
        assert (run.place, run.job, run.submitted_at) == ("hpc:n3", "4711", NOON)
        assert (run.duration(clock.now()), run.log_bytes) == (timedelta(seconds=30), 17)

    def test_its_log_is_not_looked_for_by_whoever_writes_its_end(
        self, known: Services, claim: Claim
    ) -> None:
        claim.log_path.parent.mkdir(parents=True)
        claim.log_path.write_text("output")
        begin(known, claim)
        assert end(known, claim, log_bytes=None).log_bytes == 0


class TestGivenBack:
    @pytest.mark.parametrize("is_submitted", [False, True])
    def test_nothing_of_the_cluster_is_left(
        self, known: Services, claim: Claim, is_submitted: bool
    ) -> None:
        if is_submitted:
            submit(known, claim)
        known.dispatch.give_back([claim.run_id])
        row = Run.get_by_id(claim.run_id)
        assert (row.host, row.token, row.handle, row.place) == ("", None, None, "")
        assert (row.submitted_at, row.log_folder, row.waiting_note, row.note) == (
            None,
            None,
            "",
            "",
        )
        run = known.runs.get(claim.run_id)
        assert (run.state, run.where, run.job, run.was_taken) == ("queued", "", "", False)

    def test_it_is_taken_again_with_another_token(self, known: Services, claim: Claim) -> None:
        submit(known, claim)
        known.dispatch.give_back([claim.run_id])
        [again] = known.dispatch.claim()
        assert (again.run_id, again.runs_on) == (claim.run_id, "hpc")
        assert again.token != claim.token

    def test_why_is_noted_and_stays(self, known: Services, claim: Claim) -> None:
        submit(known, claim)
        known.dispatch.give_back([claim.run_id], "Slurm forgot it; it is submitted again")
        [again] = known.dispatch.claim()
        note = "Slurm forgot it; it is submitted again"
        assert (again.note, known.runs.get(claim.run_id).note) == (note, note)
        run = submit(known, again, job="4712")
        assert (run.note, run.own_note, run.job) == (f"{note}; Resources", note, "4712")

    def test_without_a_reason_the_note_that_it_had_stays(self, known: Services) -> None:
        known.runs.trigger(on_cluster(known))
        Run.update(note="Late by 2 min").execute()
        [claim] = known.dispatch.claim()
        submit(known, claim)
        known.dispatch.give_back([claim.run_id])
        assert known.runs.get(claim.run_id).note == "Late by 2 min"

    def test_what_has_begun_is_not(self, known: Services, claim: Claim) -> None:
        run = begin(known, claim)
        known.dispatch.give_back([claim.run_id], "whatever")
        assert known.runs.get(claim.run_id) == run


class TestStopping:
    def test_one_that_waits_there_is_asked_for(self, known: Services, claim: Claim) -> None:
        submit(known, claim)
        run = known.runs.kill(claim.run_id)
        assert (run.kill_request, run.state) == (KillRequest.TERM, "submitted")
        asked = [(claim.run_id, KillRequest.TERM, RunStatus.QUEUED)]
        assert known.dispatch.kill_requests() == asked
        ended = end(known, claim, RunStatus.KILLED)
        assert (ended.state, ended.start_time, ended.place) == ("killed", None, "hpc")
        assert known.dispatch.kill_requests() == []

    def test_how_long_it_had_waited_stays(
        self, known: Services, claim: Claim, clock: FakeClock
    ) -> None:
        submit(known, claim)
        clock.advance(minutes=2)
        run = end(known, claim, RunStatus.KILLED)
        clock.advance(minutes=2)
        assert run.wait(clock.now()) == timedelta(minutes=2)
        assert run.duration(clock.now()) is None


class TestRoom:
    """How many run at once is said of this machine alone."""

    @pytest.fixture
    def full(self, known: Services) -> Services:
        """Where one may run, and does."""
        one = with_clusters(known, max_running=1)
        a_process(one, "here", overlap=Overlap.ALLOW)
        claim = taken(one, a_request(one, process="here").id)
        one.dispatch.started(claim.run_id, NOON, 4711, "handle")
        return one

    def test_what_is_for_a_cluster_begins_also_without_room(self, full: Services) -> None:
        waiting = full.runs.trigger(full.requests.all()[0].id)
        claim = taken(full, on_cluster(full))
        assert claim.runs_on == "hpc"
        assert full.runs.get(waiting.id).state == "queued"

    @pytest.mark.parametrize("state", ["taken", "submitted", "begun"])
    def test_what_is_on_a_cluster_takes_no_room(self, known: Services, state: str) -> None:
        one = with_clusters(known, max_running=1)
        claim = taken(one, on_cluster(one))
        if state == "submitted":
            submit(one, claim)
        elif state == "begun":
            begin(one, claim)
        assert taken(one, a_request(one).id).runs_on is None

    def test_also_what_an_earlier_scheduler_left(self, known: Services, clock: FakeClock) -> None:
        one = with_clusters(known, max_running=1)
        in_every_state(one, clock)
        later = services_on(one.context)
        assert len(later.dispatch.open_runs()) == 3
        assert taken(later, a_request(later).id).runs_on is None

    def test_only_what_is_for_this_machine_is_said_to_wait_for_room(self, full: Services) -> None:
        here = full.runs.trigger(full.requests.all()[0].id)
        there = full.runs.trigger(on_cluster(full))
        assert full.runs.get(here.id).note.startswith("Waits for room")
        assert full.runs.get(there.id).note == ""

    @pytest.mark.parametrize("has_room", [False, True])
    def test_many_that_wait_for_room_keep_none_for_a_cluster_waiting(
        self, full: Services, has_room: bool
    ) -> None:
        [running] = full.dispatch.open_runs()
        waiting = [full.runs.trigger(full.requests.all()[0].id) for _ in range(250)]
        there = full.runs.trigger(on_cluster(full))
        if has_room:
            ending = Ending(run_id=running.run_id, status=RunStatus.SUCCESS, end_time=NOON)
            full.dispatch.ended(ending)
        begun = [claim.run_id for claim in full.dispatch.claim()]
        assert begun == [*(run.id for run in waiting[:has_room]), there.id]

    def test_what_is_for_a_cluster_is_in_nobodys_way(self, known: Services) -> None:
        one = with_clusters(known, max_running=1)
        there = one.runs.trigger(on_cluster(one))
        here = one.runs.trigger(a_request(one).id)
        assert [claim.run_id for claim in one.dispatch.claim()] == [there.id, here.id]


class TestFiles:
    """What lies in the folder of the cluster goes with the run."""

    @pytest.fixture
    def files(self, known: Services, claim: Claim) -> list[Path]:
        """Those of a run that has ended, after which another one was."""
        submit(known, claim)
        begin(known, claim)
        files = [claim.log_path, RunFiles.of(claim.log_path).begun]
        claim.log_path.parent.mkdir(parents=True)
        for file in files:
            file.write_text("x")
        end(known, claim, log_bytes=1)
        end(known, taken(known, known.runs.get(claim.run_id).request_id))
        return files

    def test_when_it_is_deleted(self, known: Services, claim: Claim, files: list[Path]) -> None:
        known.runs.delete(claim.run_id)
        assert not any(file.exists() for file in files)
        assert not claim.log_path.parent.exists()
        assert known.context.clusters["hpc"].folder.exists()

    def test_when_its_process_is_removed(self, known: Services, files: list[Path]) -> None:
        process = known.processes.named("train")
        assert not known.processes.remove_step(process.id)
        assert not any(file.exists() for file in files)

    def test_when_it_is_too_much(self, known: Services, files: list[Path]) -> None:
        limits = Limits(days=0, runs=1, bytes=0)
        batch = known.retention.batch(limits)
        known.retention.remove_files(known.retention.remove_rows(batch))
        assert not any(file.exists() for file in files)

    def test_also_where_the_cluster_is_not_configured_any_more(
        self, services: Services, claim: Claim, files: list[Path]
    ) -> None:
        services.runs.delete(claim.run_id)
        assert not any(file.exists() for file in files)


class TestMembers:
    @pytest.fixture
    def group_run(self, known: Services) -> int:
        """A run of a group whose second member is for the cluster."""
        a_group(known, "extract", "train", "load")
        on_cluster(known, "train")
        run = triggered(known)
        [extract] = known.dispatch.claim()
        assert extract.runs_on is None
        known.dispatch.started(extract.run_id, NOON, 4711, "handle")
        end(known, extract)
        return run.id

    def test_a_member_goes_there_and_the_group_goes_on(
        self, known: Services, group_run: int, clock: FakeClock
    ) -> None:
        [train] = known.dispatch.claim()
        assert train.runs_on == "hpc"
        submit(known, train)
        assert known.runs.get(group_run).place == ""
        clock.advance(minutes=2)
        begin(known, train)
        end(known, train)
        [load] = known.dispatch.claim()
        assert load.runs_on is None
        known.dispatch.started(load.run_id, clock.now(), 4711, "handle")
        end(known, load)
        assert statuses(known, group_run) == [
            ("extract", "success"),
            ("train", "success"),
            ("load", "success"),
        ]
        story = known.runs.get(group_run).log_path.read_text()
        assert f"2 'train', run {train.run_id}: begins on hpc:n3" in story
        assert f"3 'load', run {load.run_id}: begins\n" in story

    def test_one_that_waits_there_is_stopped_with_its_group(
        self, known: Services, group_run: int
    ) -> None:
        [train] = known.dispatch.claim()
        submit(known, train)
        known.runs.kill(group_run)
        asked = [(train.run_id, KillRequest.TERM, RunStatus.QUEUED)]
        assert known.dispatch.kill_requests() == asked
        end(known, train, RunStatus.KILLED)
        assert known.runs.get(group_run).status is RunStatus.KILLED

    def test_its_files_go_with_its_group(self, known: Services, group_run: int) -> None:
        [train] = known.dispatch.claim()
        begin(known, train)
        train.log_path.parent.mkdir(parents=True)
        train.log_path.write_text("x")
        known.runs.kill(group_run)
        end(known, train, RunStatus.KILLED, log_bytes=1)
        known.runs.delete(group_run)
        assert not train.log_path.exists()


class TestOfAnotherConfiguration:
    """Runs of a cluster that is not configured where somebody looks at them."""

    def test_what_is_open_cannot_be_seen(
        self, services: Services, known: Services, claim: Claim
    ) -> None:
        submit(known, claim)
        assert not known.runs.get(claim.run_id).is_elsewhere
        run = services.runs.get(claim.run_id)
        gone = "Is in the cluster 'hpc', which is not in the configuration"
        assert (run.is_elsewhere, run.own_note, run.where) == (
            True,
            gone,
            "hpc: waiting (Resources)",
        )

    def test_what_has_ended_can(self, services: Services, known: Services, claim: Claim) -> None:
        begin(known, claim)
        run = end(known, claim)
        assert services.runs.get(claim.run_id) == run
