"""Scheduling without a screen, as a real process that is told to stop by a real signal."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import Cli
from tests.patience import PATIENCE

STOPPED = "Stopped. What is still running goes on.\n"


def serve_on(database_file: Path) -> list[str]:
    return [sys.executable, "-m", "tui_scheduler", "--database", str(database_file), "serve"]


@contextmanager
def serving(database_file: Path, *before: str) -> Iterator[subprocess.Popen[str]]:
    """A running ``serve``; everything it says comes from its standard error, line by line."""
    command = [
        *before,
        sys.executable,
        "-m",
        "tui_scheduler",
        "--database",
        str(database_file),
        "serve",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.readline()


def first_run(cli: Cli, process: str) -> int:
    """The run of ``process``, once its scheduler has claimed it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if runs := cli("runs", "--process", process, "--json").json:
            return int(runs[0]["id"])
    pytest.fail(f"nothing of {process} ran")


def is_alive(pid: int) -> bool:
    """Whether a process is there; one that only waits to be reaped is not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def keeper_of(database_file: Path) -> int:
    """The process that keeps the runs, once it can: it has a journal then."""
    journals = database_file.with_name(f"{database_file.name}.logs") / "keepers"
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for journal in journals.glob("*.journal"):
            return int(journal.stem.partition("-")[2])
        time.sleep(0.01)
    pytest.fail("nobody keeps runs")


def test_it_runs_what_is_due_and_stops_cleanly(cli: Cli, database_file: Path) -> None:
    cli("process", "add", "quick", "--command", "echo done")
    cli("process", "add", "long", "--command", "echo $$; exec sleep 60")
    for name in ("quick", "long"):
        cli("request", "add", "--process", name, "--timing", "immediate", "--schedule")
    with serving(database_file) as server:
        assert said(server) == f"{database_file}: scheduling.\n"
        assert cli("log", first_run(cli, "quick"), "--follow").out == "done\n"
        long = first_run(cli, "long")
        assert cli("trigger", 1).err == ""
        server.send_signal(signal.SIGTERM)
        assert said(server) == STOPPED
        assert server.wait(PATIENCE) == 0
    child = int(cli("log", long).out)
    assert is_alive(child)
    assert cli("kill", long, "--force", "--json").json["status"] == "killed"
    assert not is_alive(child)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_other_signals_stop_it_too(database_file: Path, number: int) -> None:
    with serving(database_file) as server:
        said(server)
        server.send_signal(number)
        assert said(server) == STOPPED
        assert server.wait(PATIENCE) == 0


def test_under_nohup_it_stays_when_the_terminal_is_closed(database_file: Path) -> None:
    with serving(database_file, "nohup") as server:
        assert said(server) == f"{database_file}: scheduling.\n"
        server.send_signal(signal.SIGHUP)
        server.send_signal(signal.SIGTERM)
        assert said(server) == STOPPED
        assert server.wait(PATIENCE) == 0


def test_a_terminal_that_is_closed_makes_no_failure(
    database_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    ours, its = os.openpty()
    command = serve_on(database_file)
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its) as server:
        os.close(its)
        assert b"scheduling" in os.read(ours, 4096)
        os.close(ours)
        server.send_signal(signal.SIGHUP)
        assert server.wait(PATIENCE) == 0
    assert STOPPED.strip() in (tmp_path / "tui-scheduler" / "tui-scheduler.log").read_text()


def test_its_runs_work_on_its_database(
    cli: Cli, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("process", "add", "nested", "--command", 'echo "$TUI_SCHEDULER_DATABASE"')
    cli("request", "add", "--process", "nested", "--timing", "immediate", "--schedule")
    monkeypatch.setenv("TUI_SCHEDULER_DATABASE", "another.db")
    with serving(Path(os.path.relpath(database_file))):
        monkeypatch.setenv("TUI_SCHEDULER_DATABASE", str(database_file))
        assert cli("log", first_run(cli, "nested"), "--follow").out == f"{database_file}\n"


def test_a_new_database_beside_the_logs_of_an_old_one_shows_its_own_output(
    cli: Cli, database_file: Path
) -> None:
    for name in ("old", "new"):
        for suffix in ("", "-wal", "-shm"):
            database_file.with_name(database_file.name + suffix).unlink(missing_ok=True)
        cli("process", "add", name, "--command", f"echo what the {name} one says")
        cli("request", "add", "--process", name, "--timing", "immediate", "--schedule")
        with serving(database_file):
            run = first_run(cli, name)
            assert run == 1
            assert cli("log", run, "--follow").out == f"what the {name} one says\n"


def test_a_second_one_waits_and_takes_over(database_file: Path) -> None:
    with serving(database_file) as first:
        assert said(first) == f"{database_file}: scheduling.\n"
        with serving(database_file) as second:
            waiting = f"{database_file}: process {first.pid} schedules; waiting to take over.\n"
            assert said(second) == waiting
            first.kill()
            first.wait()
            assert said(second) == f"{database_file}: scheduling.\n"
            second.send_signal(signal.SIGINT)
            assert said(second) == "Stopped. What is still running goes on.\n"
            assert second.wait(PATIENCE) == 0


def test_a_keeper_that_had_to_be_replaced_is_told(cli: Cli, database_file: Path) -> None:
    cli("process", "add", "quick", "--command", "true")
    cli("request", "add", "--process", "quick", "--when", "in 5h", "--schedule")
    with serving(database_file) as server:
        assert said(server) == f"{database_file}: scheduling.\n"
        os.kill(keeper_of(database_file), signal.SIGSTOP)
        assert "that keeps the runs did not answer and was replaced.\n" in said(server)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_being_told_again_to_stop_is_no_failure(
    database_file: Path, number: signal.Signals
) -> None:
    with serving(database_file) as server:
        assert said(server) == f"{database_file}: scheduling.\n"
        while server.poll() is None:
            server.send_signal(number)
        assert server.returncode == 0
