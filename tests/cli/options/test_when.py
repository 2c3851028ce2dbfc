"""Plans in plain words at the command line: instead of the options that say the same."""

import re
from typing import Any

import pytest

from tests.cli.conftest import Cli, Outcome


def added(cli: Cli, *options: str) -> Outcome:
    cli("process", "add", "backup", "--command", "true")
    return cli("request", "add", "--process", "backup", *options, "--json")


PLANS: list[tuple[str, dict[str, Any]]] = [
    ("now", {"timing": "immediate", "frequency": None}),
    (
        "once on 2030-03-01 at 12:00",
        {"timing": "later", "start": "2030-03-01T12:00:00+01:00"},
    ),
    ("every 15 minutes", {"frequency": "minutely", "interval": 15, "start": None}),
    (
        "weekdays at 18:30 from 2030-01-01 until 2030-12-31, 10 times in America/New_York",
        {
            "frequency": "daily",
            "daily_option": "weekdays",
            "start": "2030-01-01T18:30:00-05:00",
            "finish": "2030-12-31T23:59:59-05:00",
            "repetitions": 10,
            "timezone": "America/New_York",
        },
    ),
    (
        "every 2 weeks on mon and thu at the time of day it is scheduled",
        {"frequency": "weekly", "interval": 2, "days": ["mon", "thu"]},
    ),
    ("last friday of the month", {"monthly_option": "last", "weekday": "fri"}),
    ("*/5 9-17 * * mon-fri", {"frequency": "cron", "cron": "*/5 9-17 * * mon-fri"}),
]


@pytest.mark.parametrize(("words", "stored"), PLANS)
def test_words_are_stored_as_the_plan_they_say(
    cli: Cli, words: str, stored: dict[str, Any]
) -> None:
    answer = added(cli, "--when", words)
    assert answer.code == 0, answer.err
    assert {name: answer.json[name] for name in stored} == stored


def test_what_was_understood_is_told(cli: Cli) -> None:
    answer = added(cli, "--when", "every 3 days at 7 from 2030-03-01")
    assert answer.err == (
        "Understood: Every 3 days at 07:00 from Friday 1 March 2030, in Europe/Madrid\n"
    )
    assert answer.json["schedule_text"] == "Every 3 days at 07:00 from 1 March 2030"


def test_the_expression_that_is_made_of_words_is_told_with_its_sentence(cli: Cli) -> None:
    outcome = cli("next", "--when", "every 15 minutes from 9 to 17 on weekdays", "--count", "1")
    assert outcome.err == (
        "Understood: cron */15 9-16 * * mon-fri, in Europe/Madrid:"
        " Every 15 minutes between 09:00 and 16:59 on weekdays\n"
    )


def test_what_would_fire_is_asked_in_words(cli: Cli) -> None:
    answer = cli("next", "--when", "weekdays at 18:30", "--after", "2030-01-04T20:00", "--count", 2)
    assert answer.out == "2030-01-07T18:30:00+01:00\n2030-01-08T18:30:00+01:00\n"
    assert answer.err == (
        "Understood: Weekdays at 18:30 from Monday 7 January 2030, in Europe/Madrid\n"
    )


def test_words_for_a_machine_are_those_of_every_plan(cli: Cli) -> None:
    answer = cli("next", "--when", "tomorrow 9:00", "--after", "2030-01-01T20:00", "--json")
    assert answer.json == {
        "fires": ["2030-01-02T09:00:00+01:00"],
        "text": "Once, on Wednesday 2 January 2030 at 09:00",
    }


@pytest.mark.parametrize("command", ["next --day 1", "request add --process backup"])
def test_words_that_are_not_understood_are_refused_with_an_example(cli: Cli, command: str) -> None:
    refused = cli(*command.split(), "--when", "wekdays at 18:30")
    assert refused.code == 2
    assert refused.out == ""
    assert refused.err == (
        "--when: 'wekdays' is not understood (perhaps weekdays); write for example"
        " every 15 minutes, weekdays at 18:30 or tomorrow 9:00\n"
    )


def test_what_can_never_fire_is_refused_as_from_any_other_plan(cli: Cli) -> None:
    refused = added(cli, "--when", "every day at 7 until 2020-01-01")
    assert refused.code == 2
    assert refused.err.splitlines()[-1].startswith("--finish: it is before the start")


@pytest.mark.parametrize("command", ["next --day 1", "request add --process backup"])
def test_without_words_the_timing_is_missing(cli: Cli, command: str) -> None:
    refused = cli(*command.split())
    assert refused.code == 2
    assert refused.err.startswith("--timing: is missing: give it, or say --when")


@pytest.mark.parametrize(
    ("words", "options", "named"),
    [
        ("hourly", ("--timing", "later"), ["--timing"]),
        ("hourly", ("--frequency", "daily", "--interval", "3"), ["--frequency", "--interval"]),
        ("every monday", ("--days", "tue"), ["--days"]),
        ("daily", ("--daily-option", "weekends"), ["--daily-option"]),
        ("the 15th of every month", ("--day", "16", "--weekday", "mon"), ["--weekday", "--day"]),
        ("@daily", ("--cron", "@hourly"), ["--cron"]),
        ("daily at 7", ("--start", "2030-01-01"), ["--start"]),
        ("daily until 2030-01-01", ("--finish", "none"), ["--finish"]),
        ("daily, 10 times", ("--repetitions", "3"), ["--repetitions"]),
        ("daily at 7 in Asia/Tokyo", ("--timezone", "UTC"), ["--timezone"]),
    ],
)
def test_an_option_that_the_words_say_already_is_refused_with_the_remedy(
    cli: Cli, words: str, options: tuple[str, ...], named: list[str]
) -> None:
    refused = cli("next", "--when", words, *options)
    assert refused.code == 2
    assert refused.err.count(": --when says it already: leave it out") == len(named)
    assert re.findall(r"^--[a-z-]+", refused.err, re.MULTILINE) == named


def test_what_the_words_leave_open_is_said_by_options(cli: Cli) -> None:
    answer = added(
        cli, "--when", "daily", "--start", "2030-01-01T07:00", "--finish", "2030-02-01",
        "--repetitions", "3", "--timezone", "Asia/Tokyo",
    )  # fmt: skip
    assert (answer.json["start"], answer.json["finish"]) == (
        "2030-01-01T07:00:00+09:00",
        "2030-02-01T23:59:59+09:00",
    )
    assert answer.json["repetitions"] == 3


def test_an_option_that_says_the_same_zone_is_no_contradiction(cli: Cli) -> None:
    assert added(cli, "--when", "hourly in UTC", "--timezone", "UTC").code == 0


def test_an_edit_in_words_replaces_the_whole_plan_but_the_zone(cli: Cli) -> None:
    added(cli, "--when", "every 2 hours until 2031-01-01, 9 times in Asia/Tokyo")
    edited = cli("request", "edit", "1", "--when", "weekends at 9", "--json")
    assert edited.code == 0
    stored = edited.json
    assert (stored["frequency"], stored["daily_option"]) == ("daily", "weekends")
    assert (stored["repetitions"], stored["finish"]) == (None, None)
    assert stored["timezone"] == "Asia/Tokyo"
    assert stored["start"].endswith("T09:00:00+09:00")


def test_an_edit_without_words_or_timing_keeps_the_plan(cli: Cli) -> None:
    added(cli, "--when", "every 2 hours")
    edited = cli("request", "edit", "1", "--description", "x", "--json")
    assert (edited.json["interval"], edited.err) == (2, "")


def test_hostile_words_reach_no_terminal(cli: Cli) -> None:
    refused = cli("next", "--when", "daily \x1b]0;evil\x07 \x9b31m")
    assert refused.code == 2
    assert refused.err.rstrip("\n").isprintable()
