"""What a program holds on to after many runs that it did not hold before."""

import gc
import threading
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.chaos.living import Living, alive
from tui_scheduler.models import Overlap
from tui_scheduler.schedules import Plan, Timing
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft

_AT_ONCE = 500
_PROCESS = "true"


@dataclass(frozen=True, slots=True)
class Holdings:
    """What this process has at one moment."""

    descriptors: int
    threads: int
    children: int
    objects: int
    memory: int
    """Bytes of resident memory."""

    @classmethod
    def now(cls) -> "Holdings":
        """Count, when nothing is left that can be collected."""
        gc.collect()
        process = psutil.Process()
        return cls(
            descriptors=process.num_fds(),
            threads=threading.active_count(),
            children=len(process.children()),
            objects=len(gc.get_objects()),
            memory=process.memory_info().rss,
        )


async def before_and_after(folder: Path, runs: int) -> tuple[Holdings, Holdings]:
    """What is held after some first runs, and after so many more."""
    async with alive(folder) as living:
        draft = ProcessDraft(name=_PROCESS, command="true", overlap=Overlap.ALLOW)
        await living.runtime.write(living.runtime.services.processes.create, draft)
        await _run(living, _AT_ONCE)
        before = Holdings.now()
        for _ in range(runs // _AT_ONCE):
            await _run(living, _AT_ONCE)
        return before, Holdings.now()


async def _run(living: Living, runs: int) -> None:
    await living.runtime.write(_trigger, living.runtime.services, runs)
    open_runs = living.runtime.services.runs.open
    while await living.runtime.read(open_runs):
        await living.another_event()


def _trigger(services: Services, runs: int) -> None:
    plan = Plan(timing=Timing.IMMEDIATE, timezone="UTC")
    request = services.requests.create(RequestDraft(process=_PROCESS, plan=plan))
    for _ in range(runs):
        services.runs.trigger(request.id)
