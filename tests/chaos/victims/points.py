"""The instants between two steps of a run's life at which a scheduler or a keeper can die."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from pkgutil import resolve_name
from types import CodeType
from typing import Any, NamedTuple

from tests.chaos.victims import keeper_deaths
from tests.chaos.victims.keeper_deaths import KEEPER_POINTS, die_inside
from tui_scheduler.engine.local import keeper, keeping

_DISPATCH = "tui_scheduler.services.running.dispatch:Dispatch"
_KEEPING = "tui_scheduler.engine.local.keeping:Keeping"
_LIVE_RUNS = "tui_scheduler.engine.live_runs:LiveRuns"
_NOTICES = "tui_scheduler.services.notices.outbox:Notices"
_RECORDER = "tui_scheduler.engine.recorder:RunRecorder"
_SCHEDULER = "tui_scheduler.engine.scheduler:Scheduler"
_SLURM = "tui_scheduler.engine.slurm.commands:Slurm"
_SLURM_RUNNER = "tui_scheduler.engine.slurm.runner"

POINTS: dict[str, tuple[str, str]] = {
    "claim not committed": (_DISPATCH, "claim"),
    "claim committed": (_SCHEDULER, "_take"),
    "keeper asked": (_KEEPING, "tell"),
    "keeper answered": (_KEEPING, "_take"),
    "start noted": (_RECORDER, "start"),
    "start not committed": (_DISPATCH, "started"),
    "exit seen": (_LIVE_RUNS, "_end"),
    "end noted": (_RECORDER, "end"),
    "end not committed": (_DISPATCH, "ended"),
    "child known": ("tui_scheduler.engine.local.children:Children", "add"),
}
NOTICE_POINTS: dict[str, tuple[str, str]] = {
    "end not committed": (_DISPATCH, "ended"),
    "notice seen": (_NOTICES, "due"),
    "notice put into words": (_NOTICES, "message"),
    "notice sent": ("tui_scheduler.engine.notices.sending", "_post"),
    "sending not committed": (_NOTICES, "sent"),
}
"""The same between the end of a run and that somebody is told of it."""

SUBMISSION_POINTS: dict[str, tuple[str, str]] = {
    "claim not committed": (_DISPATCH, "claim"),
    "claim committed": (_SCHEDULER, "_take"),
    "script to be made": (f"{_SLURM_RUNNER}:SlurmRunner", "_prepared"),
    "to be submitted": (_SLURM, "submit"),
    "tool of Slurm begun": ("subprocess:Popen", "__init__"),
    "job known": (f"{_SLURM_RUNNER}:SlurmRunner", "_known"),
    "submission noted": (_RECORDER, "submitted"),
    "submission not committed": (_DISPATCH, "submitted"),
    "submission committed": (_LIVE_RUNS, "_recorded"),
}
"""The same of a run that is handed to a cluster, until that is written down."""

CLUSTER_POINTS: dict[str, tuple[str, str]] = {
    **SUBMISSION_POINTS,
    "queue listed": (_SLURM_RUNNER, "Listing"),
    "begin seen": (_SLURM_RUNNER, "started"),
    "start noted": (_RECORDER, "start"),
    "start not committed": (_DISPATCH, "started"),
    "withdrawn": ("tui_scheduler.engine.slurm.begun_file", "withdraw"),
    "given back": (_RECORDER, "give_back"),
    "to be stopped": (_SLURM, "signal"),
    "exit seen": (_LIVE_RUNS, "_end"),
    "end noted": (_RECORDER, "end"),
    "end not committed": (_DISPATCH, "ended"),
}
"""All of a run on a cluster."""

_OF_SCHEDULERS = {**POINTS, **NOTICE_POINTS, **CLUSTER_POINTS}
"""By name: right after which call of ours a scheduler dies. Those of a keeper: KEEPER_POINTS.

Where the call is found is text: a victim imports no more than it needs, for dozens are begun.
"""


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
            path, name = _OF_SCHEDULERS[death.point]
            owner = resolve_name(path)
            setattr(owner, name, _deadly(getattr(owner, name), death.occasion))
    codes = _codes([death for death in deaths if death.point not in _OF_SCHEDULERS], keeping._code)
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


def _codes(deaths: Sequence[Death], unharmed: Callable[[], CodeType]) -> Iterator[CodeType]:
    """What each keeper in turn is made of; those that come later live."""
    for point, occasion, of_both in deaths:
        scheduler = os.getpid() if of_both else 0
        last_words = f"{die_inside.__name__}(globals(), {point!r}, {occasion}, {scheduler})"
        yield _deadly_code(last_words) if point in KEEPER_POINTS else unharmed()
    while True:
        yield unharmed()


def _deadly_code(last_words: str) -> CodeType:
    sources = [Path(str(module.__file__)).read_text() for module in (keeper, keeper_deaths)]
    return compile("\n".join([*sources, last_words]), str(keeper.__file__), "exec")
