"""Systems that lack something: the branches for those, as far as they can be tried on this one."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.engine.beacon import Beacon
from tests.engine.claims import (
    a_claim,
    a_runner,
    an_open_run,
    begun,
    is_alive,
    keeper_replaced,
    lines_in,
)
from tui_scheduler.engine.local import keeping
from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.runner import Ended, Lost, Started, Stopped


@pytest.fixture(params=["pidfd_open", "waitid", "subreaper", "all of them"])
def lacking(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the keeper, and we, do without."""
    lacks = str(request.param)
    everything = lacks == "all of them"
    words = []
    if everything or lacks == "pidfd_open":
        monkeypatch.delattr(os, "pidfd_open")
    if everything or lacks == "waitid":
        monkeypatch.delattr(os, "waitid")
        words.append("import os; del os.waitid")
    if everything or lacks == "subreaper":
        words.append("import sys; sys.platform = 'darwin'")
        monkeypatch.setattr("tui_scheduler.engine.local.keepers.adopt_orphans", _refuse)
    monkeypatch.setattr(keeping, "_BOOTSTRAP", "\n".join([*words, keeping._BOOTSTRAP]))
    return lacks


def _refuse() -> None:
    raise OSError


@pytest.mark.usefixtures("lacking")
class TestWithout:
    @pytest.mark.parametrize(
        ("command", "code", "number"),
        [("exit 7", 7, None), ("kill -SEGV $$", None, signal.SIGSEGV)],
    )
    async def test_ends_are_true(
        self, runner: LocalRunner, tmp_path: Path, command: str, code: int, number: int
    ) -> None:
        claim = a_claim(tmp_path, f"echo before; {command}")
        end = await runner.watch((await begun(runner, claim)).handle)
        assert isinstance(end, Ended)
        assert (end.exit_code, end.signal) == (code, number)
        assert claim.log_path.read_bytes() == b"before\n"

    async def test_many_ends_at_once_are_true(self, runner: LocalRunner, tmp_path: Path) -> None:
        claims = [a_claim(tmp_path, f"exit {number}", run_id=number) for number in range(50)]
        started = await asyncio.gather(*(begun(runner, claim) for claim in claims))
        ends = await asyncio.gather(*(runner.watch(each.handle) for each in started))
        assert [end.exit_code for end in ends if isinstance(end, Ended)] == list(range(50))

    async def test_a_run_is_stopped(
        self, runner: LocalRunner, tmp_path: Path, beacon: Beacon
    ) -> None:
        started = await begun(runner, a_claim(tmp_path, f"{beacon.lit} sleep 600"))
        await beacon.seen()
        assert await runner.stop(started.handle, force=False) == Stopped(signal.SIGTERM)
        end = await runner.watch(started.handle)
        assert isinstance(end, Ended)
        assert end.signal == signal.SIGTERM

    async def test_the_next_scheduler_sees_the_end(self, tmp_path: Path, beacon: Beacon) -> None:
        go_on = tmp_path / "go-on"
        os.mkfifo(go_on)
        claim = a_claim(tmp_path, f"{beacon.lit} read line < {go_on}; exit 7")
        async with a_runner(tmp_path) as runner:
            handle = (await begun(runner, claim)).handle
        async with a_runner(tmp_path) as later:
            adopted = await later.adopt(an_open_run(claim, handle))
            assert isinstance(adopted, Started)
            go_on.write_text("now\n")
            end = await later.watch(adopted.handle)
            assert isinstance(end, Ended)
            assert end.exit_code == 7

    async def test_a_keeper_that_dies_takes_no_run_with_it(
        self, runner: LocalRunner, tmp_path: Path, beacon: Beacon
    ) -> None:
        go_on = tmp_path / "go-on"
        os.mkfifo(go_on)
        claim = a_claim(tmp_path, f"{beacon.lit} read line < {go_on}; echo $line; {beacon.lit}")
        started = await begun(runner, claim)
        await beacon.seen()
        await keeper_replaced(tmp_path)
        assert started.pid is not None
        assert is_alive(started.pid)
        go_on.write_text("after\n")
        await beacon.seen()
        end = await runner.watch(started.handle)
        assert isinstance(end, (Ended, Lost))
        await lines_in(claim, 2)  # one is ours
        assert claim.log_path.read_bytes().endswith(b"after\n")


async def test_without_anybody_who_inherits_it_such_a_run_is_lost(
    tmp_path: Path, beacon: Beacon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS: the run goes on, its end is seen, its exit code is not."""
    monkeypatch.setattr("tui_scheduler.engine.local.children.peek", lambda _: None)
    async with a_runner(tmp_path) as runner:
        started = await begun(runner, a_claim(tmp_path, f"{beacon.lit} exec sleep 600"))
        await beacon.seen()
        await keeper_replaced(tmp_path)
        os.kill(Identity.parse(started.handle).pid, signal.SIGUSR1)
        assert await runner.watch(started.handle) == Lost(
            "The scheduler and the process that kept it were gone, and nobody saw how it ended"
        )
