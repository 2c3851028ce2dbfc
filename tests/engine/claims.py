"""Short ways to say what a runner is to start."""

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.support.clock import FakeClock
from tests.support.patience import PATIENCE
from tui_scheduler.engine.local.journals import Journal
from tui_scheduler.engine.local.keeper import JOURNAL_SUFFIX
from tui_scheduler.engine.local.runner import JOURNALS, LocalRunner
from tui_scheduler.engine.runner import Ended, Started
from tui_scheduler.models import RunStatus
from tui_scheduler.services.running.taken_runs import Claim, OpenRun

TOKEN = secrets.token_hex(4)
"""Drawn, as tests that run beside this one would stop each other's runs with the same mark."""


def a_claim(folder: Path, command: str, run_id: int = 1, **fields: Any) -> Claim:
    """A run of ``command`` that logs into ``folder``."""
    values: dict[str, Any] = {
        "token": TOKEN,
        "working_directory": None,
        "environment": {},
        "log_path": folder / "logs" / "00000" / f"{run_id}-{TOKEN}.log",
        "note": "",
        "missed": 0,
        "timeout": None,
    }
    return Claim(**{**values, **fields, "run_id": run_id, "command": command})


def new_runner(
    folder: Path, clock: FakeClock | None = None, kill_grace: float = 10, **limits: Any
) -> LocalRunner:
    """A runner that waits ``kill_grace`` seconds between TERM and KILL."""
    grace = timedelta(seconds=kill_grace)
    return LocalRunner(clock or FakeClock(), grace, folder / "logs", **limits)


@asynccontextmanager
async def a_runner(folder: Path, **options: Any) -> AsyncIterator[LocalRunner]:
    """A runner that is let go at the end."""
    runner = new_runner(folder, **options)
    try:
        yield runner
    finally:
        await runner.let_go()


async def begun(runner: LocalRunner, claim: Claim) -> Started:
    """Have ``claim`` begin at once."""
    started = await runner.start(claim, never_waits, asyncio.Event())
    assert isinstance(started, Started)
    return started


def never_waits(reason: str) -> None:
    """For runs that nothing keeps from beginning."""
    raise AssertionError(reason)


def an_open_run(claim: Claim, handle: str | None) -> OpenRun:
    """What a later scheduler knows of ``claim``."""
    return OpenRun(
        run_id=claim.run_id,
        status=RunStatus.PROCESSING,
        handle=handle,
        start_time=FakeClock().now(),
        log_path=claim.log_path,
        token=claim.token,
        timeout=claim.timeout,
    )


async def end_of(folder: Path, command: str, **fields: Any) -> Ended:
    """How ``command`` ends."""
    claim = a_claim(folder, command, **fields)
    async with a_runner(folder) as runner:
        ended = await runner.watch((await begun(runner, claim)).handle)
    assert isinstance(ended, Ended)
    return ended


async def outcome(folder: Path, command: str, **fields: Any) -> tuple[int | None, bytes]:
    """The exit code and the output of ``command``."""
    ended = await end_of(folder, command, **fields)
    log = a_claim(folder, command, **fields).log_path
    return ended.exit_code, log.read_bytes() if log.exists() else b""


async def lines_in(claim: Claim, number: int) -> None:
    """Wait until so many lines have come through the pipe and are in the log."""
    async with asyncio.timeout(PATIENCE):
        while _lines(claim.log_path) < number:  # noqa: ASYNC110  nobody tells us
            await asyncio.sleep(0.005)


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.exists() else 0


def keeper_of(folder: Path) -> int:
    """The process that keeps the runs of the latest runner in ``folder``."""
    pid = _latest_journal(folder).keeper_pid()
    assert pid is not None
    return pid


async def keeper_replaced(folder: Path, number: int = signal.SIGKILL) -> None:
    """Send the keeper a signal, and wait until there is another one."""
    before = _latest_journal(folder)
    os.kill(keeper_of(folder), number)
    async with asyncio.timeout(PATIENCE):
        while _latest_journal(folder).path <= before.path:  # noqa: ASYNC110  nobody tells us
            await asyncio.sleep(0.005)


def _latest_journal(folder: Path) -> Journal:
    return Journal(max((folder / "logs" / JOURNALS).glob(f"*{JOURNAL_SUFFIX}")))


def is_alive(pid: int) -> bool:
    """Whether there is such a process, and not only what is left of it to be reaped."""
    try:
        with Path(f"/proc/{pid}/stat").open() as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
