"""Output on its way into the log: whatever opens it anew, floods it, closes it or keeps it open."""

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.engine.beacon import Beacon
from tests.engine.claims import (
    a_claim,
    a_runner,
    begun,
    end_of,
    lines_in,
    never_waits,
    outcome,
)
from tests.support.patience import PATIENCE
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.runner import CannotStart, Ended, Started

CAP = 200_000


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("echo one; echo two; echo three > /dev/stderr; echo four", b"one\ntwo\nthree\nfour\n"),
        ("echo one; echo two > /dev/stdout; echo three", b"one\ntwo\nthree\n"),
        ("echo one; echo two | tee /dev/fd/2; echo three", b"one\ntwo\ntwo\nthree\n"),
        ("echo one; echo two > /proc/self/fd/1; echo three >&2", b"one\ntwo\nthree\n"),
        ("echo one; exec 3> /dev/stderr; echo two; echo three >&3; echo four", None),
        ("echo one; exec > /dev/stdout; echo two; exec 2> /dev/stderr; echo three >&2", None),
    ],
)
async def test_what_opens_its_output_anew_loses_nothing(
    tmp_path: Path, command: str, output: bytes | None
) -> None:
    code, written = await outcome(tmp_path, command)
    assert code == 0
    numbers = [b"one", b"two", b"three", b"four"]
    assert written == (output or b"".join(n + b"\n" for n in numbers if n.decode() in command))


@pytest.mark.parametrize(
    ("program", "text"),
    [
        (sys.executable, "print('one', flush=True); print('two', file=open('/dev/stdout', 'w'))"),
        ("perl", '$| = 1; print "one\\n"; open(F, ">", "/dev/stdout"); print F "two\\n";'),
        ("awk", 'BEGIN { print "one" > "/dev/stderr"; print "two" > "/dev/stdout" }'),
    ],
)
async def test_a_language_that_opens_it_anew_loses_nothing(
    tmp_path: Path, program: str, text: str
) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"there is no {program}")
    option = "" if program == "awk" else {"perl": "-e "}.get(program, "-c ")
    script = tmp_path / "text"
    script.write_text(text)
    code, output = await outcome(
        tmp_path, f'echo zero; {program} {option}"$(cat {script})"; echo three'
    )
    assert (code, output) == (0, b"zero\none\ntwo\nthree\n")


async def test_a_second_opener_that_lives_long_overwrites_nothing(tmp_path: Path) -> None:
    beside = "for i in 1 2 3 4 5 6 7 8 9; do echo tee $i; done | tee /dev/stderr > /dev/null"
    code, output = await outcome(
        tmp_path, f"({beside}) & for i in 1 2 3 4 5 6 7 8 9; do echo main $i; done; wait"
    )
    assert code == 0
    lines = output.splitlines()
    for who in (b"tee", b"main"):
        assert [line for line in lines if line.startswith(who)] == [
            b"%s %d" % (who, number) for number in range(1, 10)
        ]
    assert len(lines) == 18


async def test_what_a_child_in_the_background_writes_after_the_end_arrives(
    tmp_path: Path, runner: LocalRunner
) -> None:
    go_on = tmp_path / "go-on"
    os.mkfifo(go_on)
    claim = a_claim(tmp_path, f"(read line < {go_on}; echo $line) & echo first")
    started = await begun(runner, claim)
    assert isinstance(await runner.watch(started.handle), Ended)
    await lines_in(claim, 1)
    go_on.write_text("second\n")
    await lines_in(claim, 2)
    assert claim.log_path.read_bytes() == b"first\nsecond\n"


async def test_it_arrives_also_when_nobody_schedules_any_more(tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    os.mkfifo(go_on)
    claim = a_claim(tmp_path, f"(read line < {go_on}; echo $line) & echo first")
    async with a_runner(tmp_path) as runner:
        await runner.watch((await begun(runner, claim)).handle)
    go_on.write_text("second\n")
    await lines_in(claim, 2)


async def test_a_run_that_closes_its_output_lives_on(
    tmp_path: Path, runner: LocalRunner, beacon: Beacon
) -> None:
    go_on = tmp_path / "go-on"
    os.mkfifo(go_on)
    claim = a_claim(tmp_path, f"echo bye; exec >&- 2>&-; {beacon.lit} read l < {go_on}; exit 4")
    started = await begun(runner, claim)
    await beacon.seen()
    watching = asyncio.create_task(runner.watch(started.handle))
    other = await begun(runner, a_claim(tmp_path, "exit 3", run_id=2))
    assert (await runner.watch(other.handle)).exit_code == 3  # type: ignore[union-attr]
    assert not watching.done()
    go_on.write_text("now\n")
    end = await watching
    assert isinstance(end, Ended)
    assert (end.exit_code, claim.log_path.read_bytes()) == (4, b"bye\n")


async def test_one_whose_output_stays_open_for_ever_ends_all_the_same(
    tmp_path: Path, runner: LocalRunner
) -> None:
    claim = a_claim(tmp_path, "sleep 600 & echo $!; exit 6")
    started = await begun(runner, claim)
    end = await runner.watch(started.handle)
    assert isinstance(end, Ended)
    assert end.exit_code == 6
    os.kill(int(claim.log_path.read_text()), signal.SIGKILL)


async def test_a_flood_that_stays_holds_up_no_end(tmp_path: Path) -> None:
    async with a_runner(tmp_path, log_cap=CAP) as runner:
        claim = a_claim(tmp_path, f"yes & echo $! > {tmp_path}/pid; exit 6")
        end = await runner.watch((await begun(runner, claim)).handle)
        assert isinstance(end, Ended)
        assert end.exit_code == 6
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


async def test_a_tick_beside_a_flood_stays_in_order(tmp_path: Path) -> None:
    async with a_runner(tmp_path, log_cap=CAP) as runner:
        flood = await begun(runner, a_claim(tmp_path, "exec cat /dev/zero", run_id=1))
        for number in range(2, 22):
            claim = a_claim(tmp_path, f"echo {number}; exit {number}", run_id=number)
            end = await runner.watch((await begun(runner, claim)).handle)
            assert isinstance(end, Ended)
            assert (end.exit_code, claim.log_path.read_bytes()) == (number, b"%d\n" % number)
        assert await runner.stop(flood.handle, force=False) is not None
        await runner.watch(flood.handle)


async def test_the_limit_of_a_log_holds_at_every_moment(tmp_path: Path) -> None:
    async with a_runner(tmp_path, log_cap=CAP) as runner:
        claim = a_claim(tmp_path, "seq 2000000")
        watching = asyncio.create_task(runner.watch((await begun(runner, claim)).handle))
        largest = 0
        while not watching.done():
            await asyncio.sleep(0)
            with_size = claim.log_path.stat().st_size if claim.log_path.exists() else 0
            largest = max(largest, with_size)
    output = claim.log_path.read_bytes()
    assert 0 < largest <= CAP
    assert output.startswith(b"1\n2\n3\n")
    assert output.endswith(b"\n2000000\n")
    assert output.count(b"bytes of output dropped here") == 1


async def test_a_log_that_is_removed_costs_output_and_says_so(
    tmp_path: Path, runner: LocalRunner
) -> None:
    go_on = tmp_path / "go-on"
    os.mkfifo(go_on)
    claim = a_claim(tmp_path, f"echo before; read line < {go_on}; echo after; exit 5")
    started = await begun(runner, claim)
    await lines_in(claim, 1)
    claim.log_path.unlink()
    go_on.write_text("now\n")
    end = await runner.watch(started.handle)
    assert isinstance(end, Ended)
    assert (end.exit_code, end.note) == (
        5,
        "7 B of its output not kept: the log was removed",
    )
    assert (
        claim.log_path.read_bytes()
        == b"-- 7 bytes of output not kept: the log was removed --\nafter\n"
    )


@pytest.mark.parametrize(("given", "seen"), [({}, b"1\n"), ({"PYTHONUNBUFFERED": ""}, b"\n")])
async def test_python_prints_at_once_unless_told_otherwise(
    tmp_path: Path, given: dict[str, str], seen: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    assert await outcome(tmp_path, "echo $PYTHONUNBUFFERED", environment=given) == (0, seen)


async def test_what_we_were_told_of_it_is_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "x")
    assert await outcome(tmp_path, "echo $PYTHONUNBUFFERED") == (0, b"x\n")


async def test_what_python_printed_before_it_was_stopped_is_there(
    tmp_path: Path, runner: LocalRunner, beacon: Beacon
) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        f"import time\nprint('hello')\nopen({str(tmp_path / 'beacon')!r}, 'w').write('x')\n"
        "time.sleep(60)\n"
    )
    claim = a_claim(tmp_path, f"exec {sys.executable} {script}")
    started = await begun(runner, claim)
    await beacon.seen()
    await runner.stop(started.handle, force=True)
    await runner.watch(started.handle)
    assert claim.log_path.read_bytes() == b"hello\n"


class TestWhatIsLarge:
    async def test_a_command_of_100_kb_runs(self, tmp_path: Path) -> None:
        assert await outcome(tmp_path, "echo " + "x" * 100_000) == (0, b"x" * 100_000 + b"\n")

    async def test_one_that_the_system_refuses_says_so(
        self, tmp_path: Path, runner: LocalRunner
    ) -> None:
        claim = a_claim(tmp_path, "echo " + "x" * 10_000_000)
        with pytest.raises(CannotStart, match="Argument list too long"):
            await runner.start(claim, never_waits, asyncio.Event())
        assert isinstance(await begun(runner, a_claim(tmp_path, "true", run_id=2)), Started)

    async def test_ten_thousand_variables_reach_it(self, tmp_path: Path) -> None:
        variables = {f"VARIABLE_{number}": str(number) for number in range(10_000)}
        end = await end_of(
            tmp_path, 'test "$(env | grep -c ^VARIABLE_)" = 10000', environment=variables
        )
        assert end.exit_code == 0


async def test_a_hundred_lines_of_a_hundred_runs_at_once_are_all_there(tmp_path: Path) -> None:
    claims = [a_claim(tmp_path, "seq 100", run_id=number) for number in range(100)]
    async with a_runner(tmp_path) as runner, asyncio.timeout(PATIENCE):
        started = await asyncio.gather(*(begun(runner, claim) for claim in claims))
        await asyncio.gather(*(runner.watch(each.handle) for each in started))
    expected = b"".join(b"%d\n" % number for number in range(1, 101))
    assert all(claim.log_path.read_bytes() == expected for claim in claims)
