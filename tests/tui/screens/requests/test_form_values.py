"""Which fields a choice asks for, and what the fields of a request mean."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tui_scheduler.models import MisfirePolicy
from tui_scheduler.schedules import DailyOption, Frequency, MonthlyOption, Plan, Timing, Weekday
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.tui.screens.requests.form_values import RequestValues, asked, read, values_of

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MADRID = "Europe/Madrid"


def wall(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(fold=fold)


NEW = RequestValues(timezone=MADRID)
ALWAYS = {"process", "description", "when", "timing", "parameters"}
SCHEDULED = ALWAYS | {"frequency", "start", "finish", "timezone", "misfire", "repetitions"}
WEEKDAY_OPTIONS = set(MonthlyOption) - {MonthlyOption.LAST_DAY, MonthlyOption.SPECIFIC}


def schedule(**values: Any) -> RequestValues:
    return replace(NEW, timing=Timing.SCHEDULE, **values)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (NEW, ALWAYS),
        (replace(NEW, timing=Timing.LATER), ALWAYS | {"start", "timezone"}),
        *(
            (schedule(frequency=frequency), SCHEDULED | {"interval"})
            for frequency in (Frequency.SECONDLY, Frequency.MINUTELY, Frequency.HOURLY)
        ),
        (schedule(), SCHEDULED | {"daily_option", "interval"}),
        (schedule(daily_option=DailyOption.WEEKDAYS), SCHEDULED | {"daily_option"}),
        (schedule(daily_option=DailyOption.WEEKENDS), SCHEDULED | {"daily_option"}),
        (schedule(frequency=Frequency.WEEKLY), SCHEDULED | {"interval", "days"}),
        *(
            (
                schedule(frequency=Frequency.MONTHLY, monthly_option=option),
                SCHEDULED | {"monthly_option", "weekday"},
            )
            for option in WEEKDAY_OPTIONS
        ),
        (
            schedule(frequency=Frequency.MONTHLY, monthly_option=MonthlyOption.LAST_DAY),
            SCHEDULED | {"monthly_option"},
        ),
        (
            schedule(frequency=Frequency.MONTHLY, monthly_option=MonthlyOption.SPECIFIC),
            SCHEDULED | {"monthly_option", "day"},
        ),
        (schedule(frequency=Frequency.CRON), SCHEDULED | {"cron"}),
    ],
)
def test_the_choices_say_which_fields_appear(values: RequestValues, names: set[str]) -> None:
    assert asked(values) == names


def test_a_frequency_that_is_hidden_asks_for_nothing() -> None:
    assert asked(replace(NEW, frequency=Frequency.CRON)) == ALWAYS


def plan(frequency: Frequency, **fields: Any) -> Plan:
    return Plan(timing=Timing.SCHEDULE, timezone=MADRID, frequency=frequency, **fields)


PLANS = [
    Plan(timing=Timing.IMMEDIATE, timezone=MADRID),
    Plan(timing=Timing.LATER, timezone=MADRID, start=wall("2026-03-29 02:30")),
    Plan(timing=Timing.LATER, timezone=MADRID, start=wall("2026-10-25 02:30", fold=1)),
    plan(Frequency.SECONDLY, interval=15, repetitions=4),
    plan(Frequency.MINUTELY, interval=5, start=wall("2026-04-01 08:00:30")),
    plan(Frequency.HOURLY, finish=wall("2027-01-01")),
    plan(Frequency.DAILY, interval=3),
    plan(Frequency.DAILY, daily_option=DailyOption.WEEKDAYS),
    plan(Frequency.DAILY, daily_option=DailyOption.WEEKENDS),
    plan(Frequency.WEEKLY, interval=2, days=frozenset({Weekday.MON, Weekday.SUN})),
    *(
        plan(Frequency.MONTHLY, monthly_option=option, weekday=Weekday.FRI)
        for option in sorted(WEEKDAY_OPTIONS)
    ),
    plan(Frequency.MONTHLY, monthly_option=MonthlyOption.LAST_DAY),
    plan(Frequency.MONTHLY, monthly_option=MonthlyOption.SPECIFIC, day=31),
    plan(Frequency.CRON, cron="30 18 * * mon-fri"),
]


@pytest.mark.parametrize("shown", PLANS, ids=str)
def test_every_kind_of_plan_is_read_back_as_it_was(shown: Plan) -> None:
    draft = RequestDraft(
        process="backup",
        plan=shown,
        description="nightly",
        parameters={"LEVEL": "1", "NOTE": "a\nb"},
        misfire=MisfirePolicy.ALL,
    )
    reading = read(values_of(draft), NOW)
    assert reading.problems == ()
    assert reading.draft == draft
    assert getattr(reading.draft.plan.start, "fold", 0) == getattr(shown.start, "fold", 0)


def test_what_hidden_fields_hold_is_not_part_of_the_plan() -> None:
    values = replace(
        NEW, interval="x", start="nonsense", cron="* *", days=frozenset({Weekday.MON}), day="99"
    )
    reading = read(values, NOW)
    assert reading.problems == ()
    assert reading.draft.plan == Plan(timing=Timing.IMMEDIATE, timezone=MADRID)


def test_an_empty_interval_means_every_single_one() -> None:
    assert read(schedule(interval=" "), NOW).draft.plan.interval == 1


def test_a_zero_interval_is_left_for_the_plan_to_refuse() -> None:
    assert read(schedule(interval="0"), NOW).draft.plan.interval == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (schedule(interval="two"), "interval"),
        (schedule(start="tomorrow"), "start"),
        (schedule(finish="2026-13-01"), "finish"),
        (schedule(frequency=Frequency.HOURLY, repetitions="-1"), "repetitions"),
        (
            schedule(
                frequency=Frequency.MONTHLY, monthly_option=MonthlyOption.SPECIFIC, day="first"
            ),
            "day",
        ),
        (replace(NEW, parameters="no equals sign"), "parameters"),
    ],
)
def test_text_that_cannot_be_read_is_a_problem_of_its_field(
    values: RequestValues, field: str
) -> None:
    assert [problem.field for problem in read(values, NOW).problems] == [field]


def test_a_time_alone_is_today_in_the_zone_of_the_request() -> None:
    reading = read(replace(NEW, timing=Timing.LATER, timezone="Asia/Tokyo", start="08:00"), NOW)
    assert reading.draft.plan.start == wall("2026-03-02 08:00")
