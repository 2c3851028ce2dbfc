"""What a user should know about a valid plan before saving it."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from tui_scheduler.schedules import english
from tui_scheduler.schedules.cron import CronExpression, parse_cron
from tui_scheduler.schedules.firing import anchored, fires, first_fire
from tui_scheduler.schedules.plan import EVERY_MONTH_HAS, Frequency, MonthlyOption, Plan, Timing
from tui_scheduler.schedules.series import ByWallClock, StartingAt
from tui_scheduler.schedules.timetable import Timetable, timetable
from tui_scheduler.schedules.zones import (
    TICK,
    Stretch,
    instant_of,
    instant_of_wall,
    stretch_at,
    wall_of,
)
from tui_scheduler.wording import rounded_duration

_FIRES_COMPARED = 20
_COMMON_YEAR = 2001
_AHEAD = timedelta(days=400)
_OFTEN_FOR_CLUSTER = timedelta(minutes=1)
_MOST_NAMED = 2  # of the times that one change affects


def warnings(
    plan: Plan,
    now: datetime,
    usual_duration: timedelta | None = None,
    *,
    overlap: str = "",
    is_start_known: bool = False,
    is_for_cluster: bool = False,
) -> tuple[str, ...]:
    """One sentence for each surprise that the plan's next fires hold.

    Looks about a year ahead. ``usual_duration`` is how long a run of the process takes, ``overlap``
    what happens to a fire meanwhile; a start that ``is_start_known`` may be in the past. Runs that
    are ``is_for_cluster`` are handed to one. Nothing is said about an invalid plan: that is what
    ``problems`` is for.
    """
    if plan.awaits_event:
        return ()
    try:
        starting = anchored(plan, now)
        timetable(starting)
    except ValueError:
        return ()
    texts = [] if is_start_known else [*_past_start(plan, now)]
    on_top = "; the spread comes on top" if plan.spread else ""
    texts += [f"{text}{on_top}" for text in _clock_change_warnings(starting, instant_of(now))]
    texts += [*_spread(plan), *_short_months(plan), *_of_expression(plan)]
    texts += [*_too_often(starting, now)] if is_for_cluster else []
    if usual_duration is not None:
        texts += _overlap(starting, now, usual_duration, overlap)
    return tuple(texts)


def _past_start(plan: Plan, now: datetime) -> Iterator[str]:
    if plan.timing is Timing.IMMEDIATE or plan.start is None:
        return
    if instant_of_wall(plan.start, plan.timezone) >= instant_of(now).replace(microsecond=0):
        return
    first = first_fire(plan, now)
    if plan.timing is Timing.LATER:
        undrawn = plan.spread if plan.spread_by is None else None
        if first is not None and first + (undrawn or timedelta()) < now:
            yield "start is in the past: runs as soon as it is scheduled"
    elif first is not None:
        wall = wall_of(instant_of(first), plan.timezone)
        yield f"start is in the past: runs next on {english.full_moment(wall)}"


def _spread(plan: Plan) -> Iterator[str]:
    if plan.spread and plan.spread_by is None and plan.timing is not Timing.IMMEDIATE:
        most = rounded_duration(plan.spread)
        yield (
            f"each run comes up to {most} later than is shown, always by as much: that is drawn"
            " when the request is saved"
        )


def _short_months(plan: Plan) -> Iterator[str]:
    is_monthly = plan.timing is Timing.SCHEDULE and plan.frequency is Frequency.MONTHLY
    if not is_monthly or plan.monthly_option is not MonthlyOption.SPECIFIC:
        return
    if plan.day is not None and plan.day > EVERY_MONTH_HAS and not plan.or_last_day:
        remedy = "choose 'or the last day' to run in all"
        yield f"months without a day {plan.day} are skipped: {remedy}"


def _of_expression(plan: Plan) -> Iterator[str]:
    if plan.timing is Timing.SCHEDULE and plan.frequency is Frequency.CRON:
        expression = parse_cron(plan.cron or "")
        yield from expression.cautions
        yield from _days_of_no_month(expression)


def _days_of_no_month(expression: CronExpression) -> Iterator[str]:
    """What is said of months that never, or seldom, have one of the days."""
    day, months = expression.day, expression.month.values
    if expression.either or day.specials or not day.values or day.values[0] <= EVERY_MONTH_HAS:
        return
    first = day.values[0]
    have_it = [first <= monthrange(_COMMON_YEAR, month)[1] for month in months or range(1, 13)]
    if months == (2,) and first == 29:
        yield "29 February comes only in leap years: use L for the last day of February"
    elif any(have_it) and not all(have_it):
        yield f"months without a day {first} are skipped: use L for the last day to run in all"


def _too_often(plan: Plan, now: datetime) -> Iterator[str]:
    shortest = _shortest_gap(list(fires(plan, now, _FIRES_COMPARED)))
    if plan.timing is Timing.SCHEDULE and shortest < _OFTEN_FOR_CLUSTER:
        yield (
            f"Slurm takes seconds to start a run: an interval of {rounded_duration(shortest)} is"
            f" short, choose {rounded_duration(_OFTEN_FOR_CLUSTER)} or more"
        )


def _shortest_gap(moments: Sequence[datetime]) -> timedelta:
    gaps = (later - earlier for earlier, later in pairwise(moments))
    return min(gaps, default=timedelta.max)


def _overlap(plan: Plan, now: datetime, usual: timedelta, overlap: str) -> Iterator[str]:
    moments = list(fires(plan, now, _FIRES_COMPARED))
    shortest = _shortest_gap(moments)
    if plan.timing is Timing.SCHEDULE and usual > shortest:
        runs, interval = rounded_duration(usual), rounded_duration(shortest)
        outcome = _OUTCOMES.get(overlap, _will_overlap)(moments, usual)
        yield f"usually runs {runs}, interval is {interval}: {outcome}"


def _will_overlap(_moments: Sequence[datetime], _usual: timedelta) -> str:
    return "will overlap"


def _side_by_side(moments: Sequence[datetime], usual: timedelta) -> str:
    most = max(sum(begun <= moment < begun + usual for begun in moments) for moment in moments)
    return f"up to {most} will run at once"


def _some_wait(_moments: Sequence[datetime], _usual: timedelta) -> str:
    return "one run will wait for the end of the one before, and others will be skipped"


def _are_replaced(moments: Sequence[datetime], usual: timedelta) -> str:
    cut_short = sum(later - earlier < usual for earlier, later in pairwise(moments))
    return f"{_share(cut_short, len(moments) - 1)} will be killed by the next one"


def _are_skipped(moments: Sequence[datetime], usual: timedelta) -> str:
    begun = [0]
    for number, moment in enumerate(moments):
        if moment - moments[begun[-1]] >= usual:
            begun.append(number)
    fired, skipped = begun[-1], begun[-1] - (len(begun) - 1)  # whole rounds, up to the last one
    if not skipped:
        fired, skipped = len(moments), len(moments) - len(begun)
    return f"{_share(skipped, fired)} will be skipped"


def _share(part: int, whole: int) -> str:
    exact = Fraction(part, whole)
    near = exact.limit_denominator(10)
    if near == 1:
        return "each run" if exact == 1 else "nearly each run"
    return f"{'' if near == exact else 'about '}{near.numerator} of {near.denominator} runs"


_OUTCOMES: Mapping[str, Callable[[Sequence[datetime], timedelta], str]] = {
    "skip": _are_skipped,
    "allow": _side_by_side,
    "queue": _some_wait,
    "replace": _are_replaced,
}
"""What follows from each overlap policy, for fires and how long a run takes."""


def _clock_change_warnings(plan: Plan, now: datetime) -> Iterator[str]:
    """A sentence for the next gap and the next repeated hour that a fire falls into.

    The plan must be valid and anchored; ``now`` is an instant.
    """
    table = timetable(plan)
    series = table.series.rest if isinstance(table.series, StartingAt) else table.series
    if isinstance(series, ByWallClock):
        yield from _ahead(table, series, now)
    elif plan.start is not None and table.begin >= now:
        yield from _at_start(plan, plan.start, table.begin)


def _at_start(plan: Plan, start: datetime, begin: datetime) -> Iterator[str]:
    clock, day = english.clock(start), english.day(start)
    runs_at = wall_of(begin, plan.timezone)
    if runs_at != start:
        yield f"{clock} does not exist on {day}: runs at {_moment(runs_at, start)}"
    elif instant_of_wall(start.replace(fold=1 - start.fold), plan.timezone) != begin:
        time = "second" if start.fold else "first"
        yield f"{clock} happens twice on {day}: runs the {time} time"


def _ahead(table: Timetable, series: ByWallClock, now: datetime) -> Iterator[str]:
    begin = max(now, table.begin)
    end = min(begin + _AHEAD, table.end)
    gap: str | None = None
    repeat: str | None = None
    before = stretch_at(series.zone, begin - TICK)
    while before.end <= end and not (gap and repeat):
        after = stretch_at(series.zone, before.end)
        if table.left_out.at(before.end):
            before = after
            continue
        gap = gap or _gap(series, after, now)
        since = max(after.wall_begin, begin + before.offset)
        until = min(after.floor, end + before.offset + TICK)
        repeat = repeat or _repeat(series, since, until, now)
        before = after
    yield from filter(None, (gap, repeat))


def _gap(series: ByWallClock, after: Stretch, now: datetime) -> str | None:
    walls = _walls(series, after.floor, after.wall_begin)
    if walls is None or _is_every_hour(series):
        return None
    first, named, count = walls
    missing = f"{named} {'does' if count == 1 else 'do'} not exist on {_day(first, now)}"
    if series.elapsed:
        return f"{missing}: nothing runs then"
    return (
        f"{missing}: {'runs' if count == 1 else 'run once,'} at {_moment(after.wall_begin, first)}"
    )


def _repeat(series: ByWallClock, lower: datetime, upper: datetime, now: datetime) -> str | None:
    walls = _walls(series, lower, upper)
    if walls is None or _is_every_hour(series):
        return None
    first, named, count = walls
    twice = f"{named} {'happens' if count == 1 else 'happen'} twice on {_day(first, now)}"
    runs = "runs" if count == 1 else "run"
    return f"{twice}: {runs} {'both times' if series.elapsed else 'the first time'}"


def _is_every_hour(series: ByWallClock) -> bool:
    """Whether a change of the clock leaves no hole and no double that anyone would notice."""
    return series.elapsed and len(series.pattern.times.hours) == 24


def _walls(
    series: ByWallClock, lower: datetime, upper: datetime
) -> tuple[datetime, str, int] | None:
    """The first wall time that the plan names in a range, all of them in words, and their count."""
    walls: list[datetime] = []
    wall = series.pattern.first(lower, upper) if lower < upper else None
    while wall is not None and len(walls) < _MOST_NAMED:
        walls.append(wall)
        wall = series.pattern.first(wall + TICK, upper)
    if not walls:
        return None
    count = series.pattern.count(lower, upper)
    names = [english.clock(wall) for wall in walls]
    if count > len(walls):
        names.append(f"{count - len(walls)} more")
    return walls[0], english.listed(names), count


def _day(wall: datetime, now: datetime) -> str:
    """The day, with its year when that is not the current one."""
    return english.day(wall) if wall.year == now.year else f"{english.day(wall)} {wall.year}"


def _moment(wall: datetime, near: datetime) -> str:
    """The clock of ``wall``, with its day when that is another than the day of ``near``."""
    day = "" if wall.date() == near.date() else f" on {english.day(wall)}"
    return f"{english.clock(wall)}{day}"
