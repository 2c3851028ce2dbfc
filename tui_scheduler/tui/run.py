"""The application from the first paint to the end."""

import asyncio
import signal

from tui_scheduler.runtime import open_runtime
from tui_scheduler.settings import Settings


def run(settings: Settings) -> int:
    """Show the application and schedule beneath it; returns the exit code of the program."""
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    from tui_scheduler.tui.app import SchedulerApp

    async with open_runtime(settings) as runtime:
        app = SchedulerApp(runtime)
        for number in (signal.SIGTERM, signal.SIGHUP):  # told to end, or the window was closed
            asyncio.get_running_loop().add_signal_handler(number, app.exit)
        await app.run_async()
        return app.return_code or 0
