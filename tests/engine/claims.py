"""Short ways to say what a runner is to start."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.clock import FakeClock
from tui_scheduler.engine.local.log_limits import LogLimits
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.runner import Ended
from tui_scheduler.models import RunStatus
from tui_scheduler.services.running.dispatch import Claim, OpenRun


def a_claim(folder: Path, command: str, run_id: int = 1, **fields: Any) -> Claim:
    """A run of ``command`` that logs into ``folder``."""
    values: dict[str, Any] = {
        "token": "3f9a2c1b",
        "working_directory": None,
        "environment": {},
        "log_path": folder / "logs" / "00000" / f"{run_id}.log",
        "note": "",
        "missed": 0,
        "timeout": None,
    }
    return Claim(**{**values, **fields, "run_id": run_id, "command": command})


def a_runner(
    clock: FakeClock | None = None, kill_grace: float = 10, limits: LogLimits | None = None
) -> LocalRunner:
    """A runner that waits ``kill_grace`` seconds between TERM and KILL."""
    return LocalRunner(clock or FakeClock(), timedelta(seconds=kill_grace), limits)


def an_open_run(claim: Claim, handle: str | None) -> OpenRun:
    """What a later scheduler knows of ``claim``."""
    return OpenRun(
        run_id=claim.run_id,
        token=claim.token,
        status=RunStatus.PROCESSING,
        handle=handle,
        start_time=FakeClock().now(),
        log_path=claim.log_path,
        timeout=claim.timeout,
    )


async def outcome(folder: Path, command: str, **fields: Any) -> tuple[int, bytes]:
    """The exit code and the output of ``command``."""
    claim = a_claim(folder, command, **fields)
    runner = a_runner()
    started = await runner.start(claim)
    ended = await runner.watch(started.handle)
    assert isinstance(ended, Ended)
    return ended.exit_code, claim.log_path.read_bytes()


def is_alive(pid: int) -> bool:
    """Whether there is such a process, and not only what is left of it to be reaped."""
    try:
        with Path(f"/proc/{pid}/stat").open() as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
