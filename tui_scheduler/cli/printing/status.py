"""One line about everything, as a prompt asks for it: so as little as can be is imported here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tui_scheduler.cli.printing.layout import Cell, joined
from tui_scheduler.cli.printing.output import complain, has_colour, print_json
from tui_scheduler.lock_file import query_holder, trouble_of
from tui_scheduler.settings import Settings
from tui_scheduler.status_query import NextFire, Status, query_status
from tui_scheduler.wording import (
    NOBODY_SCHEDULES,
    ON_HOLD,
    PAUSED,
    SCHEDULING,
    SUBMITTED,
    brief_duration,
    local,
    midnight,
)

if TYPE_CHECKING:
    from tui_scheduler.lock_holder import Holder
    from tui_scheduler.signs_of_life import Trouble


@dataclass(frozen=True, slots=True)
class SchedulingStatus:
    """What goes on, who schedules, if anybody does, and what keeps him from it."""

    seen: Status
    holder: "Holder | None"
    trouble: "Trouble | None"

    @property
    def is_scheduling(self) -> bool:
        """Whether what falls due is run."""
        gets_on = self.trouble is None or self.trouble.is_minor
        return self.holder is not None and gets_on and self.seen.held_at is None


def status_of(settings: Settings, zone: str, now: datetime) -> SchedulingStatus:
    """Returns what goes on; raises NotFound where there is no database, or DatabaseUnusable."""
    today = midnight(now, zone)
    seen = query_status(settings.database, today.astimezone(UTC), now)
    holder = query_holder(*settings.lock_files)
    return SchedulingStatus(seen, holder, trouble_of(settings.database, settings.lock_file, holder))


def print_status(status: SchedulingStatus, zone: str, now: datetime, *, as_json: bool) -> None:
    """Print it in a line, or as one document."""
    if as_json:
        print_json(_record(status, zone))
        return
    print(joined(list(_parts(status, now)), " · ", colour=has_colour()))
    if status.trouble is not None:
        complain(f"{status.trouble}.")


def _parts(status: SchedulingStatus, now: datetime) -> Iterator[Cell]:
    seen = status.seen
    if status.holder is None:
        yield Cell(NOBODY_SCHEDULES, "31")
    elif status.trouble is not None and status.trouble.headline:
        yield Cell(status.trouble.headline, "31")
    if seen.held_at is not None:
        yield Cell(ON_HOLD, "33")
    elif status.is_scheduling:
        where = f" on {status.holder.host}" if status.holder and status.holder.host else ""
        yield Cell(f"{SCHEDULING}{where}", "32")
    for number, word, colour in (
        (seen.running, "running", "36"),
        (seen.submitted, SUBMITTED, ""),
        (seen.queued - seen.submitted, "queued", ""),
        (seen.failed_today, "failed today", "31"),
        (seen.paused, PAUSED, "33"),
    ):
        if number:
            yield Cell(f"{number} {word}", colour)
    if seen.next_fire is not None:
        yield Cell(_next(seen.next_fire, now))


def _next(fire: NextFire, now: datetime) -> str:
    left = fire.at - now
    if left < -timedelta(seconds=1):
        return f"{fire.process} was due {brief_duration(-left)} ago"
    return f"next {fire.process} in {brief_duration(left)}"


def _record(status: SchedulingStatus, zone: str) -> dict[str, Any]:
    seen, fire = status.seen, status.seen.next_fire
    return {
        "scheduling": status.is_scheduling,
        "scheduler_pid": status.holder and status.holder.pid,
        "scheduler_host": status.holder and status.holder.host_name,
        "trouble": status.trouble and str(status.trouble),
        "held_at": seen.held_at and local(seen.held_at, zone).isoformat(),
        "held_by": seen.held_by or None,
        "running": seen.running,
        "queued": seen.queued,
        "submitted": seen.submitted,
        "failed_today": seen.failed_today,
        "paused": seen.paused,
        "next_fire": fire and local(fire.at, zone).isoformat(),
        "next_request_id": fire and fire.request_id,
        "next_process": fire and fire.process,
    }
