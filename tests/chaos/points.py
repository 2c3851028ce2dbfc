"""The instants between two steps of a run's life at which a scheduler can be made to die."""

import os
import signal
from collections.abc import Callable
from typing import Any

from tui_scheduler.engine.live_runs import LiveRuns
from tui_scheduler.engine.local.keeping import Keeping
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.recorder import RunRecorder
from tui_scheduler.engine.scheduler import Scheduler
from tui_scheduler.services.running.dispatch import Dispatch

POINTS: dict[str, tuple[type, str]] = {
    "claim not committed": (Dispatch, "claim"),
    "claim committed": (Scheduler, "_take"),
    "keeper asked": (Keeping, "tell"),
    "keeper answered": (Keeping, "_take"),
    "start noted": (RunRecorder, "start"),
    "start not committed": (Dispatch, "started"),
    "exit seen": (LiveRuns, "_end"),
    "end noted": (RunRecorder, "end"),
    "end not committed": (Dispatch, "ended"),
    "child known": (LocalRunner, "_add"),
}
"""By name: right after which call of ours it dies."""


def die_at(point: str, occasion: int) -> None:
    """Kill this very process, as kill -9 does, when ``point`` is reached for that many times."""
    owner, name = POINTS[point]
    setattr(owner, name, _deadly(getattr(owner, name), occasion))


def _deadly(call: Callable[..., Any], occasion: int) -> Callable[..., Any]:
    left = occasion

    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        value = call(*args, **kwargs)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return value

    return deadly
