"""What every main screen tells at its top, in words for wide and for narrow terminals."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

if TYPE_CHECKING:  # the first paint does not wait for what is beneath
    from tui_scheduler.runtime import SchedulerState
    from tui_scheduler.services.views import Counts, Hold

_NAME = "tui-scheduler"


@dataclass(frozen=True, slots=True)
class HeaderStatus:
    """What runs and what failed, whether scheduling is held, and who schedules."""

    counts: "Counts"
    hold: "Hold"
    scheduler: "SchedulerState"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of the header; ``name`` may be empty."""

    name: str
    counts: Content
    scheduler: str
    clock: str

    @property
    def parts(self) -> dict[str, Content]:
        """Each part by its name."""
        return {
            "name": Content(self.name),
            "counts": self.counts,
            "scheduler": Content(self.scheduler),
            "clock": Content(self.clock),
        }


def wordings(header_status: HeaderStatus | None, wall: datetime) -> Iterator[Wording]:
    """All ways to say it, from the longest to the shortest; ``wall`` is the clock's time.

    Until it is known only name and clock are told.
    """
    if header_status is None:
        yield Wording(_NAME, Content(), "", f"{wall:%a %H:%M:%S %Z}")
        yield Wording("", Content(), "", f"{wall:%H:%M:%S %Z}")
        return
    counts = _counts(header_status.counts, in_words=True)
    who = _who_schedules(header_status)
    clock = f"{wall:%a %H:%M:%S %Z}"
    yield Wording(_NAME, counts, who, clock)
    yield Wording("", counts, who, clock)
    clock = f"{wall:%H:%M:%S %Z}"
    yield Wording("", counts, who, clock)
    counts = _counts(header_status.counts, in_words=False)
    yield Wording("", counts, who, clock)
    who = who.split(",")[0].removesuffix(" schedules")
    yield Wording("", counts, who, clock)
    yield Wording("", counts, who, f"{wall:%H:%M:%S}")


def _counts(counts: "Counts", *, in_words: bool) -> Content:
    running = f"{counts.running:,} running" if in_words else f"{counts.running:,}"
    failed = f"{counts.failed_today:,} failed today" if in_words else f"{counts.failed_today:,}"
    parts: list[str | tuple[str, str]] = [("► ", "$text-accent"), running, "  "]
    parts.append((f"✗ {failed}", "$text-error" if counts.failed_today else "$foreground 60%"))
    return Content.assemble(*parts)


def _who_schedules(header_status: HeaderStatus) -> str:
    if header_status.hold.is_held:
        return "■ on hold"
    if header_status.scheduler.is_scheduling:
        return "● scheduling"
    if header_status.scheduler.pid is None:
        return "○ nobody schedules"
    return f"○ viewer, pid {header_status.scheduler.pid} schedules"
