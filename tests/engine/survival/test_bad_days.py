"""A keeper that is killed, stopped or older than we are: no end is lost and nothing runs twice."""

import asyncio
import ctypes
import errno
import inspect
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.beacon import Beacon
from tests.engine.claims import is_alive, keeper_of, keeper_replaced
from tests.engine.harness import Engine, log_of
from tests.engine.survival.test_adoption import another_moment, end_group, journal_of, killed_after
from tests.support.patience import PATIENCE
from tui_scheduler.engine.local import keeper as keeper_module
from tui_scheduler.engine.local import keepers, keeping
from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.engine.local.journals import MAY_BE_MISSING, Journal
from tui_scheduler.engine.local.keeper import adopt_orphans
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.signs_of_life import Trouble

MISSING = f"-- {MAY_BE_MISSING} --\n".encode()


@pytest.fixture
def go_on(tmp_path: Path) -> Path:
    """What a command reads a line from when it is to go on."""
    path = tmp_path / "go-on"
    os.mkfifo(path)
    return path


async def running(engine: Engine, beacon: Beacon, *commands: str) -> None:
    """Have ``commands`` run, each of which lights the beacon."""
    for command in commands:
        engine.schedule(command)
    await engine.scheduler.step()
    await beacon.seen(len(commands))
    await engine.all_running()


class TestKeeperKilled:
    async def test_codes_signals_and_output_are_true_afterwards(
        self, engine: Engine, beacon: Beacon, tmp_path: Path
    ) -> None:
        fifos = [tmp_path / f"go-on-{number}" for number in range(3)]
        for fifo in fifos:
            os.mkfifo(fifo)
        ends = ("exit 7", "kill -SEGV $$", "exit 0")
        await running(
            engine,
            beacon,
            *(
                f"echo before; {beacon.lit} read line < {fifo}; echo $line; {end}"
                for fifo, end in zip(fifos, ends, strict=True)
            ),
        )
        await logs_say(engine, b"before\n")
        await keeper_replaced(tmp_path)
        for fifo in fifos:
            fifo.write_text("after\n")
        await engine.all_ended()
        runs = engine.runs()
        assert [(run.status, run.exit_code, run.signal) for run in runs] == [
            ("error", 7, None),
            ("error", None, signal.SIGSEGV),
            ("success", 0, None),
        ]
        assert all(run.cpu_time is not None for run in runs)
        async with asyncio.timeout(PATIENCE):
            while not all(
                log_of(run).startswith(b"before\n" + MISSING + b"after\n") for run in runs
            ):
                await another_moment()

    async def test_again_and_again(
        self, engine: Engine, beacon: Beacon, tmp_path: Path, go_on: Path
    ) -> None:
        await running(engine, beacon, f"{beacon.lit} read line < {go_on}; echo $line; exit 7")
        for _ in range(3):
            await keeper_replaced(tmp_path)
        tell(go_on, "after\n")
        await engine.all_ended()
        assert engine.last().exit_code == 7
        await last_says(engine, b"after\n")

    async def test_a_run_that_ends_with_it_has_its_code(
        self, engine: Engine, beacon: Beacon, tmp_path: Path
    ) -> None:
        """It does so itself: its end comes when nobody is there to see it."""
        await running(engine, beacon, f"{beacon.lit} sleep 0.05; kill -9 $PPID; echo bye; exit 9")
        await engine.all_ended()
        assert (engine.last().status, engine.last().exit_code) == ("error", 9)
        await last_says(engine, b"bye\n")

    async def test_output_that_nobody_will_read_is_told_of(
        self, engine: Engine, beacon: Beacon, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its end is known before there is another keeper, and we may be the next to be killed."""
        monkeypatch.setattr(keepers, "_MOST_OFTEN", 3600.0)
        await running(engine, beacon, f"{beacon.lit} sleep 0.05; kill -9 $PPID; echo bye; exit 9")
        await engine.all_ended()
        run = engine.last()
        assert (run.exit_code, run.note) == (9, MAY_BE_MISSING)

    async def test_a_run_that_it_dies_of_each_time_is_given_up(
        self, engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """It is begun often enough that no other cause is likely, and not for ever."""
        monkeypatch.setattr(keepers, "_MOST_OFTEN", 0.0)
        dies = "Keeper._spawn = lambda *_: os.kill(os.getpid(), 9)\n"
        code = compile(inspect.getsource(keeper_module) + dies, keeper_module.__name__, "exec")
        monkeypatch.setattr(keeping, "_code", lambda: code)
        engine.schedule(f"echo began >> {tmp_path / 'effect'}")
        await engine.scheduler.step()
        await engine.all_ended()
        assert engine.last().status == "error"
        assert engine.last().note.startswith("The process that starts the runs died each time")
        assert not (tmp_path / "effect").exists()

    async def test_none_of_many_starts_is_lost_or_made_twice(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        effect = tmp_path / "effect"
        for number in range(50):
            kill = "kill -9 $PPID; " if number in {5, 25} else ""
            engine.schedule(f"echo {number} >> {effect}; {kill}exit {number}")
        await engine.scheduler.step()
        await engine.all_ended()
        runs = engine.runs()
        assert [run.exit_code for run in runs] == list(range(50)), [r.note for r in runs if r.note]
        assert sorted(map(int, effect.read_text().split())) == list(range(50))

    async def test_stops_go_on(self, engine: Engine, beacon: Beacon, tmp_path: Path) -> None:
        await running(engine, beacon, f"{beacon.lit} sleep 600")
        await keeper_replaced(tmp_path)
        engine.services.runs.kill(engine.last().id)
        await engine.scheduler.step()
        await engine.all_ended()
        assert (engine.last().status, engine.last().signal) == ("killed", signal.SIGTERM)

    async def test_its_journal_goes_when_its_runs_are_recorded(
        self, engine: Engine, beacon: Beacon, tmp_path: Path, go_on: Path
    ) -> None:
        await running(engine, beacon, f"{beacon.lit} read line < {go_on}")
        journal = journal_of(engine.last()).path
        await keeper_replaced(tmp_path)
        tell(go_on, "now\n")
        await engine.all_ended()
        while journal.exists():
            await another_moment()


class TestKeeperStopped:
    @pytest.fixture(autouse=True)
    def _impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keeping, "_LOOK", 0.05)

    async def test_it_is_replaced_and_told_of(
        self, engine: Engine, beacon: Beacon, tmp_path: Path, go_on: Path
    ) -> None:
        troubles: list[Trouble | None] = []
        runner = LocalRunner(
            engine.clock, engine.kill_grace, tmp_path / "logs", trouble=troubles.append
        )
        engine.scheduler = engine.new_scheduler(runner=runner)
        await running(engine, beacon, f"{beacon.lit} read line < {go_on}; echo $line; exit 7")
        await keeper_replaced(tmp_path, signal.SIGSTOP)
        assert str(troubles[0]) == "The process that keeps the runs did not answer and was replaced"
        tell(go_on, "after\n")
        await engine.all_ended()
        assert engine.last().exit_code == 7
        await last_says(engine, b"after\n")

    async def test_a_start_that_was_asked_for_meanwhile_is_made_once(
        self, engine: Engine, beacon: Beacon, tmp_path: Path
    ) -> None:
        await running(engine, beacon, f"{beacon.lit} true")
        os.kill(keeper_of(tmp_path), signal.SIGSTOP)
        request = engine.schedule(f"echo once >> {tmp_path}/effect; exit 5")
        await engine.scheduler.step()
        await engine.all_ended()
        assert engine.last(request).exit_code == 5
        assert (tmp_path / "effect").read_text() == "once\n"

    async def test_a_stop_needs_no_keeper(
        self, engine: Engine, beacon: Beacon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await running(engine, beacon, f"{beacon.lit} exec sleep 600")
        pid = engine.last().pid or 0
        os.kill(keeper_of(tmp_path), signal.SIGSTOP)
        engine.services.runs.kill(engine.last().id)
        await engine.scheduler.step()
        async with asyncio.timeout(PATIENCE):
            while is_alive(pid):
                await another_moment()
        await engine.all_ended()
        assert (engine.last().status, engine.last().signal) == ("killed", signal.SIGTERM)


class TestKeeperOnADeadDisk:
    """It waits in the kernel, where even kill -9 does not reach it."""

    @pytest.fixture(autouse=True)
    def out_of_reach(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[list["subprocess.Popen[bytes]"]]:
        stuck: list[subprocess.Popen[bytes]] = []

        def kill(process: "subprocess.Popen[bytes]") -> None:
            stuck.append(process)

        monkeypatch.setattr(keeping, "_LOOK", 0.05)
        monkeypatch.setattr(keeping, "_LAST_WORDS", 0.1)
        monkeypatch.setattr(keepers, "_LAST_WORDS", 0.1)
        monkeypatch.setattr(keepers, "_MOST_OFTEN", 0)
        monkeypatch.setattr(subprocess.Popen, "kill", kill)
        yield stuck
        for process in stuck:
            process.send_signal(signal.SIGKILL)
            process.wait()

    async def test_what_it_was_asked_for_is_begun_once_by_the_next(
        self, engine: Engine, beacon: Beacon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await running(engine, beacon, f"{beacon.lit} exec sleep 600")
        os.kill(keeper_of(tmp_path), signal.SIGSTOP)
        request = engine.schedule(f"echo once >> {tmp_path}/effect; exit 5")
        await engine.scheduler.step()
        await engine.until(lambda: not engine.last(request).is_open)
        assert engine.last(request).exit_code == 5
        assert (tmp_path / "effect").read_text() == "once\n"
        monkeypatch.setattr("tui_scheduler.engine.local.children.PATIENCE", 0.1)

    async def test_a_code_that_it_could_not_tell_is_known_when_the_disk_comes_back(
        self, engine: Engine, beacon: Beacon, tmp_path: Path, go_on: Path
    ) -> None:
        await running(engine, beacon, f"{beacon.lit} read line < {go_on}; exit 7")
        keeper = keeper_of(tmp_path)
        await keeper_replaced(tmp_path, signal.SIGSTOP)
        tell(go_on, "now\n")
        os.kill(keeper, signal.SIGKILL)
        await engine.all_ended()
        assert (engine.last().status, engine.last().exit_code) == ("error", 7)

    async def test_an_end_that_nobody_can_tell_is_lost_in_the_end(
        self,
        engine: Engine,
        beacon: Beacon,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("tui_scheduler.engine.local.children.PATIENCE", 0.1)
        await running(engine, beacon, f"{beacon.lit} exec sleep 600")
        await keeper_replaced(tmp_path, signal.SIGSTOP)
        engine.services.runs.kill(engine.last().id)
        await engine.scheduler.step()
        await engine.all_ended()
        assert engine.last().status == "killed"

    async def test_they_do_not_become_ever_more_and_that_is_told(
        self, engine: Engine, tmp_path: Path, out_of_reach: list["subprocess.Popen[bytes]"]
    ) -> None:
        troubles: list[Trouble | None] = []
        runner = LocalRunner(
            engine.clock, engine.kill_grace, tmp_path / "logs", trouble=troubles.append
        )
        engine.scheduler = engine.new_scheduler(runner=runner)
        code = keeping._code()
        stopped = compile("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "", "exec")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keeping, "_code", lambda: stopped)
            request = engine.schedule("exit 5")
            await engine.scheduler.step()
            async with asyncio.timeout(PATIENCE):
                while "Nothing can be run" not in str(troubles):
                    await another_moment()
            assert len(out_of_reach) == 3
            assert "is the disk of the logs gone?" in str(troubles[-1])
            assert engine.last(request).note.endswith("does not answer")
            patch.setattr(keeping, "_code", lambda: code)
            out_of_reach[0].send_signal(signal.SIGKILL)
            await engine.all_ended()
        assert engine.last(request).exit_code == 5


class TestNothingLeft:
    async def test_a_keeper_without_memory_loses_no_end(
        self, engine: Engine, beacon: Beacon, tmp_path: Path, go_on: Path
    ) -> None:
        flood = "head -c 10000000 /dev/zero"
        await running(engine, beacon, f"{beacon.lit} read line < {go_on}; {flood}; exit 7")
        resource.prlimit(keeper_of(tmp_path), resource.RLIMIT_AS, (1, 1))
        tell(go_on, "now\n")
        await engine.all_ended()
        request = engine.schedule(f"{flood}; exit 3")
        await engine.scheduler.step()
        await engine.until(lambda: not engine.last(request).is_open)
        assert [run.exit_code for run in engine.runs()] == [7, 3]

    async def test_a_run_waits_until_there_is_memory_for_it(
        self, engine: Engine, beacon: Beacon, tmp_path: Path, go_on: Path
    ) -> None:
        await running(engine, beacon, f"{beacon.lit} read line < {go_on}; exit 7")
        keeper = keeper_of(tmp_path)
        before = resource.prlimit(keeper, resource.RLIMIT_AS, (1, resource.RLIM_INFINITY))
        request = engine.schedule("exit 3")
        await engine.scheduler.step()
        await engine.until(lambda: os.strerror(errno.ENOMEM) in engine.last(request).note)
        assert engine.last(request).status == "queued"
        resource.prlimit(keeper, resource.RLIMIT_AS, before)
        await engine.until(lambda: not engine.last(request).is_open)
        tell(go_on, "now\n")
        await engine.all_ended()
        assert [run.exit_code for run in engine.runs()] == [7, 3]

    async def test_what_the_system_has_no_process_for_waits_and_says_why(
        self, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        enough = tmp_path / "enough"
        scarce = (
            "import os, errno\n"
            "spawn = os.posix_spawn\n"
            "def spawn_later(*words, **options):\n"
            f"    if not os.path.exists({str(enough)!r}):\n"
            "        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))\n"
            "    return spawn(*words, **options)\n"
            "os.posix_spawn = spawn_later\n"
        )
        monkeypatch.setattr(keeping, "_BOOTSTRAP", scarce + keeping._BOOTSTRAP)
        request = engine.schedule("exit 5")
        await engine.scheduler.step()
        await engine.until(lambda: bool(engine.last(request).note))
        assert engine.last(request).status == "queued"
        assert os.strerror(errno.EAGAIN) in engine.last(request).note
        enough.touch()
        await engine.all_ended()
        assert (engine.last(request).exit_code, engine.last(request).note) == (5, "")


@pytest.fixture
def _no_heir(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Who inherits what others leave behind is not here, and was quicker than we are."""
    monkeypatch.setattr(Identity, "wait_status", lambda _: None)
    prctl = ctypes.CDLL(None).prctl
    prctl(36, 0, 0, 0, 0)
    yield
    prctl(36, 0, 0, 0, 0)


class TestBothKilled:
    async def test_an_end_that_is_left_to_us_is_known(
        self, engine: Engine, database_file: Path, beacon: Beacon, go_on: Path
    ) -> None:
        """As it is for the scheduler that is process 1, or the parent of those before."""
        adopt_orphans()
        engine.schedule(f"{beacon.lit} read line < {go_on}; exit 7")
        engine.schedule(f"{beacon.lit} read line < {go_on}; exit 8")
        await killed_after(engine, database_file, beacon, lit=2)
        await end_keeper(engine)
        tell(go_on, "now\n" * 2)
        await engine.scheduler.adopt()
        await engine.all_ended()
        assert [run.exit_code for run in engine.runs()] == [7, 8]

    @pytest.mark.usefixtures("_no_heir")
    async def test_a_run_whose_output_somebody_holds_goes_on_and_its_end_is_lost(
        self, engine: Engine, database_file: Path, beacon: Beacon, go_on: Path
    ) -> None:
        engine.schedule(f"echo before; {beacon.lit} read line < {go_on}; echo $line; {beacon.lit}")
        await killed_after(engine, database_file, beacon)
        await logs_say(engine, b"before\n")
        await end_keeper(engine)
        await engine.scheduler.adopt()
        assert engine.statuses() == ["processing"]
        tell(go_on, "after\n")
        await beacon.seen()
        await engine.all_ended()
        run = engine.last()
        assert (run.status, run.exit_code) == ("lost", None)
        assert run.note == (
            "The scheduler and the process that kept it were gone, and nobody saw how it ended"
        )
        assert b"after\n" in log_of(run)
        assert f"-- {run.note} --".encode() in log_of(run)

    async def test_it_can_be_stopped(
        self, engine: Engine, database_file: Path, beacon: Beacon
    ) -> None:
        engine.schedule(f"{beacon.lit} sleep 600")
        await killed_after(engine, database_file, beacon)
        await end_keeper(engine)
        await engine.scheduler.adopt()
        engine.services.runs.kill(engine.last().id)
        await engine.scheduler.step()
        await engine.all_ended()
        assert engine.last().status == "killed"

    async def test_a_run_that_was_asked_for_and_not_begun_begins_once(
        self, engine: Engine, database_file: Path, beacon: Beacon
    ) -> None:
        engine.schedule(f"{beacon.lit} sleep 600")
        await killed_after(engine, database_file, beacon)
        await end_keeper(engine)
        request = engine.schedule("exit 3")
        engine.services.dispatch.claim()
        await engine.scheduler.adopt()
        await engine.scheduler.step()
        await engine.until(lambda: not engine.last(request).is_open)
        assert [run.exit_code for run in engine.runs(request)] == [3]


class TestOlderKeepers:
    async def test_new_runs_begin_beside_those_of_an_older_one(
        self, engine: Engine, database_file: Path, beacon: Beacon, go_on: Path
    ) -> None:
        first = engine.schedule(f"{beacon.lit} read line < {go_on}; echo $line; exit 7")
        await killed_after(engine, database_file, beacon)
        await engine.scheduler.adopt()
        second = engine.schedule("exit 8")
        await engine.scheduler.step()
        await engine.until(lambda: bool(engine.runs(second)) and not engine.last(second).is_open)
        assert engine.last(second).exit_code == 8
        assert engine.last(first).is_open
        tell(go_on, "after\n")
        await engine.all_ended()
        assert engine.last(first).exit_code == 7
        assert log_of(engine.last(first)).endswith(b"after\n")

    async def test_runs_of_two_of_them_are_adopted(
        self, engine: Engine, database_file: Path, beacon: Beacon, tmp_path: Path
    ) -> None:
        fifos = [tmp_path / f"go-on-{number}" for number in range(2)]
        requests = []
        for number, fifo in enumerate(fifos):
            os.mkfifo(fifo)
            command = f"{beacon.lit} read line < {fifo}; exit {number + 3}"
            requests.append(engine.schedule(command))
            await killed_after(engine, database_file, beacon)
        assert len({journal_of(run).keeper_pid() for run in engine.runs()}) == 2
        await engine.scheduler.adopt()
        assert engine.statuses() == ["processing"] * 2
        for fifo in fifos:
            fifo.write_text("now\n")
        await engine.all_ended()
        assert [engine.last(request).exit_code for request in requests] == [3, 4]

    @pytest.mark.usefixtures("_no_heir")
    async def test_one_that_dies_later_takes_no_run_with_it(
        self, engine: Engine, database_file: Path, beacon: Beacon, go_on: Path, tmp_path: Path
    ) -> None:
        engine.schedule(f"{beacon.lit} read line < {go_on}; echo $line; {beacon.lit} exit 7")
        await killed_after(engine, database_file, beacon)
        await engine.scheduler.adopt()
        older = journal_of(engine.last()).keeper_pid()
        await end_keeper(engine)
        async with asyncio.timeout(PATIENCE):
            while keeper_of(tmp_path) == older:
                await another_moment()
        await logs_say(engine, MISSING)
        tell(go_on, "after\n")
        await beacon.seen()
        await engine.all_ended()
        assert engine.last().status == "lost"
        await last_says(engine, b"after\n")

    async def test_one_that_is_stopped_hangs_no_stop_and_loses_no_code(
        self,
        engine: Engine,
        database_file: Path,
        beacon: Beacon,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("tui_scheduler.engine.local.adoption.PATIENCE", 0.1)
        first = engine.schedule(f"{beacon.lit} exec sleep 600")
        second = engine.schedule(f"{beacon.lit} sleep 600; exit 7")
        await killed_after(engine, database_file, beacon, lit=2)
        await engine.scheduler.adopt()
        keeper = journal_of(engine.last()).keeper_pid()
        assert keeper is not None
        os.kill(keeper, signal.SIGSTOP)
        try:
            engine.services.runs.kill(engine.last(first).id)
            await engine.scheduler.step()
            await engine.until(lambda: not engine.last(first).is_open)
            end_group(engine.last(second), signal.SIGUSR1)
            await engine.all_ended()
        finally:
            os.kill(keeper, signal.SIGCONT)
        run = engine.last(first)
        assert (run.status, run.signal) == ("killed", signal.SIGTERM)
        run = engine.last(second)
        assert (run.status, run.signal) == ("error", signal.SIGUSR1)

    async def test_one_that_was_not_begun_waits_for_the_word_of_its_keeper_not_of_ours(
        self, engine: Engine, database_file: Path, beacon: Beacon
    ) -> None:
        """A stopped keeper may begin it yet; our own, which is there too, has no say in it."""
        long = engine.schedule(f"{beacon.lit} exec sleep 600")
        await killed_after(engine, database_file, beacon)
        older = journal_of(engine.last()).path
        keeper = Journal(older).keeper_pid()
        assert keeper is not None
        os.kill(keeper, signal.SIGSTOP)
        older.write_bytes(older.read_bytes().replace(b"closed\n", b"\0" * 7))
        request = engine.schedule("exit 3")
        engine.services.dispatch.claim()
        await engine.scheduler.adopt()
        other = engine.schedule("exit 4")
        await engine.scheduler.step()
        await engine.until(lambda: bool(engine.runs(other)) and not engine.last(other).is_open)
        assert engine.last(request).is_open
        assert engine.last(long).is_open
        os.kill(keeper, signal.SIGKILL)
        while engine.last(request).is_open:
            await engine.scheduler.step()
            await another_moment()
        assert [run.exit_code for run in engine.runs(request)] == [3]


async def test_what_finds_no_descriptors_waits_says_why_and_runs_in_its_turn(
    engine: Engine, database_file: Path, beacon: Beacon, go_on: Path
) -> None:
    limit = 256
    most = (limit - 64) // 3
    number = most + 10
    for each in range(number):
        engine.schedule(f"{beacon.lit} read line < {go_on}; exit {each % 100}")
    held = os.open(go_on, os.O_RDWR)
    command = f"ulimit -n {limit}; exec {sys.executable} -m tests.engine.crashing {database_file}"
    other = await asyncio.create_subprocess_shell(command)
    try:
        await beacon.seen(most)
        why = f"It waits until fewer than {most} runs hold their output open"
        async with asyncio.timeout(PATIENCE):
            while sum(why in run.note for run in engine.services.runs.open()) < 10:
                await another_moment()
            os.write(held, b"now\n" * number)
            while engine.services.runs.open():
                await another_moment()
    finally:
        other.kill()
        await other.wait()
        os.close(held)
    assert [run.exit_code for run in engine.runs()] == [each % 100 for each in range(number)]


async def test_leaving_does_not_wait_for_a_keeper_that_cannot_begin(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/does/not/exist")
    request = engine.schedule("exit 3")
    await engine.scheduler.step()
    await engine.scheduler.leave()
    assert engine.last(request).is_open
    monkeypatch.undo()
    engine.scheduler = engine.new_scheduler()
    await engine.scheduler.adopt()
    await engine.scheduler.step()
    await engine.all_ended()
    assert [run.exit_code for run in engine.runs(request)] == [3]


def tell(fifo: Path, line: str) -> None:
    """Let who reads from ``fifo`` go on."""
    fifo.write_text(line)


async def last_says(engine: Engine, text: bytes) -> None:
    """Wait until the log of the last run holds ``text``: a new keeper brings it a moment later."""
    async with asyncio.timeout(PATIENCE):
        while text not in log_of(engine.last()):
            await another_moment()


async def logs_say(engine: Engine, text: bytes) -> None:
    """Wait until the logs of all open runs hold ``text``."""
    async with asyncio.timeout(PATIENCE):
        while not all(text in log_of(run) for run in engine.services.runs.open()):
            await another_moment()


async def end_keeper(engine: Engine) -> None:
    """Kill the keeper of the last run, which is nobody's child here, or ours."""
    pid = journal_of(engine.last()).keeper_pid()
    assert pid is not None
    keeper = Identity.of(pid)
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(PATIENCE):
        while keeper.is_running():
            await another_moment()
