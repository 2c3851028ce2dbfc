"""Whether there is room for more logs."""

import shutil
from collections.abc import Iterator

from tui_scheduler.doctor.finding import Finding, ok, warning
from tui_scheduler.doctor.target import Target
from tui_scheduler.sizes import size_text


def check(target: Target) -> Iterator[Finding]:
    """What is left on the disk of the database and its logs, against the reserve."""
    settings = target.settings
    disk = shutil.disk_usage(settings.database.parent)
    left = f"{size_text(disk.free)} of {size_text(disk.total)} are free"
    if disk.free * 100 >= disk.total * settings.disk_reserve:
        yield ok(left)
    else:
        yield warning(
            f"{left}, less than the {settings.disk_reserve:g} % that logs should leave",
            "Free some space, or lower disk_reserve in the configuration file",
        )
