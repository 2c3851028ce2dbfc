"""Plans that are refused at save: the field, what is wrong and the remedy."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.schedules.plans import MADRID, cron, plan, utc, wall
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
    Weekday,
    problems,
)

NOW = utc("2026-03-27T12:00")
START = "2026-04-01T08:00"
MONDAY = frozenset({Weekday.MON})


@pytest.mark.parametrize(
    "valid",
    [
        Plan(timing=Timing.IMMEDIATE, timezone=MADRID),
        Plan(timing=Timing.LATER, timezone=MADRID),
        Plan(timing=Timing.LATER, timezone=MADRID, start=wall("2020-01-01T00:00")),
        plan(Frequency.SECONDLY, repetitions=1),
        plan(Frequency.HOURLY, START, interval=24, repetitions=1_000_000_000),
        plan(Frequency.DAILY, "2001-01-01T00:00"),
        plan(Frequency.DAILY, START, finish=START),
        plan(Frequency.DAILY, START, finish="9999-12-31T23:59:59"),
        plan(Frequency.WEEKLY, START, days=MONDAY, interval=52),
        plan(Frequency.MONTHLY, START, monthly_option=MonthlyOption.SPECIFIC, day=31),
        plan(Frequency.MONTHLY, monthly_option=MonthlyOption.LAST_DAY),
        cron("0 0 29 2 *"),
        cron("0 0 0 1 1 ? 2099"),
        cron("@daily", "2001-01-01T00:00"),
    ],
)
def test_a_valid_plan_has_no_problems(valid: Plan) -> None:
    assert problems(valid, NOW) == ()


@pytest.mark.parametrize(
    ("refused", "field", "text"),
    [
        (Plan(timing=Timing.SCHEDULE, timezone="UTC"), "frequency", "choose one of secondly"),
        (plan(Frequency.SECONDLY, interval=0), "interval", "0 is out of range; use 1 to"),
        (plan(Frequency.HOURLY, interval=-5), "interval", "-5 is out of range"),
        (plan(Frequency.DAILY, interval=10**9), "interval", "use 1 to 36525"),
        (plan(Frequency.WEEKLY, interval=0, days=MONDAY), "interval", "use 1 to 5217"),
        (plan(Frequency.MINUTELY, repetitions=0), "repetitions", "or none"),
        (plan(Frequency.MINUTELY, repetitions=10**20), "repetitions", "out of range"),
        (plan(Frequency.DAILY, repetitions=0), "repetitions", "0 is out of range"),
        (cron("* * * * *", repetitions=-3), "repetitions", "-3 is out of range"),
        (plan(Frequency.WEEKLY), "days", "choose at least one"),
        (plan(Frequency.MONTHLY), "monthly_option", "choose one of first"),
        (
            plan(Frequency.MONTHLY, monthly_option=MonthlyOption.SECOND),
            "weekday",
            "choose the weekday whose second is meant",
        ),
        (
            plan(Frequency.MONTHLY, monthly_option=MonthlyOption.SPECIFIC),
            "day",
            "use 1 to 31, or choose the last day",
        ),
        (
            plan(Frequency.MONTHLY, monthly_option=MonthlyOption.SPECIFIC, day=32),
            "day",
            "no month has a day 32",
        ),
        (plan(Frequency.CRON), "cron", "write five fields"),
        (cron("   "), "cron", "write five fields"),
        (cron("0 25 * * *"), "cron", "hour: 25 is out of range; use 0-23"),
        (plan(Frequency.DAILY, START, finish="2026-04-01T07:59"), "finish", "before the start"),
        (plan(Frequency.DAILY, "0026-04-01T08:00"), "start", "year 26 is out of range"),
        (plan(Frequency.DAILY, "9999-01-01T08:00"), "start", "use 1970 to 9998"),
        (plan(Frequency.DAILY, finish="1969-01-01T08:00"), "finish", "use 1970 to 9999"),
        (plan(Frequency.DAILY, timezone="Europe/Madird"), "timezone", "(perhaps Europe/Madrid)"),
        (plan(Frequency.DAILY, timezone=""), "timezone", "unknown time zone ''"),
        (
            replace(plan(Frequency.DAILY), start=utc(START)),
            "start",
            "give the wall-clock time of the plan's zone",
        ),
    ],
)
def test_a_wrong_field_is_named_with_its_remedy(refused: Plan, field: str, text: str) -> None:
    (problem,) = problems(refused, NOW)
    assert problem.field == field
    assert text in problem.text


@pytest.mark.parametrize(
    ("never", "field", "text"),
    [
        (cron("0 0 30 2 *"), "cron", "day 30 never comes in February; use an earlier day, or L"),
        (cron("0 0 31 4,6 *"), "cron", "day 31 never comes in April and June"),
        (cron("0 0 0 L-30 2 ?"), "cron", "never come together"),
        (cron("0 0 0 1 1 ? 2020-2022"), "cron", "nothing is left to run in 2020 to 2022"),
        (cron("0 0 0 1 1 ? 2026"), "cron", "nothing is left to run in 2026; use a later year"),
        (cron("0 0 0 29 2 ? 2027"), "cron", "such a day does not come in 2027"),
        (cron("0 0 0 30 2 ? 2027"), "cron", "day 30 never comes in February"),
        (cron("0 0 1 1 *", finish="2026-12-31T00:00"), "finish", "Friday 1 January 2027 at 00:00"),
        (cron("* * * * *", finish="2026-03-27T11:00"), "finish", "it is over"),
        (
            # A Monday between Tuesday and Sunday.
            plan(Frequency.WEEKLY, "2026-03-31T08:00", days=MONDAY, finish="2026-04-05T08:00"),
            "finish",
            "the first run would be on Monday 6 April 2026 at 08:00",
        ),
        (
            plan(
                Frequency.DAILY,
                "2026-03-28T08:00",
                daily_option=DailyOption.WEEKDAYS,
                finish="2026-03-29T08:00",
            ),
            "finish",
            "the first run would be on Monday 30 March 2026",
        ),
        (
            plan(Frequency.DAILY, "2025-01-01T08:00", finish="2025-02-01T08:00"),
            "finish",
            "it is over, so nothing would run; use a later finish, or none",
        ),
    ],
)
def test_a_plan_that_never_fires_is_refused_with_the_reason(
    never: Plan, field: str, text: str
) -> None:
    (problem,) = problems(never, NOW)
    assert problem.field == field
    assert text in problem.text


def test_all_problems_are_told_at_once() -> None:
    wrong = plan(
        Frequency.WEEKLY, interval=0, repetitions=0, timezone="nowhere", finish="0001-01-01T00:00"
    )
    fields = {problem.field for problem in problems(wrong, NOW)}
    assert fields == {"timezone", "finish", "interval", "days", "repetitions"}


def test_fields_that_the_frequency_does_not_use_are_ignored() -> None:
    unused = plan(
        Frequency.DAILY, START, cron="nonsense", day=99, monthly_option=MonthlyOption.LAST
    )
    assert problems(unused, NOW) == ()
    later = replace(unused, timing=Timing.LATER, interval=0, finish=wall("1000-01-01T00:00"))
    assert problems(later, NOW) == ()


def test_a_finish_in_the_first_pass_of_a_repeated_hour_is_before_a_start_in_the_second() -> None:
    hourly = plan(Frequency.HOURLY, timezone=MADRID)
    late = replace(
        hourly, start=wall("2026-10-25T02:15", fold=1), finish=wall("2026-10-25T02:45", fold=0)
    )
    assert [problem.field for problem in problems(late, NOW)] == ["finish"]


@pytest.mark.parametrize(
    ("awaiting", "field", "text"),
    [
        (Plan(timing=Timing.AFTER, timezone="UTC"), "follows", "it is missing; name the process"),
        (
            Plan(timing=Timing.BOOT, timezone="UTC", delay=timedelta(days=4000)),
            "delay",
            "it is out of range",
        ),
        (
            Plan(timing=Timing.AFTER, timezone="UTC", follows="x", finish=wall("2020-01-01T00:00")),
            "finish",
            "it is over",
        ),
        (
            Plan(
                timing=Timing.AFTER,
                timezone="UTC",
                follows="x",
                start=wall("2030-01-02T00:00"),
                finish=wall("2030-01-01T00:00"),
            ),
            "finish",
            "it is before the start",
        ),
        (
            Plan(timing=Timing.AFTER, timezone="UTC", follows="x", repetitions=0),
            "repetitions",
            "0 is out of range",
        ),
    ],
)
def test_what_awaits_an_event_has_bounds_as_well(awaiting: Plan, field: str, text: str) -> None:
    [problem] = problems(awaiting, utc("2026-03-27T12:00"))
    assert problem.field == field
    assert problem.text.startswith(text)
