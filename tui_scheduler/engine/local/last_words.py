"""What a dead keeper was about to begin: whether it did, and as whom, is found out and noted.

Only whoever inherits its children can tell.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.engine.local.journals import Journal, Trace
from tui_scheduler.engine.local.keeping import KEEPER_NAME
from tui_scheduler.engine.local.launch import run_mark
from tui_scheduler.engine.local.orphans import first_of_run, uptime
from tui_scheduler.services.running.taken_runs import Claim


@dataclass(slots=True)
class Asked:
    """A run that a keeper was asked to begin, and our end of its pipe."""

    claim: Claim
    pipe: int
    asked_at: float = field(default_factory=uptime)


def find_out(journals: Iterable[Journal], keeper: int, asked: Mapping[int, Asked]) -> None:
    """Complete what ``keeper`` has written of the runs for which somebody waits. For a thread."""
    for journal in journals:
        for trace in journal.traces.values():
            if trace.is_unknown and (question := asked.get(trace.run_id)) is not None:
                _complete(journal, trace, keeper, question)


def _complete(journal: Journal, trace: Trace, keeper: int, asked: Asked) -> None:
    """Write down whether a run was begun, and as whom. If two could be it, nobody knows."""
    mark = run_mark(trace.run_id, trace.token)
    others = {keeper, *(each.pid for each in journal.traces.values() if each.pid is not None)}
    match first_of_run(mark, others, KEEPER_NAME.encode(), asked.asked_at):
        case []:
            trace.was_refused = True
            with suppress(FileNotFoundError):
                journal.add("no", trace.run_id)
        case [pid]:
            trace.pid, trace.start = pid, Identity.of(pid).began
            trace.start_time = datetime.now(UTC)
            trace.pipe = os.fstat(asked.pipe).st_ino
            moment = f"{trace.start_time.timestamp():.6f}"
            with suppress(FileNotFoundError):
                journal.add("pid", trace.run_id, pid, trace.start, moment, trace.pipe)
