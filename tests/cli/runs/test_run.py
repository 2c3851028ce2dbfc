"""All that is known of one run."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta

import psutil
import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.runs.test_runs import FIELDS
from tests.cli.stored_runs import a_run
from tests.support.patience import PATIENCE
from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.engine.run_variables import MARK_VARIABLE
from tui_scheduler.models import Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.parameters.secrets import MASK


def facts_in(text: str) -> dict[str, str]:
    """The fields of one object, each of one line."""
    return {line[:13].strip(): line[13:].strip() for line in text.splitlines()}


def test_every_fact_is_shown(cli: Cli, stored: Opened, backup: int) -> None:
    cli("request", "edit", backup, "--param", "DAY=monday", "--param", "API_TOKEN=opensesame")
    with stored() as services:
        run_id = a_run(
            services,
            backup,
            RunStatus.TIMED_OUT,
            output=b"a line\n",
            exit_code=None,
            signal=15,
            note="Took too long",
            cpu_time=timedelta(seconds=1.25),
        )
        Run.update(missed=4, kill_request="force", kill_requested_at=Run.start_time).execute()
    text = cli("run", "show", run_id, "--show-secrets")
    assert (text.code, text.err) == (0, "")
    facts = facts_in(text.out)
    assert (facts["Run"], facts["Status"], facts["Note"]) == ("1", "timed out", "Took too long")
    assert (facts["Ended by"], facts["Try"]) == ("SIGTERM", "1")
    assert (facts["Stands for"], facts["Process id"]) == ("4 runs", "4711")
    assert facts["Host"]
    assert facts["Command"] == "true"
    assert facts["CPU time"] == "at least 00:00:01.250"
    assert facts["Stop asked at"[:13]].endswith("(by force)")
    assert "API_TOKEN=opensesame" in text.out
    assert MASK in cli("run", "show", run_id).out
    document = cli("run", "show", run_id, "--json").json
    assert set(document) == FIELDS | {"usage"}
    assert document == {**cli("runs", "--json").json[0], "usage": None}
    assert document["parameters"] == {"DAY": "monday", "API_TOKEN": MASK}
    assert (document["kill_request"], document["missed"]) == ("force", 4)
    assert document["kill_requested_at"] == document["start_time"]
    secret = cli("run", "show", run_id, "--json", "--show-secrets").json
    assert secret["parameters"]["API_TOKEN"] == "opensesame"


def test_a_fire_that_did_not_run_says_why_by_number_alone(
    cli: Cli, stored: Opened, backup: int
) -> None:
    with stored() as services:
        a_run(services, backup, RunStatus.QUEUED)
    assert cli("trigger", backup).code == 0
    facts = facts_in(cli("run", "show", "2").out)
    assert (facts["Status"], facts["Note"]) == ("skipped", "Run 1 waits to start")
    assert (facts["Start"], facts["Log"]) == ("-", "-")
    assert "Host" not in facts
    assert cli("run", "show", "backup").code == 3


TOKEN = os.urandom(4).hex()  # or what other tests began beside this one would be seen


@pytest.fixture
def processes() -> Iterator[int]:
    """A shell that waits for what it began, both as processes of run 1; gives its pid."""
    line = "sleep 1000 & wait # opensesame"
    mark = {**os.environ, MARK_VARIABLE: f"1-{TOKEN}"}
    with subprocess.Popen(["/bin/sh", "-c", line], env=mark, start_new_session=True) as shell:
        deadline = time.monotonic() + PATIENCE
        while ["sleep", "1000"] not in _commands_below(shell.pid):
            assert time.monotonic() < deadline
        yield shell.pid
        os.killpg(shell.pid, signal.SIGKILL)


def _commands_below(pid: int) -> list[list[str]]:
    return [child.cmdline() for child in psutil.Process(pid).children()]


def a_run_of(services: Services, request_id: int, pid: int, **fields: object) -> None:
    """Run 1, which goes on as the process ``pid``."""
    number = a_run(services, request_id, RunStatus.PROCESSING)
    here = {"token": TOKEN, "pid": pid, "handle": str(Identity.of(pid)), **fields}
    Run.update(here).where(Run.id == number).execute()


def test_what_runs_here_is_shown_with_its_processes_and_what_they_use(
    cli: Cli, stored: Opened, backup: int, processes: int
) -> None:
    cli("request", "edit", backup, "--param", "API_TOKEN=opensesame")
    with stored() as services:
        a_run_of(services, backup, processes)
    usage = cli("run", "show", 1, "--json").json["usage"]
    shell, child = usage["processes"]
    assert (shell["pid"], shell["depth"], child["depth"]) == (processes, 0, 1)
    assert MASK in shell["command"]
    assert child["command"] == "sleep 1000"
    assert usage["memory"] == shell["memory"] + child["memory"]
    assert (usage["count"], usage["cpu"]) == (2, shell["cpu"] + child["cpu"])
    *_, first, last = cli("run", "show", 1, "--show-secrets").out.splitlines()
    assert str(processes) in first
    assert first.endswith("# opensesame")
    assert last.endswith("\N{BOX DRAWINGS LIGHT UP AND RIGHT} sleep 1000")


def test_of_what_runs_elsewhere_no_processes_are_looked_for(
    cli: Cli, stored: Opened, backup: int, processes: int
) -> None:
    with stored() as services:
        a_run_of(services, backup, processes, place="hpc:n3")
    assert cli("run", "show", 1, "--json").json["usage"] is None
    assert "Processes" not in cli("run", "show", 1).out
