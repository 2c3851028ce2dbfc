"""Between wall clock and instants, in ordinary zones and strange ones."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.schedules.plans import (
    APIA,
    CAIRO,
    ENDS,
    LORD_HOWE,
    MADRID,
    NEW_YORK,
    SANTIAGO,
    utc,
    wall,
)
from tui_scheduler.schedules import wall_to_instant
from tui_scheduler.schedules.zones import (
    EARLIEST,
    LATEST,
    instant_of,
    stretch_at,
    wall_of,
    zone_info,
)

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "text", "fold", "expected"),
    [
        ("UTC", "2026-03-29T02:30", 0, "2026-03-29T02:30"),
        (MADRID, "2026-01-15T12:00", 0, "2026-01-15T11:00"),
        (MADRID, "2026-07-15T12:00", 1, "2026-07-15T10:00"),
        (MADRID, "2026-03-29T01:59:59", 0, "2026-03-29T00:59:59"),
        (MADRID, "2026-03-29T02:00", 0, "2026-03-29T01:00"),
        (MADRID, "2026-03-29T02:30", 0, "2026-03-29T01:00"),
        (MADRID, "2026-03-29T02:30", 1, "2026-03-29T01:00"),
        (MADRID, "2026-03-29T03:00", 0, "2026-03-29T01:00"),
        (MADRID, "2026-10-25T02:30", 0, "2026-10-25T00:30"),
        (MADRID, "2026-10-25T02:30", 1, "2026-10-25T01:30"),
        (MADRID, "2026-10-25T03:00", 0, "2026-10-25T02:00"),
        (NEW_YORK, "2026-03-08T02:59:59", 0, "2026-03-08T07:00"),
        (NEW_YORK, "2026-11-01T01:00", 1, "2026-11-01T06:00"),
        (LORD_HOWE, "2026-10-04T02:10", 0, "2026-10-03T15:30"),
        (LORD_HOWE, "2026-04-05T01:45", 0, "2026-04-04T14:45"),
        (LORD_HOWE, "2026-04-05T01:45", 1, "2026-04-04T15:15"),
        (CAIRO, "2026-04-24T00:00", 0, "2026-04-23T22:00"),
        (SANTIAGO, "2026-09-06T00:59", 0, "2026-09-06T04:00"),
        (APIA, "2011-12-30T12:00", 0, "2011-12-30T10:00"),
        ("Asia/Kathmandu", "2026-01-01T00:00", 0, "2025-12-31T18:15"),
    ],
)
def test_wall_times_are_instants(zone: str, text: str, fold: int, expected: str) -> None:
    assert wall_to_instant(wall(text, fold), zone) == utc(expected)


def test_a_wall_time_with_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="has an offset"):
        wall_to_instant(utc("2026-01-01T00:00"), "UTC")


@pytest.mark.parametrize(
    "name", ["", "Europe", "Europe/Nowhere", "../../etc/passwd", "/etc/passwd", "a\x00b", "x" * 999]
)
def test_an_unknown_zone_is_refused_with_a_remedy(name: str) -> None:
    with pytest.raises(ValueError, match="use a name like Europe/Madrid"):
        zone_info(name)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="has no offset"):
        instant_of(datetime.fromisoformat("2026-01-01"))


def test_moments_of_any_offset_are_instants() -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert instant_of(moment) == wall("2026-01-01T06:15")


@pytest.mark.parametrize("zone", [MADRID, "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_ends_of_the_calendar_are_near_enough(zone: str) -> None:
    first, last = ENDS
    eastern = timezone(timedelta(hours=14))
    assert instant_of(first.replace(tzinfo=eastern)) == EARLIEST
    assert EARLIEST <= instant_of(first) < instant_of(last) < LATEST
    for moment in (first.replace(tzinfo=None), last.replace(tzinfo=None)):
        assert wall_to_instant(moment, zone).tzinfo is UTC
        assert stretch_at(zone, moment).begin < stretch_at(zone, moment).end


def test_a_repeated_hour_shows_its_fold() -> None:
    assert wall_of(wall("2026-10-25T00:30"), MADRID).fold == 0
    assert wall_of(wall("2026-10-25T01:30"), MADRID).fold == 1


def test_a_stretch_after_a_gap_has_its_floor_where_the_gap_begins() -> None:
    stretch = stretch_at(MADRID, wall("2026-07-01T00:00"))
    assert stretch.begin == wall("2026-03-29T01:00")
    assert stretch.end == wall("2026-10-25T01:00")
    assert stretch.offset == 2 * HOUR
    assert stretch.floor == wall("2026-03-29T02:00")
    assert stretch.wall_begin == wall("2026-03-29T03:00")
    assert stretch.wall_end == wall("2026-10-25T03:00")


def test_a_stretch_after_an_overlap_has_its_floor_where_the_second_pass_ends() -> None:
    stretch = stretch_at(MADRID, wall("2026-11-01T00:00"))
    assert stretch.wall_begin == wall("2026-10-25T02:00")
    assert stretch.floor == wall("2026-10-25T03:00")


def test_a_year_cuts_a_stretch_without_a_gap() -> None:
    before = stretch_at(MADRID, wall("2026-12-31T12:00"))
    after = stretch_at(MADRID, before.end)
    assert after.begin == before.end == wall("2027-01-01T00:00")
    assert after.floor == after.wall_begin == before.wall_end


def test_a_gap_just_before_a_year_ends_is_found_from_the_next_year() -> None:
    # Manila left out 31 December 1844: the change is on the last day of the year in UTC.
    assert wall_to_instant(wall("1844-12-31T23:00"), "Asia/Manila") == utc("1844-12-31T15:56:08")


@pytest.mark.parametrize("year", [1939, 1945, 2000, 2011, 2026, 2037, 2050])
@pytest.mark.parametrize("zone", [MADRID, "Africa/Freetown", APIA, "Africa/Casablanca", CAIRO])
def test_stretches_cover_a_year_without_a_hole(zone: str, year: int) -> None:
    instant = wall(f"{year}-01-01")
    while instant.year == year:
        stretch = stretch_at(zone, instant)
        assert stretch.begin <= instant < stretch.end
        for inside in (stretch.begin, stretch.end - timedelta(microseconds=1)):
            assert wall_of(inside, zone) == inside + stretch.offset
        instant = stretch.end
