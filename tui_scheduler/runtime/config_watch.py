"""Calendars of a configuration file that is written anew while the program runs.

All else of it is read at the start. A calendar is changed once a year, by somebody who does not
think of programs that go on for months.
"""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

from tui_scheduler.calendars import Calendars, calendars_in_force, use_calendars
from tui_scheduler.errors import InvalidInput
from tui_scheduler.runtime.runtime import Runtime
from tui_scheduler.services.events import ForeignCommit
from tui_scheduler.settings import load_calendars

POLL = 5.0
"""Seconds between two looks at the file, which must find it the same before it is read."""

_Stamp = tuple[int, int, int] | None
_log = logging.getLogger(__name__)


async def follow_calendars(runtime: Runtime) -> None:
    """Put the calendars in force that the configuration file has, each time that it is written."""
    config = runtime.settings.config
    known = latest = await asyncio.to_thread(_stamp, config)
    while True:
        await asyncio.sleep(POLL)
        before, latest = latest, await asyncio.to_thread(_stamp, config)
        if latest == before != known:
            known = latest
            await asyncio.to_thread(read_again, config)
            runtime.tell(ForeignCommit())


def read_again(config: Path) -> None:
    """Put the calendars of ``config`` in force; the former ones stay if it cannot be read."""
    try:
        calendars = Calendars(load_calendars(config), config)
    except InvalidInput as error:
        _log.warning("the calendars stay as they were: %s", error)
        calendars = replace(calendars_in_force(), problem=f"{error}. Calendars stay as they were")
    use_calendars(calendars)


def _stamp(path: Path) -> _Stamp:
    """What changes when a file is written; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
