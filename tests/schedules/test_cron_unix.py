"""Five fields, as Vixie's and Debian's cron read them."""

import pytest

from tests.schedules.plans import cron, days, shown, utc
from tui_scheduler.schedules import next_fire


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("*/20 * * * *", ["00:00", "00:20", "00:40", "01:00"]),
        ("5/20 * * * *", ["00:05", "00:25", "00:45", "01:05"]),
        ("10-12 * * * *", ["00:10", "00:11", "00:12", "01:10"]),
        ("0-59/25 * * * *", ["00:00", "00:25", "00:50", "01:00"]),
        ("7,3,5 */12 * * *", ["00:03", "00:05", "00:07", "12:03"]),
        ("0 22-23 * * *", ["22:00", "23:00", "22:00", "23:00"]),
        ("15 10 * * *", ["10:15", "10:15", "10:15", "10:15"]),
        ("07 03 * * *", ["03:07", "03:07", "03:07", "03:07"]),
    ],
)
def test_minutes_and_hours(expression: str, expected: list[str]) -> None:
    found = shown(cron(expression), "2025-12-31T23:59:59", 4)
    assert [text[11:16] for text in found] == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 0 * * 0", ["2026-01-04", "2026-01-11"]),
        ("0 0 * * 7", ["2026-01-04", "2026-01-11"]),
        ("0 0 * * SUN", ["2026-01-04", "2026-01-11"]),
        ("0 0 * * 5-7", ["2026-01-02", "2026-01-03", "2026-01-04", "2026-01-09"]),
        ("0 0 * * fri-sun", ["2026-01-02", "2026-01-03", "2026-01-04", "2026-01-09"]),
        ("0 0 * * 1-5/2", ["2026-01-02", "2026-01-05", "2026-01-07", "2026-01-09"]),
        ("0 0 * * Mon,wed", ["2026-01-05", "2026-01-07", "2026-01-12"]),
        ("0 0 * * 7-7", ["2026-01-04", "2026-01-11"]),
        ("0 0 1 mar *", ["2026-03-01", "2027-03-01"]),
        ("0 0 1 jan-mar *", ["2026-01-01", "2026-02-01", "2026-03-01", "2027-01-01"]),
        ("0 0 31 * *", ["2026-01-31", "2026-03-31", "2026-05-31"]),
        ("0 0 31-31 * *", ["2026-01-31", "2026-03-31", "2026-05-31"]),
        ("0 0 29 2 *", ["2028-02-29", "2032-02-29"]),
        ("0 0 L * *", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("0 0 15,l * *", ["2026-01-15", "2026-01-31", "2026-02-15"]),
        ("0 0 * * 1#2", ["2026-01-12", "2026-02-09"]),
        ("0 0 * * fri#5", ["2026-01-30", "2026-05-29"]),
        ("0 0 * * 0#1,7#3", ["2026-01-04", "2026-01-18", "2026-02-01"]),
    ],
)
def test_days(expression: str, expected: list[str]) -> None:
    assert days(cron(expression), "2025-12-31T23:59:59", len(expected)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Both restricted: either is enough.
        ("0 0 13 * 5", ["2026-02-06", "2026-02-13", "2026-02-20", "2026-02-27", "2026-03-06"]),
        ("0 0 L * 1", ["2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23", "2026-02-28"]),
        ("0 0 1 * 1#1", ["2026-02-01", "2026-02-02", "2026-03-01", "2026-03-02", "2026-04-01"]),
        ("0 0 1-7 * 1-7", ["2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05"]),
        # A field that begins with a star does not count as restricted: both must match.
        ("0 0 */2 * 1", ["2026-02-09", "2026-02-23", "2026-03-09", "2026-03-23", "2026-04-13"]),
        ("0 0 1-7 * */7", ["2026-02-01", "2026-03-01", "2026-04-05", "2026-05-03", "2026-06-07"]),
        ("0 0 *,13 * 5", ["2026-02-06", "2026-02-13", "2026-02-20", "2026-02-27", "2026-03-06"]),
    ],
)
def test_day_of_month_and_weekday(expression: str, expected: list[str]) -> None:
    assert days(cron(expression), "2026-01-31T12:00", 5) == expected


@pytest.mark.parametrize(
    ("alias", "expression"),
    [
        ("@hourly", "0 * * * *"),
        ("@daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"),
        ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 1 *"),
        (" @Daily ", "0 0 * * *"),
    ],
)
def test_aliases_stand_for_expressions(alias: str, expression: str) -> None:
    after = "2026-05-05T05:05"
    assert shown(cron(alias), after, 5) == shown(cron(expression), after, 5)


def test_fields_may_be_set_apart_by_any_white_space() -> None:
    assert days(cron("  0\t0  1 1\n* "), "2026-05-05T00:00", 1) == ["2027-01-01"]


def test_start_is_only_the_lower_bound() -> None:
    noon = cron("0 12 * * *", "2026-03-10T12:00:01")
    assert next_fire(noon, utc("2026-01-01T00:00")) == utc("2026-03-11T12:00")
    assert next_fire(cron("0 12 * * *", "2026-03-10T12:00"), utc("2026-01-01T00:00")) == utc(
        "2026-03-10T12:00"
    )


def test_finish_is_inclusive() -> None:
    noon = cron("0 12 * * *", finish="2026-03-10T12:00")
    assert next_fire(noon, utc("2026-03-09T12:00")) == utc("2026-03-10T12:00")
    assert next_fire(noon, utc("2026-03-10T12:00")) is None


def test_a_monday_29_february_comes_every_28_years() -> None:
    # Days 1 and 29 by step, and only Mondays: the star makes both count.
    rare = cron("0 0 */28 2 1", "2026-02-02T00:00")
    found = [day for day in days(rare, "2026-02-02T00:00", 12) if day.endswith("29")]
    assert found == ["2044-02-29", "2072-02-29"]
