"""What scheduling makes of a plan: its start, its first fire, its bounds and repetitions."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.schedules.plans import ENDS, MADRID, cron, plan, utc, wall
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
    Weekday,
    anchored,
    count_fires,
    fires,
    first_fire,
    latest_fire,
    next_fire,
    warnings,
)

IMMEDIATE = Plan(timing=Timing.IMMEDIATE, timezone=MADRID)
LATER = Plan(timing=Timing.LATER, timezone=MADRID, start=wall("2026-03-29T02:30"))
NOW = utc("2026-03-27T10:00:00.750")
WHOLE = utc("2026-03-27T10:00:00")


def test_an_immediate_plan_fires_when_it_is_scheduled_and_never_again() -> None:
    assert first_fire(IMMEDIATE, NOW) == NOW
    assert next_fire(IMMEDIATE, NOW) is None
    assert latest_fire(IMMEDIATE, NOW) is None
    assert count_fires(IMMEDIATE, utc("2020-01-01T00:00"), NOW) == 0


def test_a_later_plan_fires_once_at_its_start() -> None:
    start = utc("2026-03-29T01:00")  # the end of the gap
    assert first_fire(LATER, NOW) == start
    assert next_fire(LATER, NOW) == start
    assert next_fire(LATER, start) is None
    assert fires(LATER, NOW, 5) == [start]
    assert latest_fire(LATER, NOW) is None
    assert latest_fire(LATER, start) == start
    assert count_fires(LATER, NOW, start) == 1


def test_a_later_plan_whose_start_is_past_still_has_its_start_as_first_fire() -> None:
    past = replace(LATER, start=wall("2020-01-01T00:00"))
    assert first_fire(past, NOW) == utc("2019-12-31T23:00")
    assert next_fire(past, NOW) is None


def test_a_later_plan_without_a_start_fires_when_it_is_scheduled() -> None:
    assert first_fire(replace(LATER, start=None), NOW) == NOW


def test_finish_and_repetitions_mean_nothing_to_a_single_fire() -> None:
    bounded = replace(LATER, finish=wall("2020-01-01T00:00"), repetitions=0)
    assert fires(bounded, NOW, 5) == fires(LATER, NOW, 5)


def test_a_missing_start_becomes_the_whole_second_of_scheduling_in_the_zone() -> None:
    every = plan(Frequency.MINUTELY, timezone=MADRID)
    assert anchored(every, NOW).start == wall("2026-03-27T11:00:00")


def test_a_given_start_stays() -> None:
    assert anchored(LATER, NOW) is LATER


def test_the_anchor_knows_the_second_pass_of_a_repeated_hour() -> None:
    start = anchored(plan(Frequency.HOURLY, timezone=MADRID), utc("2026-10-25T01:30")).start
    assert start is not None
    assert (start, start.fold) == (wall("2026-10-25T02:30"), 1)


@pytest.mark.parametrize(
    ("recurring", "expected"),
    [
        (plan(Frequency.SECONDLY), WHOLE),
        (plan(Frequency.HOURLY), WHOLE),
        (plan(Frequency.DAILY, interval=3), WHOLE),
        (plan(Frequency.DAILY, daily_option=DailyOption.WEEKDAYS), WHOLE),
        (plan(Frequency.DAILY, daily_option=DailyOption.WEEKENDS), utc("2026-03-28T10:00")),
        (plan(Frequency.WEEKLY, days=frozenset({Weekday.FRI})), WHOLE),
        (plan(Frequency.WEEKLY, days=frozenset({Weekday.THU})), utc("2026-04-02T10:00")),
        (
            plan(Frequency.MONTHLY, monthly_option=MonthlyOption.LAST_DAY),
            utc("2026-03-31T10:00"),
        ),
        (cron("0 10 * * *"), WHOLE),
        (cron("30 10 * * *"), utc("2026-03-27T10:30")),
    ],
)
def test_the_first_fire_without_a_start(recurring: Plan, expected: datetime) -> None:
    assert first_fire(recurring, NOW) == expected


def test_a_start_in_the_future_is_the_first_fire() -> None:
    daily = plan(Frequency.DAILY, "2026-04-01T08:00")
    assert first_fire(daily, NOW) == utc("2026-04-01T08:00")


def test_a_start_in_the_past_continues_on_its_grid_not_before_scheduling() -> None:
    daily = plan(Frequency.DAILY, "2026-03-01T10:00", interval=2)
    assert first_fire(daily, NOW) == utc("2026-03-29T10:00")
    assert first_fire(daily, utc("2026-03-27T10:00")) == utc("2026-03-27T10:00")


def test_a_finish_that_is_past_leaves_no_first_fire() -> None:
    assert first_fire(cron("* * * * *", finish="2026-03-01T00:00"), NOW) is None


def test_repetitions_bound_a_preview() -> None:
    every = plan(Frequency.MINUTELY, "2026-03-27T11:00", repetitions=3)
    assert len(fires(every, NOW, 10)) == 3
    assert len(fires(every, NOW, 2)) == 2
    assert fires(every, NOW, 0) == []


def test_finish_bounds_a_preview_before_repetitions_do() -> None:
    every = plan(Frequency.HOURLY, "2026-03-28T00:00", repetitions=9, finish="2026-03-28T01:00")
    assert len(fires(every, NOW, 10)) == 2


def test_nothing_fires_before_the_start() -> None:
    for recurring in (plan(Frequency.DAILY, "2026-04-01T00:00"), cron("0 0 * * *", "2026-04-01")):
        start = utc("2026-04-01T00:00")
        assert next_fire(recurring, NOW) == start
        assert latest_fire(recurring, NOW) is None
        assert latest_fire(recurring, start) == start
        assert count_fires(recurring, NOW, start) == 1


@pytest.mark.parametrize("frequency", [f for f in Frequency if f is not Frequency.CRON])
def test_a_recurring_plan_without_a_start_has_no_next_fire_yet(frequency: Frequency) -> None:
    with pytest.raises(ValueError, match="no start"):
        next_fire(plan(frequency), NOW)


def test_a_scheduled_plan_needs_a_frequency() -> None:
    with pytest.raises(ValueError, match="needs a frequency"):
        next_fire(Plan(timing=Timing.SCHEDULE, timezone="UTC"), NOW)


@pytest.mark.parametrize("ask", [first_fire, next_fire, latest_fire, anchored])
def test_naive_moments_are_refused(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(ValueError, match="no offset"):
        ask(plan(Frequency.DAILY, "2026-01-01"), wall("2026-01-01"))


@pytest.mark.parametrize("end", ENDS)
def test_the_ends_of_the_calendar_are_answered(end: datetime) -> None:
    for recurring in (
        plan(Frequency.DAILY, "2026-04-01T00:00", timezone=MADRID),
        plan(Frequency.SECONDLY, "2026-04-01T00:00", timezone=MADRID),
        cron("0 0 1 1 *", timezone=MADRID),
    ):
        fire = next_fire(recurring, end)
        assert fire is None or fire > end
        latest = latest_fire(recurring, end)
        assert latest is None or latest <= end
        count_fires(recurring, end, end)


def test_a_fraction_of_a_second_in_the_start_is_kept() -> None:
    daily = plan(Frequency.DAILY, "2026-04-01T08:00:00.250")
    start = utc("2026-04-01T08:00:00.250")
    assert first_fire(daily, NOW) == start
    assert next_fire(daily, start) == utc("2026-04-02T08:00:00.250")
    assert latest_fire(daily, start) == start
    assert count_fires(daily, NOW, start) == 1


@pytest.mark.parametrize(
    "awaiting",
    [
        Plan(timing=Timing.BOOT, timezone="UTC"),
        Plan(timing=Timing.BOOT, timezone="UTC", delay=timedelta(minutes=5)),
        Plan(timing=Timing.AFTER, timezone="UTC", follows="backup"),
        Plan(timing=Timing.AFTER, timezone="UTC", follows="backup", start=wall("2026-03-02T12:00")),
    ],
)
def test_no_clock_knows_what_awaits_an_event(awaiting: Plan) -> None:
    moment, later = utc("2026-03-01T12:00"), utc("2026-04-01T12:00")
    assert first_fire(awaiting, moment) is None
    assert next_fire(awaiting, moment) is latest_fire(awaiting, later) is None
    assert fires(awaiting, moment, 5) == []
    assert count_fires(awaiting, moment, later) == 0
    assert warnings(awaiting, moment) == ()
