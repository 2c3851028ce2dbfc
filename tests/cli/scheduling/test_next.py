"""What scheduling it now would do, or what fires strictly later than a moment."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.support.clock import NOON
from tui_scheduler.cli.session import Session

HOURLY = ("--timing", "schedule", "--frequency", "hourly")
DAILY = ("--timing", "schedule", "--frequency", "daily")


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The moment at which it is asked."""
    monkeypatch.setattr(Session, "now", lambda _: NOON)
    return NOON


def fires(cli: Cli, *options: str) -> list[str]:
    answer = cli("next", *options, "--json")
    assert answer.code == 0, answer.err
    assert set(answer.json) == {"fires", "text"}
    return list(answer.json["fires"])


def test_a_night_whose_hour_does_not_exist(cli: Cli) -> None:
    plan = (*DAILY, "--start", "2026-03-27T02:30", "--timezone", "Europe/Madrid")
    assert fires(cli, *plan, "--after", "2026-03-27T12:00", "--count", "3") == [
        "2026-03-28T02:30:00+01:00",
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:30:00+02:00",
    ]


def test_the_plan_is_put_in_words(cli: Cli) -> None:
    answer = cli("next", *DAILY, "--start", "2030-01-01T02:30", "--json")
    assert answer.json["text"] == "Every day at 02:30"


def test_for_people_fires_are_lines_and_words_are_narration(cli: Cli) -> None:
    answer = cli("next", *HOURLY, "--start", "2030-01-01T10:00", "--count", "2")
    assert answer.out == "2030-01-01T10:00:00+01:00\n2030-01-01T11:00:00+01:00\n"
    assert answer.err == "Every hour\n"


def test_ten_fires_unless_told_otherwise(cli: Cli) -> None:
    assert len(fires(cli, *HOURLY)) == 10


def test_the_moment_itself_is_not_later_than_itself(cli: Cli) -> None:
    plan = (*HOURLY, "--start", "2030-01-01T10:00", "--count", "1")
    assert fires(cli, *plan, "--after", "2030-01-01T10:00") == ["2030-01-01T11:00:00+01:00"]
    assert fires(cli, *plan, "--after", "2030-01-01T09:59:59") == ["2030-01-01T10:00:00+01:00"]


@pytest.mark.parametrize(
    ("after", "hours"),
    [
        ("2030-01-01T09:00", [10, 11, 12]),
        ("2030-01-01T10:30", [11, 12]),
        ("2030-01-01T12:00", []),
        ("2031-01-01T12:00", []),
    ],
)
def test_repetitions_before_the_moment_are_used_up(cli: Cli, after: str, hours: list[int]) -> None:
    plan = (*HOURLY, "--start", "2030-01-01T10:00", "--repetitions", "3", "--after", after)
    assert [datetime.fromisoformat(fire).hour for fire in fires(cli, *plan)] == hours


def test_a_plan_scheduled_now_has_all_its_repetitions_to_come(cli: Cli) -> None:
    plan = (*HOURLY, "--start", "2020-01-01T10:00", "--repetitions", "3")
    assert len(fires(cli, *plan)) == 3


def test_a_plan_without_start_begins_at_the_moment(cli: Cli) -> None:
    plan = (*HOURLY, "--repetitions", "3", "--after", "2030-01-01T10:30:00Z", "--timezone", "UTC")
    assert fires(cli, *plan) == ["2030-01-01T11:30:00+00:00", "2030-01-01T12:30:00+00:00"]


def test_a_cron_plan_without_start_begins_at_the_moment_too(cli: Cli) -> None:
    plan = ("--timing", "schedule", "--frequency", "cron", "--cron", "0 9 * * mon#1")
    assert fires(cli, *plan, "--after", "2026-01-06T00:00Z", "--count", "2") == [
        "2026-02-02T09:00:00+01:00",
        "2026-03-02T09:00:00+01:00",
    ]


def test_the_finish_is_inclusive_and_ends_the_list(cli: Cli) -> None:
    plan = (*DAILY, "--start", "2030-01-01T10:00", "--finish", "2030-01-02T10:00")
    assert fires(cli, *plan) == ["2030-01-01T10:00:00+01:00", "2030-01-02T10:00:00+01:00"]


@pytest.mark.parametrize(
    ("start", "expected"),
    [("2030-01-01", "2030-01-01T00:00:00+01:00"), ("2020-01-01", "2020-01-01T00:00:00+01:00")],
)
def test_a_plan_that_fires_once_does_so_even_if_it_is_late(
    cli: Cli, start: str, expected: str
) -> None:
    assert fires(cli, "--timing", "later", "--start", start) == [expected]


@pytest.mark.parametrize("options", [("--timing", "immediate"), ("--when", "now")])
def test_now_is_one_fire(cli: Cli, now: datetime, options: tuple[str, str]) -> None:
    assert list(map(datetime.fromisoformat, fires(cli, *options))) == [now]


def test_hourly_begins_with_the_moment_of_scheduling(cli: Cli, now: datetime) -> None:
    first, second = fires(cli, "--when", "hourly", "--count", "2")
    assert datetime.fromisoformat(first) == now
    assert datetime.fromisoformat(second) == now + timedelta(hours=1)


@pytest.mark.parametrize(
    "options", [("--timing", "immediate"), ("--timing", "later", "--start", "2020-01-01")]
)
def test_later_than_its_only_fire_there_is_none(cli: Cli, options: tuple[str, ...]) -> None:
    assert fires(cli, *options, "--after", "2030-01-01T10:00") == []


def test_what_may_surprise_is_told(cli: Cli) -> None:
    answer = cli("next", *DAILY, "--start", "2026-03-28T02:30", "--after", "2026-03-28T02:00")
    assert "02:30 does not exist on" in answer.err


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--count", "0"], "--count"),
        (["--count", "x"], "--count"),
        (["--count", "99999999"], "--count"),
        (["--after", "later"], "--after"),
        (["--finish", "2001-01-01"], "--finish"),
        (["--interval", "0"], "--interval"),
    ],
)
def test_what_is_wrong_is_refused(cli: Cli, options: list[str], named: str) -> None:
    refused = cli("next", *HOURLY, "--start", "2030-01-01", *options)
    assert refused.code == 2
    assert refused.err.startswith(f"{named}: ")
    assert refused.out == ""


@pytest.mark.usefixtures("_no_database")
def test_nothing_is_stored(cli: Cli, database_file: Path) -> None:
    fires(cli, *HOURLY)
    assert not database_file.exists()
