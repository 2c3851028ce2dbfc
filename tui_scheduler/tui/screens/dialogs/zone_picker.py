"""Picking a time zone."""

import asyncio
from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import available_timezones

from tui_scheduler.tui.screens.dialogs.picker import Picker

_TECHNICAL = ("Etc/", "SystemV/", "posix/", "right/")


class ZonePicker(Picker):
    """Lists the IANA time zones."""

    NOTHING = "No time zone matches."

    def __init__(self, chosen: str, typed: str = "") -> None:
        super().__init__("Time zone", _zones, chosen=chosen, typed=typed)


async def _zones() -> Sequence[str]:
    """Every zone, places first; reading their names walks a folder, so not in the event loop."""
    return await asyncio.to_thread(_sorted_zones)


@lru_cache(maxsize=1)
def _sorted_zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones(), key=_rank))


def _rank(zone: str) -> tuple[bool, bool, str]:
    return zone.startswith(_TECHNICAL), "/" not in zone and zone != "UTC", zone
