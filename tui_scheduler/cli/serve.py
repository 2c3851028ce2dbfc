"""Scheduling without a screen."""

import asyncio
import logging
from signal import SIG_IGN, SIGHUP, SIGINT, SIGTERM, getsignal

from tui_scheduler.cli.diagnostics import log_to_file
from tui_scheduler.cli.options.click_classes import command, examples
from tui_scheduler.cli.printing.output import complain
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.runtime import (
    RuntimeEvent,
    RuntimeFailed,
    SchedulerChanged,
    SchedulerState,
    open_runtime,
)
from tui_scheduler.settings import Settings
from tui_scheduler.signals import leaving
from tui_scheduler.wording import zone_problem

_STOPPED = "Stopped. What is still running goes on."
_log = logging.getLogger(__name__)


@command("serve", epilog=examples("serve", "--database /srv/jobs.db serve"))
@pass_session
def serve_command(session: Session) -> None:
    """Schedule without a screen until SIGTERM, SIGINT (ctrl+c), or its terminal is closed.

    While another process schedules this database it waits, and takes over when that one ends.
    Runs that are going when it stops go on, and are found again by the next one that schedules.
    Under nohup it stays when the terminal is closed.
    """
    log_to_file()
    if problem := zone_problem():
        complain(f"{problem}.")
    asyncio.run(_serve(session.settings))


async def _serve(settings: Settings) -> None:
    stopped = asyncio.Event()
    hang_up = [] if getsignal(SIGHUP) is SIG_IGN else [SIGHUP]  # whoever says nohup means it
    with leaving(stopped.set, SIGTERM, SIGINT, *hang_up):
        async with open_runtime(settings) as runtime:

            def hear(event: RuntimeEvent) -> None:
                if isinstance(event, SchedulerChanged):
                    complain(f"{settings.database}: {_words(event.state)}")
                elif isinstance(event, RuntimeFailed):
                    stopped.set()

            runtime.subscribe(hear)
            if caution := runtime.caution():
                complain(f"{caution}.")
            await stopped.wait()
    complain(_STOPPED)
    _log.info(_STOPPED)  # a terminal that is closed shows nothing any more


def _words(state: SchedulerState) -> str:
    if state.trouble:
        return f"{state.trouble}."
    if state.is_scheduling:
        return "scheduling."
    if state.pid is None:
        return "nobody schedules yet; trying again."
    where = f" on {state.host}" if state.host else ""
    return f"process {state.pid}{where} schedules; waiting to take over."
