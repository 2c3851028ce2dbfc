"""Which fields a choice asks for, and what the fields of a request mean."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tui_scheduler.models import MisfirePolicy
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
    Weekday,
    parse_exceptions,
)
from tui_scheduler.schedules.words import parse
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.tui.screens.requests.form_values import (
    EditedRequest,
    RequestValues,
    asked,
    plan_fields,
    read,
    values_of,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MADRID = "Europe/Madrid"


def wall(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(fold=fold)


NEW = RequestValues(timezone=MADRID)
ALWAYS = {"process", "description", "when", "timing", "parameters"}
BOUNDS = {"start", "finish", "timezone", "repetitions", "spread", "except_"}
SCHEDULED = ALWAYS | BOUNDS | {"frequency", "misfire", "misfire_limit", "silent_after"}
WEEKDAY_OPTIONS = set(MonthlyOption) - {MonthlyOption.LAST_DAY, MonthlyOption.SPECIFIC}


def schedule(**values: Any) -> RequestValues:
    return replace(NEW, timing=Timing.SCHEDULE, **values)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (NEW, ALWAYS),
        (
            replace(NEW, timing=Timing.LATER),
            ALWAYS | {"start", "spread", "except_", "timezone", "silent_after"},
        ),
        (
            replace(NEW, timing=Timing.BOOT),
            ALWAYS | {"delay", "except_", "timezone", "misfire_limit", "silent_after"},
        ),
        (
            replace(NEW, timing=Timing.AFTER),
            (SCHEDULED - {"frequency", "spread"}) | {"follows", "outcome"},
        ),
        *(
            (schedule(frequency=frequency), SCHEDULED | {"interval"})
            for frequency in (Frequency.SECONDLY, Frequency.MINUTELY, Frequency.HOURLY)
        ),
        (schedule(), SCHEDULED | {"daily_option", "interval"}),
        (
            schedule(misfire=MisfirePolicy.SKIP),
            (SCHEDULED | {"daily_option", "interval"}) - {"misfire_limit"},
        ),
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
        *(
            (
                schedule(
                    frequency=Frequency.MONTHLY, monthly_option=MonthlyOption.SPECIFIC, day=day
                ),
                SCHEDULED | {"monthly_option", "day", "or_last_day"},
            )
            for day in ("29", "30", " 31 ")
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
    plan(Frequency.MONTHLY, monthly_option=MonthlyOption.SPECIFIC, day=30, or_last_day=True),
    plan(Frequency.HOURLY, except_=parse_exceptions("company, 2026-12-24..2027-01-06")),
    plan(Frequency.CRON, cron="30 18 * * mon-fri"),
]


@pytest.mark.parametrize("original", PLANS, ids=str)
def test_every_kind_of_plan_is_read_back_as_it_was(original: Plan) -> None:
    draft = RequestDraft(
        process="backup",
        plan=original,
        description="nightly",
        parameters={"LEVEL": "1", "NOTE": "a\nb"},
        misfire=MisfirePolicy.ALL,
        misfire_limit=timedelta(minutes=90) if original.timing is Timing.SCHEDULE else None,
        silent_after=timedelta(hours=26),
    )
    reading = read(values_of(draft), NOW)
    assert reading.problems == ()
    assert reading.draft == draft
    assert getattr(reading.draft.plan.start, "fold", 0) == getattr(original.start, "fold", 0)


def test_what_hidden_fields_hold_is_not_part_of_the_plan() -> None:
    values = replace(
        NEW,
        silent_after="x",
        interval="x",
        start="nonsense",
        cron="* *",
        days=frozenset({Weekday.MON}),
        day="99",
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


WORDS = "weekdays at 18:30 until 2026-12-31"
SPOKEN = parse(WORDS, MADRID, NOW)


def spoken(words: str = WORDS) -> EditedRequest:
    """A request whose plan was said in words, and is shown by its fields."""
    plan = parse(words, MADRID, NOW)
    edited = EditedRequest(NEW).changed(replace(NEW, when=words))
    return edited.with_spoken_plan(plan, replace(edited.values, **plan_fields(plan)))


@pytest.mark.parametrize(
    "words",
    [
        WORDS,
        "now",
        "in 90 seconds",
        "tomorrow 9:00 in Asia/Tokyo",
        "every 15 minutes, 10 times",
        "every 2 weeks on mon, fri at 7:00",
        "last friday of the month at 6pm",
        "monthly on the 31st at 8:00",
        "cron 30 18 * * mon-fri",
    ],
)
def test_words_and_fields_say_the_same_plan(words: str) -> None:
    edited = spoken(words)
    assert edited.says_plan
    by_fields = EditedRequest(replace(edited.values, when=""))
    assert edited.read(NOW) == by_fields.read(NOW)
    assert edited.read(NOW).draft.plan == parse(words, MADRID, NOW)


def test_words_say_nothing_until_they_are_parsed() -> None:
    edited = EditedRequest(NEW).changed(replace(NEW, when=f" {WORDS} "))
    assert (edited.words, edited.says_plan) == (WORDS, False)
    assert edited.read(NOW) == read(NEW, NOW)


def test_a_plan_field_that_a_hand_changes_drops_the_words() -> None:
    edited = spoken()
    after = edited.changed(replace(edited.values, daily_option=DailyOption.WEEKENDS))
    assert (after.values.when, after.says_plan) == ("", False)
    assert after.read(NOW).draft.plan == replace(SPOKEN, daily_option=DailyOption.WEEKENDS)


def test_a_plan_field_drops_also_words_that_mean_nothing() -> None:
    edited = EditedRequest(replace(NEW, when="evry day"))
    assert edited.changed(replace(edited.values, timing=Timing.LATER)).words == ""


def test_any_other_field_leaves_the_words() -> None:
    edited = spoken()
    after = edited.changed(replace(edited.values, description="x", misfire=MisfirePolicy.ALL))
    assert (after.words, after.says_plan) == (WORDS, True)


def test_what_holds_the_same_stays_the_same() -> None:
    edited = spoken()
    assert edited.changed(edited.values) == edited


def test_words_that_are_taken_away_leave_the_plan_to_the_fields() -> None:
    edited = spoken()
    after = edited.changed(replace(edited.values, when=" "))
    assert (after.says_plan, after.read(NOW).draft.plan) == (False, SPOKEN)


def test_words_are_said_in_the_zone_that_was_chosen_before_them() -> None:
    edited = spoken("tomorrow 9:00 in Asia/Tokyo")
    assert edited.values.timezone == "Asia/Tokyo"
    again = edited.changed(replace(edited.values, when="tomorrow 9:00"))
    assert (again.zone, again.says_plan) == (MADRID, False)
    assert again.changed(replace(again.values, when="")).zone == "Asia/Tokyo"


def test_problems_of_other_fields_stay_when_words_say_the_plan() -> None:
    edited = spoken()
    wrong = edited.changed(replace(edited.values, parameters="no equals sign"))
    assert [problem.field for problem in wrong.read(NOW).problems] == ["parameters"]
