"""The instants between two steps of a run's life at which a scheduler or a keeper can die."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

from tests.chaos import keeper_deaths
from tests.chaos.keeper_deaths import KEEPER_POINTS, die_inside
from tui_scheduler.engine.live_runs import LiveRuns
from tui_scheduler.engine.local import keeper, keeping
from tui_scheduler.engine.local.children import Children
from tui_scheduler.engine.local.keeping import Keeping
from tui_scheduler.engine.notices import sending
from tui_scheduler.engine.recorder import RunRecorder
from tui_scheduler.engine.scheduler import Scheduler
from tui_scheduler.engine.slurm import begun_file
from tui_scheduler.engine.slurm import runner as slurm_runner
from tui_scheduler.engine.slurm.commands import Slurm
from tui_scheduler.engine.slurm.runner import SlurmRunner
from tui_scheduler.services.notices.outbox import Notices
from tui_scheduler.services.running.dispatch import Dispatch

POINTS: dict[str, tuple[Any, str]] = {
    "claim not committed": (Dispatch, "claim"),
    "claim committed": (Scheduler, "_take"),
    "keeper asked": (Keeping, "tell"),
    "keeper answered": (Keeping, "_take"),
    "start noted": (RunRecorder, "start"),
    "start not committed": (Dispatch, "started"),
    "exit seen": (LiveRuns, "_end"),
    "end noted": (RunRecorder, "end"),
    "end not committed": (Dispatch, "ended"),
    "child known": (Children, "add"),
}
NOTICE_POINTS: dict[str, tuple[Any, str]] = {
    "end not committed": (Dispatch, "ended"),
    "notice seen": (Notices, "due"),
    "notice put into words": (Notices, "message"),
    "notice sent": (sending, "_post"),
    "sending not committed": (Notices, "sent"),
}
"""The same between the end of a run and that somebody is told of it."""

SUBMISSION_POINTS: dict[str, tuple[Any, str]] = {
    "claim not committed": (Dispatch, "claim"),
    "claim committed": (Scheduler, "_take"),
    "script to be made": (SlurmRunner, "_prepared"),
    "to be submitted": (Slurm, "submit"),
    "tool of Slurm begun": (subprocess.Popen, "__init__"),
    "job known": (SlurmRunner, "_known"),
    "submission noted": (RunRecorder, "submitted"),
    "submission not committed": (Dispatch, "submitted"),
    "submission committed": (LiveRuns, "_recorded"),
}
"""The same of a run that is handed to a cluster, until that is written down."""

CLUSTER_POINTS: dict[str, tuple[Any, str]] = {
    **SUBMISSION_POINTS,
    "queue listed": (slurm_runner, "Listing"),
    "begin seen": (slurm_runner, "started"),
    "start noted": (RunRecorder, "start"),
    "start not committed": (Dispatch, "started"),
    "withdrawn": (begun_file, "withdraw"),
    "given back": (RunRecorder, "give_back"),
    "to be stopped": (Slurm, "signal"),
    "exit seen": (LiveRuns, "_end"),
    "end noted": (RunRecorder, "end"),
    "end not committed": (Dispatch, "ended"),
}
"""All of a run on a cluster."""

_OF_SCHEDULERS = {**POINTS, **NOTICE_POINTS, **CLUSTER_POINTS}
"""By name: right after which call of ours a scheduler dies. Those of a keeper: KEEPER_POINTS."""


KEEPER_BEGINS = "a keeper begins\n"
"""What a victim tells on standard error each time."""


class Death(NamedTuple):
    """At which point somebody dies, when it is reached for the n-th time.

    At a point of a keeper that is the keeper, and its scheduler as well if ``of_both``. Without a
    point, nobody dies.
    """

    point: str = ""
    occasion: int = 0
    of_both: bool = False


def die_at(deaths: Sequence[Death]) -> None:
    """Have this very process die, as by kill -9, or its keepers: each in turn has its death."""
    for death in deaths:
        if death.point in _OF_SCHEDULERS:
            owner, name = _OF_SCHEDULERS[death.point]
            setattr(owner, name, _deadly(getattr(owner, name), death.occasion))
    codes = _codes([death for death in deaths if death.point not in _OF_SCHEDULERS])
    keeping._code = lambda: _announced(next(codes))


def _announced(code: CodeType) -> CodeType:
    sys.stderr.write(KEEPER_BEGINS)
    sys.stderr.flush()
    return code


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


def _codes(deaths: Sequence[Death]) -> Iterator[CodeType]:
    """What each keeper in turn is made of; those that come later live."""
    for point, occasion, of_both in deaths:
        scheduler = os.getpid() if of_both else 0
        last_words = f"{die_inside.__name__}(globals(), {point!r}, {occasion}, {scheduler})"
        yield _code(last_words if point in KEEPER_POINTS else "")
    while True:
        yield _code("")


def _code(last_words: str) -> CodeType:
    sources = [Path(str(module.__file__)).read_text() for module in (keeper, keeper_deaths)]
    return compile("\n".join([*sources, last_words]), str(keeper.__file__), "exec")
