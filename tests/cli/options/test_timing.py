"""The options of TIMING: every one, good and bad, as the plan that is stored."""

from typing import Any

import pytest

from tests.cli.conftest import Cli

START = ("--start", "2030-01-01T02:30")


@pytest.fixture(autouse=True)
def _process(cli: Cli) -> None:
    cli("process", "add", "backup", "--command", "true")


def schedule(frequency: str, *options: str) -> tuple[str, ...]:
    return ("--timing", "schedule", "--frequency", frequency, *options)


ACCEPTED: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (("--timing", "immediate"), {"timing": "immediate", "frequency": None, "start": None}),
    (("--timing", "LATER"), {"timing": "later", "start": None}),
    (("--timing", "later", *START), {"timing": "later", "start": "2030-01-01T02:30:00+01:00"}),
    (schedule("secondly"), {"frequency": "secondly", "interval": 1, "repetitions": None}),
    (schedule("minutely", "--interval", "5"), {"frequency": "minutely", "interval": 5}),
    (schedule("hourly", "--repetitions", "3"), {"frequency": "hourly", "repetitions": 3}),
    (schedule("daily"), {"frequency": "daily", "daily_option": "every-n-days"}),
    (schedule("daily", "--interval", "3"), {"interval": 3}),
    (schedule("daily", "--daily-option", "weekdays"), {"daily_option": "weekdays"}),
    (schedule("daily", "--daily-option", "weekends"), {"daily_option": "weekends"}),
    (schedule("weekly", "--days", "mon,tue"), {"frequency": "weekly", "days": ["mon", "tue"]}),
    (schedule("weekly", "--days", "Sunday, FRI"), {"days": ["fri", "sun"]}),
    (schedule("weekly", "--days", "thurs", "--interval", "2"), {"days": ["thu"], "interval": 2}),
    (
        schedule("monthly", "--monthly-option", "first", "--weekday", "monday"),
        {"frequency": "monthly", "monthly_option": "first", "weekday": "mon"},
    ),
    *[
        (
            schedule("monthly", "--monthly-option", option, "--weekday", "sat"),
            {"monthly_option": option, "weekday": "sat"},
        )
        for option in ("second", "third", "fourth", "last")
    ],
    (schedule("monthly", "--monthly-option", "last-day"), {"monthly_option": "last-day"}),
    (
        schedule("monthly", "--monthly-option", "specific", "--day", "31"),
        {"monthly_option": "specific", "day": 31, "or_last_day": False},
    ),
    (
        schedule("monthly", "--monthly-option", "specific", "--day", "31", "--or-last-day"),
        {"monthly_option": "specific", "day": 31, "or_last_day": True},
    ),
    (schedule("daily", "--spread", "30m"), {"spread": 1800.0}),
    (("--timing", "later", *START, "--spread", "1h30m"), {"spread": 5400.0}),
    (schedule("daily", "--spread", "none"), {"spread": None, "spread_by": None}),
    (schedule("cron", "--cron", "*/5 * * * *"), {"frequency": "cron", "cron": "*/5 * * * *"}),
    (schedule("cron", "--cron", "0 0 12 LW * ?"), {"cron": "0 0 12 LW * ?"}),
    (
        schedule("daily", *START, "--finish", "2030-02-01"),
        {"finish": "2030-02-01T23:59:59+01:00"},
    ),
    (
        schedule("daily", "--start", "2030-01-01T02:30Z"),
        {"start": "2030-01-01T03:30:00+01:00", "timezone": "Europe/Madrid"},
    ),
    (
        schedule("daily", *START, "--timezone", "Australia/Lord_Howe"),
        {"start": "2030-01-01T02:30:00+11:00", "timezone": "Australia/Lord_Howe"},
    ),
]


@pytest.mark.parametrize(("options", "stored"), ACCEPTED)
def test_a_plan_is_stored_as_given(
    cli: Cli, options: tuple[str, ...], stored: dict[str, Any]
) -> None:
    added = cli("request", "add", "--process", "backup", *options, "--json")
    assert (added.code, added.err) == (0, "")
    assert {name: added.json[name] for name in stored} == stored


REFUSED: list[tuple[tuple[str, ...], str]] = [
    (("--timing", "sometimes"), "--timing"),
    (("--timing", "schedule"), "--frequency"),
    (schedule("yearly"), "--frequency"),
    (schedule("hourly", "--interval", "0"), "--interval"),
    (schedule("hourly", "--interval", "1.5"), "--interval"),
    (schedule("hourly", "--interval", "9" * 30), "--interval"),
    (schedule("hourly", "--repetitions", "0"), "--repetitions"),
    (schedule("hourly", "--repetitions", "9" * 30), "--repetitions"),
    (schedule("hourly", "--start", "tomorrow"), "--start"),
    (schedule("hourly", *START, "--finish", "2029-01-01"), "--finish"),
    (schedule("hourly", "--finish", "2030-13-01"), "--finish"),
    (schedule("daily", "--daily-option", "sundays"), "--daily-option"),
    (schedule("weekly"), "--days"),
    (schedule("weekly", "--days", "mon,someday"), "--days"),
    (schedule("weekly", "--days", "t"), "--days"),
    (schedule("monthly"), "--monthly-option"),
    (schedule("monthly", "--monthly-option", "fifth"), "--monthly-option"),
    (schedule("monthly", "--monthly-option", "first"), "--weekday"),
    (schedule("monthly", "--monthly-option", "first", "--weekday", "x"), "--weekday"),
    (schedule("monthly", "--monthly-option", "specific"), "--day"),
    (schedule("monthly", "--monthly-option", "specific", "--day", "32"), "--day"),
    (schedule("cron"), "--cron"),
    (schedule("cron", "--cron", "* * *"), "--cron"),
    (schedule("cron", "--cron", "0 0 30 2 *"), "--cron"),
    (schedule("daily", "--timezone", "Mars/Olympus"), "--timezone"),
    (schedule("daily", "--timezone", "../../etc/passwd"), "--timezone"),
]


@pytest.mark.parametrize(("options", "named"), REFUSED)
def test_a_plan_that_is_wrong_is_refused_by_the_name_of_its_option(
    cli: Cli, options: tuple[str, ...], named: str
) -> None:
    refused = cli("request", "add", "--process", "backup", *options)
    assert refused.code == 2
    assert [line.partition(": ")[0] for line in refused.err.splitlines()] == [named]
    assert cli("request", "list", "--json").json == []


def test_all_moments_that_cannot_be_read_are_told(cli: Cli) -> None:
    refused = cli("next", *schedule("daily", "--start", "soon", "--finish", "never"))
    assert [line.partition(":")[0] for line in refused.err.splitlines()] == ["--start", "--finish"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (schedule("daily", "--cron", "* * * * *"), "'daily' does not use it: --cron"),
        (("--timing", "immediate", *START), "'immediate' does not use it: --start"),
        (
            schedule("weekly", "--days", "mon", "--day", "3", "--weekday", "tue"),
            "'weekly' does not use it: --weekday, --day",
        ),
    ],
)
def test_an_option_that_changes_nothing_is_told(
    cli: Cli, options: tuple[str, ...], reason: str
) -> None:
    added = cli("request", "add", "--process", "backup", *options)
    assert added.code == 0
    assert added.err == f"Ignored, because {reason}\n"
