"""The application from its start to the exit code, with the engine beneath it."""

import asyncio
import gc
from collections.abc import Callable
from functools import partial
from signal import SIGHUP, SIGINT, SIGTERM

from tui_scheduler.errors import SchedulerError
from tui_scheduler.program import import_no_other_version
from tui_scheduler.runtime import Runtime, RuntimeFailed, open_runtime
from tui_scheduler.settings import Settings
from tui_scheduler.signals import calling_at_signals
from tui_scheduler.tui.app import SchedulerApp

_SETTLED = 1.0  # seconds after which what start-up made is there to stay


def run(settings: Settings) -> int:
    """Show the application and schedule beneath it; returns the exit code of the program.

    Raises DatabaseUnusable, or what ended it, when the terminal is as it was before.
    """
    return asyncio.run(_run(settings, SchedulerApp))


def run_in_page(settings: Settings) -> int:
    """Show the application in a page of a browser, as a viewer that never schedules.

    Returns the exit code of the program. Raises what ``run`` does, once the page shows it.
    """
    from tui_scheduler.tui.drivers import page

    page.begin()
    make_app = partial(SchedulerApp, driver_class=page.PageDriver, may_keep=False)
    try:
        return asyncio.run(_run(settings, make_app, is_viewer=True))
    except SchedulerError as error:
        page.say(str(error))
        raise


async def _run(
    settings: Settings, make_app: Callable[[Runtime], SchedulerApp], *, is_viewer: bool = False
) -> int:
    import_no_other_version()
    async with open_runtime(settings, is_viewer=is_viewer, begins_later=True) as runtime:
        app = make_app(runtime)
        asyncio.get_running_loop().call_later(_SETTLED, runtime.begun.set)  # whatever is shown
        runtime.subscribe(lambda event: app.exit() if isinstance(event, RuntimeFailed) else None)
        asyncio.get_running_loop().call_later(_SETTLED, _begin_to_collect)
        with (
            calling_at_signals(app.exit, SIGINT, SIGTERM),
            calling_at_signals(app.quitting.close_window, SIGHUP),
        ):
            await app.run_async()
            await app.quitting.settle()
    if app.failure is not None:
        raise app.failure
    return 0


def _begin_to_collect() -> None:
    """Spare the collector what stays: its longest pause falls from 14-29 ms to 3-10.

    That it had not run until now spared a twelfth of the time to the first screen.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
