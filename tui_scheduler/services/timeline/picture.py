"""One lane of a timeline as a line of glyphs, and how many runs there are at once.

Pure functions of what ran, what is to come and a span: a glyph for each cell, and the state that
it is in, which the front ends give colours to. What cannot be told apart in a cell is one glyph,
that of the worst of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from tui_scheduler.schedules.zones import TICK
from tui_scheduler.services.timeline.span import Axis, Span
from tui_scheduler.wording import LEVELS, RUN_STATUSES, SUBMITTED, TIMELINE_SIGNS

FAILURES = frozenset({"error", "timed_out", "lost"})
_RANKS: Mapping[str, int] = {
    **dict.fromkeys(FAILURES, 6),
    "processing": 5,
    "killed": 4,
    "misfired": 3,
    "skipped": 3,
    "queued": 2,
    SUBMITTED: 2,
    "success": 1,
}
_COLLISION = 2  # from how many at once on the most of them are set apart


@dataclass(frozen=True, slots=True)
class Bar:
    """A run, or a fire that did not become one: it has no ``start`` then."""

    run_id: int
    state: str
    scheduled_for: datetime
    start: datetime | None
    end: datetime | None
    """None while it is open."""
    after_run: int | None = None

    @property
    def begin(self) -> datetime:
        """Where it stands: when it began, or should have."""
        return self.start or self.scheduled_for

    def until(self, now: datetime) -> datetime:
        """When it ended; of an open one ``now``, and of what never began when it should have."""
        if self.start is None and self.end is not None:
            return self.begin
        return max(self.end or now, self.begin)


@dataclass(frozen=True, slots=True)
class Fire:
    """The first fire of a cell; ``is_one_of_many`` if others follow it there."""

    at: datetime
    is_one_of_many: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What would be the first fire of a day, and ``why`` that day is left out."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Stop:
    """What the cursor of a lane can stand on: a run (the worst of ``runs``), or a fire."""

    cell: int
    at: datetime
    run_id: int | None
    runs: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """A lane: a glyph and a state a cell, and where its cursor can stand, from left to right."""

    glyphs: str
    states: tuple[str, ...]
    stops: tuple[Stop, ...]

    def pieces(self) -> Iterable[tuple[str, str, int]]:
        """Yield stretches of glyphs in one state, with the cell that each begins at."""
        begin = 0
        for cell in range(1, len(self.glyphs) + 1):
            if cell == len(self.glyphs) or self.states[cell] != self.states[begin]:
                yield self.glyphs[begin:cell], self.states[begin], begin
                begin = cell


def draw(
    bars: Sequence[Bar],
    fires: Sequence[Fire],
    span: Span,
    axis: Axis,
    now: datetime,
    usual: timedelta | None = None,
    left_out: Sequence[LeftOut] = (),
) -> Picture:
    """Returns the picture of a lane; ``usual`` is how long a run of it takes, if that is known.

    What is ``left_out`` is only seen where there is neither a run nor a fire.
    """
    canvas = _Canvas(span)
    for cell, kind in axis.rules.items():
        canvas.put(cell, TIMELINE_SIGNS[kind], kind)
    if usual is not None:
        for begin in [fire.at for fire in fires] + [bar.begin for bar in bars if _is_running(bar)]:
            canvas.fill(max(begin, now), begin + usual, "expected")
    absent = _draw_left_out(canvas, left_out)
    _draw_bars(canvas, bars, now)
    stops = [*_draw_heads(canvas, bars), *_draw_fires(canvas, bars, fires, now, usual)]
    taken = {stop.cell for stop in stops}
    stops += [
        stop for stop in absent if stop.cell not in taken and canvas.states[stop.cell] == "left_out"
    ]
    stops.sort(key=lambda stop: (stop.cell, stop.at))
    return Picture("".join(canvas.glyphs), tuple(canvas.states), tuple(stops))


def _is_running(bar: Bar) -> bool:
    return bar.start is not None and bar.end is None


class _Canvas:
    """The cells of a span; what lies outside is left out."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.glyphs = [" "] * span.width
        self.states = [""] * span.width

    def put(self, cell: int, glyph: str, state: str) -> None:
        if 0 <= cell < self.span.width:
            self.glyphs[cell], self.states[cell] = glyph, state

    def fill(self, begin: datetime, until: datetime, state: str, sign: str = "") -> None:
        """Put a sign, by default that of the state, into all cells of which a part is meant."""
        first = max(self.span.cell_at(begin), 0)
        last = min(self.span.cell_at(until - TICK), self.span.width - 1)
        for cell in range(first, last + 1):
            self.put(cell, TIMELINE_SIGNS[sign or state], state)


def _draw_left_out(canvas: _Canvas, left_out: Sequence[LeftOut]) -> list[Stop]:
    """Draw where something would have been, but for the day that it falls on."""
    stops: dict[int, Stop] = {}
    for each in left_out:
        cell = canvas.span.cell_at(each.at)
        if 0 <= cell < canvas.span.width and cell not in stops:
            canvas.put(cell, TIMELINE_SIGNS["left_out"], "left_out")
            stops[cell] = Stop(cell, each.at, None)
    return list(stops.values())


def _draw_bars(canvas: _Canvas, bars: Sequence[Bar], now: datetime) -> None:
    """Draw how long each took, the worst over the others, behind how long it had to wait."""
    for bar in bars:
        if bar.start is not None or bar.end is None:
            canvas.fill(bar.scheduled_for, bar.begin if bar.start else now, "late")
    for bar in sorted(bars, key=lambda bar: _RANKS.get(bar.state, 0)):
        if bar.start is not None:
            canvas.fill(bar.begin, bar.until(now), bar.state, "ran")


def _draw_heads(canvas: _Canvas, bars: Sequence[Bar]) -> list[Stop]:
    """Draw the glyph of each run where it begins, or at the edge if that is before it."""
    by_cell: dict[int, list[Bar]] = {}
    for bar in bars:
        cell = max(canvas.span.cell_at(bar.begin), 0)
        if cell < canvas.span.width:
            by_cell.setdefault(cell, []).append(bar)
    stops = []
    for cell, those in by_cell.items():
        worst = max(those, key=lambda bar: (_RANKS.get(bar.state, 0), bar.begin, bar.run_id))
        is_many = len(those) > 1 and worst.state == "success"
        sign = TIMELINE_SIGNS["many"] if is_many else RUN_STATUSES[worst.state].glyph
        if canvas.span.has(worst.begin):
            canvas.put(cell, sign, worst.state)
        stops.append(Stop(cell, worst.begin, worst.run_id, len(those)))
    return stops


def _draw_fires(
    canvas: _Canvas,
    bars: Sequence[Bar],
    fires: Sequence[Fire],
    now: datetime,
    usual: timedelta | None,
) -> list[Stop]:
    """Draw what is to come; in another state what is overdue, or falls into the run before."""
    took = usual or timedelta()
    busy = max((bar.begin + took for bar in bars if _is_running(bar)), default=now)
    stops = []
    for fire in fires:
        collides = fire.at < busy or (fire.is_one_of_many and took >= canvas.span.cell)
        state = "collides" if collides and fire.at >= now else "fire"
        state = "overdue" if fire.at < now else state
        busy = max(busy, fire.at + took)
        cell = canvas.span.cell_at(fire.at)
        if not 0 <= cell < canvas.span.width or canvas.states[cell] in RUN_STATUSES:
            continue
        one, many = ("collides", "many_collide") if state == "collides" else ("fire", "many_fires")
        sign = many if fire.is_one_of_many else one
        canvas.put(cell, TIMELINE_SIGNS[sign], state)
        stops.append(Stop(cell, fire.at, None))
    return stops


def most_at_once(spans: Iterable[tuple[datetime, datetime]], span: Span) -> tuple[int, ...]:
    """Returns, for each cell, how many of the stretches of time there are at once at the most.

    One that ends when another begins is over by then; each takes an instant at least.
    """
    level, peaks = 0, dict[int, tuple[int, int]]()
    for at, step in _events(spans, span):
        level += step
        cell = span.cell_at(at if step > 0 else at - TICK)  # over when the next one begins
        most, change = peaks.get(cell, (0, 0))
        peaks[cell] = max(most, level), change + step
    return carried(peaks, span)


def _events(spans: Iterable[tuple[datetime, datetime]], span: Span) -> list[tuple[datetime, int]]:
    """Returns by how much the number changes, and when; ends come before beginnings."""
    events = []
    for begin, ended in spans:
        end = max(ended, begin + TICK)
        if begin < span.until and end > span.begin:
            events.append((max(begin, span.begin), 1))
            if end < span.until:
                events.append((end, -1))
    events.sort()
    return events


def carried(peaks: Mapping[int, tuple[int, int]], span: Span) -> tuple[int, ...]:
    """Returns how many there are at once in each cell, from the cells in which that changes.

    ``peaks`` are the most after any change in a cell, and by how much the number has changed when
    it is over.
    """
    most = []
    level = 0
    for cell in range(span.width):
        peak, change = peaks.get(cell, (level, 0))
        most.append(max(peak, level))
        level += change
    return tuple(most)


def heights(numbers: Sequence[int], now_cell: int, width: int) -> Iterator[tuple[str, str]]:
    """Yield blocks for how many there are at once, with the state that each stretch is in.

    ``collides`` is where it is the most, ``expected`` what is to come. Of what lies behind the
    last number, up to ``width`` cells, it is said that it is not known.
    """
    highest = max(numbers, default=0)
    states = [
        "collides" if number == highest >= _COLLISION else ("expected" if cell > now_cell else "")
        for cell, number in enumerate(numbers)
    ]
    blocks = iter(levels(numbers))
    for state, cells in groupby(states):
        yield "".join(next(blocks) for _ in cells), state
    if len(numbers) < width:
        yield TIMELINE_SIGNS["unknown"] * (width - len(numbers)), "expected"


def levels(numbers: Sequence[int]) -> str:
    """Returns a block for each number: as high as it is, or as its share of the highest."""
    highest = max(numbers, default=0)
    steps = len(LEVELS) - 1
    if highest <= steps:
        return "".join(LEVELS[number] for number in numbers)
    return "".join(LEVELS[-(-number * steps // highest)] for number in numbers)
