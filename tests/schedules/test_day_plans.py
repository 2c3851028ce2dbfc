"""Daily, weekly and monthly plans: which days they mean, at the start's time of day."""

from datetime import date

import pytest

from tests.schedules.plans import days, plan, utc, wall_times
from tui_scheduler.schedules import DailyOption, Frequency, MonthlyOption, Weekday, first_fire

MON, TUE, WED, THU, FRI, SAT, SUN = Weekday


def test_every_day_fires_at_the_starts_time_of_day() -> None:
    daily = plan(Frequency.DAILY, "2026-03-01T02:30:15")
    assert wall_times(daily, "2026-02-01T00:00", 2) == [
        "2026-03-01 02:30:15+0000",
        "2026-03-02 02:30:15+0000",
    ]


def test_every_n_days_counts_calendar_days_from_the_start_date() -> None:
    daily = plan(Frequency.DAILY, "2026-02-27T23:59", interval=3)
    assert days(daily, "2026-01-01T00:00", 3) == ["2026-02-27", "2026-03-02", "2026-03-05"]


def test_every_n_days_continues_on_its_grid_when_the_start_is_past() -> None:
    daily = plan(Frequency.DAILY, "2020-02-29T08:00", interval=10)
    (day,) = days(daily, "2026-05-05T09:00", 1)
    assert (date.fromisoformat(day) - date(2020, 2, 29)).days % 10 == 0
    assert "2026-05-06" <= day <= "2026-05-16"


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (DailyOption.WEEKDAYS, ["2026-03-27", "2026-03-30", "2026-03-31"]),
        (DailyOption.WEEKENDS, ["2026-03-28", "2026-03-29", "2026-04-04"]),
    ],
)
def test_weekdays_and_weekends(option: DailyOption, expected: list[str]) -> None:
    daily = plan(Frequency.DAILY, "2026-03-27T06:00", daily_option=option)
    assert days(daily, "2026-03-01T00:00", 3) == expected


def test_weekdays_and_weekends_ignore_the_interval() -> None:
    daily = plan(Frequency.DAILY, "2026-03-27T06:00", daily_option=DailyOption.WEEKDAYS, interval=0)
    assert days(daily, "2026-03-27T06:00", 1) == ["2026-03-30"]


def test_weekly_fires_on_the_chosen_days() -> None:
    weekly = plan(Frequency.WEEKLY, "2026-03-25T07:00", days=frozenset({THU, MON}))
    assert days(weekly, "2026-03-01T00:00", 3) == ["2026-03-26", "2026-03-30", "2026-04-02"]


def test_every_second_week_begins_on_monday_and_counts_from_the_starts_week() -> None:
    # The start is a Wednesday: Monday of its week is gone, Sunday still belongs to it.
    weekly = plan(Frequency.WEEKLY, "2026-03-25T07:00", interval=2, days=frozenset({MON, SUN}))
    assert days(weekly, "2026-03-01T00:00", 4) == [
        "2026-03-29",
        "2026-04-06",
        "2026-04-12",
        "2026-04-20",
    ]


def test_weekly_on_the_starts_own_day_fires_at_the_start() -> None:
    weekly = plan(Frequency.WEEKLY, "2026-03-25T07:00", days=frozenset({WED}))
    assert first_fire(weekly, utc("2026-03-01T00:00")) == utc("2026-03-25T07:00")


@pytest.mark.parametrize(
    ("option", "weekday", "expected"),
    [
        (MonthlyOption.FIRST, MON, ["2026-02-02", "2026-03-02", "2026-04-06"]),
        (MonthlyOption.SECOND, TUE, ["2026-02-10", "2026-03-10", "2026-04-14"]),
        (MonthlyOption.THIRD, WED, ["2026-02-18", "2026-03-18", "2026-04-15"]),
        (MonthlyOption.FOURTH, SUN, ["2026-02-22", "2026-03-22", "2026-04-26"]),
        (MonthlyOption.LAST, FRI, ["2026-02-27", "2026-03-27", "2026-04-24"]),
        (MonthlyOption.LAST, SAT, ["2026-02-28", "2026-03-28", "2026-04-25"]),
        (MonthlyOption.LAST_DAY, None, ["2026-02-28", "2026-03-31", "2026-04-30"]),
    ],
)
def test_monthly_options(
    option: MonthlyOption, weekday: Weekday | None, expected: list[str]
) -> None:
    monthly = plan(Frequency.MONTHLY, "2026-02-01T18:00", monthly_option=option, weekday=weekday)
    assert days(monthly, "2026-01-01T00:00", 3) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (1, ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]),
        (29, ["2026-01-29", "2026-03-29", "2026-04-29", "2026-05-29"]),
        (30, ["2026-01-30", "2026-03-30", "2026-04-30", "2026-05-30"]),
        (31, ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]),
    ],
)
def test_a_month_without_the_day_is_skipped_never_clamped(day: int, expected: list[str]) -> None:
    monthly = plan(
        Frequency.MONTHLY, "2026-01-01T00:00", monthly_option=MonthlyOption.SPECIFIC, day=day
    )
    assert days(monthly, "2025-12-01T00:00", 4) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (28, ["2027-12-28", "2028-01-28", "2028-02-28", "2028-03-28", "2028-04-28"]),
        (29, ["2027-12-29", "2028-01-29", "2028-02-29", "2028-03-29", "2028-04-29"]),
        (30, ["2027-12-30", "2028-01-30", "2028-02-29", "2028-03-30", "2028-04-30"]),
        (31, ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
    ],
)
def test_or_the_last_day_of_a_month_without_it(day: int, expected: list[str]) -> None:
    monthly = plan(
        Frequency.MONTHLY,
        "2027-12-01T00:00",
        monthly_option=MonthlyOption.SPECIFIC,
        day=day,
        or_last_day=True,
    )
    assert days(monthly, "2027-12-01T00:00", 5) == expected


def test_day_29_comes_in_the_february_of_a_leap_year() -> None:
    monthly = plan(
        Frequency.MONTHLY, "2028-02-01T00:00", monthly_option=MonthlyOption.SPECIFIC, day=29
    )
    assert days(monthly, "2028-01-01T00:00", 2) == ["2028-02-29", "2028-03-29"]


@pytest.mark.parametrize(("year", "last"), [(2024, 29), (2100, 28), (2000, 29), (2027, 28)])
def test_the_last_day_of_february(year: int, last: int) -> None:
    monthly = plan(Frequency.MONTHLY, f"{year}-02-02T00:00", monthly_option=MonthlyOption.LAST_DAY)
    assert days(monthly, f"{year}-02-01T00:00", 1) == [f"{year}-02-{last}"]


def test_the_year_turns() -> None:
    daily = plan(Frequency.DAILY, "2026-12-31T23:59:59")
    assert days(daily, "2026-12-31T00:00", 2) == ["2026-12-31", "2027-01-01"]


@pytest.mark.parametrize(
    ("frequency", "fields", "lack"),
    [
        (Frequency.WEEKLY, {}, "at least one weekday"),
        (Frequency.MONTHLY, {}, "which day"),
        (Frequency.MONTHLY, {"monthly_option": MonthlyOption.LAST}, "which day"),
        (Frequency.MONTHLY, {"monthly_option": MonthlyOption.SPECIFIC}, "which day"),
    ],
)
def test_a_plan_that_lacks_a_field_is_refused(
    frequency: Frequency, fields: dict[str, object], lack: str
) -> None:
    with pytest.raises(ValueError, match=lack):
        first_fire(plan(frequency, "2026-01-01T00:00", **fields), utc("2026-01-01T00:00"))
