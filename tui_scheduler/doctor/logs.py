"""Whether every log belongs to a run, and every run has its log."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui_scheduler.doctor.finding import Finding, counted, ok, some, warning
from tui_scheduler.doctor.log_folders import log_folders
from tui_scheduler.doctor.target import Target
from tui_scheduler.models.maintenance import open_for_reading


def check(target: Target) -> Iterator[Finding]:
    """Whether files and runs agree."""
    leftovers: list[Path] = []
    without_log: list[int] = []
    for folder in log_folders(target.context):
        leftovers += folder.leftovers
        without_log += folder.without_log
    if leftovers:
        yield warning(
            f"No run owns {counted(len(leftovers), 'file')} in {target.settings.log_folder}:"
            f" {some(file.name for file in leftovers)}",
            "Remove them, or a new run could be taken for an old one: tui-scheduler doctor --fix",
        )
    if without_log:
        yield warning(
            f"The log is gone of {counted(len(without_log), 'ended run')}: {some(without_log)}",
            "Nothing brings their output back; their rows stay",
        )
    if not leftovers and not without_log:
        yield ok(f"{target.settings.log_folder}: every file belongs to a run, and none is missing")


def repair(target: Target) -> None:
    """Remove the files that belong to no run."""
    with open_for_reading(target.settings.database):
        for folder in log_folders(target.context):
            for file in folder.leftovers:
                with suppress(OSError):
                    file.unlink()
