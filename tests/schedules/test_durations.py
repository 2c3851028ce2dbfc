"""Durations in and out of words."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_scheduler.schedules import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("10m", 600),
        ("2h", 7200),
        ("1d", 86400),
        ("1.5h", 5400),
        ("0.25s", 0.25),
        ("1h30m", 5400),
        ("1d 2h 3m 4s", 93784),
        (" 5 M ", 300),
        ("0", 0),
    ],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", " ", "x", "5x", "-5", "1m1m", "30m1h", "1e5", "nan", "inf", ".", "1.h", "٣", "5 5"]
)
def test_anything_else_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration; write 90, 90s"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["9" * 50, "9" * 400, "1000000000d"])
def test_a_duration_beyond_all_bounds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is too long"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0", "1 ", "1.1", " ", ".", "1" + " " * 1000, "1" * 1000 + "."])
def test_a_long_text_is_refused_without_reading_it_over_and_over(text: str) -> None:
    many = text * (1_000_000 // len(text)) + "x"  # hours, for what takes a square of that
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(many)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(), "0s"),
        (timedelta(seconds=90), "1m30s"),
        (timedelta(minutes=10), "10m"),
        (timedelta(hours=25), "1d1h"),
        (timedelta(milliseconds=1500), "1.5s"),
    ],
)
def test_durations_are_written_short(duration: timedelta, text: str) -> None:
    assert format_duration(duration) == text


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        format_duration(timedelta(seconds=-1))


@settings(max_examples=100, derandomize=True, deadline=None, database=None)
@given(st.timedeltas(timedelta(), timedelta(days=10_000)))
def test_what_was_written_is_read_back(duration: timedelta) -> None:
    assert parse_duration(format_duration(duration)) == duration
