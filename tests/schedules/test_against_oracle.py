"""All kinds of plans against the oracle, mostly around changes of the clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.schedules.cron.examples import Example, quartz_examples, unix_examples
from tests.schedules.oracle import Span, fires_of, is_left_out, meaning_of
from tui_scheduler.schedules import (
    Calendar,
    DailyOption,
    Exceptions,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
    Weekday,
    count_fires,
    fires,
    latest_fire,
    next_fire,
)

SPANS = [
    Span("UTC", date(2026, 2, 28)),
    Span("Europe/Madrid", date(2026, 3, 29)),
    Span("Europe/Madrid", date(2026, 10, 25)),
    Span("America/New_York", date(2026, 3, 8)),
    Span("America/New_York", date(2026, 11, 1)),
    Span("Australia/Lord_Howe", date(2026, 4, 5)),
    Span("Australia/Lord_Howe", date(2026, 10, 4)),
    Span("Africa/Cairo", date(2026, 4, 24)),
    Span("Africa/Cairo", date(2026, 10, 30)),
    Span("America/Santiago", date(2026, 4, 5)),
    Span("America/Santiago", date(2026, 9, 6)),
    Span("Antarctica/Troll", date(2026, 3, 29)),
    Span("Pacific/Apia", date(2011, 12, 30)),
    Span("Pacific/Apia", date(2012, 1, 1)),
    Span("Asia/Kolkata", date(2027, 12, 31)),
    Span("America/St_Johns", date(2006, 10, 29)),  # a minute after midnight it is the day before
    Span("America/Havana", date(2026, 11, 1)),
]
EXAMPLES = st.one_of(unix_examples(), quartz_examples())
QUARTER = timedelta(minutes=15)
PROPERTY = settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def moments(span: Span) -> st.SearchStrategy[datetime]:
    """An instant inside the span, often within four hours of the change."""
    near = st.integers(-16, 16).map(lambda quarters: span.change + quarters * QUARTER)
    whole = int((span.end - span.begin).total_seconds())
    anywhere = st.integers(0, whole).map(lambda seconds: span.begin + timedelta(seconds=seconds))
    ticks = st.sampled_from([0, 0, 1, -1]).map(lambda tick: timedelta(microseconds=tick))
    moment = st.tuples(st.one_of(near, near, anywhere), ticks).map(sum_of)
    return moment.map(lambda moment: min(max(moment, span.begin), span.end))


def sum_of(parts: tuple[datetime, timedelta]) -> datetime:
    return parts[0] + parts[1]


def walls(span: Span) -> st.SearchStrategy[datetime]:
    """A wall time within two days of the change, in either pass, often near its time of day."""
    change = span.change.astimezone(ZoneInfo(span.zone)).replace(tzinfo=None, fold=0)

    def wall(day: int, quarters: int, seconds: int, fold: int) -> datetime:
        moment = change + timedelta(days=day, seconds=seconds) + quarters * QUARTER
        return moment.replace(fold=fold)

    quarters = st.one_of(st.integers(-6, 6), st.integers(-48, 48))
    return st.builds(wall, st.integers(-2, 2), quarters, st.sampled_from([0, 7]), st.integers(0, 1))


def delays() -> st.SearchStrategy[timedelta | None]:
    """How much later a plan that is spread fires, of up to half a day."""
    return st.none() | st.integers(0, 12 * 3600).map(lambda seconds: timedelta(seconds=seconds))


def exceptions(span: Span) -> st.SearchStrategy[Exceptions]:
    """None, or some of the days around the change: as dates, as a range and in a calendar."""
    near = st.integers(-3, 3).map(lambda days: span.middle + timedelta(days=days))
    ranges = st.tuples(near, st.integers(0, 2)).map(
        lambda each: f"{each[0]}..{each[0] + timedelta(days=each[1])}"
    )
    calendars = st.frozensets(near.map(date.toordinal)).map(Calendar)

    def some(items: list[str], calendar: Calendar) -> Exceptions:
        return Exceptions(("company", *dict.fromkeys(items)), {"company": calendar})

    items = st.lists(st.one_of(near.map(str), ranges), max_size=3)
    return st.one_of(st.just(Exceptions()), st.builds(some, items, calendars))


def day_plans(span: Span) -> st.SearchStrategy[Plan]:
    """A daily, weekly or monthly plan that starts in the span or years before."""
    long_past = walls(span).map(
        lambda wall: wall.replace(year=wall.year - 2, day=min(wall.day, 28), fold=0)
    )
    return st.builds(
        Plan,
        timing=st.just(Timing.SCHEDULE),
        timezone=st.just(span.zone),
        start=st.one_of(walls(span), long_past),
        frequency=st.sampled_from([Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY]),
        interval=st.integers(1, 3),
        repetitions=st.none(),
        daily_option=st.sampled_from(DailyOption),
        days=st.frozensets(st.sampled_from(Weekday), min_size=1),
        monthly_option=st.sampled_from(MonthlyOption),
        weekday=st.sampled_from(Weekday),
        day=st.one_of(st.just(span.middle.day), st.integers(1, 31)),
        or_last_day=st.booleans(),
        cron=st.none(),
        finish=st.one_of(st.none(), walls(span)),
        spread=st.just(timedelta(hours=12)),
        spread_by=delays(),
        except_=exceptions(span),
    )


def agrees(plan: Plan, expected: list[datetime], after: datetime, until: datetime) -> None:
    """All questions about (after, until] are answered like the list of all fires does."""
    following = [fire for fire in expected if fire > after]
    between = [fire for fire in following if fire <= until]
    ours = fires(plan, after, len(between[:40]))
    assert ours == between[:40]
    assert count_fires(plan, after, until) == len(between)
    first = next_fire(plan, after)
    assert first is None or first > after
    assert first == following[0] if following else first is None or first > until
    passed = [fire for fire in expected if fire <= until]
    latest = latest_fire(plan, until)
    if passed:
        assert latest == passed[-1]


@pytest.mark.parametrize("span", SPANS, ids=lambda span: f"{span.zone} {span.middle}")
def test_day_plans_fire_as_the_oracle_says(span: Span) -> None:
    @PROPERTY
    @given(day_plans(span), moments(span), moments(span))
    def holds(plan: Plan, one: datetime, other: datetime) -> None:
        after, until = sorted((one, other))
        agrees(plan, fires_of(plan, meaning_of(plan), span), after, until)

    holds()


@pytest.mark.parametrize("span", SPANS, ids=lambda span: f"{span.zone} {span.middle}")
def test_cron_plans_fire_as_the_oracle_says(span: Span) -> None:
    bounds = st.one_of(st.none(), walls(span))

    @PROPERTY
    @given(EXAMPLES, bounds, bounds, delays(), exceptions(span), moments(span), moments(span))
    def holds(
        example: Example,
        start: datetime | None,
        finish: datetime | None,
        delay: timedelta | None,
        left_out: Exceptions,
        one: datetime,
        other: datetime,
    ) -> None:
        assume(len(example.meaning.at) <= 300)
        by_cron = cron_plan(example, span.zone)
        bounded = replace(by_cron, start=start, finish=finish, except_=left_out)
        plan = replace(bounded, spread_by=delay)
        after, until = sorted((one, other))
        agrees(plan, fires_of(plan, example.meaning, span), after, until)

    holds()


def cron_plan(example: Example, zone: str) -> Plan:
    return Plan(timing=Timing.SCHEDULE, timezone=zone, frequency=Frequency.CRON, cron=example.text)


@settings(PROPERTY, max_examples=70)
@given(unix_examples(), st.dates(date(2015, 1, 1), date(2035, 1, 1)))
def test_the_days_of_a_unix_expression_over_two_years(example: Example, begin: date) -> None:
    agrees_for_two_years(example, begin)


@settings(PROPERTY, max_examples=70)
@given(quartz_examples(), st.dates(date(2015, 1, 1), date(2035, 1, 1)))
def test_the_days_of_a_quartz_expression_over_two_years(example: Example, begin: date) -> None:
    agrees_for_two_years(example, begin)


def agrees_for_two_years(example: Example, begin: date) -> None:
    plan = cron_plan(example, "UTC")
    per_day = len(set(example.meaning.at))
    midnight = datetime.combine(begin, time(), UTC)
    days = [begin + timedelta(days=n) for n in range(730)]
    matching = [day for day in days if example.meaning.on(day)]
    tick = timedelta(microseconds=1)
    end = midnight + timedelta(days=730)
    assert count_fires(plan, midnight - tick, end - tick) == len(matching) * per_day
    first, last = next_fire(plan, midnight - tick), latest_fire(plan, end - tick)
    if matching:
        assert first is not None
        assert last is not None
        assert (first.date(), last.date()) == (matching[0], matching[-1])
    else:
        assert first is None or first >= end


@PROPERTY
@given(
    st.integers(1, 10_000),
    st.sampled_from([Frequency.SECONDLY, Frequency.MINUTELY, Frequency.HOURLY]),
    st.integers(0, 10**8),
    st.integers(0, 10**6),
    st.integers(0, 10**4),
)
def test_interval_plans_fire_at_multiples(
    interval: int, frequency: Frequency, after: int, length: int, delay: int
) -> None:
    unit = {Frequency.SECONDLY: 1, Frequency.MINUTELY: 60, Frequency.HOURLY: 3600}[frequency]
    spread_by = timedelta(seconds=delay)
    start = datetime(2020, 1, 1, tzinfo=UTC)
    plan = Plan(
        timing=Timing.SCHEDULE,
        timezone="UTC",
        start=start.replace(tzinfo=None) - spread_by,
        frequency=frequency,
        interval=interval,
        spread_by=spread_by,
    )
    lower, upper = start + timedelta(seconds=after), start + timedelta(seconds=after + length)
    step = interval * unit
    assert next_fire(plan, lower) == start + timedelta(seconds=(after // step + 1) * step)
    assert latest_fire(plan, lower) == start + timedelta(seconds=after // step * step)
    assert count_fires(plan, lower, upper) == (after + length) // step - after // step


@pytest.mark.parametrize("span", SPANS, ids=lambda span: f"{span.zone} {span.middle}")
def test_interval_plans_keep_their_grid_around_what_is_left_out(span: Span) -> None:
    @PROPERTY
    @given(st.integers(1, 40), exceptions(span), moments(span), moments(span))
    def holds(quarters: int, left_out: Exceptions, one: datetime, other: datetime) -> None:
        step = quarters * QUARTER
        begin = datetime.combine(span.middle, time(), ZoneInfo(span.zone)) - timedelta(days=4)
        plan = Plan(
            timing=Timing.SCHEDULE,
            timezone=span.zone,
            start=begin.replace(tzinfo=None),
            frequency=Frequency.MINUTELY,
            interval=15 * quarters,
            except_=left_out,
        )
        first = begin.astimezone(UTC)
        grid = [first + number * step for number in range((span.end - first) // step + 1)]
        whole = [fire for fire in grid if span.begin <= fire]
        after, until = sorted((one, other))
        agrees(plan, [fire for fire in whole if not is_left_out(plan, fire)], after, until)

    holds()
