"""What is said of a plan is understood as that plan."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schedules.cron.examples import Example, quartz_examples, unix_examples
from tests.schedules.plans import cron
from tests.schedules.words.sentences import NOW, awaiting, once, recurring
from tui_scheduler.schedules import (
    Frequency,
    Plan,
    Timing,
    Weekday,
    anchored,
    fires,
    summary,
    to_words,
)
from tui_scheduler.schedules.words import parse
from tui_scheduler.services.plans import normalised

many = settings(max_examples=300, derandomize=True, deadline=None, database=None)
any_moment = st.datetimes(
    NOW.replace(year=1990, tzinfo=None), NOW.replace(year=2090, tzinfo=None)
).map(lambda moment: moment.replace(tzinfo=NOW.tzinfo))
everything = st.one_of(once(), awaiting(), recurring(by_cron=False), recurring(by_cron=True))


def passes(plan: Plan) -> list[int]:
    """Which pass of a repeated hour each moment means; plans that differ in it compare equal."""
    return [0 if wall is None else wall.fold for wall in (plan.start, plan.finish)]


@many
@given(everything, any_moment)
def test_every_plan_that_is_spelt_out_is_understood_at_any_moment_without_loss(
    plan: Plan, now: datetime
) -> None:
    read = parse(to_words(plan), plan.timezone, now)
    assert read == normalised(plan)
    assert passes(read) == passes(normalised(plan))


@many
@given(everything)
def test_a_zone_may_be_said_at_the_end_of_all_of_them(plan: Plan) -> None:
    words = f"{to_words(plan)} in {plan.timezone}"
    assert parse(words, "Asia/Tokyo", NOW) == normalised(plan)


@many
@given(once())
def test_the_short_sentence_of_what_fires_once_carries_all_of_it(plan: Plan) -> None:
    read = parse(summary(plan), plan.timezone, NOW)
    assert (read, passes(read)) == (normalised(plan), passes(plan))


@many
@given(awaiting())
def test_the_short_sentence_of_what_awaits_an_event_carries_all_but_its_start(plan: Plan) -> None:
    read = parse(summary(plan), plan.timezone, NOW)
    assert (read, passes(read)[1]) == (replace(normalised(plan), start=None), passes(plan)[1])


@many
@given(recurring(by_cron=False))
def test_the_short_sentence_of_what_recurs_is_read_as_one_that_reads_the_same(plan: Plan) -> None:
    read = parse(summary(plan), plan.timezone, NOW)
    assert summary(read) == summary(plan)


@many
@given(recurring(by_cron=False).filter(lambda plan: not _is_said_as_daily(plan)))
def test_the_short_sentence_carries_all_but_the_first_day_of_what_need_not_count_from_it(
    plan: Plan,
) -> None:
    """Neither does it carry the first moment of an interval, nor the pass in which it begins.

    Weeks of all days, of the working days or of the weekend are said, and so read, as days.
    """
    read = parse(summary(plan), plan.timezone, NOW)
    whole = normalised(plan)
    assert replace(read, start=whole.start) == whole
    if whole.frequency in {Frequency.SECONDLY, Frequency.MINUTELY, Frequency.HOURLY}:
        assert read.start is None
    elif whole.interval > 1:
        assert read.start == whole.start
    elif whole.start is None:
        assert read.start is None
    else:
        assert read.start is not None
        assert read.start.time() == whole.start.time()


def _is_said_as_daily(plan: Plan) -> bool:
    if plan.frequency is not Frequency.WEEKLY or plan.interval > 1:
        return False
    week = frozenset(Weekday)
    weekend = frozenset({Weekday.SAT, Weekday.SUN})
    return plan.days in {week, weekend, week - weekend}


@pytest.mark.parametrize("days", [range(7), range(5), (5, 6)])
def test_weeks_that_are_said_as_days_fire_on_the_same_days(days: range) -> None:
    weekly = Plan(
        timing=Timing.SCHEDULE,
        timezone="UTC",
        frequency=Frequency.WEEKLY,
        days=frozenset(map(Weekday, days)),
        start=NOW.replace(tzinfo=None, second=0),
    )
    read = parse(summary(weekly), "UTC", NOW)
    assert fires(read, NOW, 20) == fires(weekly, NOW, 20)


@many
@given(st.one_of(unix_examples(), quartz_examples()))
def test_the_sentence_of_a_cron_expression_is_refused_or_means_the_same_days_and_times(
    example: Example,
) -> None:
    """But for intervals: those of an expression begin at the full hour, others when scheduled."""
    by_cron = cron(example.text)
    try:
        read = parse(summary(by_cron), "UTC", NOW)
    except ValueError:
        return
    if read.frequency not in {Frequency.SECONDLY, Frequency.MINUTELY, Frequency.HOURLY}:
        assert fires(read, NOW, 20) == fires(anchored(by_cron, NOW), NOW, 20)


@pytest.mark.parametrize(
    "expression",
    ["30 2 * * *", "0 9 * * 1-5", "0 9 * * sat,sun", "0 0 L * *", "0 0 1 * *"],
)
def test_sentences_of_common_cron_expressions_are_understood(expression: str) -> None:
    read = parse(summary(cron(expression)), "UTC", NOW)
    assert fires(read, NOW, 20) == fires(cron(expression), NOW, 20)
