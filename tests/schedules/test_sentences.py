"""Every plan in one plain sentence."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schedules.cron.examples import Example, quartz_examples, unix_examples
from tests.schedules.plans import cron, plan, wall
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
    Weekday,
    summary,
    to_words,
)

MON, TUE, WED, THU, FRI, SAT, SUN = Weekday
START = "2026-03-29T02:30"


@pytest.mark.parametrize(
    ("described", "sentence"),
    [
        (Plan(timing=Timing.IMMEDIATE, timezone="UTC"), "Immediately, once"),
        (Plan(timing=Timing.LATER, timezone="UTC"), "Once, when it is scheduled"),
        (
            Plan(timing=Timing.LATER, timezone="UTC", start=wall(START)),
            "Once, on Sunday 29 March 2026 at 02:30",
        ),
        (plan(Frequency.SECONDLY, START), "Every second"),
        (plan(Frequency.MINUTELY, START, interval=5), "Every 5 minutes"),
        (plan(Frequency.HOURLY, interval=2, repetitions=10), "Every 2 hours, 10 times"),
        (plan(Frequency.HOURLY, START, repetitions=1), "Every hour, once"),
        (plan(Frequency.DAILY, START), "Every day at 02:30"),
        (plan(Frequency.DAILY, "2026-03-29T02:30:05"), "Every day at 02:30:05"),
        (plan(Frequency.DAILY, START, interval=3), "Every 3 days at 02:30 from 29 March 2026"),
        (plan(Frequency.DAILY), "Every day, at the time of day it is scheduled"),
        (
            plan(Frequency.DAILY, "2026-03-29T18:30", daily_option=DailyOption.WEEKDAYS),
            "Weekdays at 18:30",
        ),
        (plan(Frequency.DAILY, START, daily_option=DailyOption.WEEKENDS), "Weekends at 02:30"),
        (
            plan(Frequency.WEEKLY, "2026-03-29T07:00", interval=2, days=frozenset({THU, MON})),
            "Every 2 weeks on Monday and Thursday at 07:00 from 29 March 2026",
        ),
        (
            plan(Frequency.WEEKLY, START, days=frozenset({SUN, TUE, WED})),
            "Every Tuesday, Wednesday and Sunday at 02:30",
        ),
        (plan(Frequency.WEEKLY, START, days=frozenset(Weekday)), "Every day at 02:30"),
        (
            plan(Frequency.WEEKLY, START, days=frozenset({MON, TUE, WED, THU, FRI})),
            "Weekdays at 02:30",
        ),
        (
            plan(
                Frequency.MONTHLY,
                "2026-03-29T18:00",
                monthly_option=MonthlyOption.LAST,
                weekday=FRI,
            ),
            "The last Friday of every month at 18:00",
        ),
        (
            plan(Frequency.MONTHLY, START, monthly_option=MonthlyOption.LAST_DAY),
            "The last day of every month at 02:30",
        ),
        (
            plan(Frequency.MONTHLY, START, monthly_option=MonthlyOption.SPECIFIC, day=22),
            "The 22nd of every month at 02:30",
        ),
        (
            plan(Frequency.MONTHLY, START, monthly_option=MonthlyOption.SPECIFIC, day=31),
            "The 31st of every month that has one at 02:30",
        ),
        (
            plan(
                Frequency.MONTHLY,
                START,
                monthly_option=MonthlyOption.SPECIFIC,
                day=30,
                or_last_day=True,
            ),
            "The 30th or the last day of every month at 02:30",
        ),
        (
            plan(Frequency.MINUTELY, START, repetitions=3, finish="2026-04-01T12:00"),
            "Every minute, until Wednesday 1 April 2026 at 12:00, 3 times",
        ),
        (
            plan(Frequency.HOURLY, START, finish="2026-12-31T23:59:59"),
            "Every hour, until Thursday 31 December 2026",
        ),
        (
            Plan(timing=Timing.LATER, timezone="UTC", start=wall("2026-10-25T02:30", fold=1)),
            "Once, on Sunday 25 October 2026 at 02:30 (second pass)",
        ),
        (
            cron("30 2 * * *", finish="2026-04-01T12:00"),
            "At 02:30 every day, until Wednesday 1 April 2026 at 12:00",
        ),
    ],
)
def test_plans_are_described(described: Plan, sentence: str) -> None:
    assert summary(described) == sentence


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("30 2 * * *", "At 02:30 every day"),
        ("* * * * *", "Every minute"),
        ("*/5 * * * *", "Every 5 minutes"),
        ("2-59/5 * * * *", "Every 5 minutes from minute 2"),
        ("*/7 * * * *", "At every 7th minute from 0 to 56 of every hour"),
        ("5,10 * * * *", "At minutes 5 and 10 of every hour"),
        ("0 0 L * 0-6", "At 00:00 every day"),
        ("0 9-17 * * 1-5", "Every hour between 09:00 and 17:00 on weekdays"),
        ("*/30 22-23,0-1 * * *", "Every 30 minutes between 22:00 and 01:59"),
        ("*/30 22-23,0-1 * * 1-5", "Every 30 minutes in hours 0, 1, 22 and 23 on weekdays"),
        ("0 0 9 1W * ?", "At 09:00 on the first working day of every month"),
        ("0 0 9 1 3 ? 2027/2", "At 09:00 on the 1st of March in every 2nd year from 2027"),
        ("@hourly", "Every hour"),
        ("15 * * * *", "Every hour at minute 15"),
        ("0 */2 * * *", "Every 2 hours"),
        ("5 1-23/2 * * *", "Every 2 hours from 01:05"),
        ("0 9 * * 1-5", "At 09:00 on weekdays"),
        ("0 8,12,18 * * sat,sun", "At 08:00, 12:00 and 18:00 on weekends"),
        ("0 8 * * tue,thu", "At 08:00 on Tuesday and Thursday"),
        ("0 8 * * tue-thu", "At 08:00 from Tuesday to Thursday"),
        ("*/10 9-17 * * 1-5", "Every 10 minutes between 09:00 and 17:59 on weekdays"),
        ("30 0-6 * * *", "Every hour between 00:30 and 06:30"),
        ("30 0,3,5,7,8,9,10 * * *", "At minute 30 in hours 0, 3, 5 and 7 to 10 every day"),
        ("0 0 1 * *", "At 00:00 on the 1st of every month"),
        ("0 0 1,15 * *", "At 00:00 on the 1st and 15th of every month"),
        ("0 0 29 2 *", "At 00:00 on the 29th of February"),
        ("0 0 1 */3 *", "At 00:00 on the 1st of January, April, July and October"),
        ("0 0 * 6-8 *", "At 00:00 every day in June to August"),
        ("0 0 13 * 5", "At 00:00 on the 13th of every month and on every Friday"),
        ("0 0 13 6 5", "At 00:00 on the 13th of June and on every Friday in June"),
        ("0 0 1 * 1#1", "At 00:00 on the 1st and the first Monday of every month"),
        (
            "0 0 */2 * 1",
            "At 00:00 on every 2nd day from the 1st to the 31st of every month, if it is Monday",
        ),
        ("0 0 * * mon#2", "At 00:00 on the second Monday of every month"),
        ("0 0 L * *", "At 00:00 on the last day of every month"),
        ("@yearly", "At 00:00 on the 1st of January"),
        ("* * * * * ?", "Every second"),
        ("*/10 * * * * ?", "Every 10 seconds"),
        ("30 */5 * * * ?", "At second 30 in every 5th minute every day"),
        (
            "* 30 2 * * ?",
            "Every second in minute 30 between 02:00 and 02:59",
        ),
        ("0 0 12 L-3 * ?", "At 12:00 on the day 3 days before the last of every month"),
        ("0 0 12 LW * ?", "At 12:00 on the last working day of every month"),
        ("0 0 12 ? * 6L", "At 12:00 on the last Friday of every month"),
        ("0 0 12 15W 1 ?", "At 12:00 on the working day nearest to the 15th of January"),
        ("0 0 0 ? * 2,6L", "At 00:00 on every Monday and the last Friday of every month"),
        ("0 0 0 ? * L", "At 00:00 on Saturday"),
        ("0 15 10 ? * 6L 2027-2030", "At 10:15 on the last Friday of every month in 2027 to 2030"),
        ("0 15 10 * * ? 2027", "At 10:15 every day in 2027"),
    ],
)
def test_cron_expressions_are_described(expression: str, sentence: str) -> None:
    assert summary(cron(expression)) == sentence


@settings(max_examples=80, derandomize=True, deadline=None, database=None)
@given(st.one_of(unix_examples(), quartz_examples()))
def test_any_expression_is_one_plain_sentence(example: Example) -> None:
    sentence = summary(cron(example.text))
    assert sentence.startswith(("At ", "Every "))
    assert "  " not in sentence
    assert sentence == sentence.strip()
    assert not {"*", "?", "#", "/"} & set(sentence)


@pytest.mark.parametrize(
    "unfinished",
    [
        Plan(timing=Timing.SCHEDULE, timezone="nowhere"),
        plan(Frequency.WEEKLY),
        plan(Frequency.WEEKLY, interval=0),
        plan(Frequency.MONTHLY),
        plan(Frequency.MONTHLY, monthly_option=MonthlyOption.LAST),
        plan(Frequency.MONTHLY, monthly_option=MonthlyOption.SPECIFIC),
        plan(Frequency.CRON),
        cron("61 * * * *"),
        cron("0 0 30 2 *"),
        replace(plan(Frequency.HOURLY), repetitions=-1),
    ],
)
def test_an_unfinished_plan_is_described_without_a_traceback(unfinished: Plan) -> None:
    assert summary(unfinished)
    assert to_words(unfinished)
