"""What a plan will do, worked out for the form's preview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tui_scheduler.schedules import Plan, Timing, anchored, fires, first_fire, summary, warnings
from tui_scheduler.tui.format import countdown, local

_FIRES = 10


@dataclass(frozen=True, slots=True)
class Forecast:
    """A plan in words, its next fires as instants, and what may surprise about it."""

    sentence: str
    fires: tuple[datetime, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FireLine:
    """One fire as it is shown; ``here`` is empty where the local clock shows the same."""

    wall: str
    wait: str
    here: str = ""

    @property
    def width(self) -> int:
        """Cells with two between the parts."""
        return sum(len(part) + 2 for part in (self.wall, self.wait, self.here) if part) - 2


def forecast(plan: Plan, now: datetime, usual_duration: timedelta | None) -> Forecast:
    """What happens if a request with this valid plan is scheduled at ``now``."""
    return Forecast(summary(plan), _next_fires(plan, now), warnings(plan, now, usual_duration))


def fire_lines(
    moments: Sequence[datetime], zone: str, here: str, now: datetime
) -> tuple[FireLine, ...]:
    """The fires on the clocks of ``zone``, and of ``here`` if those differ at any of them."""
    walls = [local(moment, zone) for moment in moments]
    ours = [local(moment, here) for moment in moments]
    differs = any(a.utcoffset() != b.utcoffset() for a, b in zip(walls, ours, strict=True))
    clock = "%H:%M:%S" if any(wall.second for wall in walls) else "%H:%M"
    this_year = all(wall.year == local(now, zone).year for wall in walls)
    date = "%a %e %b" if this_year else "%a %e %b %Y"
    waits = [countdown(moment, now) for moment in moments]
    longest = max(map(len, waits), default=0)
    return tuple(
        FireLine(
            f"{wall:{date} {clock}}",
            wait.ljust(longest),
            f"{our:%a {clock}}" if differs else "",
        )
        for wall, our, wait in zip(walls, ours, waits, strict=True)
    )


def _next_fires(plan: Plan, now: datetime) -> tuple[datetime, ...]:
    first = first_fire(plan, now)
    if first is None:
        return ()
    if plan.timing is not Timing.SCHEDULE:
        return (first,)
    wanted = min(_FIRES, plan.repetitions or _FIRES)
    return (first, *fires(anchored(plan, now), first, wanted))[:wanted]
