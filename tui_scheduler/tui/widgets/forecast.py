"""What a plan will do, worked out for the form's preview."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tui_scheduler.schedules import Plan, Timing, anchored, fires, first_fire, summary, warnings

_FIRES = 10


@dataclass(frozen=True, slots=True)
class Forecast:
    """A plan in words, its next fires as instants, and what may surprise about it."""

    sentence: str
    fires: tuple[datetime, ...] = ()
    warnings: tuple[str, ...] = ()


def forecast(plan: Plan, now: datetime, usual_duration: timedelta | None) -> Forecast:
    """What happens if a request with this valid plan is scheduled at ``now``."""
    return Forecast(summary(plan), _next_fires(plan, now), warnings(plan, now, usual_duration))


def _next_fires(plan: Plan, now: datetime) -> tuple[datetime, ...]:
    first = first_fire(plan, now)
    if first is None:
        return ()
    if plan.timing is not Timing.SCHEDULE:
        return (first,)
    wanted = min(_FIRES, plan.repetitions or _FIRES)
    return (first, *fires(anchored(plan, now), first, wanted))[:wanted]
