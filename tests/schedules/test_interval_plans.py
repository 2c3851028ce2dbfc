"""Every n seconds, minutes and hours: elapsed time from exactly the start."""

from datetime import timedelta

import pytest

from tests.schedules.plans import LORD_HOWE, MADRID, clocks, plan, utc, wall_times
from tui_scheduler.schedules import Frequency, count_fires, first_fire, latest_fire, next_fire


@pytest.mark.parametrize(
    ("frequency", "interval", "expected"),
    [
        (Frequency.SECONDLY, 7, ["00:00:00", "00:00:07", "00:00:14"]),
        (Frequency.MINUTELY, 90, ["00:00:00", "01:30:00", "03:00:00"]),
        (Frequency.HOURLY, 5, ["00:00:00", "05:00:00", "10:00:00"]),
    ],
)
def test_fires_at_the_start_and_every_interval_after(
    frequency: Frequency, interval: int, expected: list[str]
) -> None:
    every = plan(frequency, "2026-01-01T00:00", interval=interval)
    assert [text[11:19] for text in wall_times(every, "2025-12-31T00:00", 3)] == expected


def test_continues_on_its_grid_when_the_start_is_long_past() -> None:
    every = plan(Frequency.MINUTELY, "2001-01-01T00:00:30", interval=7)
    first = first_fire(every, utc("2026-03-01T12:00"))
    assert first is not None
    assert utc("2026-03-01T12:00") <= first < utc("2026-03-01T12:07")
    assert (first - utc("2001-01-01T00:00:30")) % timedelta(minutes=7) == timedelta()


def test_a_day_of_hours_has_23_when_the_clock_goes_forward_and_25_when_it_goes_back() -> None:
    hourly = plan(Frequency.HOURLY, "2026-01-01T00:00", timezone=MADRID)
    assert count_fires(hourly, utc("2026-03-28T23:00"), utc("2026-03-29T22:00")) == 23
    assert count_fires(hourly, utc("2026-10-24T22:00"), utc("2026-10-25T23:00")) == 25


def test_every_six_hours_shifts_on_the_wall_when_the_clock_changes() -> None:
    every = plan(Frequency.HOURLY, "2026-03-28T18:00", interval=6, timezone=MADRID)
    assert clocks(every, "2026-03-28T16:00", 3) == [
        "28 18:00+0100",
        "29 00:00+0100",
        "29 07:00+0200",
    ]


def test_half_an_hour_of_change_moves_an_hourly_plan_by_half_an_hour() -> None:
    every = plan(Frequency.HOURLY, "2026-10-04T01:00", timezone=LORD_HOWE)
    assert clocks(every, "2026-10-03T14:00", 3) == [
        "04 01:00+1030",
        "04 02:30+1100",
        "04 03:30+1100",
    ]


def test_a_start_in_a_gap_begins_at_the_first_instant_after_it() -> None:
    every = plan(Frequency.MINUTELY, "2026-03-29T02:30", interval=20, timezone=MADRID)
    assert clocks(every, "2026-03-28T00:00", 2) == ["29 03:00+0200", "29 03:20+0200"]


def test_a_start_in_a_repeated_hour_knows_its_pass() -> None:
    first = plan(Frequency.HOURLY, "2026-10-25T02:30", timezone=MADRID)
    assert clocks(first, "2026-10-24T00:00", 2) == ["25 02:30+0200", "25 02:30+0100"]
    second = plan(Frequency.HOURLY, timezone=MADRID)
    second = type(second)(
        timing=second.timing,
        timezone=MADRID,
        frequency=Frequency.HOURLY,
        start=utc("2026-10-25T02:30").replace(tzinfo=None, fold=1),
    )
    assert clocks(second, "2026-10-24T00:00", 2) == ["25 02:30+0100", "25 03:30+0100"]


def test_latest_and_count_agree_with_arithmetic() -> None:
    every = plan(Frequency.SECONDLY, "2026-01-01T00:00", interval=10)
    assert latest_fire(every, utc("2025-12-31T23:59:59")) is None
    assert latest_fire(every, utc("2026-01-01T00:00")) == utc("2026-01-01T00:00")
    assert latest_fire(every, utc("2026-01-01T00:01:09")) == utc("2026-01-01T00:01")
    assert count_fires(every, utc("2025-01-01T00:00"), utc("2026-01-01T00:00")) == 1
    assert count_fires(every, utc("2026-01-01T00:00"), utc("2026-01-01T00:01")) == 6
    assert count_fires(every, utc("2026-01-01T00:01"), utc("2026-01-01T00:00")) == 0


def test_finish_is_inclusive() -> None:
    every = plan(Frequency.HOURLY, "2026-01-01T00:00", finish="2026-01-01T02:00")
    assert next_fire(every, utc("2026-01-01T01:00")) == utc("2026-01-01T02:00")
    assert next_fire(every, utc("2026-01-01T02:00")) is None
    assert latest_fire(every, utc("2027-01-01T00:00")) == utc("2026-01-01T02:00")
    assert count_fires(every, utc("2020-01-01T00:00"), utc("2030-01-01T00:00")) == 3


def test_an_interval_beyond_the_calendar_fires_once_only() -> None:
    every = plan(Frequency.HOURLY, "9990-01-01T00:00", interval=876_000)
    assert next_fire(every, utc("9989-01-01T00:00")) == utc("9990-01-01T00:00")
    assert next_fire(every, utc("9990-01-01T00:00")) is None


@pytest.mark.parametrize("interval", [0, -1, 10**12])
def test_an_impossible_interval_is_refused(interval: int) -> None:
    every = plan(Frequency.SECONDLY, "2026-01-01T00:00", interval=interval)
    with pytest.raises(ValueError, match="interval must be between 1 and"):
        next_fire(every, utc("2026-01-01T00:00"))
