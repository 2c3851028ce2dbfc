"""What becomes of runs whose scheduler crashed: nothing is lost, and nothing runs twice."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from tests.engine.beacon import Beacon
from tests.engine.harness import Engine, log_of
from tests.support.patience import PATIENCE
from tui_scheduler.engine.local.identity import current_boot
from tui_scheduler.engine.local.journals import Journal, Trace, read_journal
from tui_scheduler.engine.runner import Ended
from tui_scheduler.models import Process
from tui_scheduler.services.clock import BEHIND
from tui_scheduler.services.views.runs import RunView

LONGEST_SLEEP = 2.0 + BEHIND


async def killed_after(
    engine: Engine, database: Path, beacon: Beacon, *options: str, lit: int = 1
) -> None:
    """Let another process schedule on ``database`` until the beacon was lit, and kill it."""
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.engine.crashing", str(database), *options
    )
    try:
        await beacon.seen(lit)
        if not options:
            await seen_in_database(engine)
    finally:
        other.kill()
        await other.wait()


async def seen_in_database(engine: Engine) -> None:
    """Wait until all starts were written down, by a process that can tell us in no other way."""
    async with asyncio.timeout(PATIENCE):
        while any(run.pid is None for run in engine.services.runs.open()):
            await another_moment()


async def test_a_run_that_goes_on_is_watched_again(
    engine: Engine, database_file: Path, beacon: Beacon
) -> None:
    go_on = database_file.with_name("go-on")
    os.mkfifo(go_on)
    engine.schedule(f"echo one; {beacon.lit} read line < {go_on}; echo $line; exit 9")
    await killed_after(engine, database_file, beacon)
    before = engine.last()
    assert before.status == "processing"
    await engine.scheduler.adopt()
    go_on.write_text("two\n")
    await engine.all_ended()
    run = engine.last()
    assert (run.status, run.exit_code, run.pid) == ("error", 9, before.pid)
    assert run.start_time == before.start_time
    assert run.log_path.read_bytes().endswith(b"--\none\ntwo\n")  # it was late by our clock


async def test_a_run_that_ended_meanwhile_has_its_true_outcome_and_time(
    engine: Engine, database_file: Path, beacon: Beacon
) -> None:
    engine.schedule(f"{beacon.lit} exec sleep 60")
    await killed_after(engine, database_file, beacon)
    end_group(engine.last(), signal.SIGTERM)
    end = await end_written(engine.last())
    await engine.scheduler.adopt()
    await engine.all_ended()
    run = engine.last()
    assert (run.status, run.exit_code, run.signal) == ("error", None, signal.SIGTERM)
    assert run.end_time == end.end_time
    assert run.cpu_time is not None


async def test_a_run_whose_start_was_never_written_down_is_found_in_the_journal(
    engine: Engine, database_file: Path, beacon: Beacon
) -> None:
    engine.schedule(f"{beacon.lit} exec sleep 60")
    await killed_after(engine, database_file, beacon, "forgetful")
    assert (engine.last().status, engine.last().pid) == ("queued", None)
    await engine.scheduler.adopt()
    await engine.all_running()
    run = engine.last()
    assert run.status == "processing"
    assert run.start_time is not None
    assert abs((run.start_time - datetime.now(UTC)).total_seconds()) < PATIENCE
    engine.services.runs.kill(run.id)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.last().status == "killed"


async def test_one_that_also_ended_is_found_there_too(
    engine: Engine, database_file: Path, beacon: Beacon
) -> None:
    engine.schedule("exit 5")
    engine.schedule(f"{beacon.lit} exec sleep 60")
    await killed_after(engine, database_file, beacon, "forgetful")
    await end_written(engine.runs()[0])
    await engine.scheduler.adopt()
    await engine.until(lambda: not engine.runs()[0].is_open)
    first = engine.runs()[0]
    assert (first.status, first.exit_code) == ("error", 5)
    assert first.start_time is not None


async def test_a_run_that_was_taken_but_never_began_begins_now(engine: Engine) -> None:
    engine.schedule("true")
    engine.services.dispatch.claim()
    await engine.scheduler.step()
    assert engine.statuses() == ["queued"]
    await engine.scheduler.adopt()
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["success"]


async def test_a_run_that_began_and_of_which_nobody_knows_more_does_not_begin_again(
    engine: Engine,
) -> None:
    engine.schedule("echo twice")
    [claim] = engine.services.dispatch.claim()
    folder = claim.log_path.parent.parent / "keepers"
    folder.mkdir(parents=True)
    (folder / "1-1.journal").write_text(
        f"boot {current_boot()}\nbegin {claim.run_id} {claim.token}\n"
    )
    await engine.scheduler.adopt()
    await engine.all_ended()
    assert engine.statuses() == ["lost"]
    assert "twice" not in log_of(engine.last()).decode()


async def test_a_run_of_another_database_with_its_number_is_not_it(engine: Engine) -> None:
    engine.schedule("echo once")
    [claim] = engine.services.dispatch.claim()
    folder = claim.log_path.parent.parent / "keepers"
    folder.mkdir(parents=True)
    foreign = folder / "1-1.journal"
    foreign.write_text(f"boot {current_boot()}\nbegin {claim.run_id} 00000000\n")
    await engine.scheduler.adopt()
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["success"]
    assert log_of(engine.last()) == b"once\n"


@pytest.fixture
async def abandoned(engine: Engine, beacon: Beacon) -> RunView:
    """A run that nobody keeps any more; its process is ended and gone when this begins."""
    engine.schedule(f"{beacon.lit} sleep 60")
    await engine.scheduler.step()
    await beacon.seen()
    await engine.all_running()
    await engine.scheduler.leave()
    run = engine.last()
    kill_keeper(run)
    end_group(run, signal.SIGKILL)
    psutil.Process(run.pid).wait(PATIENCE)
    engine.scheduler = engine.new_scheduler()
    return run


async def test_what_left_no_trace_is_lost_and_its_log_says_so(
    engine: Engine, abandoned: RunView
) -> None:
    await engine.scheduler.adopt()
    await engine.all_ended()
    run = engine.last()
    assert (run.status, run.exit_code) == ("lost", None)
    assert run.note.startswith("The scheduler and the process that kept it were gone")
    assert f"-- {run.note} --" in run.log_path.read_text()


async def test_after_a_restart_of_the_machine_nothing_is_mistaken_for_it(
    engine: Engine, abandoned: RunView
) -> None:
    change_journal(abandoned, current_boot(), "earlier")
    await engine.scheduler.adopt()
    await engine.all_ended()
    assert engine.last().status == "lost"
    assert engine.last().note == "The machine was restarted while it ran"


async def test_a_pid_that_was_given_to_somebody_else_is_not_it(
    engine: Engine, abandoned: RunView
) -> None:
    change_journal(
        abandoned, f"pid {abandoned.id} {abandoned.pid} ", f"pid {abandoned.id} {os.getpid()} "
    )
    await engine.scheduler.adopt()
    await engine.all_ended()
    assert engine.last().status == "lost"


async def test_a_journal_that_cannot_be_read_loses_only_its_runs(
    engine: Engine, abandoned: RunView
) -> None:
    journal_of(abandoned).path.write_bytes(b"\xff\0 nonsense\n" * 100)
    engine.schedule("true")
    await engine.scheduler.adopt()
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["lost", "success"]


async def test_one_that_was_being_stopped_is_killed_not_lost(
    engine: Engine, abandoned: RunView
) -> None:
    engine.services.runs.kill(abandoned.id)
    await engine.scheduler.adopt()
    await engine.all_ended()
    assert (engine.last().status, engine.last().note) == ("killed", "Stopped on request")


async def test_one_that_had_succeeded_before_it_could_be_stopped_has_succeeded(
    engine: Engine, abandoned: RunView
) -> None:
    engine.services.runs.kill(abandoned.id)
    write_end(abandoned, 0)
    await engine.scheduler.adopt()
    await engine.all_ended()
    assert (engine.last().status, engine.last().exit_code) == ("success", 0)


async def test_one_that_an_earlier_scheduler_was_stopping_is_killed_when_it_ends(
    engine: Engine, database_file: Path, beacon: Beacon
) -> None:
    engine.schedule(f"{beacon.lit} sleep 60")
    await killed_after(engine, database_file, beacon)
    engine.services.runs.kill(engine.last().id)
    await engine.scheduler.adopt()
    end_group(engine.last(), signal.SIGTERM)  # what the earlier one had sent arrives
    await engine.all_ended()
    assert (engine.last().status, engine.last().signal) == ("killed", signal.SIGTERM)
    assert engine.last().note == "Stopped on request"


@pytest.mark.parametrize(
    ("wait_status", "status", "note"),
    [
        (signal.SIGTERM, "timed_out", "Timed out"),
        (143 << 8, "timed_out", "Timed out"),
        (0, "success", ""),
        (3 << 8, "error", ""),
    ],
)
async def test_one_whose_time_was_over_when_the_earlier_scheduler_died_has_timed_out(
    engine: Engine, abandoned: RunView, wait_status: int, status: str, note: str
) -> None:
    Process.update(timeout=timedelta(seconds=1)).execute()
    assert abandoned.start_time is not None
    write_end(abandoned, wait_status, abandoned.start_time + timedelta(seconds=2))
    await engine.scheduler.adopt()
    await engine.all_ended()
    assert (engine.last().status, engine.last().note) == (status, note)


async def another_moment() -> None:
    """For what happens in other processes, which nobody tells us of."""
    await asyncio.sleep(0.005)


def end_group(run: RunView, number: int) -> None:
    assert run.pid is not None
    os.killpg(run.pid, number)


def journal_of(run: RunView) -> Journal:
    """The journal that the keeper of ``run`` writes."""
    for path in sorted((run.log_path.parent.parent / "keepers").iterdir()):
        journal = read_journal(path)
        if any(run_id == run.id for run_id, _ in journal.traces):
            return journal
    raise AssertionError(run)


def trace_of(run: RunView) -> Trace:
    """What is written there of ``run``."""
    return next(t for t in journal_of(run).traces.values() if t.run_id == run.id)


async def end_written(run: RunView) -> Ended:
    """Wait until it is written down how ``run`` ended."""
    async with asyncio.timeout(PATIENCE):
        while (trace := trace_of(run)).usage is None:
            await another_moment()
    end = trace.ended()
    assert end is not None
    return end


def kill_keeper(run: RunView) -> None:
    pid = journal_of(run).keeper_pid()
    assert pid is not None
    keeper = psutil.Process(pid)
    keeper.kill()
    keeper.wait(PATIENCE)


def change_journal(run: RunView, before: str, after: str) -> None:
    path = journal_of(run).path
    text = path.read_bytes()
    assert before.encode() in text
    path.write_bytes(text.replace(before.encode(), after.encode()))


def write_end(run: RunView, wait_status: int, moment: datetime | None = None) -> None:
    journal_of(run).write_end(run.id, wait_status, moment or datetime.now(UTC))


async def test_one_that_claims_nothing_ends_what_runs_and_begins_nothing(
    engine: Engine, database_file: Path, beacon: Beacon
) -> None:
    running = engine.schedule(f"{beacon.lit} exec sleep 60")
    await killed_after(engine, database_file, beacon)
    due = engine.schedule("true")
    engine.services.runs.kill(engine.last(running).id)
    idle = engine.new_scheduler(claims_runs=False)
    await idle.adopt()
    assert await idle.step() == LONGEST_SLEEP
    await engine.until(lambda: not engine.last(running).is_open)
    await idle.step()
    await idle.leave()
    assert engine.statuses(running) == ["killed"]
    assert engine.runs(due) == []
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses(due) == ["success"]
