"""A scheduler to be killed: ``python -m tests.engine.crashing DATABASE [forgetful]``."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from tests.engine.harness import write_here
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.scheduler import Scheduler
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import services_on
from tui_scheduler.services.clock import SystemClock
from tui_scheduler.services.context import Context


async def schedule(database: Path, *, forgetful: bool) -> None:
    """Schedule until killed, perhaps without writing down what was started and what ended."""
    context = Context(actor="ann", log_folder=database.with_name("logs"))
    services = services_on(context)
    if forgetful:
        vars(services.dispatch).update(started=_forget, ended=_forget)
    runner = LocalRunner(context.clock, timedelta(seconds=1), context.log_folder)
    scheduler = Scheduler(
        dispatch=services.dispatch, write=write_here, runner=runner, clock=SystemClock()
    )
    await scheduler.run()


def _forget(*_: object) -> None:
    """The crash comes before the commit."""


if __name__ == "__main__":
    with open_database(Path(sys.argv[1])):
        asyncio.run(schedule(Path(sys.argv[1]), forgetful="forgetful" in sys.argv))
