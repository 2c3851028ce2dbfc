"""Runs told as they start and end, until ctrl+c."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, Opened, Outcome
from tests.cli.runs.test_runs import FIELDS
from tests.cli.stored_runs import a_run, end_elsewhere
from tui_scheduler.models import Run, RunStatus

Follow = Callable[..., Outcome]


@pytest.fixture
def follow(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Follow:
    """Follow runs; do a step whenever the command pauses, and then press ctrl+c."""

    def followed(options: list[str], *steps: Callable[[], object]) -> Outcome:
        waiting = list(steps)

        def step(_seconds: float) -> None:
            if not waiting:
                raise KeyboardInterrupt
            waiting.pop(0)()

        with monkeypatch.context() as context:
            context.setattr(time, "sleep", step)
            return cli("runs", "--follow", *options)

    return followed


@pytest.fixture
def trigger(stored: Opened, backup: int) -> Callable[..., Callable[[], None]]:
    """A step: another program lets a run of ``backup`` come to a status."""

    def step(status: RunStatus, request_id: int = backup) -> Callable[[], None]:
        def run() -> None:
            with stored() as services:
                a_run(services, request_id, status)

        return run

    return step


Trigger = Callable[..., Callable[[], None]]


def events(outcome: Outcome) -> list[tuple[str, str]]:
    """Number and status of each line."""
    assert outcome.code == 130
    return [(words[2], words[3]) for words in map(str.split, outcome.out.splitlines())]


def documents(outcome: Outcome) -> list[dict[str, Any]]:
    return [json.loads(line) for line in outcome.out.splitlines()]


def test_each_start_and_each_end_is_told_once(
    follow: Follow, trigger: Trigger, database_file: Path
) -> None:
    followed = follow(
        [],
        trigger(RunStatus.PROCESSING),
        lambda: None,
        lambda: end_elsewhere(database_file, RunStatus.ERROR),
        trigger(RunStatus.SUCCESS),
    )
    assert events(followed) == [
        ("1", "running"),
        ("1", "failed"),
        ("2", "running"),
        ("2", "success"),
    ]
    assert followed.out.splitlines()[-1].split()[4:] == ["backup", "00:00:01.500"]


def test_how_a_run_ends_is_known_at_its_end(
    follow: Follow, trigger: Trigger, database_file: Path
) -> None:
    steps = (
        trigger(RunStatus.PROCESSING),
        lambda: end_elsewhere(database_file, RunStatus.ERROR),
        trigger(RunStatus.SUCCESS),
    )
    assert events(follow(["--exit", "0"], *steps)) == [("2", "success")]


def test_a_slow_run_is_told_at_its_end(
    follow: Follow, trigger: Trigger, database_file: Path
) -> None:
    steps = (
        trigger(RunStatus.PROCESSING),
        lambda: end_elsewhere(database_file),
        trigger(RunStatus.SUCCESS),
    )
    assert events(follow(["--slower", "10h"], *steps)) == []
    assert events(follow(["--slower", "1s", "--process", "backup"], trigger(RunStatus.SUCCESS)))


def test_what_waits_is_told_when_it_starts(
    follow: Follow, trigger: Trigger, stored: Opened
) -> None:
    def start() -> None:
        with stored():
            Run.update(status=RunStatus.PROCESSING, start_time=Run.scheduled_for).execute()

    assert events(follow([], trigger(RunStatus.QUEUED), start)) == [("1", "running")]


def test_what_was_before_is_not_told_but_its_end_is(
    follow: Follow, trigger: Trigger, database_file: Path
) -> None:
    trigger(RunStatus.SUCCESS)()
    trigger(RunStatus.PROCESSING)()
    followed = follow([], lambda: end_elsewhere(database_file))
    assert events(followed) == [("2", "success")]


def test_since_a_time_what_was_before_is_told_too(follow: Follow, trigger: Trigger) -> None:
    for status in (RunStatus.SUCCESS, RunStatus.ERROR, RunStatus.PROCESSING):
        trigger(status)()
    starts = [("1", "running"), ("2", "running"), ("3", "running")]
    followed = follow(["--since", "1h"])
    assert sorted(events(followed)) == sorted([*starts, ("1", "success"), ("2", "failed")])
    assert events(follow(["--since", "1h", "--limit", "1"])) == [("3", "running")]
    assert events(follow(["--since", "2999-01-01"], trigger(RunStatus.SKIPPED))) == []


def test_a_fire_that_did_not_run_is_told_with_the_reason(
    follow: Follow, trigger: Trigger, cli: Cli, backup: int
) -> None:
    trigger(RunStatus.PROCESSING)()
    followed = follow([], trigger(RunStatus.QUEUED))
    (line,) = followed.out.splitlines()
    assert line.split()[2:5] == ["2", "skipped", "backup"]
    assert "Run 1 is still running" in line


def test_filters_hold(follow: Follow, trigger: Trigger, cli: Cli) -> None:
    cli("process", "add", "other", "--command", "true")
    cli("request", "add", "--process", "other", "--timing", "immediate")
    steps = [
        trigger(RunStatus.ERROR),
        trigger(RunStatus.SUCCESS),
        trigger(RunStatus.ERROR, 2),
    ]
    assert events(follow(["--status", "error"], *steps)) == [("1", "failed"), ("3", "failed")]
    assert events(follow(["--process", "other"], *steps)) == [("6", "running"), ("6", "failed")]
    assert events(follow(["--request", "1", "--status", "success"], *steps)) == [("8", "success")]
    assert follow(["--process", "nobody"]).code == 3


def test_as_json_each_line_is_a_document(follow: Follow, trigger: Trigger) -> None:
    start, end = documents(follow(["--json"], trigger(RunStatus.ERROR)))
    assert set(start) == set(end) == FIELDS | {"event"}
    assert (start["event"], start["status"], start["end_time"]) == ("start", "processing", None)
    assert (start["duration"], start["exit_code"]) == (0, None)
    assert (end["event"], end["status"], end["duration"]) == ("end", "error", 1.5)


def test_runs_that_are_removed_meanwhile_are_forgotten(
    follow: Follow, trigger: Trigger, stored: Opened
) -> None:
    def remove() -> None:
        with stored():
            Run.delete().execute()

    steps = [trigger(RunStatus.PROCESSING), remove, trigger(RunStatus.SUCCESS)]
    assert events(follow([], *steps))[1:] == [("2", "running"), ("2", "success")]


def test_a_hostile_name_stays_in_its_line(
    follow: Follow, trigger: Trigger, cli: Cli, backup: int
) -> None:
    cli("process", "edit", "backup", "--name", "\x1b[2J\x9b x")
    for line in follow([], trigger(RunStatus.SUCCESS)).out.splitlines():
        assert line.isprintable()


def test_a_person_is_told_when_nobody_schedules(follow: Follow) -> None:
    assert "Nobody schedules this database" in follow([]).err
