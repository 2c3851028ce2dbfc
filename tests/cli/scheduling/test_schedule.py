"""Scheduling, unscheduling, triggering, holding: the verbs that move a request."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.stored_runs import a_run
from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.models import RunStatus
from tui_scheduler.settings import Settings

NOBODY = "Nobody schedules this database"


def test_a_request_is_scheduled_unscheduled_and_rescheduled(cli: Cli, backup: int) -> None:
    assert cli("schedule", backup, "--json").json["status"] == "scheduled"
    stopped = cli("unschedule", backup, "--json").json
    assert (stopped["status"], stopped["next_fire"]) == ("unscheduled", None)
    assert cli("schedule", backup, "--json").json["status"] == "scheduled"


def test_for_people_the_request_is_printed(cli: Cli, backup: int) -> None:
    assert "Status        scheduled\n" in cli("schedule", backup).out
    assert "Status        unscheduled\n" in cli("unschedule", backup).out


def test_scheduling_twice_is_refused(cli: Cli, backup: int) -> None:
    cli("schedule", backup)
    again = cli("schedule", backup)
    assert (again.code, again.out) == (1, "")
    assert again.err == "Request 1 is scheduled already. Unschedule it first.\n"


def test_unscheduling_what_is_not_scheduled_is_refused(cli: Cli, backup: int) -> None:
    assert cli("unschedule", backup).code == 1


@pytest.mark.usefixtures("backup")
def test_unscheduling_says_that_a_retry_still_waits(cli: Cli, stored: Opened) -> None:
    cli("process", "edit", "backup", "--retries", 1, "--retry-delay", "1d")
    plan = ("--when", "every day at 00:00 from 2999-01-01")
    request = cli("request", "add", "--process", "backup", *plan, "--json").json["id"]
    cli("schedule", request)
    with stored() as services:
        a_run(services, request, RunStatus.ERROR, exit_code=1)
    stopped = cli("unschedule", request)
    assert stopped.err.startswith("Still to come: a retry waits until ")
    assert stopped.err.endswith(" (run 2).\nStop it with: tui-scheduler kill 2\n")
    assert cli("runs", "--status", "queued", "--json").json[0]["id"] == 2


def test_unscheduling_says_nothing_where_nothing_waits(cli: Cli, backup: int) -> None:
    cli("schedule", backup)
    assert cli("unschedule", backup).err == ""


@pytest.mark.parametrize("verb", ["schedule", "unschedule", "trigger"])
def test_a_request_that_does_not_exist_is_not_found(cli: Cli, verb: str) -> None:
    missing = cli(verb, 7)
    assert (missing.code, missing.out) == (3, "")


def test_triggering_prints_the_run(cli: Cli, backup: int) -> None:
    run = cli("trigger", backup, "--json").json
    assert run["request_id"] == backup
    assert run["process"] == "backup"
    assert (run["status"], run["channel"]) == ("queued", "Direct")


def test_triggering_does_not_move_the_plan(cli: Cli, backup: int) -> None:
    cli("trigger", backup)
    assert cli("request", "show", backup, "--json").json["status"] == "new"


def test_triggering_what_runs_already_is_skipped_and_says_why(cli: Cli, backup: int) -> None:
    cli("trigger", backup)
    skipped = cli("trigger", backup)
    assert skipped.code == 0
    assert "Status         skipped\n" in skipped.out
    assert "Run 1 waits to start" in skipped.out
    assert skipped.err == ""


@pytest.mark.parametrize("verb", ["schedule", "trigger"])
def test_a_person_is_told_when_nobody_schedules(cli: Cli, backup: int, verb: str) -> None:
    assert NOBODY in cli(verb, backup).err


@pytest.mark.parametrize("verb", ["schedule", "trigger"])
def test_nothing_is_told_while_somebody_schedules(
    cli: Cli, backup: int, verb: str, database_file: Path
) -> None:
    lock = SchedulerLock(Settings(database=database_file).lock_file)
    assert lock.acquire()
    try:
        assert cli(verb, backup).err == ""
    finally:
        lock.release()


def test_an_inactive_process_is_neither_scheduled_nor_run(cli: Cli, backup: int) -> None:
    cli("process", "edit", "backup", "--inactive")
    for verb in ("schedule", "trigger"):
        refused = cli(verb, backup)
        assert refused.code == 1
        assert "not active" in refused.err


def test_scheduling_is_held_and_released(cli: Cli, stored: Opened) -> None:
    held = cli("hold", "--json")
    assert held.code == 0
    assert held.json["held"] is True
    assert held.json["held_by"]
    assert held.json["held_at"]
    with stored() as services:
        assert services.controls.state().is_held
    released = cli("release", "--json")
    assert (released.json["held"], released.json["held_by"]) == (False, None)
    with stored() as services:
        assert not services.controls.state().is_held


def test_for_people_holding_says_how_to_go_on(cli: Cli) -> None:
    held = cli("hold")
    assert (held.out, held.err) == (
        "",
        "Scheduling is on hold. Go on with: tui-scheduler release\n",
    )
    released = cli("release")
    assert (released.out, released.err) == ("", "Scheduling goes on.\n")


def test_holding_twice_and_releasing_twice_are_refused(cli: Cli) -> None:
    cli("hold")
    assert cli("hold").code == 1
    cli("release")
    assert cli("release").code == 1
