"""What a timeline is drawn of: runs by time through an index, and fires with a bound on the work.

A lane costs about two runs a cell, however many there were: where there are more, the newest of
each cell are looked at, and whatever failed. How many runs there were at once is counted by SQLite
itself, over all of a span, or not at all if that would take long.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import Any

from peewee import SQL, Field, fn

from tui_scheduler.models import Request, RequestStatus, Run, RunStatus, database, rows
from tui_scheduler.models.prepared import Prepared, slot
from tui_scheduler.schedules import Timing, left_out, why_left_out
from tui_scheduler.schedules.zones import TICK
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.plans import anchored_plan, plan_of
from tui_scheduler.services.queries.conditions import HAS_NOT_SUCCEEDED
from tui_scheduler.services.queries.forecast import fires_left, to_come_by_stretch
from tui_scheduler.services.queries.norms import courses_of_groups, norms_of_processes
from tui_scheduler.services.queries.upcoming import number_scheduled, upcoming_by_stretch
from tui_scheduler.services.queries.usual_end import expected_ends
from tui_scheduler.services.timeline.picture import (
    FAILURES,
    Bar,
    Fire,
    LeftOut,
    carried,
    most_at_once,
)
from tui_scheduler.services.timeline.span import Span
from tui_scheduler.wording import SUBMITTED

_MOST_COUNTED = 50_000  # runs of which is counted how many there were at once
_MOST_EXPECTED = 1_000  # fires that are gone through
_MOST_EXPECTED = 500  # ends that a request is expected to follow
_MOST_FAILURES = 2_000
_LEAD = 4  # one in how many cells of a span's length are looked at before it
_A_CELL = 2  # runs of a cell, where there are more than can be told apart
_REACHING_IN = 5  # runs that began last before a span
_MOST_LEFT_OUT = 400  # days of a lane
_NOTHING, _SECOND = timedelta(), timedelta(seconds=1)

_begun = fn.coalesce(Run.start_time, Run.scheduled_for)
_COLUMNS: tuple[Field, ...] = (
    Run.id, Run.status, Run.scheduled_for, Run.start_time, Run.end_time, Run.submitted_at,
    Run.after_run,
)  # fmt: skip
_A_SECOND = SQL("1000000")  # with the very words of the index, which has whole ones
_second = _begun / _A_SECOND
_begin, _until = (slot(name, Run.scheduled_for) for name in ("begin", "until"))
_LANE = (
    Run.select(*_COLUMNS)
    .where(Run.request == slot("request_id", Run.request), Run.parent.is_null())
    .order_by(_second.desc(), _begun.desc())
)
_WITHIN = Prepared(
    _LANE.where(
        _second >= _begin / _A_SECOND, _begun >= _begin, _second <= _until / _A_SECOND,
        _begun < _until,
    ).limit(slot("limit", Run.attempt)),
    *_COLUMNS,
)  # fmt: skip
_BEFORE = Prepared(
    _LANE.where(_second <= _begin / _A_SECOND, _begun < _begin).limit(_REACHING_IN), *_COLUMNS
)
_SPANS = """
    SELECT max(start_time, :begin) AS begin, end_time AS end FROM run
        WHERE end_time >= :begin AND end_time < :until + :longest AND start_time < :until
            AND members IS NULL
    UNION ALL
    SELECT max(start_time, :begin), NULL FROM run
        WHERE end_time IS NULL AND start_time < :until AND members IS NULL
"""
_AT_ONCE = f"""
    WITH spans AS ({_SPANS}),
    events (at, step) AS (
        SELECT begin, 1 FROM spans
        UNION ALL
        SELECT max(coalesce(end, :now), begin + 1), -1 FROM spans
            WHERE max(coalesce(end, :now), begin + 1) < :until
    ),
    levels (at, step, level) AS (
        SELECT at, step, sum(step) OVER (ORDER BY at, step ROWS UNBOUNDED PRECEDING) FROM events
    )
    SELECT (at - :begin - (step < 0)) / :cell, max(level), sum(step) FROM levels GROUP BY 1
"""  # noqa: S608 - no outside text
"""Beginnings and ends in their order, ends first, and how high they count in each cell."""
_IS_LONG = f"SELECT count(*) FROM (SELECT 1 FROM ({_SPANS}) LIMIT {_MOST_COUNTED + 1})"  # noqa: S608
_LONGEST = "SELECT max(end_time - start_time) FROM run"


@dataclass(frozen=True, slots=True)
class Lane:
    """What a lane is drawn of; ``usual`` is how long a run of it usually takes.

    It ``is_sampled`` if there were more runs than can be told apart. What is ``left_out`` would be
    fires on days that the request leaves out.
    """

    request_id: int
    bars: tuple[Bar, ...] = ()
    fires: tuple[Fire, ...] = ()
    usual: timedelta | None = None
    is_sampled: bool = False
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class AtOnce:
    """How many runs there are at once in each cell, at the most.

    ``ran`` is None if there were too many runs to be counted; ``expected`` ends where more fires
    follow than are gone through, and is 0 before now.
    """

    ran: tuple[int, ...] | None
    expected: tuple[int, ...]
    past: int
    """How many cells have begun."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """What is known, of past and future, up to where that ends."""
        if self.ran is None:
            return self.expected
        past = self.ran[: max(len(self.expected), self.past)]
        return tuple(map(max, past, (*self.expected, *(0,) * len(past))))


@dataclass(frozen=True, slots=True)
class ExpectedRuns:
    """Stretches of time in which something is expected to run, after ``now``.

    They were looked for cell by cell of ``span``, from ``begin`` on. More may come from ``until``
    on; it ``is_cut`` if there were too many fires to go through.
    """

    spans: tuple[tuple[datetime, datetime], ...]
    now: datetime
    span: Span
    begin: datetime
    until: datetime
    is_cut: bool = False

    def covers(self, span: Span) -> bool:
        """Whether all that can be known of a span is known."""
        is_known = self.begin <= max(span.begin, self.now)
        return (
            self.span.cell == span.cell and is_known and (self.is_cut or span.until <= self.until)
        )

    def at_once(self, span: Span) -> tuple[int, ...]:
        """Returns how many are expected at once in each cell, as far as that is known."""
        coming = ((max(begin, self.now), end) for begin, end in self.spans if end > self.now)
        known = span.cell_at(self.until) if span.has(self.until) else span.width
        expected = most_at_once(coming, span)
        return expected[: 0 if span.begin >= self.until else known]


def nothing_expected(span: Span) -> ExpectedRuns:
    """Returns that nothing is known of what is to come in a span."""
    return ExpectedRuns((), span.begin, span, span.begin, span.begin, is_cut=True)


class Timelines:
    """Reads what is in a span of time; called on the reading thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def lanes(self, request_ids: Sequence[int], span: Span) -> list[Lane]:
        """Returns the lanes of some requests, in their order; of unknown ones they are empty."""
        now = self._clock.now()
        ids = list(request_ids)
        stored = {row.id: row for row in Request.select().where(Request.id.in_(ids))}
        norms = norms_of_processes({row.process_id for row in stored.values()})
        reaching = _open_before(span)
        edges = [span.edge(cell) for cell in range(span.width + 1)]
        lanes = []
        for request_id in ids:
            bars, is_sampled = _bars(request_id, span, edges, now)
            known = {bar.run_id for bar in bars}
            bars += [bar for bar in reaching.get(request_id, []) if bar.run_id not in known]
            row = stored.get(request_id)
            fires = () if row is None else _fires(row, now, edges)
            norm = None if row is None else norms.get(row.process_id)
            usual = None if norm is None else norm.usual
            absent = () if row is None else _left_out(row, fires, edges)
            lanes.append(Lane(request_id, tuple(bars), fires, usual, is_sampled, absent))
        return _with_failures(lanes, span)

    def expected_runs(self, span: Span) -> ExpectedRuns:
        """Returns what is expected to run in a span, of what runs now and what fires."""
        now = self._clock.now()
        first = max(span.cell_at(now), -(span.width // _LEAD))
        edges = [span.edge(cell) for cell in range(min(first, span.width - 1), span.width + 1)]
        if edges[0] > now and number_scheduled(edges[-1]) > _MOST_EXPECTED:
            return nothing_expected(span)
        fires = list(islice(upcoming_by_stretch(now, edges), _MOST_EXPECTED + 1))
        running = rows(
            Run.select(Run.process, Run.start_time).where(
                Run.end_time.is_null(), Run.start_time.is_null(False), Run.members.is_null()
            )
        )
        owners = {fire.process_id for fire in fires} | {process_id for process_id, _ in running}
        norms = norms_of_processes(owners)
        usual = {process_id: norm.usual for process_id, norm in norms.items()}
        spans = [(start, start + usual.get(process_id, _NOTHING)) for process_id, start in running]
        courses = courses_of_groups(owners)
        for fire in fires[:_MOST_EXPECTED]:
            begin = max(fire.at, now)
            alone = [(_NOTHING, usual.get(fire.process_id, _SECOND))]
            course = courses.get(fire.process_id, alone)
            spans += [(begin + after, begin + until) for after, until in course]
            end = max(end for _, end in spans[-len(course) :])
            if fire.is_one_of_many:  # one after the other
                spans.append((end, max(end, span.edge(span.cell_at(begin) + 1))))
        is_cut = len(fires) > _MOST_EXPECTED
        until = max(fires[-1].at, now) if is_cut else edges[-1]
        return ExpectedRuns(tuple(spans), now, span, edges[0], until, is_cut=is_cut)

    def at_once(self, span: Span, expected: ExpectedRuns | None = None) -> AtOnce:
        """Returns how many runs there are at once, of all requests; of groups those of members.

        ``expected`` is what is expected, if that was asked for before.
        """
        if expected is None:
            expected = self.expected_runs(span)
        now = self._clock.now()
        past = min(max(span.cell_at(now) + 1, 0), span.width)
        return AtOnce(_ran(span, now), expected.at_once(span), past)


def _bars(
    request_id: int, span: Span, edges: Sequence[datetime], now: datetime
) -> tuple[list[Bar], bool]:
    """Returns runs of a lane, and whether there are more than those."""
    most = _A_CELL * span.width
    within = _WITHIN.rows(request_id=request_id, begin=edges[0], until=edges[-1], limit=most + 1)
    is_sampled = len(within) > most
    if is_sampled:
        within = [
            row
            for begin, until in pairwise(edges)
            for row in _WITHIN.rows(request_id=request_id, begin=begin, until=until, limit=_A_CELL)
        ]
    before = map(_bar, _BEFORE.rows(request_id=request_id, begin=edges[0]))
    return [*map(_bar, within), *(bar for bar in before if bar.until(now) > edges[0])], is_sampled


def _bar(row: Sequence[Any]) -> Bar:
    run_id, status, scheduled_for, start, end, submitted_at, after_run = row
    is_submitted = status is RunStatus.QUEUED and submitted_at is not None
    state = SUBMITTED if is_submitted else status.value
    return Bar(run_id, state, scheduled_for, start, end, after_run)


def _open_before(span: Span) -> dict[int, list[Bar]]:
    """Returns what began before a span, or should have, and is still open, by request."""
    still_open = Run.select(Run.request, *_COLUMNS).where(
        Run.end_time.is_null(),
        Run.parent.is_null(),
        _begun < Run.scheduled_for.db_value(span.begin),
    )
    bars: dict[int, list[Bar]] = {}
    for request_id, *row in rows(still_open):
        bars.setdefault(request_id, []).append(_bar(row))
    return bars


def _with_failures(lanes: list[Lane], span: Span) -> list[Lane]:
    """Returns the lanes with all failures, also those of which only a part is read."""
    sampled = {lane.request_id: lane for lane in lanes if lane.is_sampled}
    if not sampled:
        return lanes
    failed = (
        Run.select(Run.request, *_COLUMNS)
        .where(
            Run.status.in_(sorted(FAILURES)),
            HAS_NOT_SUCCEEDED,
            Run.end_time >= span.begin,
            Run.end_time < span.until,
            Run.parent.is_null(),
            (Run.request + 0).in_(sorted(sampled)),  # its own index has far more of them
        )
        .limit(_MOST_FAILURES)
    )
    bars: dict[int, list[Bar]] = {}
    for request_id, *row in rows(failed):
        bars.setdefault(request_id, []).append(_bar(row))
    return [_with(lane, bars.get(lane.request_id, [])) for lane in lanes]


def _with(lane: Lane, failed: Sequence[Bar]) -> Lane:
    bars = {bar.run_id: bar for bar in (*lane.bars, *failed)}
    return replace(lane, bars=tuple(bars.values()))


def _fires(row: Request, now: datetime, edges: Sequence[datetime]) -> tuple[Fire, ...]:
    """Returns the first fire of each cell, of a request that is scheduled."""
    first = row.next_fire
    if row.timing is Timing.AFTER and row.status is RequestStatus.SCHEDULED:
        return _expected(row, now, edges)
    if first is None or row.status is not RequestStatus.SCHEDULED:
        return ()
    fires: list[Fire] = []
    try:
        plan = anchored_plan(row)
        left = fires_left(plan, row.executions)
        for at, is_one_of_many in to_come_by_stretch(plan, first, now, edges, left):
            fires.append(Fire(at, is_one_of_many))
    except ValueError:  # a damaged row still shows the fire that is stored
        if not fires and edges[0] <= first < edges[-1]:
            return (Fire(first),)
    return tuple(fires)


def _expected(row: Request, now: datetime, edges: Sequence[datetime]) -> tuple[Fire, ...]:
    """Returns when what a request follows usually ends, as far as that is known: once a cell."""
    try:
        plan = plan_of(row)
        why_left_out(plan, now)
    except ValueError:  # a damaged row, or one that waits for a calendar
        return ()
    begin = max(edges[0], now)
    cells: dict[int, list[datetime]] = {}
    for end in expected_ends(plan, now, edges[-1], _MOST_EXPECTED):
        if begin <= end < edges[-1] and why_left_out(plan, end) is None:
            cells.setdefault(bisect_right(edges, end), []).append(end)
    return tuple(Fire(min(ends), len(ends) > 1) for _, ends in sorted(cells.items()))


def _left_out(
    row: Request, fires: Sequence[Fire], edges: Sequence[datetime]
) -> tuple[LeftOut, ...]:
    """Returns what would be fires of a scheduled request, on days that it leaves out.

    A plan that ends after so many runs leaves out nothing after the last of them.
    """
    if not row.except_ or row.scheduled_at is None or row.status is not RequestStatus.SCHEDULED:
        return ()
    begin, until = max(edges[0], row.scheduled_at), edges[-1]
    if row.repetitions is not None:
        until = max((fire.at for fire in fires), default=begin)
    try:
        days = left_out(anchored_plan(row), begin - TICK, until - TICK)
        return tuple(LeftOut(each.at, each.why) for each in islice(days, _MOST_LEFT_OUT))
    except ValueError:  # a damaged row, or one that waits for a calendar
        return ()


def _ran(span: Span, now: datetime) -> tuple[int, ...] | None:
    if span.begin > now:
        return (0,) * span.width
    soon = now + TICK  # what runs does so at this very moment
    values: Mapping[str, Any] = {
        "begin": Run.start_time.db_value(span.begin),
        "until": Run.start_time.db_value(min(span.until, soon)),
        "now": Run.start_time.db_value(soon),
        "cell": span.cell // TICK,
        "longest": database.execute_sql(_LONGEST).fetchone()[0] or 0,
    }
    if database.execute_sql(_IS_LONG, values).fetchone()[0] > _MOST_COUNTED:
        return None
    peaks = {cell: (most, step) for cell, most, step in database.execute_sql(_AT_ONCE, values)}
    ran = carried(peaks, span)
    last = span.cell_at(now)
    return tuple(number if cell <= last else 0 for cell, number in enumerate(ran))
