"""Pausing a request by a command, skipping its next run, and letting it go on."""

from datetime import datetime, timedelta

import pytest

from tests.cli.conftest import Cli
from tests.support.clock import NOON
from tui_scheduler.cli.session import Session


class Moment:
    """When it is, for the commands and for what they store."""

    now = NOON


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> type[Moment]:
    Moment.now = NOON
    monkeypatch.setattr(Session, "now", lambda _: Moment.now)
    monkeypatch.setattr("tui_scheduler.services.clock.SystemClock.now", lambda _: Moment.now)
    monkeypatch.setattr(Session, "actor", "ada")
    return Moment


@pytest.fixture
def hourly(cli: Cli) -> int:
    """A request that fires every hour from 13:30 on, in Madrid, where it is 13:00."""
    cli("process", "add", "backup", "--command", "true")
    plan = ("--when", "hourly from 2026-03-02 at 13:30")
    return int(
        cli("request", "add", "--process", "backup", *plan, "--schedule", "--json").json["id"]
    )


def test_it_is_paused_for_good_and_resumed(cli: Cli, hourly: int) -> None:
    paused = cli("pause", "backup")
    assert paused.code == 0
    assert "Status        paused\nPause         paused by ada, until it is resumed\n" in paused.out
    assert "Next run      -\n" in paused.out
    assert paused.err == "Let it go on with: tui-scheduler resume 1\n"
    Moment.now += timedelta(hours=2)
    resumed = cli("resume", hourly, "--json").json
    assert (resumed["status"], resumed["paused_by"]) == ("scheduled", None)
    assert resumed["next_fire"] == "2026-03-02T15:30:00+01:00"
    [row] = cli("runs", "--json").json
    assert (row["status"], row["missed"]) == ("skipped", 2)
    assert row["note"] == "Paused by ada until ada resumed it: 2 runs"


def test_until_a_moment_of_its_own_zone(cli: Cli, hourly: int) -> None:
    paused = cli("pause", hourly, "--until", "16:00", "--json").json
    assert (paused["status"], paused["next_fire"]) == ("scheduled", "2026-03-02T16:30:00+01:00")
    assert (paused["paused_by"], paused["skips_next"]) == ("ada", False)
    assert paused["paused_at"] == "2026-03-02T13:00:00+01:00"
    assert paused["paused_until"] == "2026-03-02T16:00:00+01:00"
    assert "paused by ada until 16:00" in cli("request", "show", hourly).out
    assert cli("request", "list").out.split("\n")[1].split()[1] == "paused"


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("2h30m", "2026-03-02T15:30:00+01:00"),
        ("tomorrow at 8:00", "2026-03-03T08:00:00+01:00"),
        ("next monday", "2026-03-09T00:00:00+01:00"),
    ],
)
def test_until_a_moment_in_words(cli: Cli, hourly: int, words: str, until: str) -> None:
    assert cli("pause", hourly, "--until", words, "--json").json["paused_until"] == until


def test_only_the_next_run(cli: Cli, hourly: int) -> None:
    skipping = cli("pause", hourly, "--next", "--json").json
    assert (skipping["skips_next"], skipping["paused_until"], skipping["next_fire"]) == (
        True,
        "2026-03-02T13:30:00+01:00",
        "2026-03-02T14:30:00+01:00",
    )
    assert "Pause         skips 13:30, as ada asked\n" in cli("request", "show", hourly).out
    assert cli("request", "list").out.split("\n")[1].split()[1] == "scheduled"
    assert cli("resume", hourly, "--json").json["next_fire"] == "2026-03-02T13:30:00+01:00"


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--until", "12:00"), 2, "until: it is over; use a later moment\n"),
        (("--until", "soon"), 2, "until: 'soon' is not understood (perhaps noon); write for"),
        (("--until", "friday"), 2, "until: it is not said which friday; write for example 2026-"),
        (("--until", "16:00", "--next"), 2, "next: is one run alone: leave it out, or --until\n"),
    ],
)
def test_what_makes_no_sense_is_refused(
    cli: Cli, hourly: int, options: tuple[str, ...], code: int, message: str
) -> None:
    refused = cli("pause", hourly, *options)
    assert (refused.code, refused.out) == (code, "")
    assert message in refused.err


def test_what_is_not_scheduled_or_not_paused_is_refused(cli: Cli, hourly: int) -> None:
    refused = cli("resume", hourly)
    assert (refused.code, refused.err) == (1, "Request 1 is not paused.\n")
    cli("unschedule", hourly)
    refused = cli("pause", hourly)
    assert (refused.code, refused.err) == (
        1,
        "Request 1 is unscheduled, so nothing is scheduled.\n",
    )
    assert cli("pause", 7).code == cli("resume", 7).code == 3


def test_what_comes_next_tells_of_it(cli: Cli, hourly: int) -> None:
    cli("pause", hourly, "--until", "16:00")
    coming = cli("next", "--within", "4h")
    assert [line.split()[1] for line in coming.out.splitlines()[1:]] == ["16:30:00+01:00"]
    assert coming.err.startswith("Note: backup (request 1) is paused by ada until 16:00\n")
    cli("pause", hourly)
    assert cli("next").err == (
        "Nothing is to come.\nNote: backup (request 1) is paused by ada, until it is resumed\n"
    )
    assert cli("next", "--request", "backup").err == (
        "Nothing of request 1 is to come.\n"
        "Note: backup (request 1) is paused by ada, until it is resumed\n"
    )


def test_the_status_counts_what_is_paused(cli: Cli, hourly: int) -> None:
    assert "paused" not in cli("status").out
    cli("pause", hourly, "--next")
    assert cli("status", "--json").json["paused"] == 0
    cli("pause", hourly)
    assert " · 1 paused" in cli("status").out
    status = cli("status", "--json").json
    assert (status["paused"], status["next_fire"]) == (1, None)
    cli("pause", hourly, "--until", "16:00")
    Moment.now = datetime.fromisoformat("2026-03-02T16:00:00+01:00")
    assert cli("status", "--json").json["paused"] == 0


def test_what_follows_another_is_paused_too(cli: Cli, hourly: int) -> None:
    cli("process", "add", "report", "--command", "true")
    cli("request", "add", "--process", "report", "--when", "after backup", "--schedule")
    assert cli("next", "--request", "2").err.startswith("Request 2 runs after backup: nobody")
    cli("pause", "report", "--next")
    assert "skips its next run, as ada asked" in cli("request", "show", "2").out
    cli("resume", "report")
    cli("pause", "report")
    output = cli("request", "show", "2").out
    assert "paused by ada, until it is resumed" in output
    assert [line.split() for line in output.splitlines() if "Next run" in line] == [
        ["Next", "run", "-"]
    ]
    assert [row["paused_by"] for row in cli("request", "list", "--json").json] == [None, "ada"]
    assert "Nothing of request 2 is to come" in cli("next", "--request", "2").err
