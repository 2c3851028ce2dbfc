"""How long it takes to say when a plan fires, for an ordinary plan and for hard ones."""

from time import perf_counter

from tests.schedules.plans import MADRID, cron
from tests.schedules.test_speed import HARD, NOW
from tui_scheduler.schedules import Plan, next_fire

TIMES = 1000


def measure() -> str:
    """Microseconds to the next fire of an ordinary plan and of the slowest of the hard ones."""
    ordinary = _seconds(cron("30 18 * * 1-5", timezone=MADRID))
    slowest, name = max((_seconds(plan), name) for name, plan in HARD.items())
    return (
        f"fires: {ordinary * 1e6:.1f} microseconds to the next fire of a weekday at 18:30,"
        f" {slowest * 1e6:.0f} at most of {len(HARD)} hard plans ({name})"
    )


def _seconds(plan: Plan) -> float:
    next_fire(plan, NOW)
    begin = perf_counter()
    for _ in range(TIMES):
        next_fire(plan, NOW)
    return (perf_counter() - begin) / TIMES
