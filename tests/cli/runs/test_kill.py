"""Stopping a run from the command line, with a scheduler and without."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.stored_runs import a_run
from tests.engine.claims import is_alive
from tests.support.signs_of_life import ELSEWHERE, a_beat, held
from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.models import KillRequest, Run, RunStatus
from tui_scheduler.settings import Settings


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own, as a run is; it ends at TERM."""
    with subprocess.Popen(["/bin/sleep", "60"], start_new_session=True) as process:
        yield process
        process.kill()


def a_run_of(child: subprocess.Popen[bytes], stored: Opened, request_id: int) -> int:
    """A run that an earlier scheduler left open, and that ``child`` is."""
    with stored() as services:
        number = a_run(services, request_id, RunStatus.PROCESSING, output=b"")
        Run.update(pid=child.pid, handle=str(Identity.of(child.pid))).execute()
    return number


def test_a_run_is_stopped_where_nobody_schedules(
    cli: Cli, stored: Opened, backup: int, child: subprocess.Popen[bytes]
) -> None:
    number = a_run_of(child, stored, backup)
    killed = cli("kill", number, "--json")
    assert killed.code == 0
    assert killed.json["status"] == "killed"
    assert killed.err == "Nobody schedules this database: stopping the run from here.\n"
    assert not is_alive(child.pid)


_ENDS_AT_A_SIGN_OF_LIFE = """
trap 'until grep -q "\\"database\\": \\[" "$0"; do sleep 0.02; done; echo seen; exit' TERM
echo ready
while :; do sleep 0.02; done
"""


def test_whoever_stops_it_gives_signs_of_life_meanwhile(
    cli: Cli, stored: Opened, backup: int, database_file: Path
) -> None:
    """Or others would not know on which machine it is, nor that it gets on."""
    lock = Settings(database=database_file).lock_file
    command = ["/bin/sh", "-c", _ENDS_AT_A_SIGN_OF_LIFE, str(lock)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        assert cli("kill", a_run_of(child, stored, backup)).code == 0
        assert child.stdout.read() == b"seen\n"


def test_stopping_one_run_starts_no_other(
    cli: Cli, stored: Opened, backup: int, child: subprocess.Popen[bytes]
) -> None:
    number = a_run_of(child, stored, backup)
    cli("process", "add", "due", "--command", "true", "--overlap", "allow")
    cli("request", "add", "--process", "due", "--timing", "immediate", "--schedule")
    assert cli("kill", number, "--force").code == 0
    assert cli("runs", "--process", "due", "--json").json == []


def test_a_run_that_waits_is_stopped_too(cli: Cli, backup: int) -> None:
    number = cli("trigger", backup, "--json").json["id"]
    killed = cli("kill", number)
    assert killed.code == 0
    assert "Status         killed\n" in killed.out


def test_a_scheduler_is_left_to_do_it(
    cli: Cli, stored: Opened, backup: int, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheduler of this test ends the run while the command waits for it."""
    with stored() as services:
        number = a_run(services, backup, RunStatus.PROCESSING)
    asked: list[KillRequest] = []

    def end(_seconds: float) -> None:
        run = Run.get_by_id(number)
        asked.append(run.kill_request)
        Run.update(status=RunStatus.KILLED, end_time=run.start_time, exit_code=143).execute()

    monkeypatch.setattr(time, "sleep", end)
    lock = SchedulerLock(Settings(database=database_file).lock_file)
    assert lock.acquire()
    try:
        killed = cli("kill", number, "--force", "--json")
    finally:
        lock.release()
    assert (killed.code, killed.err) == (0, "")
    assert (killed.json["status"], killed.json["exit_code"]) == ("killed", 143)
    assert asked == [KillRequest.FORCE]


def test_a_run_that_has_ended_cannot_be_killed(cli: Cli, stored: Opened, backup: int) -> None:
    with stored() as services:
        number = a_run(services, backup)
    refused = cli("kill", number)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "Run 1 has ended already: success.\n"


def test_a_run_that_does_not_exist_is_not_found(cli: Cli) -> None:
    assert cli("kill", 7).code == 3


def test_a_lock_that_cannot_be_had_is_a_failure(
    cli: Cli, backup: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = cli("trigger", backup, "--json").json["id"]
    monkeypatch.setattr(SchedulerLock, "acquire", lambda _lock: False)
    failed = cli("kill", number)
    assert failed.code == 1
    assert "could not be stopped from here" in failed.err


def test_a_scheduler_of_another_machine_cannot_stop_what_runs_here(
    cli: Cli,
    stored: Opened,
    backup: int,
    child: subprocess.Popen[bytes],
    database_file: Path,
) -> None:
    number = a_run_of(child, stored, backup)
    with held(Settings(database=database_file).lock_file, a_beat(host=ELSEWHERE), child.pid):
        refused = cli("kill", number)
    assert refused.code == 1
    assert (
        f"Run {number} runs here, and process {child.pid} on alpha schedules, which" in refused.err
    )
    assert is_alive(child.pid)


class TestARunOfAnotherMachine:
    @pytest.fixture
    def number(self, stored: Opened, backup: int) -> int:
        with stored() as services:
            number = a_run(services, backup, RunStatus.PROCESSING)
            Run.update(host=ELSEWHERE.name, host_id=ELSEWHERE.id, pid=4711).execute()
        return number

    def test_it_is_not_stopped_from_here(self, cli: Cli, number: int) -> None:
        refused = cli("kill", number)
        assert (refused.code, refused.out) == (1, "")
        assert f"Run {number} runs on alpha, which cannot be seen from here" in refused.err
        assert f"tui-scheduler kill {number} --force" in refused.err
        assert cli("runs", "--json").json[0]["status"] == "processing"

    def test_it_can_be_given_up(self, cli: Cli, number: int) -> None:
        killed = cli("kill", number, "--force", "--json")
        assert (killed.code, killed.json["status"]) == (0, "lost")
