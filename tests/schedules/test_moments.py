"""Dates and times as people write them."""

import pytest

from tests.schedules.plans import MADRID, utc, wall
from tui_scheduler.schedules import parse_moment

NOW = utc("2026-03-27T23:30")  # already the 28th in Madrid


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-29T02:30", "2026-03-29T02:30"),
        ("2026-03-29 02:30:15", "2026-03-29T02:30:15"),
        ("2026-03-29T02:30:15.999", "2026-03-29T02:30:15"),
        (" 2026-03-29 ", "2026-03-29T00:00"),
        ("20260329", "2026-03-29T00:00"),
        ("18:30", "2026-03-28T18:30"),
        ("18:30:15", "2026-03-28T18:30:15"),
        ("9:30", "2026-03-28T09:30"),
        ("2026-03-29T00:30Z", "2026-03-29T01:30"),
        ("2026-06-01T12:00+00:00", "2026-06-01T14:00"),
        ("2026-06-01T12:00-05:00", "2026-06-01T19:00"),
    ],
)
def test_moments_are_wall_times_in_the_zone(text: str, expected: str) -> None:
    assert parse_moment(text, MADRID, NOW) == wall(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-29", "2026-03-29T23:59:59"),
        ("20260329", "2026-03-29T23:59:59"),
        ("2026-03-29T00:00", "2026-03-29T00:00"),
        ("18:30", "2026-03-28T18:30"),
    ],
)
def test_a_date_alone_as_a_finish_includes_its_whole_day(text: str, expected: str) -> None:
    assert parse_moment(text, MADRID, NOW, is_finish=True) == wall(expected)


@pytest.mark.parametrize(
    ("text", "fold"),
    [("2026-10-25T02:30+02:00", 0), ("2026-10-25T02:30+01:00", 1), ("2026-10-25T02:30", 0)],
)
def test_an_offset_tells_the_passes_of_a_repeated_hour_apart(text: str, fold: int) -> None:
    moment = parse_moment(text, MADRID, NOW)
    assert (moment, moment.fold) == (wall("2026-10-25T02:30"), fold)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "25:00",
        "2026-13-01",
        "2026-02-30",
        "12",
        "-1:30",
        "18:30:99",
        "\x00",
        "1:2:3:4",
    ],
)
def test_anything_else_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(ValueError, match="write 2026-03-29T02:30"):
        parse_moment(text, MADRID, NOW)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        parse_moment("18:30", "Europe/Nowhere", NOW)


def test_the_ends_of_the_calendar_do_not_overflow() -> None:
    assert parse_moment("0001-01-01T00:00+14:00", MADRID, NOW).year == 1
    assert parse_moment("9999-12-31T23:59:59-12:00", MADRID, NOW).year == 9999
