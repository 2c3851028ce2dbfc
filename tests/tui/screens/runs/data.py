"""Runs as the monitor is given them, without a database."""

from pathlib import Path
from typing import Any

from tests.support.clock import NOON
from tui_scheduler.models import Channel, ProcessKind, RunStatus
from tui_scheduler.services.views.runs import RunView


def a_run(run_id: int = 7, **fields: Any) -> RunView:
    """A run of the process backup that is under way since noon, but for ``fields``."""
    usual: dict[str, Any] = {
        "id": run_id,
        "request_id": 1,
        "process": "backup",
        "process_id": 1,
        "kind": ProcessKind.COMMAND,
        "group": None,
        "parent_id": None,
        "position": None,
        "progress": None,
        "parameters": {},
        "secrets": frozenset(),
        "request": "every night",
        "status": RunStatus.PROCESSING,
        "channel": Channel.SCHEDULER,
        "scheduled_for": NOON,
        "start_time": NOON,
        "end_time": None,
        "exit_code": None,
        "signal": None,
        "cpu_time": None,
        "peak_memory": None,
        "attempt": 1,
        "missed": 0,
        "note": "",
        "host": "here",
        "pid": None,
        "kill_request": None,
        "kill_requested_at": None,
        "log_path": Path("/nowhere/7.log"),
        "log_bytes": 0,
    }
    return RunView(**(usual | fields))
