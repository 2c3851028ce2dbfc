"""Plans spelt out: longer than the sentence of the lists, because nothing may be left out."""

import pytest

from tests.schedules.plans import cron, plan, wall
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
    Weekday,
    to_words,
)

START = "2026-03-29T02:30"


@pytest.mark.parametrize(
    ("spelt", "sentence"),
    [
        (Plan(timing=Timing.IMMEDIATE, timezone="UTC"), "Immediately, once"),
        (Plan(timing=Timing.LATER, timezone="UTC"), "Once, when it is scheduled"),
        (plan(Frequency.MINUTELY, interval=5), "Every 5 minutes"),
        (
            plan(Frequency.HOURLY, START, repetitions=3, finish="2026-05-01T23:59:59"),
            "Every hour, from Sunday 29 March 2026 at 02:30, until Friday 1 May 2026, 3 times",
        ),
        (plan(Frequency.DAILY, START), "Every day at 02:30 from Sunday 29 March 2026"),
        (
            plan(Frequency.DAILY, daily_option=DailyOption.WEEKENDS),
            "Weekends, at the time of day it is scheduled",
        ),
        (
            plan(Frequency.WEEKLY, START, days=frozenset({Weekday.SAT, Weekday.SUN})),
            "Every Saturday and Sunday at 02:30 from Sunday 29 March 2026",
        ),
        (
            plan(Frequency.WEEKLY, START, days=frozenset({Weekday.SAT}), interval=3),
            "Every 3 weeks on Saturday at 02:30 from Sunday 29 March 2026",
        ),
        (
            plan(Frequency.MONTHLY, START, monthly_option=MonthlyOption.SPECIFIC, day=31),
            "The 31st of every month that has one at 02:30 from Sunday 29 March 2026",
        ),
        (
            plan(
                Frequency.MONTHLY,
                START,
                monthly_option=MonthlyOption.SPECIFIC,
                day=31,
                or_last_day=True,
            ),
            "The 31st or the last day of every month at 02:30 from Sunday 29 March 2026",
        ),
        (cron(" */5 9-17 * * mon-fri "), "cron */5 9-17 * * mon-fri"),
        (
            cron("@daily", START, repetitions=1),
            "cron @daily, from Sunday 29 March 2026 at 02:30, once",
        ),
        (
            Plan(
                timing=Timing.SCHEDULE,
                timezone="Europe/Madrid",
                frequency=Frequency.DAILY,
                start=wall("2026-10-25T02:30", fold=1),
            ),
            "Every day at 02:30 (second pass) from Sunday 25 October 2026",
        ),
    ],
)
def test_plans_are_spelt_out(spelt: Plan, sentence: str) -> None:
    assert to_words(spelt) == sentence
