"""What a program and its keeper hold on to after many runs that they did not hold before."""

import asyncio
import gc
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.chaos.living import Living, alive
from tests.support.patience import PATIENCE
from tui_scheduler.engine.local.keeping import KEEPER_NAME
from tui_scheduler.engine.local.runner import JOURNALS
from tui_scheduler.models import Overlap
from tui_scheduler.schedules import Plan, Timing
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft

_AT_ONCE = 500
_PROCESS = "echo"
_KEEPERS_OWN_PIPE = 2  # the two ends of the one that wakes it
_LOOPS_POOL = "asyncio_"  # its threads begin when many are busy at once, up to a fixed number


@dataclass(frozen=True, slots=True)
class Holdings:
    """What this process and its keeper have at one moment; memory is resident, in bytes.

    Threads are those that the program began itself, without the event loop's pool for others' work.
    """

    descriptors: int
    threads: int
    children: int
    objects: int
    memory: int
    keeper_descriptors: int
    keeper_memory: int
    journals: int
    journal_bytes: int

    @classmethod
    def now(cls, keeper: psutil.Process, journals: Path) -> "Holdings":
        """Count, when nothing is left that can be collected."""
        gc.collect()
        process = psutil.Process()
        sizes = [path.stat().st_size for path in journals.iterdir()]
        return cls(
            descriptors=process.num_fds(),
            threads=sum(not each.name.startswith(_LOOPS_POOL) for each in threading.enumerate()),
            children=len(process.children()),
            objects=len(gc.get_objects()),
            memory=process.memory_info().rss,
            keeper_descriptors=keeper.num_fds(),
            keeper_memory=keeper.memory_info().rss,
            journals=len(sizes),
            journal_bytes=sum(sizes),
        )


async def before_and_after(folder: Path, runs: int) -> tuple[Holdings, Holdings]:
    """What is held after some first runs, and after so many more."""
    pipes = _pipes(psutil.Process())
    async with alive(folder) as living:
        journals = living.runtime.settings.log_folder / JOURNALS
        draft = ProcessDraft(name=_PROCESS, command="echo hello", overlap=Overlap.ALLOW)
        await living.runtime.write(living.runtime.services.processes.create, draft)
        await _run(living, pipes)
        keeper = our_keeper()
        before = Holdings.now(keeper, journals)
        for _ in range(runs // _AT_ONCE):
            await _run(living, pipes)
        assert our_keeper() == keeper
        return before, Holdings.now(keeper, journals)


async def _run(living: Living, pipes: int) -> None:
    """Have many runs, until their ends are recorded and their output is drained."""
    await living.runtime.write(_trigger, living.runtime.services)
    open_runs = living.runtime.services.runs.open
    while await living.runtime.read(open_runs):
        await living.another_event()
    async with asyncio.timeout(PATIENCE):
        while _pipes(our_keeper()) > _KEEPERS_OWN_PIPE or _pipes(psutil.Process()) > pipes:
            await living.another_event()


def _trigger(services: Services) -> None:
    plan = Plan(timing=Timing.IMMEDIATE, timezone="UTC")
    request = services.requests.create(RequestDraft(process=_PROCESS, plan=plan))
    for _ in range(_AT_ONCE):
        services.runs.trigger(request.id)


def our_keeper() -> psutil.Process:
    """The keeper of this process; those of earlier tests have been let go, and have ended."""
    children = psutil.Process().children()
    (keeper,) = (child for child in children if _pipes(child) and KEEPER_NAME in child.cmdline())
    return keeper


def _pipes(process: psutil.Process) -> int:
    """How many ends of pipes a process has open; none if it has ended."""
    count = 0
    with suppress(OSError):
        for file in Path(f"/proc/{process.pid}/fd").iterdir():
            with suppress(OSError):
                count += str(file.readlink()).startswith("pipe:")
    return count
