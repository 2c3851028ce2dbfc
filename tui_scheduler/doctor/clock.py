"""Whether the machine knows what time it is, here and in the zones of the requests."""

import zoneinfo
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from tui_scheduler.doctor.finding import Finding, counted, ok, problem, some, warning
from tui_scheduler.doctor.target import Target
from tui_scheduler.models import Control, Request, Run, rows
from tui_scheduler.models.backend import open_database
from tui_scheduler.schedules.zones import zone_info
from tui_scheduler.services.running.replanning import misplanned, plan_anew
from tui_scheduler.wording import machine_zone, rounded_duration, sortable_moment, zone_problem

_TOLERANCE = timedelta(seconds=1)


def check(target: Target) -> Iterator[Finding]:
    """Whether the clock is behind something that has happened already."""
    latest, event = max(_recorded(), default=(None, ""))
    now = target.clock.now()
    reading = sortable_moment(now, "UTC", in_seconds=True)
    if latest is None or latest <= now + _TOLERANCE:
        yield ok(f"{reading} UTC, later than all that is recorded")
    else:
        yield problem(
            f"The clock was put back: it shows {reading} UTC, but {event}"
            f" {rounded_duration(latest - now)} later",
            "Have it synchronised, for example: timedatectl set-ntp true",
        )


def check_plans(target: Target) -> Iterator[Finding]:
    """Whether requests wait for fires that were planned while the clock was ahead."""
    corrections = list(misplanned(target.clock.now(), target.settings.misfire_grace))
    if corrections:
        yield problem(
            f"{counted(len(corrections), 'request')} planned while the clock was ahead:"
            f" {some(each.request.id for each in corrections)}",
            "Plan them anew: tui-scheduler doctor --fix",
        )
    else:
        yield ok("Nothing was planned by a clock that was ahead")


def repair_plans(target: Target) -> None:
    """Plan anew what was planned while the clock was ahead."""
    with open_database(target.settings.database):
        plan_anew(target.context)


def _recorded() -> Iterator[tuple[datetime, str]]:
    """The newest moments in the database; a pass through a million runs takes 0.1 s."""
    for column, event in ((Run.end_time, "ended"), (Run.start_time, "began")):
        newest = Run.select(Run.id, column).where(column.is_null(False))
        for run_id, moment in rows(newest.order_by(column.desc()).limit(1)):
            yield moment, f"run {run_id} {event}"
    for request_id, moment in rows(Request.select(Request.id, Request.scheduled_at)):
        if moment is not None:
            yield moment, f"request {request_id} was scheduled"
    for held_at, released_at in rows(Control.select(Control.held_at, Control.released_at)):
        yield from ((moment, "scheduling was held or released") for moment in (held_at, released_at)
                    if moment is not None)  # fmt: skip


def check_zones(target: Target) -> Iterator[Finding]:
    """Whether the zones of all requests are known, and the machine's own."""
    used = sorted(zone for (zone,) in rows(Request.select(Request.timezone).distinct()))
    unknown = [zone for zone in used if not _is_known(zone)]
    local = machine_zone()
    if unknown:
        yield problem(
            f"This machine does not know {some(unknown)}",
            "Install newer zone data, or give those requests another zone: tui-scheduler request"
            " edit ID --timezone ZONE",
        )
    if problem_of_variable := zone_problem():
        text, _, remedy = problem_of_variable.partition(". ")
        yield warning(text, remedy)
    if local is None:
        yield warning(
            "The time zone of this machine is not known; UTC is used",
            "Say which it is: timedatectl set-timezone Europe/Madrid, or TZ=Europe/Madrid",
        )
    if local is not None and not unknown:
        yield ok(f"{local} here, {len(used)} in requests; data {_release()}")


def _is_known(zone: str) -> bool:
    try:
        zone_info(zone)
    except ValueError:
        return False
    return True


def _release() -> str:
    """Which edition of the zone data is used: the system's, or that of the package tzdata."""
    for folder in map(Path, zoneinfo.TZPATH):
        if (folder / "tzdata.zi").exists():
            with (folder / "tzdata.zi").open() as file:
                return file.readline().removeprefix("# version ").strip()
        if (folder / "UTC").exists():
            return f"of {folder}"
    return version("tzdata")
