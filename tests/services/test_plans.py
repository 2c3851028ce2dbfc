"""Plans on their way into the columns of a request and back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.services.drafts import IMMEDIATE, a_request, every, later, minutely, wall
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
    Weekday,
    parse_exceptions,
)
from tui_scheduler.services import Services
from tui_scheduler.services.plans import normalised

START, FINISH = wall("2026-03-02T18:30:15"), wall("2027-03-02T00:00")
SPREAD = {"spread": timedelta(minutes=30), "spread_by": timedelta(minutes=7)}
EVERYTHING: dict[str, Any] = {
    "start": START,
    "interval": 3,
    "repetitions": 7,
    "daily_option": DailyOption.WEEKDAYS,
    "days": frozenset({Weekday.MON, Weekday.SUN}),
    "monthly_option": MonthlyOption.SPECIFIC,
    "weekday": Weekday.TUE,
    "day": 31,
    "or_last_day": True,
    "cron": "0 0 * * *",
    "finish": FINISH,
    **SPREAD,
    "except_": parse_exceptions("2027-12-24"),
}
USED: list[tuple[Timing, Frequency | None, dict[str, Any], set[str]]] = [
    (Timing.IMMEDIATE, None, {}, set()),
    (Timing.LATER, Frequency.DAILY, {}, {"start"}),
    (
        Timing.SCHEDULE,
        Frequency.SECONDLY,
        {},
        {"start", "interval", "repetitions", "finish"},
    ),
    (
        Timing.SCHEDULE,
        Frequency.MINUTELY,
        {},
        {"start", "interval", "repetitions", "finish"},
    ),
    (
        Timing.SCHEDULE,
        Frequency.HOURLY,
        {},
        {"start", "interval", "repetitions", "finish"},
    ),
    (
        Timing.SCHEDULE,
        Frequency.DAILY,
        {},
        {"start", "daily_option", "finish", "repetitions"},
    ),
    (
        Timing.SCHEDULE,
        Frequency.DAILY,
        {"daily_option": DailyOption.EVERY_N_DAYS},
        {"start", "interval", "finish", "repetitions"},
    ),
    (
        Timing.SCHEDULE,
        Frequency.WEEKLY,
        {},
        {"start", "interval", "days", "finish", "repetitions"},
    ),
    (
        Timing.SCHEDULE,
        Frequency.MONTHLY,
        {},
        {"start", "monthly_option", "day", "or_last_day", "finish", "repetitions"},
    ),
    (
        Timing.SCHEDULE,
        Frequency.MONTHLY,
        {"day": 28},
        {"start", "monthly_option", "day", "finish", "repetitions"},
    ),
    (
        Timing.SCHEDULE,
        Frequency.MONTHLY,
        {"monthly_option": MonthlyOption.LAST},
        {"start", "monthly_option", "weekday", "finish", "repetitions"},
    ),
    (
        Timing.SCHEDULE,
        Frequency.MONTHLY,
        {"monthly_option": MonthlyOption.LAST_DAY},
        {"start", "monthly_option", "finish", "repetitions"},
    ),
    (Timing.SCHEDULE, Frequency.CRON, {}, {"start", "cron", "finish", "repetitions"}),
]


@pytest.mark.parametrize(("timing", "frequency", "fields", "used"), USED)
def test_only_what_timing_and_frequency_use_is_stored(
    timing: Timing, frequency: Frequency | None, fields: dict[str, Any], used: set[str]
) -> None:
    given = {**EVERYTHING, **fields}
    plan = Plan(timing=timing, timezone="UTC", frequency=frequency, **given)
    if timing is not Timing.IMMEDIATE:
        used = used | SPREAD.keys() | {"except_"}
    kept = {name: value for name, value in given.items() if name in used}
    stored_frequency = frequency if timing is Timing.SCHEDULE else None
    expected = Plan(timing=timing, timezone="UTC", frequency=stored_frequency, **kept)
    assert normalised(plan) == expected
    assert normalised(plan).spread_by == expected.spread_by
    assert normalised(expected) == expected


@pytest.mark.parametrize(
    "plan",
    [
        IMMEDIATE,
        replace(IMMEDIATE, timezone="Australia/Lord_Howe"),
        later("2026-03-02T18:30:15"),
        every(Frequency.SECONDLY, interval=90, repetitions=1, finish=FINISH),
        every(Frequency.DAILY, start=START, interval=400),
        every(Frequency.DAILY, start=START, daily_option=DailyOption.WEEKENDS),
        every(Frequency.WEEKLY, start=START, days=frozenset(Weekday), interval=2),
        every(Frequency.MONTHLY, monthly_option=MonthlyOption.FOURTH, weekday=Weekday.SUN),
        every(Frequency.MONTHLY, monthly_option=MonthlyOption.SPECIFIC, day=31),
        every(
            Frequency.MONTHLY,
            monthly_option=MonthlyOption.SPECIFIC,
            day=30,
            or_last_day=True,
        ),
        every(Frequency.CRON, cron="0 0 12 ? * 6L 2030-2040"),
        every(Frequency.CRON, cron="0 2 * * *", spread=timedelta(hours=1)),
        minutely(except_=parse_exceptions("2026-12-24, 2026-12-31..2027-01-06")),
    ],
    ids=str,
)
def test_a_plan_comes_back_as_it_was(services: Services, plan: Plan) -> None:
    request = a_request(services, plan)
    assert request.plan == plan
    assert services.requests.get(request.id).plan == plan
