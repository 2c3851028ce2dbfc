"""Plans in as few words as a list has room for."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tests.services.drafts import IMMEDIATE, every, later, wall
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Plan,
    Weekday,
    brief,
    summary,
    without_year,
)

START = wall("2026-03-29 04:00")
DAYS = tuple(Weekday)


def monthly(option: MonthlyOption, **fields: Any) -> Plan:
    return replace(every(Frequency.MONTHLY, start=START), monthly_option=option, **fields)


def weekly(*numbers: int, **fields: Any) -> Plan:
    days = frozenset(DAYS[number] for number in numbers)
    return replace(every(Frequency.WEEKLY, start=START, days=days), **fields)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (IMMEDIATE, "Immediately, once"),
        (later("2026-11-29 17:45:30"), "Once, Sun 29 Nov 2026 17:45:30"),
        (every(Frequency.MINUTELY, interval=5), "Every 5 minutes"),
        (every(Frequency.DAILY, start=START), "Every day 04:00"),
        (every(Frequency.DAILY), "Every day, when scheduled"),
        (
            every(Frequency.DAILY, start=START, daily_option=DailyOption.WEEKDAYS),
            "Weekdays 04:00",
        ),
        (
            every(Frequency.DAILY, start=START, interval=2, repetitions=3),
            "Every 2 days 04:00 from Sun 29 Mar 2026, 3 times",
        ),
        (weekly(0), "Every Mon 04:00"),
        (weekly(0, 2, 4), "Every Mon Wed Fri 04:00"),
        (weekly(0, 1, 2, 5), "Every Mon-Wed Sat 04:00"),
        (weekly(0, 1, 2, 3, 4), "Weekdays 04:00"),
        (weekly(*range(7)), "Every day 04:00"),
        (weekly(0, 3, interval=2), "Every 2 weeks Mon Thu 04:00 from Sun 29 Mar 2026"),
        (monthly(MonthlyOption.FIRST, weekday=Weekday.SUN), "1st Sun of the month 04:00"),
        (monthly(MonthlyOption.LAST, weekday=Weekday.FRI), "Last Fri of the month 04:00"),
        (monthly(MonthlyOption.LAST_DAY), "Last day of the month 04:00"),
        (monthly(MonthlyOption.SPECIFIC, day=22), "22nd of the month 04:00"),
        (
            monthly(MonthlyOption.SPECIFIC, day=31, or_last_day=True),
            "31st or last day of the month 04:00",
        ),
        (
            monthly(MonthlyOption.LAST_DAY, finish=wall("2027-01-31 23:59:59")),
            "Last day of the month 04:00, until Sun 31 Jan 2027",
        ),
        (
            monthly(MonthlyOption.LAST_DAY, finish=wall("2027-01-31 12:00")),
            "Last day of the month 04:00, until Sun 31 Jan 2027 12:00",
        ),
        (every(Frequency.CRON, cron="30 2 * * *"), "At 02:30 every day"),
        (Plan(timing=every(Frequency.DAILY).timing, timezone="UTC"), "Again and again"),
    ],
)
def test_a_plan_is_said_in_a_few_words(plan: Plan, words: str) -> None:
    assert brief(plan) == words
    assert len(words) <= len(summary(plan))


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("Once, Sun 29 Nov 2026 17:45", "Once, Sun 29 Nov 17:45"),
        ("Once, Sun 29 Nov 2027 17:45", "Once, Sun 29 Nov 2027 17:45"),
        ("Every day 20:26, until Thu 31 Dec 2026", "Every day 20:26, until Thu 31 Dec"),
        (
            "At 02:30 on the 1st of May in 2026 to 2028",
            "At 02:30 on the 1st of May in 2026 to 2028",
        ),
    ],
)
def test_dates_of_this_year_are_said_without_it(words: str, written: str) -> None:
    assert without_year(words, 2026) == written


@pytest.mark.parametrize("interval", [1, 2])
@pytest.mark.parametrize("numbers", [(0, 1, 3, 4, 6), (0, 2, 4, 6), (1, 2, 3, 5)])
def test_the_time_of_day_stands_before_what_a_list_may_cut(
    numbers: tuple[int, ...], interval: int
) -> None:
    start = datetime(2026, 3, 29, 18, 30)  # noqa: DTZ001 - a wall time
    words = brief(weekly(*numbers, interval=interval, start=start))
    assert "18:30" in words[:40]
