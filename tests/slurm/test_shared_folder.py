"""A folder of runs that vanishes, is full, or cannot be written: nothing is concluded from that."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engine.harness import log_of
from tests.slurm.fakes import FakeSlurm
from tests.slurm.faking import FakedEngine, a_faked_engine
from tui_scheduler.models import ProcessKind, RunStatus


@pytest.fixture
async def engine(fake_slurm: FakeSlurm, new_database: Path) -> AsyncIterator[FakedEngine]:
    async with a_faked_engine(new_database.parent, fake_slurm) as engine:
        yield engine


@contextmanager
def unmounted(engine: FakedEngine) -> Iterator[None]:
    """As it looks from here: an empty folder. What has it open, goes on."""
    away = engine.folder.with_suffix(".away")
    engine.folder.rename(away)
    engine.folder.mkdir()
    yield
    engine.folder.rmdir()
    away.rename(engine.folder)


class TestVanished:
    async def test_while_it_waits(self, fake_slurm: FakeSlurm, engine: FakedEngine) -> None:
        fake_slurm.keep_waiting()
        request = engine.witness()
        run = await engine.waits(request, "Resources")
        with unmounted(engine):
            await engine.hears("No such file or directory")
            fake_slurm.rewrite(1, state="COMPLETED", reason="None")
            await engine.asked("squeue")
            assert engine.last(request).is_open
            fake_slurm.rewrite(1, state="PENDING", reason="Priority")
            await engine.asked("squeue")
        await engine.hears(None)
        run = await engine.waits(request, "Priority")
        await engine.begins(run)
        run = await engine.ended(request)
        assert (run.status, engine.effects()) == (RunStatus.SUCCESS, [run.id])

    async def test_while_it_runs_and_ends(self, fake_slurm: FakeSlurm, engine: FakedEngine) -> None:
        request = engine.gated("exit 3")
        run = await engine.has_begun(request)
        with unmounted(engine):
            await engine.hears("No such file or directory")
            fake_slurm.rewrite(int(run.job), state="FAILED", reason="NonZeroExitCode")
            await engine.asked("squeue")
            fake_slurm.forget(int(run.job))
            await engine.asked("squeue")
            assert engine.last(request).is_open
        engine.open_gate()
        assert (await engine.ended(request)).exit_code == 3
        assert list(engine.folder.parent.iterdir()) == [engine.folder]

    async def test_when_another_scheduler_takes_over(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        running = engine.gated("exit 3")
        begun = await engine.has_begun(running)
        fake_slurm.keep_waiting()
        waiting = engine.witness("exit 4")
        waits = await engine.waits(waiting, "Resources")
        await engine.leave()
        with unmounted(engine):
            await engine.take_over()
            await engine.hears("No such file or directory")
            await engine.asked("squeue")
            assert len(engine.services.runs.open()) == 2
        await engine.begins(waits)
        engine.open_gate()
        assert (await engine.ended(running)).exit_code == 3
        assert (await engine.ended(waiting)).exit_code == 4
        assert engine.last(running).start_time == begun.start_time

    async def test_what_is_stopped_meanwhile_ends_when_it_is_back(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.keep_waiting()
        request = engine.witness()
        run = await engine.waits(request, "Resources")
        with unmounted(engine):
            engine.stop(run)
            await engine.asked("squeue")
            assert engine.last(request).is_open
        run = await engine.ended(request)
        assert (run.status, engine.effects()) == (RunStatus.KILLED, [])

    async def test_what_is_to_be_submitted_is_refused_and_nothing_is_made(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        engine.folder.rmdir()
        run = await engine.ended(engine.witness())
        assert run.status is RunStatus.ERROR
        assert f"{engine.folder} is not there" in run.note
        assert not engine.folder.exists()
        assert fake_slurm.calls("sbatch") == []


class TestRefusing:
    async def test_one_that_cannot_be_written_is_told(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        (engine.folder / "00000").touch()  # where folders of logs are to be made
        run = await engine.ended(engine.witness())
        assert run.status is RunStatus.ERROR
        assert run.note.startswith("The folder of hpc cannot be used: ")
        assert fake_slurm.calls("sbatch") == []

    async def test_one_that_is_full_on_the_node_is_told(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.keep_waiting()
        request = engine.witness()
        run = await engine.waits(request, "Resources")
        engine.status_file(run).touch()  # it was made, and there was no room for a line
        await engine.begins(run)
        run = await engine.ended(request)
        assert (run.status, engine.effects()) == (RunStatus.ERROR, [])
        assert "could not write beside its log" in run.note
        assert "with room in it" in run.note


class TestStatusFile:
    async def test_half_a_line_ends_nothing(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        fake_slurm.keep_waiting()
        request = engine.witness()
        run = await engine.waits(request, "Resources")
        path = engine.status_file(run)
        path.write_text("1 n1 17723")
        await engine.asked("squeue")
        assert engine.last(request).start_time is None
        path.write_text("1 n1 1772366401.5\n3 17723664")
        run = await engine.has_begun(request)
        await engine.asked("squeue")
        assert engine.last(request).is_open
        path.write_text("1 n1 1772366401.5\n3 1772366402.5 0.5\n")
        assert (await engine.ended(request)).exit_code == 3

    @pytest.mark.parametrize("end", ["x 1 1", "\N{SUPERSCRIPT TWO} 1 1", "9999999999999999999 1 1"])
    async def test_rubbish_keeps_nobody_else_from_being_seen(
        self, fake_slurm: FakeSlurm, engine: FakedEngine, end: str
    ) -> None:
        first, second = engine.gated("exit 3"), engine.gated("exit 4")
        run = await engine.has_begun(first)
        await engine.has_begun(second)
        with engine.status_file(run).open("a") as file:
            file.write(f"{end}\n")
        engine.open_gate()
        assert (await engine.ended(second)).exit_code == 4

    async def test_a_file_of_others_in_its_place_is_told(
        self, fake_slurm: FakeSlurm, engine: FakedEngine, tmp_path: Path
    ) -> None:
        fake_slurm.keep_waiting()
        request = engine.witness()
        run = await engine.waits(request, "Resources")
        path = engine.status_file(run)
        path.symlink_to(tmp_path / "other")
        await engine.hears("it is a symbolic link")
        path.unlink()
        await engine.hears(None)
        await engine.begins(run)
        assert (await engine.ended(request)).status is RunStatus.SUCCESS


class TestLog:
    async def test_it_has_the_bytes_that_it_may_have(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        run = await engine.ended(engine.witness("seq 200000; exit 3"))
        assert run.exit_code == 3
        assert 1_000_000 <= len(log_of(run)) < 1_000_200
        assert (
            log_of(run)
            .splitlines()[-1]
            .endswith(b"bytes of output not kept: its log is full (log_cap) --")
        )
        assert run.log_bytes == len(log_of(run))

    async def test_many_that_copy_what_python_needs_at_once_all_run(
        self, fake_slurm: FakeSlurm, engine: FakedEngine
    ) -> None:
        (engine.home / "jobs.py").write_text("def work(context):\n    pass\n")
        requests = [
            engine.on_cluster(
                "jobs:work",
                kind=ProcessKind.PYTHON,
                python=sys.executable,
                working_directory=str(engine.home),
            )
            for _ in range(6)
        ]
        for request in requests:
            assert (await engine.ended(request)).status is RunStatus.SUCCESS
        assert len(list(engine.folder.glob("python_child*"))) == 1
