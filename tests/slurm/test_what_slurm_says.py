"""What becomes of runs that Slurm ends, forgets, puts back, or takes for others."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.harness import log_of
from tests.slurm.fakes import FakeSlurm
from tests.slurm.faking import FakedEngine, a_faked_engine
from tui_scheduler.models import RunStatus


@pytest.fixture
async def engine(fake_slurm: FakeSlurm, new_database: Path) -> AsyncIterator[FakedEngine]:
    async with a_faked_engine(new_database.parent, fake_slurm) as engine:
        yield engine


class TestForgotten:
    async def test_before_it_began_it_is_submitted_once_more_and_runs_once(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.keep_waiting()
        request = engine.witness("exit 4")
        first = await engine.waits(request, "Resources")
        fake_slurm.forget(int(first.job))
        await engine.until(lambda: engine.last(request).job == "2")
        await engine.asked("squeue")
        run = await engine.waits(request, "Resources")
        await engine.begins(run)
        run = await engine.ended(request)
        assert (run.exit_code, engine.effects()) == (4, [run.id])
        assert len(fake_slurm.calls("sbatch")) == 2

    async def test_one_that_begins_all_the_same_is_not_run_twice(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.keep_waiting()
        request = engine.witness("exit 4")
        first = await engine.waits(request, "Resources")
        fake_slurm.rewrite(int(first.job), name="another")  # nobody finds it
        await engine.until(lambda: engine.last(request).job == "2")
        await engine.begins(first)
        await engine.becomes(first.job, "COMPLETED")
        assert engine.effects() == []
        await engine.begins(engine.last(request))
        run = await engine.ended(request)
        assert (run.exit_code, engine.effects()) == (4, [run.id])

    async def test_once_it_has_begun_its_file_ends_it(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        request = engine.gated("exit 4")
        run = await engine.has_begun(request)
        fake_slurm.forget(int(run.job))
        fake_slurm.next_id(int(run.job))
        await engine.foreign("--job-name=theirs", "--hold")
        await engine.asked("squeue")
        assert engine.last(request).is_open
        engine.open_gate()
        run = await engine.ended(request)
        assert (run.exit_code, engine.effects()) == (4, [run.id])

    async def test_one_that_is_never_heard_of_again_is_lost(
        self, fake_slurm: FakeSlurm, tmp_path: Path
    ) -> None:
        async with a_faked_engine(tmp_path / "e", fake_slurm, lost_after=0) as engine:
            request = engine.witness("sleep 100000")
            run = await engine.has_begun(request)
            fake_slurm.forget(int(run.job))
            run = await engine.ended(request)
            assert run.status is RunStatus.LOST
            assert run.note.startswith(f"Slurm does not know its job {run.job} any more")

    async def test_a_number_that_belongs_to_others_before_it_began_means_nothing(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.keep_waiting()
        request = engine.witness()
        first = await engine.waits(request, "Resources")
        fake_slurm.rewrite(int(first.job), name="theirs")
        await engine.until(lambda: engine.last(request).job == "2")
        await engine.begins(engine.last(request))
        assert (await engine.ended(request)).status is RunStatus.SUCCESS
        assert engine.state(first.job) == "PENDING"


class TestEndedBySlurm:
    @pytest.mark.parametrize(
        ("word", "status", "note"),
        [
            ("TIMEOUT", RunStatus.TIMED_OUT, "its time in Slurm was over (TIMEOUT)"),
            ("DEADLINE", RunStatus.TIMED_OUT, "its deadline in Slurm was over (DEADLINE)"),
            ("OUT_OF_MEMORY", RunStatus.ERROR, "more memory than it asked for (OUT_OF_MEMORY)"),
            ("PREEMPTED", RunStatus.KILLED, "preempted in Slurm"),
            ("CANCELLED", RunStatus.KILLED, "cancelled in Slurm"),
            ("NODE_FAIL", RunStatus.LOST, "Node n1 failed (NODE_FAIL)"),
            ("BOOT_FAIL", RunStatus.LOST, "Node n1 failed (BOOT_FAIL)"),
        ],
    )
    async def test_its_word_is_told(
        self,
        fake_slurm: FakeSlurm,
        engine: FakedEngine,
        word: str,
        status: RunStatus,
        note: str,
    ) -> None:
        request = engine.witness("echo so far; sleep 100000")
        run = await engine.has_begun(request)
        await engine.has_written(run, 1)
        fake_slurm.rewrite(int(run.job), state=word)
        run = await engine.ended(request)
        assert (run.status, run.exit_code) == (status, None)
        assert note in run.note
        assert log_of(run).startswith(b"so far\n")

    @pytest.mark.parametrize(
        ("word", "is_tried_again"), [("NODE_FAIL", True), ("PREEMPTED", True), ("DEADLINE", False)]
    )
    async def test_before_it_began_it_is_submitted_again_unless_its_time_was_over(
        self, fake_slurm: FakeSlurm, engine: FakedEngine, word: str, is_tried_again: bool
    ) -> None:
        fake_slurm.keep_waiting()
        request = engine.witness()
        run = await engine.waits(request, "Resources")
        fake_slurm.keep_waiting(None)
        fake_slurm.rewrite(int(run.job), state=word)
        run = await engine.ended(request)
        assert run.status is (RunStatus.SUCCESS if is_tried_again else RunStatus.TIMED_OUT)
        assert len(engine.effects()) == is_tried_again

    async def test_what_failed_with_its_node_is_tried_again_as_its_process_says(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        request = engine.gated("exit 0", retries=1, retry_delay=engine.kill_grace * 0)
        run = await engine.has_begun(request)
        fake_slurm.rewrite(int(run.job), state="NODE_FAIL")
        await engine.until(lambda: len(engine.runs(request)) == 2)
        engine.open_gate()
        await engine.all_ended()
        assert engine.statuses(request)[1] == "success"

    async def test_what_is_put_back_to_pending_after_it_began_runs_once(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        request = engine.gated("exit 5")
        run = await engine.has_begun(request)
        fake_slurm.rewrite(int(run.job), state="PENDING", reason="BeginTime")
        await engine.asked("squeue")
        await engine.begins(run)  # once more
        await engine.becomes(run.job, "COMPLETED")
        await engine.asked("squeue")
        assert engine.last(request).is_open
        engine.open_gate()
        run = await engine.ended(request)
        assert (run.exit_code, engine.effects()) == (5, [run.id])

    async def test_a_job_of_the_same_name_decides_nothing(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        request = engine.gated("exit 6")
        run = await engine.has_begun(request)
        job = fake_slurm.job(int(run.job))
        assert job is not None
        foreign = await engine.foreign(f"--job-name={job['name']}", script="exit 1")
        await engine.becomes(foreign, "FAILED")
        await engine.asked("squeue")
        assert engine.last(request).is_open
        engine.open_gate()
        assert (await engine.ended(request)).exit_code == 6


class TestTakingOver:
    async def test_what_was_taken_and_never_submitted_runs(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.hang("sbatch", times=1)
        request = engine.witness()
        await engine.asked("sbatch", 1)
        engine.drop()
        await engine.take_over()
        run = await engine.ended(request)
        assert (run.status, engine.effects()) == (RunStatus.SUCCESS, [run.id])

    async def test_what_was_submitted_and_not_written_down_is_found(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.keep_waiting()
        fake_slurm.hang("sbatch", times=1, after=True)
        request = engine.witness()
        await engine.has_jobs(1)
        engine.drop()
        await engine.take_over()
        run = await engine.waits(request, "Resources")
        assert run.job == "1"
        await engine.begins(run)
        run = await engine.ended(request)
        assert (run.status, engine.effects()) == (RunStatus.SUCCESS, [run.id])
        assert len(fake_slurm.calls("sbatch")) == 1

    async def test_whether_it_was_submitted_is_asked_until_slurm_answers(
        self, fake_slurm: FakeSlurm, tmp_path: Path
    ) -> None:
        async with a_faked_engine(tmp_path / "e", fake_slurm, adoption=0) as engine:
            fake_slurm.hang("sbatch", times=1)
            request = engine.witness()
            await engine.asked("sbatch", 1)
            engine.drop()
            fake_slurm.fail("Unable to contact slurm controller", "squeue")
            await engine.take_over()
            await engine.asked("squeue")
            assert engine.last(request).is_open
            fake_slurm.recover()
            run = await engine.ended(request)
            assert (run.status, engine.effects()) == (RunStatus.SUCCESS, [run.id])

    async def test_a_submission_that_is_under_way_when_we_leave_runs_once(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.hang("sbatch", times=1)
        request = engine.witness()
        await engine.asked("sbatch", 1)
        await engine.leave()
        assert not [task for task in asyncio.all_tasks() if "Attention" in repr(task.get_coro())]
        fake_slurm.recover()
        await engine.has_jobs(1)
        await engine.take_over()
        run = await engine.ended(request)
        assert (run.status, engine.effects()) == (RunStatus.SUCCESS, [run.id])

    async def test_what_waits_runs_has_ended_or_is_forgotten_goes_on(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        running = engine.gated("exit 2")
        ending = engine.gated("exit 3")
        begun = await engine.has_begun(running)
        await engine.has_begun(ending)
        fake_slurm.keep_waiting()
        waiting, forgotten = engine.witness("exit 4"), engine.witness("exit 5")
        waits = await engine.waits(waiting, "Resources")
        gone = await engine.waits(forgotten, "Resources")
        await engine.leave()
        fake_slurm.forget(int(gone.job))
        fake_slurm.forget(int(begun.job))
        fake_slurm.keep_waiting(None)
        engine.open_gate()
        await engine.begins(waits)
        await engine.take_over()
        codes = [(await engine.ended(each)).exit_code for each in (running, ending, waiting)]
        assert codes == [2, 3, 4]
        assert (await engine.ended(forgotten)).exit_code == 5
        assert len(engine.effects()) == len(set(engine.effects())) == 4
        assert engine.last(running).start_time == begun.start_time

    async def test_one_that_was_to_be_stopped_is_stopped(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.keep_waiting()
        request = engine.witness()
        run = await engine.waits(request, "Resources")
        await engine.leave()
        engine.services.runs.kill(run.id, force=False)
        await engine.take_over()
        run = await engine.ended(request)
        assert (run.status, run.note) == (RunStatus.KILLED, "Stopped on request before it began")
        await engine.becomes(1, "CANCELLED")
