"""Between the wall clock of a time zone and the one line of time.

Inside this package an instant is a naive datetime in UTC and a wall time is a naive datetime in
a zone: plain arithmetic on both is several times faster than on aware datetimes. Public functions
of the package take and give aware ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

# Instants outside are moved to these ends, so that no zone's offset leaves the calendar.
EARLIEST = datetime.fromisoformat("0001-01-08")
LATEST = datetime.fromisoformat("9999-12-24")

# No zone ever kept an offset for less than four days (Freetown, September 1939), and no change
# moved the clock by more than a day.
_PROBE_EVERY = timedelta(days=3)
_LOOK_BACK = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time with one offset from UTC.

    ``begin`` and ``end`` are instants, the end exclusive. Every wall time before ``floor`` was
    shown before the stretch began: ``floor`` is behind ``wall_begin`` when the clock jumped
    forward into the stretch (a gap), and ahead of it when the clock was put back (a second pass).
    """

    begin: datetime
    end: datetime
    offset: timedelta
    floor: datetime

    @property
    def wall_begin(self) -> datetime:
        """The first wall time shown."""
        return self.begin + self.offset

    @property
    def wall_end(self) -> datetime:
        """The wall time that the stretch ends before."""
        return self.end + self.offset


@lru_cache(maxsize=1024)
def zone_info(name: str) -> ZoneInfo:
    """The zone of that IANA name; ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError, TypeError) as unknown:
        text = f"unknown time zone {name!r}; use a name like Europe/Madrid, or UTC"
        raise ValueError(text) from unknown


def instant_of(moment: datetime) -> datetime:
    """The aware ``moment`` as this package's naive UTC instant; ValueError when it is naive."""
    if moment.utcoffset() is None:
        raise ValueError(f"{moment} has no offset; pass an aware datetime")
    try:
        instant = moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        instant = EARLIEST if moment.year == 1 else LATEST
    return _within_calendar(instant)


def moment_of(instant: datetime) -> datetime:
    """The naive UTC ``instant`` as an aware datetime."""
    return instant.replace(tzinfo=UTC)


def wall_of(instant: datetime, name: str) -> datetime:
    """What the clock of a zone shows at ``instant``; ``fold`` is 1 in a second pass."""
    zone = zone_info(name)
    return zone.fromutc(_within_calendar(instant).replace(tzinfo=zone)).replace(tzinfo=None)


def instant_of_wall(wall: datetime, name: str) -> datetime:
    """The instant of a wall time; in a gap the first instant after it, else ``fold`` decides."""
    zone = zone_info(name)
    wall = min(max(wall, EARLIEST + DAY), LATEST - DAY).replace(fold=wall.fold)
    instant = wall.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    if wall_of(instant, name) == wall:
        return instant
    return _end_of_gap(wall, name)


def wall_to_instant(wall: datetime, zone: str) -> datetime:
    """The aware UTC instant of a naive wall time in the zone of that name.

    A wall time that does not exist is the first instant after the gap; of one that happens twice
    ``fold`` says which. ValueError for an aware ``wall`` or an unknown zone.
    """
    if wall.tzinfo is not None:
        raise ValueError(f"{wall} has an offset; pass a wall time without one")
    return moment_of(instant_of_wall(wall, zone))


def stretch_at(name: str, instant: datetime) -> Stretch:
    """The stretch that ``instant`` lies in; long ones are cut where a year begins in UTC."""
    instant = _within_calendar(instant)
    stretches = _stretches(name, instant.year)
    for stretch in stretches:
        if instant < stretch.end:
            return stretch
    return stretches[-1]


def _within_calendar(instant: datetime) -> datetime:
    return min(max(instant, EARLIEST), LATEST - TICK)


def _end_of_gap(wall: datetime, name: str) -> datetime:
    # Read with the offset after the gap, the wall time lies before it.
    before_gap = wall - _offset_of_wall(wall.replace(fold=1), name)
    stretch = stretch_at(name, before_gap)
    while stretch.wall_begin <= wall:
        stretch = stretch_at(name, stretch.end)
    return stretch.begin


def _offset_of_wall(wall: datetime, name: str) -> timedelta:
    return wall.replace(tzinfo=zone_info(name)).utcoffset() or timedelta()


@lru_cache(maxsize=8192)
def _stretches(name: str, year: int) -> tuple[Stretch, ...]:
    begin = max(EARLIEST, EARLIEST.replace(year=year, day=1))
    end = LATEST if year == LATEST.year else begin.replace(year=year + 1, day=1)
    return tuple(_cut(_from_changes(_changes(name, begin - _LOOK_BACK, end), end), begin))


def _cut(stretches: Iterator[Stretch], begin: datetime) -> Iterator[Stretch]:
    """The stretches from ``begin`` on, the first of them shortened."""
    for stretch in stretches:
        if stretch.begin >= begin:
            yield stretch
        elif stretch.end > begin:
            floor = max(stretch.floor, begin + stretch.offset)
            yield Stretch(begin, stretch.end, stretch.offset, floor)


def _from_changes(changes: list[tuple[datetime, timedelta]], end: datetime) -> Iterator[Stretch]:
    floor = changes[0][0] + changes[0][1]
    ends = [begin for begin, _ in changes[1:]] + [end]
    for (begin, offset), until in zip(changes, ends, strict=True):
        yield Stretch(begin, until, offset, floor)
        floor = max(floor, until + offset)


def _changes(name: str, begin: datetime, end: datetime) -> list[tuple[datetime, timedelta]]:
    """``begin`` and every instant before ``end`` at which the offset changes, with the new one."""
    changes = [(begin, _offset_at(name, begin))]
    while begin < end:
        probe = min(begin + _PROBE_EVERY, end)
        offset = _offset_at(name, probe)
        if offset != changes[-1][1]:
            changes.append((_change_between(name, begin, probe), offset))
        begin = probe
    return changes if changes[-1][0] < end else changes[:-1]


def _change_between(name: str, before: datetime, after: datetime) -> datetime:
    """The first second with the offset of ``after``."""
    old = _offset_at(name, before)
    while after - before > SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if _offset_at(name, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset_at(name: str, instant: datetime) -> timedelta:
    zone = zone_info(name)
    return zone.fromutc(instant.replace(tzinfo=zone)).utcoffset() or timedelta()
