"""No question is answered slot by slot: each of these would take minutes or years that way."""

import pytest

from tests.schedules.plans import MADRID, cron, plan, utc
from tests.support.effort import effort
from tui_scheduler.schedules import (
    Frequency,
    MonthlyOption,
    Plan,
    count_fires,
    first_fire,
    latest_fire,
    next_fire,
    problems,
    warnings,
)

NOW = utc("2026-03-27T12:00")
AT_ONCE = 100_000  # calls for all questions together; a week holds 604,800 seconds
AN_ORDINARY_ONE = 100

HARD = {
    "every second since 2001": plan(Frequency.SECONDLY, "2001-01-01T00:00", timezone=MADRID),
    "every second by cron": cron("* * * * * ?", timezone=MADRID),
    "30 February": cron("0 0 30 2 *", timezone=MADRID),
    "a year gone by": cron("* * * * * ? 2020", timezone=MADRID),
    "the last second of cron": cron("59 59 23 31 12 ? 2099", timezone=MADRID),
    "every 28 years": cron("0 0 0 ? 2 1#5", timezone=MADRID),
    "29 February, if a star allows": cron("0 0 */29 2 7", timezone=MADRID),
    "a time only a gap has": cron("0 */10 2 29 3 ? 2026", timezone=MADRID),
    "every 30,000 days": plan(Frequency.DAILY, "2001-01-01T00:00", interval=30_000),
    "every 2,000 weeks": plan(
        Frequency.WEEKLY, "2001-01-01T00:00", interval=2_000, days=frozenset({0})
    ),
    "day 31": plan(
        Frequency.MONTHLY, "2001-01-31T00:00", monthly_option=MonthlyOption.SPECIFIC, day=31
    ),
}


@pytest.mark.parametrize("hard", HARD.values(), ids=HARD.keys())
def test_hard_plans_are_answered_at_once(hard: Plan) -> None:
    def ask_everything() -> None:
        next_fire(hard, NOW)
        first_fire(hard, NOW)
        latest_fire(hard, NOW)
        count_fires(hard, utc("2001-01-01T00:00"), NOW)
        problems(hard, NOW)
        warnings(hard, NOW)

    assert effort(ask_everything) < AT_ONCE


def test_a_week_of_seconds_is_counted_exactly() -> None:
    every_second = cron("* * * * * ?", timezone=MADRID)
    assert count_fires(every_second, NOW, utc("2026-04-03T12:00")) == 604_800


def test_a_gap_does_not_change_the_count_of_elapsed_seconds() -> None:
    every_second = cron("* * * * * ?", timezone=MADRID)
    assert count_fires(every_second, utc("2026-03-29T00:00"), utc("2026-03-29T02:00")) == 7_200
    assert count_fires(every_second, utc("2026-10-25T00:00"), utc("2026-10-25T02:00")) == 7_200


def test_every_second_since_2001_is_counted_exactly() -> None:
    since = utc("2001-01-01T00:00")
    every_second = plan(Frequency.SECONDLY, "2001-01-01T00:00")
    assert count_fires(every_second, since, NOW) == int((NOW - since).total_seconds())


def test_an_ordinary_next_fire_is_hardly_any_work() -> None:
    weekdays = cron("30 18 * * 1-5", timezone=MADRID)
    next_fire(weekdays, NOW)
    assert effort(lambda: next_fire(weekdays, NOW)) < AN_ORDINARY_ONE


def test_an_ordinary_plan_is_judged_by_its_first_fire_alone() -> None:
    weekdays = cron("30 18 * * 1-5", timezone=MADRID)
    problems(weekdays, NOW)
    assert effort(lambda: problems(weekdays, NOW)) < 2 * AN_ORDINARY_ONE
