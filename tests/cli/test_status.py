"""One line for a prompt: what it says, and what it leaves alone."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.stored_runs import a_run
from tests.support.signs_of_life import ELSEWHERE, a_beat, held
from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.identity import this_host
from tui_scheduler.models import Request, RequestStatus, RunStatus
from tui_scheduler.settings import Settings
from tui_scheduler.signs_of_life import Trouble


@pytest.fixture
def scheduler(database_file: Path) -> Iterator[SchedulerLock]:
    """Somebody who schedules the database."""
    lock = SchedulerLock(Settings(database=database_file).lock_file)
    assert lock.acquire()
    yield lock
    lock.release()


def fires_at(stored: Opened, moment: datetime) -> None:
    with stored():
        Request.update(
            status=RequestStatus.SCHEDULED, scheduled_at=moment, next_fire=moment
        ).execute()


def test_where_nobody_schedules_it_says_so(cli: Cli, backup: int) -> None:
    outcome = cli("status")
    assert (outcome.code, outcome.out, outcome.err) == (0, "○ nobody schedules\n", "")


@pytest.mark.usefixtures("scheduler")
def test_all_that_goes_on_is_in_one_line(cli: Cli, stored: Opened, backup: int) -> None:
    cli("process", "edit", "backup", "--overlap", "allow")
    with stored() as services:
        for status in (RunStatus.ERROR, RunStatus.LOST, RunStatus.KILLED, RunStatus.PROCESSING):
            a_run(services, backup, status)
        a_run(services, backup, RunStatus.QUEUED)
    fires_at(stored, datetime.now(UTC) + timedelta(minutes=3, seconds=30))
    assert cli("status").out == (
        "● scheduling · 1 running · 1 queued · 2 failed today · next backup in 3m\n"
    )


@pytest.mark.usefixtures("scheduler")
def test_a_hold_is_told(cli: Cli, backup: int) -> None:
    cli("hold")
    assert cli("status").out == "■ on hold\n"


def test_what_should_have_run_is_told(cli: Cli, stored: Opened, backup: int) -> None:
    cli("hold")
    fires_at(stored, datetime.now(UTC) - timedelta(hours=5, minutes=10))
    assert cli("status").out == "○ nobody schedules · ■ on hold · backup was due 5h ago\n"


def test_a_script_can_ask(
    cli: Cli, backup: int, database_file: Path, scheduler: SchedulerLock
) -> None:
    assert cli("status", "--check").code == 0
    cli("hold")
    assert (cli("status").code, cli("status", "--check").code) == (0, 1)
    cli("release")
    scheduler.release()
    assert (cli("status").code, cli("status", "--check").code) == (0, 1)


def test_all_of_it_as_json(cli: Cli, stored: Opened, backup: int, scheduler: SchedulerLock) -> None:
    fire = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    fires_at(stored, fire)
    status = cli("status", "--json").json
    assert datetime.fromisoformat(status.pop("next_fire")) == fire
    assert status.pop("scheduler_pid") > 1
    assert status == {
        "scheduling": True,
        "scheduler_host": this_host().name,
        "trouble": None,
        "held_at": None,
        "held_by": None,
        "running": 0,
        "queued": 0,
        "paused": 0,
        "submitted": 0,
        "failed_today": 0,
        "next_request_id": backup,
        "next_process": "backup",
    }
    cli("hold")
    held = cli("status", "--json").json
    assert (held["scheduling"], held["held_by"] is None) == (False, False)
    assert datetime.fromisoformat(held["held_at"]).utcoffset() is not None


def test_one_that_does_not_get_on_is_no_scheduler(
    cli: Cli, backup: int, database_file: Path
) -> None:
    beat = a_beat(database_file, ago=timedelta(minutes=5))
    with held(Settings(database=database_file).lock_file, beat):
        outcome, asked = cli("status"), cli("status", "--check")
        as_json = cli("status", "--json").json
    assert (outcome.code, asked.code, outcome.out) == (0, 1, "! nothing begins\n")
    assert f"Process {os.getpid()} has given no sign of life since" in outcome.err
    assert (as_json["scheduling"], as_json["scheduler_pid"]) == (False, os.getpid())
    assert as_json["trouble"] == outcome.err.strip().removesuffix(".")


def test_what_it_waits_for_is_said(cli: Cli, backup: int, database_file: Path) -> None:
    waiting = "waiting: the disk is full since 10:02"
    trouble = Trouble(waiting, "Free some space", waiting)
    beat = replace(a_beat(database_file), trouble=trouble)
    with held(Settings(database=database_file).lock_file, beat):
        outcome, asked = cli("status"), cli("status", "--check")
    assert (outcome.code, asked.code, outcome.out) == (0, 1, f"! {waiting}\n")
    assert outcome.err == f"Process {os.getpid()} is {waiting}. Free some space.\n"


def test_what_is_minor_is_said_beside(cli: Cli, backup: int, database_file: Path) -> None:
    beat = replace(a_beat(database_file), trouble=Trouble("It creaks", "Oil it", is_minor=True))
    with held(Settings(database=database_file).lock_file, beat):
        outcome, asked = cli("status"), cli("status", "--check")
    assert (outcome.code, asked.code, outcome.out) == (0, 0, "● scheduling\n")
    assert outcome.err == "It creaks. Oil it.\n"


def test_a_lock_that_nobody_can_take_is_said(cli: Cli, backup: int, database_file: Path) -> None:
    lock = Settings(database=database_file).lock_file
    lock.mkdir()
    outcome = cli("status")
    assert (outcome.code, outcome.out) == (0, "○ nobody schedules\n")
    assert outcome.err.startswith(f"The lock {lock} cannot be had: Is a directory. ")


def test_one_on_another_machine_is_named(cli: Cli, backup: int, database_file: Path) -> None:
    with held(Settings(database=database_file).lock_file, a_beat(host=ELSEWHERE), 12):
        assert cli("status", "--check").code == 0
        status = cli("status", "--json").json
        assert cli("status").out.startswith("● scheduling on alpha")
    assert (status["scheduler_pid"], status["scheduler_host"]) == (12, "alpha")


def test_a_hostile_name_does_no_harm(cli: Cli, stored: Opened, backup: int) -> None:
    cli("process", "edit", "backup", "--name", "\x1b[2Jx\x07 \x9b2J")
    fires_at(stored, datetime.now(UTC) + timedelta(hours=1, minutes=1))
    assert cli("status").out.rstrip("\n").isprintable()


@pytest.mark.usefixtures("_no_database")
def test_a_database_that_is_not_there_is_not_made(cli: Cli, database_file: Path) -> None:
    outcome = cli("status")
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith(f"There is no database {database_file} (yet).")
    assert not database_file.exists()


@pytest.mark.usefixtures("_no_database")
def test_an_older_database_is_named_and_left_as_it_is(cli: Cli, database_file: Path) -> None:
    with closing(sqlite3.connect(database_file)) as connection:
        connection.execute("CREATE TABLE run (id, status, end_time)")
    before = database_file.read_bytes()
    outcome = cli("status")
    assert (outcome.code, outcome.out) == (4, "")
    assert "Any other command brings an older one up to date" in outcome.err
    assert database_file.read_bytes() == before


def test_a_writer_is_not_waited_for(cli: Cli, backup: int, database_file: Path) -> None:
    with closing(sqlite3.connect(database_file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert cli("status").code == 0


def test_the_layers_above_are_not_imported(backup: int) -> None:
    script = (
        "import sys; from tui_scheduler.cli import main; assert main(['status']) == 0;"
        "found = {'peewee', 'croniter', 'textual', 'asyncio', 'tui_scheduler.services',"
        " 'tui_scheduler.schedules'} & set(sys.modules); assert not found, found"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
