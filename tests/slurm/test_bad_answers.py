"""Runs on a cluster whose tools answer late, wrongly, or not at all: each begins once, and ends."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.harness import log_of
from tests.slurm.fakes import CONNECT_FAILURE, TIMED_OUT, FakeSlurm
from tests.slurm.faking import QUICK, FakedEngine, a_faked_engine
from tests.support.patience import PATIENCE
from tui_scheduler.engine import live_runs
from tui_scheduler.models import Overlap, RunStatus

HANGS = 1.5
"""Seconds after which a call is taken to hang; one that is only slow is found to be done, later."""


@pytest.fixture
async def engine(fake_slurm: FakeSlurm, new_database: Path) -> AsyncIterator[FakedEngine]:
    async with a_faked_engine(new_database.parent, fake_slurm) as engine:
        yield engine


class TestSubmitting:
    async def test_a_controller_that_is_down_is_waited_for(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.fail(CONNECT_FAILURE)
        request = engine.witness()
        run = await engine.waits(request, "does not answer")
        assert run.status is RunStatus.QUEUED
        assert CONNECT_FAILURE in run.note
        await engine.asked("squeue")
        assert len(fake_slurm.calls("sbatch")) == 1
        fake_slurm.recover()
        run = await engine.ended(request)
        assert (run.status, run.note, engine.effects()) == (RunStatus.SUCCESS, "", [run.id])
        await engine.hears(None)

    async def test_an_answer_that_is_lost_costs_no_second_job(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.fail(TIMED_OUT, "sbatch", times=1, after=True)
        run = await engine.ended(engine.witness())
        assert (run.status, engine.effects(), run.job) == (RunStatus.SUCCESS, [run.id], "1")
        assert len(fake_slurm.jobs()) == 1

    async def test_of_two_jobs_of_a_run_one_begins_and_the_other_leaves_the_queue(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.keep_waiting()
        with fake_slurm.stale():
            fake_slurm.fail(TIMED_OUT, "sbatch", times=1, after=True)
            request = engine.witness()
            await engine.has_jobs(2)
        run = await engine.waits(request, "Resources")
        await asyncio.to_thread(fake_slurm.begin, 2)
        run = await engine.ended(request)
        assert (run.status, run.job, engine.effects()) == (RunStatus.SUCCESS, "2", [run.id])
        await engine.becomes(1, "CANCELLED")

    async def test_of_two_jobs_that_begin_at_once_one_runs(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        with fake_slurm.stale():
            fake_slurm.fail(TIMED_OUT, "sbatch", times=1, after=True)
            run = await engine.ended(engine.witness("exit 4"))
        assert (run.exit_code, engine.effects()) == (4, [run.id])

    async def test_a_refusal_does_not_end_what_was_taken_before(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.fail(TIMED_OUT, "sbatch", times=1, after=True)
        fake_slurm.fail("Job violates accounting/QOS policy", "sbatch")
        with fake_slurm.stale():
            request = engine.gated("exit 3")
            run = await engine.has_begun(request)
        engine.open_gate()
        run = await engine.ended(request)
        assert (run.exit_code, engine.effects()) == (3, [run.id])

    async def test_what_was_refused_after_all_never_begins(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.keep_waiting()
        fake_slurm.fail(TIMED_OUT, "sbatch", times=1, after=True)
        fake_slurm.fail("Job violates accounting/QOS policy", "sbatch")
        with fake_slurm.stale():
            run = await engine.ended(engine.witness())
        assert run.status is RunStatus.ERROR
        assert "Job violates accounting/QOS policy" in run.note
        await engine.becomes(1, "CANCELLED")
        assert engine.effects() == []

    async def test_many_that_wait_for_a_controller_that_hangs_wait_together(
        self, fake_slurm: FakeSlurm, tmp_path: Path
    ) -> None:
        async with a_faked_engine(tmp_path / "e", fake_slurm, answer=HANGS) as engine:
            fake_slurm.hang("sbatch", after=True)
            fake_slurm.hang("squeue")
            requests = [engine.witness() for _ in range(8)]
            for request in requests:  # each is told what was asked last
                await engine.waits(request, "does not answer: nothing from ")
            assert len(fake_slurm.calls("sbatch")) <= 4
            fake_slurm.recover()
            for request in requests:
                assert (await engine.ended(request)).status is RunStatus.SUCCESS
            assert len(engine.effects()) == len(set(engine.effects())) == 8

    async def test_one_that_is_stopped_meanwhile_ends_at_once_and_leaves_no_job(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.keep_waiting()
        fake_slurm.hang("sbatch", times=1, after=True)
        request = engine.witness()
        await engine.has_jobs(1)
        engine.stop(engine.last(request))
        run = await engine.ended(request)
        assert (run.status, run.note) == (RunStatus.KILLED, "Stopped on request before it began")
        await engine.becomes(1, "CANCELLED")

    async def test_one_that_is_edited_meanwhile_is_submitted_as_it_is_then(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.fail(CONNECT_FAILURE)
        request = engine.witness()
        await engine.waits(request, "does not answer")
        engine.edit("echo edited")
        await engine.asked("squeue")
        fake_slurm.recover()
        run = await engine.ended(request)
        assert (run.status, log_of(run), engine.effects()) == (RunStatus.SUCCESS, b"edited\n", [])

    async def test_our_limit_of_time_is_slurms_too_and_a_little_longer(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        await engine.ended(engine.witness(timeout=engine.kill_grace * 600))
        await engine.ended(engine.on_cluster("true", "--time=5", timeout=engine.kill_grace))
        limits = [
            [word for word in words if word.startswith("--time")]
            for words in fake_slurm.calls("sbatch")
        ]
        minutes = engine.kill_grace.total_seconds() * 600 / 60
        assert int(limits[0][0].removeprefix("--time=")) > minutes
        assert limits[1] == ["--time=5"]

    async def test_what_is_refused_leaves_nothing_behind(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.fail("Invalid account or account/partition combination specified", "sbatch")
        run = await engine.ended(engine.witness())
        assert run.status is RunStatus.ERROR
        assert "Invalid account" in run.note
        assert not engine.status_file(run).exists()
        assert b"Invalid account" in log_of(run)
        await engine.asks_no_more()


class TestListing:
    async def test_all_runs_together_cost_one_question_in_a_while(
        self, fake_slurm: FakeSlurm, tmp_path: Path
    ) -> None:
        fake_slurm.keep_waiting()
        async with a_faked_engine(tmp_path / "e", fake_slurm, listing=PATIENCE) as engine:
            requests = [engine.witness(overlap=Overlap.ALLOW) for _ in range(20)]
            for request in requests:
                await engine.submitted(request)
            assert len(fake_slurm.calls("squeue")) <= 1

    async def test_nothing_is_asked_where_there_is_nothing(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        await engine.ended(engine.schedule("true"))
        assert fake_slurm.calls() == []
        await engine.ended(engine.witness())
        await engine.asks_no_more()
        assert {words[0] for words in fake_slurm.calls()} <= {"sbatch", "squeue"}

    async def test_a_list_that_is_stale_ends_nothing(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        with fake_slurm.stale():
            request = engine.gated("exit 5")
            await engine.has_begun(request)
            await engine.asked("squeue")
            assert engine.last(request).is_open
        engine.open_gate()
        assert (await engine.ended(request)).exit_code == 5

    async def test_names_and_reasons_may_be_anything(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.keep_waiting("ReqNodeNotAvail, Unavailable|Nodes: n[1-3] |")
        await engine.foreign("--job-name= a|b c |")
        await engine.foreign("--job-name=7|RUNNING|None|n1|x")
        request = engine.witness()
        run = await engine.waits(request, "Unavailable|Nodes: n[1-3] |")
        await engine.begins(run)
        assert (await engine.ended(request)).status is RunStatus.SUCCESS

    async def test_a_word_that_nobody_knows_is_one_of_a_job_that_goes_on(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        request = engine.gated("true")
        run = await engine.has_begun(request)
        fake_slurm.rewrite(int(run.job), state="LEVITATING")
        await engine.asked("squeue")
        assert engine.last(request).is_open
        engine.open_gate()
        assert (await engine.ended(request)).status is RunStatus.SUCCESS

    async def test_squeue_that_hangs_keeps_no_end_from_being_seen(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.hang("squeue")
        assert (await engine.ended(engine.witness("exit 3"))).exit_code == 3

    async def test_a_controller_that_is_down_while_it_runs_decides_nothing(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        request = engine.gated("exit 6")
        await engine.has_begun(request)
        fake_slurm.fail(CONNECT_FAILURE)
        await engine.hears("does not answer")
        trouble = engine.cluster_troubles[-1]
        await engine.asked("squeue")
        assert engine.cluster_troubles[-1] == trouble
        engine.open_gate()
        assert (await engine.ended(request)).exit_code == 6


class TestStopping:
    async def test_what_waits_ends_at_once_and_leaves_the_queue_when_slurm_answers(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.keep_waiting()
        request = engine.witness()
        run = await engine.waits(request, "Resources")
        fake_slurm.hang()
        engine.stop(run)
        run = await engine.ended(request)
        assert (run.status, run.note) == (RunStatus.KILLED, "Stopped on request before it began")
        state = fake_slurm.job(1)
        assert state is not None
        assert state["state"] == "PENDING"
        fake_slurm.recover()
        await engine.becomes(1, "CANCELLED")

    async def test_what_runs_is_killed_when_slurm_answers(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        request = engine.witness("sleep 100000")
        run = await engine.has_begun(request)
        fake_slurm.fail(CONNECT_FAILURE)
        engine.stop(run)
        await engine.asked("scancel", 1)
        assert engine.last(request).is_open
        fake_slurm.recover()
        run = await engine.ended(request)
        assert run.status is RunStatus.KILLED
        assert run.note.startswith("Stopped on request")

    async def test_scancel_that_hangs_is_tried_again(
        self, fake_slurm: FakeSlurm, tmp_path: Path
    ) -> None:
        async with a_faked_engine(tmp_path / "e", fake_slurm, answer=HANGS) as engine:
            request = engine.witness("sleep 100000")
            run = await engine.has_begun(request)
            fake_slurm.hang("scancel", times=1)
            engine.stop(run)
            assert (await engine.ended(request)).status is RunStatus.KILLED

    async def test_one_that_ends_by_itself_before_it_can_be_stopped_has_ended(
        self, fake_slurm: FakeSlurm, engine: FakedEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live_runs, "_STOP_PAUSE", PATIENCE * 2)
        request = engine.gated("exit 4")
        run = await engine.has_begun(request)
        fake_slurm.fail(CONNECT_FAILURE, "scancel")
        engine.stop(run)
        await engine.asked("scancel", 1)
        engine.open_gate()
        run = await engine.ended(request)
        assert (run.status, run.exit_code) == (RunStatus.ERROR, 4)

    async def test_what_begins_in_that_moment_has_its_last_words(
        self, fake_slurm: FakeSlurm, tmp_path: Path
    ) -> None:
        fake_slurm.keep_waiting()
        timing = {"look": PATIENCE, "listing": PATIENCE, "kill_grace": PATIENCE}
        async with a_faked_engine(tmp_path / "e", fake_slurm, **timing) as engine:
            request = engine.witness("trap 'echo bye; exit 3' TERM; sleep 100000 & wait")
            run = await engine.submitted(request)
            await asyncio.to_thread(fake_slurm.begin, 1)
            await engine.eventually(engine.effects)
            engine.stop(run)
            await engine.becomes(1, "COMPLETED")
            engine.timing = QUICK
            await engine.take_over()
            assert (await engine.ended(request)).exit_code == 3
            assert log_of(run).startswith(b"bye\n")

    async def test_one_that_was_put_back_to_pending_leaves_the_queue(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        request = engine.witness("sleep 100000")
        run = await engine.has_begun(request)
        fake_slurm.rewrite(int(run.job), state="PENDING", reason="BeginTime")
        await engine.asked("squeue")
        engine.stop(run)
        run = await engine.ended(request)
        assert run.status is RunStatus.KILLED
        words = [word for call in fake_slurm.calls("scancel") for word in call]
        assert "--signal=TERM" not in words

    async def test_one_that_slurm_forgot_is_not_said_to_be_killed(
        self, fake_slurm: FakeSlurm, tmp_path: Path
    ) -> None:
        async with a_faked_engine(tmp_path / "e", fake_slurm, lost_after=0) as engine:
            request = engine.witness("sleep 100000")
            run = await engine.has_begun(request)
            script = engine.script(run)
            fake_slurm.fail(CONNECT_FAILURE, "scancel")
            engine.stop(run)
            await engine.asked("scancel", 1)
            fake_slurm.forget(int(run.job))
            run = await engine.ended(request)
            assert (run.status, run.signal) == (RunStatus.LOST, None)
            assert "does not know its job" in run.note
            assert script.is_running()

    async def test_a_job_of_others_that_was_given_its_number_goes_on(
        self, fake_slurm: FakeSlurm, tmp_path: Path
    ) -> None:
        how = {"kill_grace": 0.05, "again": 0.05}
        async with a_faked_engine(tmp_path / "e", fake_slurm, **how) as engine:
            run = await engine.has_begun(engine.witness("sleep 100000"))
            number = int(run.job)
            fake_slurm.forget(number)
            fake_slurm.next_id(number)
            theirs = await engine.foreign("--job-name=theirs", script="sleep 100000")
            assert theirs == number
            engine.stop(run)
            await engine.asked("scancel", 4)
            assert engine.state(theirs) == "RUNNING"
            assert engine.last().is_open


class TestOverlap:
    @pytest.mark.parametrize(
        ("policy", "expected"),
        [
            (Overlap.SKIP, ["success", "skipped"]),
            (Overlap.QUEUE, ["success", "success"]),
            (Overlap.REPLACE, ["killed", "success"]),
        ],
    )
    async def test_one_that_waits_in_slurm_is_open(
        self, fake_slurm: FakeSlurm, engine: FakedEngine, policy: Overlap, expected: list[str]
    ) -> None:
        fake_slurm.keep_waiting()
        request = engine.witness(overlap=policy)
        await engine.waits(request, "Resources")
        fake_slurm.keep_waiting(None)
        engine.trigger(request)
        await engine.until(lambda: len(engine.runs(request)) == 2)
        if policy is not Overlap.REPLACE:
            await asyncio.to_thread(fake_slurm.begin, 1)
        await engine.all_ended()
        assert engine.statuses(request) == expected
        if policy is Overlap.REPLACE:
            await engine.becomes(1, "CANCELLED")
        assert len(engine.effects()) == expected.count("success")
