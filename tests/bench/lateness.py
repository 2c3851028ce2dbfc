"""How late runs start: 100 fires a second of /bin/true, against a loop that only spawns."""

import asyncio
import gc
import subprocess
import time
from datetime import datetime, timedelta

from tests.bench.figures import summary, throwaway_settings
from tui_scheduler.models import Overlap
from tui_scheduler.runtime import Runtime, open_runtime
from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.services.queries.run_filter import RunFilter

FIRES_PER_SECOND = 100
SECONDS = 20
COMMAND = "/bin/true"


def measure() -> str:
    """Planned to actual start in milliseconds, of the scheduler and of the plain loop."""
    plain = asyncio.run(_plain_loop(seconds=5))
    ours = asyncio.run(_scheduler())
    return (
        f"lateness at {FIRES_PER_SECOND} fires/s: {summary(ours)} over {len(ours)} fires"
        f" (a loop that only spawns: {summary(plain)})"
    )


async def _plain_loop(seconds: int) -> list[float]:
    late = []
    begin = time.monotonic() + 0.1
    children: list[subprocess.Popen[bytes]] = []
    for number in range(seconds * FIRES_PER_SECOND):
        planned = begin + number / FIRES_PER_SECOND
        await asyncio.sleep(max(planned - time.monotonic(), 0))
        children.append(_spawn())
        late.append(time.monotonic() - planned)
        children = [child for child in children if child.poll() is None]
    for child in children:
        child.wait()
    return late


def _spawn() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(["/bin/sh", "-c", COMMAND], start_new_session=True)


async def _scheduler() -> list[float]:
    with throwaway_settings() as settings:
        async with open_runtime(settings) as runtime:
            await _seed(runtime)
            gc.collect()
            gc.freeze()
            begin = runtime.clock.now()
            await asyncio.sleep(SECONDS)
            runs = await runtime.read(
                runtime.services.runs.latest, RunFilter(), FIRES_PER_SECOND * SECONDS * 2
            )
            return [
                (run.start_time - run.scheduled_for).total_seconds()
                for run in runs
                if run.start_time is not None and _counts(run.scheduled_for, begin)
            ]


def _counts(planned: datetime, begin: datetime) -> bool:
    return planned > begin + timedelta(seconds=1)  # everything is warm by then


async def _seed(runtime: Runtime) -> None:
    """Requests that fire each second, one after the other."""
    services = runtime.services
    draft = ProcessDraft(name="true", command=COMMAND, overlap=Overlap.ALLOW)
    await runtime.write(services.processes.create, draft)
    start = datetime.now().astimezone().replace(tzinfo=None) + timedelta(seconds=3)  # wall time
    for number in range(FIRES_PER_SECOND):
        offset = timedelta(seconds=number / FIRES_PER_SECOND)
        plan = Plan(
            timing=Timing.SCHEDULE,
            timezone=runtime.zone,
            start=start + offset,
            frequency=Frequency.SECONDLY,
        )
        request = await runtime.write(
            services.requests.create, RequestDraft(process="true", plan=plan)
        )
        await runtime.write(services.requests.schedule, request.id)
