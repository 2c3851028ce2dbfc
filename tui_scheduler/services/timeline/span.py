"""The stretch of time that a timeline shows, cell by cell, and what is written along it.

All moments are aware. Where lines and labels stand follows from the clocks of a zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from tui_scheduler.schedules.zones import (
    instant_of,
    moment_of,
    stretch_at,
    wall_of,
    wall_to_instant,
)
from tui_scheduler.wording import local

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LENGTHS = (
    15 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR,
    _DAY, 2 * _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY,
)  # fmt: skip
"""How much time a screen can show, from the nearest to the farthest."""
USUAL_LENGTH = _DAY

PAST = 2 / 3
"""The share of a span that lies before now, while it follows the time."""

_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720)
_DAYS = (1, 2, 7, 14, 28, 91, 182, 364, 1_820, 7_280, 36_400)
_LABEL, _LONG_LABEL = 7, 12  # cells of a time and of a date, with the space behind it
_YEAR = timedelta(days=300)
_LEAST_DAY = 5  # cells of a day, below which only weeks have lines
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """``width`` cells of time, each as long as ``cell``, from ``begin`` on."""

    begin: datetime
    cell: timedelta
    width: int

    @classmethod
    def between(cls, begin: datetime, until: datetime, width: int) -> "Span":
        """Returns the span from one moment to the other."""
        return cls(begin, max((until - begin) / width, timedelta(microseconds=1)), width)

    @classmethod
    def around(cls, at: datetime, length: timedelta, width: int, share: float = PAST) -> "Span":
        """Returns the span of this length of which ``share`` lies before ``at``.

        Its cells lie on a grid, so that a picture that follows the time moves by whole cells.
        """
        cell = length / width
        begin = at - length * share
        begin = min(max(begin, _EARLIEST), _LATEST - length)
        return cls(_EPOCH + (begin - _EPOCH) // cell * cell, cell, width)

    @property
    def length(self) -> timedelta:
        """How much time it is."""
        return self.cell * self.width

    @property
    def until(self) -> datetime:
        """The moment before which it ends."""
        return self.edge(self.width)

    def edge(self, cell: int) -> datetime:
        """Returns when a cell begins."""
        return self.begin + cell * self.cell

    def cell_at(self, moment: datetime) -> int:
        """Returns the cell that a moment lies in: below 0, or from ``width`` on, if in none."""
        return (moment - self.begin) // self.cell

    def has(self, moment: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.begin <= moment < self.until

    def moved(self, cells: int) -> "Span":
        """Returns the span so many cells later."""
        begin = min(max(self.begin + cells * self.cell, _EARLIEST), _LATEST - self.length)
        return replace(self, begin=begin)

    def zoomed(self, steps: int, at: datetime) -> "Span":
        """Returns a shorter span, or with negative ``steps`` a longer one.

        ``at`` stays where it is.
        """
        nearest = min(range(len(LENGTHS)), key=lambda index: abs(LENGTHS[index] - self.length))
        length = LENGTHS[min(max(nearest - steps, 0), len(LENGTHS) - 1)]
        return Span.around(at, length, self.width, (at - self.begin) / self.length)


@dataclass(frozen=True, slots=True)
class Axis:
    """What is written along a span: dates, times of day, and the cells with a line, by kind.

    Kinds are ``midnight``, ``change`` (of the clocks) and ``now``, the last of which wins.
    """

    dates: str
    times: str
    rules: dict[int, str]


def axis(span: Span, zone: str, now: datetime) -> Axis:
    """Returns the axis of a span on the clocks of ``zone``."""
    rules = {span.cell_at(midnight): "midnight" for midnight in _midnights(span, zone)}
    changes = list(_changes(span, zone))
    rules |= {span.cell_at(at): "change" for at, _ in changes}
    if span.has(now):
        rules[span.cell_at(now)] = "now"
    years = local(span.begin, zone).year != local(now, zone).year
    dates = [(span.cell_at(at), words) for at, words in changes]
    if _step(span, _LABEL) < _DAY:
        dates += [(cell, _date(span, cell, zone, years)) for cell in _day_cells(span, zone)]
    elif years and span.length <= _YEAR:  # otherwise each date has its own
        dates += _years(span, zone)
    return Axis(_written(dates, span.width), _written(list(_times(span, zone)), span.width), rules)


def _day_cells(span: Span, zone: str) -> Iterator[int]:
    """Yield the first cell, and those in which a day begins, the first ones of weeks first."""
    cells = [span.cell_at(at) for at in _steps(span, zone, _step(span, _LONG_LABEL))]
    yield from cells
    yield 0


def _years(span: Span, zone: str) -> Iterator[tuple[int, str]]:
    """Yield the year that the span begins in, and where others begin."""
    first, last = (local(at, zone).year for at in (span.begin, span.until))
    yield 0, str(first)
    for year in range(first + 1, last + 1):
        yield span.cell_at(wall_to_instant(datetime(year, 1, 1), zone)), str(year)  # noqa: DTZ001


def _date(span: Span, cell: int, zone: str, has_year: bool) -> str:
    wall = local(span.begin, zone)
    if cell:  # the day may begin within the cell
        wall = local(span.edge(cell + 1) - timedelta(microseconds=1), zone)
    return f"{wall:%a} {wall.day} {wall:%b}" + (f" {wall.year}" if has_year else "")


def _times(span: Span, zone: str) -> Iterator[tuple[int, str]]:
    step = _step(span, _LABEL)
    if step < _DAY:
        for at in _steps(span, zone, step):
            yield span.cell_at(at), f"{local(at, zone):%H:%M}"
        return
    in_years = span.length > _YEAR
    for at in _steps(span, zone, _step(span, _LONG_LABEL)):
        yield span.cell_at(at), _date(span, span.cell_at(at), zone, in_years)


def _step(span: Span, cells: int) -> timedelta:
    """Returns the shortest usual step of time that has so many cells."""
    least = span.cell * cells
    steps = [*(minutes * _MINUTE for minutes in _MINUTES), *(days * _DAY for days in _DAYS)]
    if cells > _LABEL:  # of dates
        steps = [step for step in steps if step >= _DAY]
    return next((step for step in steps if step >= least), steps[-1])


def _steps(span: Span, zone: str, step: timedelta) -> Iterator[datetime]:
    """Yield the moments in a span at which the clocks of ``zone`` show a multiple of ``step``."""
    wall = wall_of(instant_of(span.begin), zone).replace(fold=0)
    if step < _DAY:
        day = datetime.combine(wall.date(), time())
        wall = day + (wall - day) // step * step
    else:
        ordinal = wall.toordinal() - 1  # of a Monday, if it is a multiple of 7
        wall = datetime.combine(datetime.fromordinal(1 + ordinal // step.days * step.days), time())
    while (at := wall_to_instant(wall, zone)) < span.until:
        if at >= span.begin:
            yield at
        wall += step


def _midnights(span: Span, zone: str) -> Iterator[datetime]:
    """Yield when days begin, or weeks if days are short."""
    step = _DAY if span.cell * _LEAST_DAY <= _DAY else 7 * _DAY
    if span.cell * _LEAST_DAY <= step:
        yield from _steps(span, zone, step)


def _changes(span: Span, zone: str) -> Iterator[tuple[datetime, str]]:
    """Yield when the clocks are changed, and by how much."""
    if span.cell * 2 > _DAY:
        return
    stretch = stretch_at(zone, instant_of(span.begin))
    while moment_of(stretch.end) < span.until:
        following = stretch_at(zone, stretch.end)
        minutes = (following.offset - stretch.offset) // _MINUTE
        if minutes:
            yield moment_of(stretch.end), f"clocks {_shift(minutes)}"
        stretch = following


def _shift(minutes: int) -> str:
    sign, size = ("+" if minutes > 0 else "-"), abs(minutes)
    return f"{sign}{size // 60} h" if size % 60 == 0 else f"{sign}{size} min"


def _written(labels: list[tuple[int, str]], width: int) -> str:
    """Returns labels at their cells; one that would touch an earlier one is left out."""
    line = [" "] * width
    for cell, text in labels:
        end = cell + len(text)
        around = line[max(0, cell - 1) : end + 1]
        if end <= width and not "".join(around).strip():
            line[cell:end] = text
    return "".join(line)
