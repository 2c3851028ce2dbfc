"""What a fake Slurm knows, in a file that its tools and the test share."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

State = dict[str, Any]
Job = dict[str, Any]

NEW: State = {
    "jobs": [],  # those that are known, each with its id, name, state, reason and node
    "serial": 0,  # of the last job; other than its id it is never used again
    "next_id": 1,
    "calls": [],  # of all tools, each with its words
    "faults": [],  # the first that is for a tool is what happens to it
    "waiting_for": None,  # why nothing begins; None where all begins at once
    "told": None,  # the jobs that are told instead of those that are known
    "nodes": {"n1": "idle", "n2": "idle", "n3": "idle"},
    "kill_wait": 5,  # seconds from TERM to KILL for a job that is cancelled
}

ENDED = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY")


@contextmanager
def shared(folder: Path) -> Iterator[State]:
    """The state, which nobody else looks at or changes meanwhile."""
    path = folder / "state.json"
    with (folder / "state.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = json.loads(path.read_text()) if path.exists() else json.loads(json.dumps(NEW))
        try:
            yield state
        finally:
            new = path.with_suffix(".new")
            new.write_text(json.dumps(state))
            new.replace(path)


def by_id(jobs: list[Job], number: str | int) -> Job | None:
    """The job that has an id, if one is known."""
    return next((job for job in jobs if str(job["id"]) == str(number)), None)


def by_serial(state: State, serial: int) -> Job | None:
    """The job that had this serial number from the beginning, if it is still known."""
    return next((job for job in state["jobs"] if job["serial"] == serial), None)
