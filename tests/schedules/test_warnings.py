"""Surprises that a valid plan holds, told before it is saved."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.schedules.plans import APIA, MADRID, cron, plan, utc, wall
from tui_scheduler.schedules import Frequency, MonthlyOption, Plan, Timing, Weekday, warnings

NOW = utc("2026-03-27T12:00")
TWICE = "02:30 happens twice on 25 October: runs the first time"
_UNCLEAR = (
    "weekday {} is {} here, as for Quartz, but {} for Spring, Go and node-cron: write the names"
)
MISSING = "02:30 does not exist on 29 March: runs at 03:00"


def later(start: str, fold: int = 0) -> Plan:
    return Plan(timing=Timing.LATER, timezone=MADRID, start=wall(start, fold))


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (plan(Frequency.DAILY, "2026-03-28T02:30", timezone=MADRID), (MISSING, TWICE)),
        (plan(Frequency.DAILY, "2026-03-29T02:30", timezone=MADRID), (MISSING, TWICE)),
        (cron("30 2 * * *", timezone=MADRID), (MISSING, TWICE)),
        (cron("30 2 * * *", finish="2026-03-29T02:00", timezone=MADRID), (MISSING,)),
        (cron("30 2 * * *", finish="2026-03-29T01:00", timezone=MADRID), ()),
        (cron("30 2 * 10 *", timezone=MADRID), (TWICE,)),
        (
            cron("30 2 * * *", "2026-10-26T00:00", timezone=MADRID),
            (
                "02:30 does not exist on 28 March 2027: runs at 03:00",
                "02:30 happens twice on 31 October 2027: runs the first time",
            ),
        ),
        (
            cron("0,30 2,3 * * *", finish="2026-05-01T00:00", timezone=MADRID),
            ("02:00 and 02:30 do not exist on 29 March: run once, at 03:00",),
        ),
        (
            cron("0-9 2 * 10 *", timezone=MADRID),
            ("02:00, 02:01 and 8 more happen twice on 25 October: run the first time",),
        ),
        (
            cron("*/30 2 * * *", timezone=MADRID),
            (
                "02:00 and 02:30 do not exist on 29 March: nothing runs then",
                "02:00 and 02:30 happen twice on 25 October: run both times",
            ),
        ),
        (cron("*/5 * * * *", timezone=MADRID), ()),
        (plan(Frequency.DAILY, "2026-03-28T12:00", timezone=MADRID), ()),
        (plan(Frequency.DAILY, "2026-03-28T02:30"), ()),
        (later("2026-03-29T02:30"), (MISSING,)),
        (later("2026-10-25T02:30"), (TWICE,)),
        (
            later("2026-10-25T02:30", fold=1),
            ("02:30 happens twice on 25 October: runs the second time",),
        ),
        (plan(Frequency.HOURLY, "2026-03-29T02:30", timezone=MADRID), (MISSING,)),
        (Plan(timing=Timing.IMMEDIATE, timezone=MADRID), ()),
    ],
)
def test_clock_changes_of_the_year_ahead(plan: Plan, expected: tuple[str, ...]) -> None:
    assert warnings(plan, NOW) == expected


def test_a_start_in_the_second_pass_is_warned_of_like_any_daily_plan() -> None:
    daily = plan(Frequency.DAILY, "2026-10-25T02:30", timezone=MADRID)
    second_pass = replace(daily, start=wall("2026-10-25T02:30", fold=1))
    assert warnings(second_pass, NOW) == (
        "02:30 does not exist on 28 March 2027: runs at 03:00",
        "02:30 happens twice on 31 October 2027: runs the first time",
    )


def test_a_day_that_is_left_out_names_the_day_it_runs_on() -> None:
    friday = plan(
        Frequency.WEEKLY, "2011-12-23T09:00", days=frozenset({Weekday.FRI}), timezone=APIA
    )
    assert warnings(friday, utc("2011-12-01T00:00")) == (
        "09:00 does not exist on 30 December: runs at 00:00 on 31 December",
    )


@pytest.mark.parametrize(
    ("expression", "caution"),
    [
        (
            "*/90 * * * *",
            "*/90 runs only at minute 0; for every 90 minutes use an interval",
        ),
        ("5/90 * * * *", "5/90 runs only at minute 5; for every 90 minutes use an interval"),
        ("0-9/20 * * * *", "0-9/20 runs only at minute 0; for every 20 minutes use an interval"),
        ("0 */36 * * *", "*/36 runs only at hour 0; for every 36 hours use an interval"),
        ("0 0 */45 * *", "*/45 runs only on day of month 1; for every 45 days use an interval"),
        ("0 0 1 */20 *", "*/20 runs only in month JAN"),
        ("0 0 * * */8", "*/8 runs only on weekday SUN"),
        ("*/99 0 0 * * ?", "*/99 runs only at second 0; for every 99 seconds use an interval"),
        ("0 0 9 * * 1-5", _UNCLEAR.format("1-5", "SUN-THU", "MON-FRI")),
        ("0 0 9 * 6 1,7/2", _UNCLEAR.format("1,7/2", "SUN,SAT/2", "MON,SUN/2")),
    ],
)
def test_an_expression_that_means_something_unexpected(expression: str, caution: str) -> None:
    assert caution in warnings(cron(expression), NOW)


@pytest.mark.parametrize(
    "expression",
    [
        "*/59 * * * *",
        "*/60 * * * *",
        "0 */24 * * *",
        "0 0 */31 * *",
        "0 0 1 */12 *",
        "0 0 * * */7",
        "0 9 * * 1-5",
        "0 0 9 ? * 1-5",
        "0 0 9 * * MON-FRI",
        "0 0 9 * * */2",
        "0 0 9 * * 6L",
        "0 0 9 * * 2#1",
    ],
)
def test_an_expression_that_is_clear(expression: str) -> None:
    assert warnings(cron(expression), NOW) == ()


def test_a_start_in_the_past() -> None:
    assert warnings(later("2026-01-01T00:00"), NOW) == (
        "start is in the past: runs as soon as it is scheduled",
    )
    assert warnings(plan(Frequency.DAILY, "2026-01-01T08:00"), NOW) == (
        "start is in the past: runs next on Saturday 28 March 2026 at 08:00",
    )


def test_a_start_in_this_very_second_is_not_past() -> None:
    daily = plan(Frequency.DAILY, "2026-03-27T12:00")
    assert warnings(daily, NOW + timedelta(microseconds=5)) == ()


@pytest.mark.parametrize(("day", "warned"), [(28, False), (29, True), (30, True), (31, True)])
def test_days_that_some_months_lack(day: int, warned: bool) -> None:
    monthly = plan(
        Frequency.MONTHLY, "2026-04-01T08:00", monthly_option=MonthlyOption.SPECIFIC, day=day
    )
    text = f"months without a day {day} are skipped: choose 'or the last day' to run in all"
    assert warnings(monthly, NOW) == ((text,) if warned else ())
    assert warnings(replace(monthly, or_last_day=True), NOW) == ()


@pytest.mark.parametrize(
    ("expression", "warned"),
    [
        ("0 9 29 2 *", "29 February comes only in leap years: use L for the last day of February"),
        ("0 9 31 * *", "months without a day 31 are skipped: use L for the last day to run in all"),
        (
            "0 9 30,31 1-3 *",
            "months without a day 30 are skipped: use L for the last day to run in all",
        ),
        ("0 9 29 * *", "months without a day 29 are skipped: use L for the last day to run in all"),
        ("0 9 15,31 * *", None),
        ("0 9 31 1,3 *", None),
        ("0 9 31,L * *", None),
        ("0 9 31 * mon", None),
        ("0 9 30 2 *", None),
        ("0 9 31 4,6 *", None),
    ],
)
def test_days_that_some_months_of_an_expression_lack(expression: str, warned: str | None) -> None:
    assert warnings(cron(expression), NOW) == ((warned,) if warned else ())


def test_runs_that_will_overlap() -> None:
    every = plan(Frequency.MINUTELY, "2026-04-01T08:00", interval=10)
    assert warnings(every, NOW, timedelta(minutes=12)) == (
        "usually runs 12 min, interval is 10 min: will overlap",
    )
    assert warnings(every, NOW, timedelta(minutes=10)) == ()
    assert warnings(cron("0,5 * * * *"), NOW, timedelta(minutes=5, seconds=30)) == (
        "usually runs 5 min 30 s, interval is 5 min: will overlap",
    )


def test_a_single_run_cannot_overlap() -> None:
    every = plan(Frequency.MINUTELY, "2026-04-01T08:00", repetitions=1)
    assert warnings(every, NOW, timedelta(days=1)) == ()


@pytest.mark.parametrize(
    "invalid",
    [
        Plan(timing=Timing.SCHEDULE, timezone="UTC"),
        plan(Frequency.DAILY, timezone="nowhere"),
        plan(Frequency.WEEKLY),
        cron("61 * * * *"),
    ],
)
def test_nothing_is_said_about_an_invalid_plan(invalid: Plan) -> None:
    assert warnings(invalid, NOW, timedelta(days=1)) == ()


def test_a_plan_that_is_over_is_not_warned_of() -> None:
    over = plan(Frequency.DAILY, "2020-01-01T02:30", finish="2020-02-01T00:00", timezone=MADRID)
    assert warnings(over, NOW, timedelta(days=3)) == ()


@pytest.mark.parametrize(
    ("overlap", "minutes", "outcome"),
    [
        ("", 12, "will overlap"),
        ("skip", 12, "1 of 2 runs will be skipped"),
        ("skip", 35, "3 of 4 runs will be skipped"),
        ("skip", 3000, "nearly each run will be skipped"),
        ("allow", 35, "up to 4 will run at once"),
        ("replace", 12, "each run will be killed by the next one"),
        (
            "queue",
            12,
            "one run will wait for the end of the one before, and others will be skipped",
        ),
    ],
)
def test_what_follows_from_an_overlap_is_said(overlap: str, minutes: int, outcome: str) -> None:
    every = plan(Frequency.MINUTELY, interval=10)
    (warning,) = warnings(every, NOW, timedelta(minutes=minutes), overlap=overlap)
    assert warning.endswith(f"interval is 10 min: {outcome}")


def test_runs_that_overlap_at_times_are_counted() -> None:
    usual = timedelta(minutes=5, seconds=30)
    (warning,) = warnings(cron("0,5 * * * *"), NOW, usual, overlap="skip")
    assert warning.endswith(": about 1 of 2 runs will be skipped")


def test_a_start_that_is_known_to_be_in_the_past_is_not_warned_about() -> None:
    assert warnings(later("2026-01-01T00:00"), NOW, is_start_known=True) == ()


@pytest.mark.parametrize(
    ("plan", "interval"),
    [
        (plan(Frequency.SECONDLY, interval=10), "10 s"),
        (plan(Frequency.SECONDLY, interval=59), "59 s"),
        (cron("0/20 * * * * ?"), "20 s"),
    ],
)
def test_what_fires_more_often_than_a_cluster_begins_runs(plan: Plan, interval: str) -> None:
    assert warnings(plan, NOW) == ()
    (warning,) = warnings(plan, NOW, is_for_cluster=True)
    assert warning == (
        f"Slurm takes seconds to start a run: an interval of {interval} is short, choose 1 min or"
        " more"
    )


@pytest.mark.parametrize(
    "plan",
    [
        plan(Frequency.MINUTELY),
        plan(Frequency.SECONDLY, interval=60),
        plan(Frequency.SECONDLY, interval=10, repetitions=1),
        Plan(timing=Timing.IMMEDIATE, timezone=MADRID),
        Plan(timing=Timing.SCHEDULE, timezone=MADRID),
    ],
)
def test_once_a_minute_is_for_a_cluster_as_well(plan: Plan) -> None:
    assert warnings(plan, NOW, is_for_cluster=True) == ()
