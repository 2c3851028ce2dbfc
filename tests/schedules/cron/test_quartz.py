"""Six and seven fields, as the Quartz scheduler's own documentation explains them."""

import pytest

from tests.schedules.plans import cron, days, utc, wall_times
from tui_scheduler.schedules import latest_fire, next_fire


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 0 12 * * ?", ["01 12:00:00", "02 12:00:00"]),
        ("0 15 10 ? * *", ["01 10:15:00", "02 10:15:00"]),
        ("0 15 10 * * ? *", ["01 10:15:00", "02 10:15:00"]),
        ("0 * 14 * * ?", ["01 14:00:00", "01 14:01:00"]),
        ("0 0/5 14,18 * * ?", ["01 14:00:00", "01 14:05:00"]),
        ("0 0-5 14 * * ?", ["01 14:00:00", "01 14:01:00"]),
        ("0 15 10 ? * MON-FRI", ["01 10:15:00", "02 10:15:00"]),
        ("0 0 12 1/5 * ?", ["01 12:00:00", "06 12:00:00"]),
        ("*/15 * * * * ?", ["01 00:00:00", "01 00:00:15"]),
        ("5,50 0 0 * * *", ["01 00:00:05", "01 00:00:50"]),
        ("0 0 22-2 * * ?", ["01 00:00:00", "01 01:00:00"]),
        ("58-1 0 0 * * ?", ["01 00:00:00", "01 00:00:01"]),
    ],
)
def test_times(expression: str, expected: list[str]) -> None:
    times = wall_times(cron(expression), "2025-12-31T23:59:59", 2)
    assert [text[8:19] for text in times] == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # 1 is Sunday.
        ("0 0 0 ? * 1", ["2026-01-04", "2026-01-11"]),
        ("0 0 0 ? * 7", ["2026-01-03", "2026-01-10"]),
        ("0 0 0 ? * 2-6", ["2026-01-01", "2026-01-02", "2026-01-05"]),
        ("0 0 0 ? * FRI-MON", ["2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05"]),
        ("0 0 0 ? * L", ["2026-01-03", "2026-01-10"]),
        ("0 0 0 ? * 6L", ["2026-01-30", "2026-02-27", "2026-03-27"]),
        ("0 0 0 ? * FRIL", ["2026-01-30", "2026-02-27", "2026-03-27"]),
        ("0 0 0 ? * 6#3", ["2026-01-16", "2026-02-20", "2026-03-20"]),
        ("0 0 0 ? * SAT#5", ["2026-01-31", "2026-05-30"]),
        ("0 0 0 * * SUN", ["2026-01-04", "2026-01-11"]),
        ("0 0 0 L * ?", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("0 0 0 L-3 * ?", ["2026-01-28", "2026-02-25", "2026-03-28"]),
        ("0 0 0 L-30 * ?", ["2026-01-01", "2026-03-01", "2026-05-01"]),
        ("0 0 0 29-2 * ?", ["2026-01-01", "2026-01-02", "2026-01-29", "2026-01-30"]),
        ("0 0 0 1 NOV-FEB ?", ["2026-01-01", "2026-02-01", "2026-11-01", "2026-12-01"]),
        ("0 0 0 1 2/5 ?", ["2026-02-01", "2026-07-01", "2026-12-01"]),
        ("0 0 0 1,15W * ?", ["2026-01-01", "2026-01-15", "2026-02-01", "2026-02-16"]),
    ],
)
def test_days(expression: str, expected: list[str]) -> None:
    assert days(cron(expression), "2025-12-31T23:59:59", len(expected)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # 15 August 2026 is a Saturday, 15 November a Sunday, 15 December a Tuesday.
        ("0 0 0 15W 8,11,12 ?", ["2026-08-14", "2026-11-16", "2026-12-15"]),
        # The first is a Saturday in August and a Sunday in November: never the month before.
        ("0 0 0 1W 8,11 ?", ["2026-08-03", "2026-11-02"]),
        # The last is a Sunday in May and a Saturday in October: never the month after.
        ("0 0 0 31W 5,10 ?", ["2026-05-29", "2026-10-30"]),
        ("0 0 0 LW 5,10 ?", ["2026-05-29", "2026-10-30"]),
        # Two days before the last of February 2026, a Thursday; of November, a Saturday.
        ("0 0 0 L-2W 2,11 ?", ["2026-02-26", "2026-11-27"]),
        # A month without a 31st is skipped.
        ("0 0 0 31W 4-5 ?", ["2026-05-29", "2027-05-31"]),
    ],
)
def test_nearest_working_days(expression: str, expected: list[str]) -> None:
    assert days(cron(expression), "2026-01-31T12:00", len(expected)) == expected


def test_years_begin_and_end() -> None:
    two_years = cron("0 0 12 1 1 ? 2027-2028")
    assert days(two_years, "2026-01-01T00:00", 5) == ["2027-01-01", "2028-01-01"]
    assert latest_fire(two_years, utc("2090-01-01T00:00")) == utc("2028-01-01T12:00")
    assert latest_fire(two_years, utc("2026-01-01T00:00")) is None
    assert next_fire(two_years, utc("2028-01-01T12:00")) is None


def test_years_may_be_stepped_and_listed() -> None:
    assert days(cron("0 0 0 1 1 ? 2027,2030/5"), "2026-01-01T12:00", 3) == [
        "2027-01-01",
        "2030-01-01",
        "2035-01-01",
    ]


def test_the_last_year_is_2099() -> None:
    last = cron("59 59 23 31 12 ? 2099")
    assert next_fire(last, utc("2026-01-01T00:00")) == utc("2099-12-31T23:59:59")
    assert next_fire(last, utc("2099-12-31T23:59:59")) is None
