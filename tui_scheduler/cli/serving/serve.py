"""Scheduling without a screen."""

import asyncio
import logging
import os
from contextlib import AbstractAsyncContextManager, nullcontext
from signal import SIG_IGN, SIGHUP, SIGINT, SIGTERM, getsignal

from tui_scheduler.cli.diagnostics import log_to_file
from tui_scheduler.cli.options.click_classes import command, examples, option
from tui_scheduler.cli.options.param_types import choice, value
from tui_scheduler.cli.printing.output import complain, let_go_of_terminal
from tui_scheduler.cli.serving.journal import Journal, LogFormat
from tui_scheduler.cli.serving.scheduled_runs import reporting
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import (
    RuntimeEvent,
    RuntimeFailed,
    SchedulerChanged,
    SchedulerState,
    open_runtime,
)
from tui_scheduler.settings import Settings
from tui_scheduler.signals import calling_at_signals
from tui_scheduler.signs_of_life import Background
from tui_scheduler.wording import local_zone, zone_problem

_MEANWHILE = 5.0  # seconds; of windows that are closed together one may schedule for a moment
_STOPPED = "Stopped. What is still running goes on."
_log = logging.getLogger(__name__)


@command(
    "serve",
    epilog=examples(
        "serve", "--database /srv/jobs.db serve", "serve --log-format json 2>> serve.log"
    ),
)
@option(
    "--log-format",
    type=choice(LogFormat),
    default=LogFormat.TEXT,
    metavar="text|json",
    help="How a line is written on standard error for each start and each end. Default: text.",
)
@option("--background", type=value(Background.parse), hidden=True)
@pass_session
def serve_command(session: Session, log_format: LogFormat, background: Background | None) -> None:
    """Schedule without a screen until SIGTERM, SIGINT (ctrl+c), or its terminal is closed.

    While another process schedules this database it waits, and takes over when that one ends.
    Runs that are going when it stops go on, and are found again by the next one that schedules.
    Under nohup it stays when the terminal is closed.
    """
    log_to_file()
    journal = Journal(log_format, local_zone(), _log.info if background else complain)
    if problem := zone_problem():
        journal.say(f"{problem}.")
    try:
        asyncio.run(schedule(session.settings, journal, background=background))
    except SchedulerError as error:
        _log.error("%s", error)  # in the background nobody else hears it
        raise


async def schedule(
    settings: Settings,
    journal: Journal,
    *,
    background: Background | None = None,
    beside: AbstractAsyncContextManager[object] = nullcontext(),  # noqa: B008  it holds nothing
) -> None:
    """Schedule, or wait to take over, until a signal; ``beside`` is open as long.

    Raises DatabaseUnusable, and SchedulingEnded.
    """
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    screen = os.getppid()  # which began us, if we are in the background, and still has the lock
    hang_up = [] if getsignal(SIGHUP) is SIG_IGN else [SIGHUP]  # whoever says nohup means it
    with calling_at_signals(stopped.set, SIGTERM, SIGINT, *hang_up):
        async with (
            open_runtime(settings, background=background) as runtime,
            reporting(runtime, journal.tell),
            beside,
        ):

            def leave_to_others() -> None:
                other = runtime.scheduler
                if other.pid is not None and (other.host or other.pid != screen):
                    stopped.set()  # somebody does what we are there for, and stays

            def hear(event: RuntimeEvent) -> None:
                if isinstance(event, SchedulerChanged):
                    journal.say(f"{settings.database}: {_words(event.state)}")
                    if background:
                        loop.call_later(_MEANWHILE, leave_to_others)
                elif isinstance(event, RuntimeFailed):
                    stopped.set()

            runtime.subscribe(hear)
            if caution := runtime.caution():
                journal.say(f"{caution}.")
            if background:
                let_go_of_terminal()
            await stopped.wait()
    journal.say(_STOPPED)
    if not background:
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
