"""Scheduling without a screen, as a real process that is told to stop by a real signal."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import Cli
from tests.support.patience import PATIENCE

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


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.readline()


def until_line(process: subprocess.Popen[str], wanted: str) -> None:
    """Wait until it says that; what it says before is no matter."""
    while wanted not in (line := next_line(process)):
        assert line, f"it ended without saying {wanted!r}"


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
        assert next_line(server) == f"{database_file}: scheduling.\n"
        assert cli("log", first_run(cli, "quick"), "--follow").out == "done\n"
        long = first_run(cli, "long")
        assert cli("trigger", 1).err == ""
        server.send_signal(signal.SIGTERM)
        until_line(server, STOPPED)
        assert server.wait(PATIENCE) == 0
    child = int(cli("log", long).out)
    assert is_alive(child)
    assert cli("kill", long, "--force", "--json").json["status"] == "killed"
    assert not is_alive(child)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_other_signals_stop_it_too(database_file: Path, number: int) -> None:
    with serving(database_file) as server:
        next_line(server)
        server.send_signal(number)
        assert next_line(server) == STOPPED
        assert server.wait(PATIENCE) == 0


def test_under_nohup_it_stays_when_the_terminal_is_closed(database_file: Path) -> None:
    with serving(database_file, "nohup") as server:
        assert next_line(server) == f"{database_file}: scheduling.\n"
        server.send_signal(signal.SIGHUP)
        server.send_signal(signal.SIGTERM)
        assert next_line(server) == STOPPED
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


def test_its_runs_have_its_configuration(
    cli: Cli, database_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "its.toml"
    config.write_text('[calendar.company]\ndates = ["2026-12-24"]\n')
    config.chmod(0o600)
    cli("process", "add", "nested", "--command", 'echo "$TUI_SCHEDULER_CONFIG"')
    cli("request", "add", "--process", "nested", "--timing", "immediate", "--schedule")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TUI_SCHEDULER_CONFIG", config.name)
    with serving(database_file):
        assert cli("log", first_run(cli, "nested"), "--follow").out == f"{config}\n"


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


@pytest.mark.parametrize("when", ["before it began", "while it runs"])
def test_an_end_that_nobody_saw_is_known_also_after_all_logs_were_removed(
    cli: Cli, database_file: Path, tmp_path: Path, when: str
) -> None:
    """As somebody does whose disk is full: the journal of the keeper lies among them."""
    go_on = tmp_path / "go-on"
    os.mkfifo(go_on)
    with serving(database_file) as server:
        cli("add", "--name", "quick", "--when", "now", "--", "echo quick")
        until_line(server, "of quick: success")
        if when == "before it began":
            shutil.rmtree(f"{database_file}.logs")
        cli("add", "--name", "slow", "--when", "now", "--", f"read line < {go_on}; exit 3")
        until_line(server, "of slow: started")
        if when == "while it runs":
            shutil.rmtree(f"{database_file}.logs")
        keeper = psutil.Process(server.pid).children()[0]
        server.kill()
        server.wait()
    go_on.write_text("\n")
    keeper.wait(PATIENCE)  # it stays until all of its runs have ended
    with serving(database_file) as server:
        until_line(server, "of slow: failed")
        assert cli("run", "show", "slow", "--json").json["exit_code"] == 3


def test_a_second_one_waits_and_takes_over(database_file: Path) -> None:
    with serving(database_file) as first:
        assert next_line(first) == f"{database_file}: scheduling.\n"
        with serving(database_file) as second:
            waiting = f"{database_file}: process {first.pid} schedules; waiting to take over.\n"
            assert next_line(second) == waiting
            first.kill()
            first.wait()
            assert next_line(second) == f"{database_file}: scheduling.\n"
            second.send_signal(signal.SIGINT)
            assert next_line(second) == "Stopped. What is still running goes on.\n"
            assert second.wait(PATIENCE) == 0


def test_a_keeper_that_had_to_be_replaced_is_told(cli: Cli, database_file: Path) -> None:
    cli("process", "add", "quick", "--command", "true")
    cli("request", "add", "--process", "quick", "--when", "in 5h", "--schedule")
    with serving(database_file) as server:
        assert next_line(server) == f"{database_file}: scheduling.\n"
        os.kill(keeper_of(database_file), signal.SIGSTOP)
        assert "that keeps the runs did not answer and was replaced.\n" in next_line(server)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_being_told_again_to_stop_is_no_failure(
    database_file: Path, number: signal.Signals
) -> None:
    with serving(database_file) as server:
        assert next_line(server) == f"{database_file}: scheduling.\n"
        while server.poll() is None:
            server.send_signal(number)
        assert server.returncode == 0


def test_a_link_is_no_second_database(cli: Cli, database_file: Path, tmp_path: Path) -> None:
    link = tmp_path / "links" / "link.db"
    link.parent.mkdir()
    link.symlink_to(database_file)
    with serving(database_file) as first:
        until_line(first, ": scheduling.")
        with serving(link) as second:
            waiting = f"{database_file}: process {first.pid} schedules; waiting to take over.\n"
            assert next_line(second) == waiting
            assert cli("--database", link, "status", "--json").json["scheduler_pid"] == first.pid
    assert [path.name for path in link.parent.iterdir()] == ["link.db"]


def test_a_run_is_found_again_by_another_name(
    cli: Cli, database_file: Path, tmp_path: Path
) -> None:
    go_on, link = tmp_path / "go-on", tmp_path / "link.db"
    os.mkfifo(go_on)
    link.symlink_to(database_file)
    cli("process", "add", "long", "--command", f"echo begun; read line < {go_on}; echo $line")
    cli("request", "add", "--process", "long", "--timing", "immediate", "--schedule")
    with serving(database_file) as first:
        number = first_run(cli, "long")
        while cli("log", number).out != "begun\n":
            pass
        first.send_signal(signal.SIGTERM)
        first.wait(PATIENCE)
    with serving(link) as second:
        until_line(second, ": scheduling.")
        go_on.write_text("ended\n")
        assert cli("log", number, "--follow").out == "begun\nended\n"
        assert cli("runs", "--json").json[0]["status"] == "success"


def test_one_that_is_stopped_is_told_and_goes_on(cli: Cli, database_file: Path) -> None:
    with serving(database_file) as server:
        until_line(server, ": scheduling.")
        while cli("status", "--json").json["scheduler_host"] is None:
            pass  # its first sign of life is to come
        server.send_signal(signal.SIGSTOP)
        while cli("status", "--check").code == 0:
            pass
        outcome = cli("status")
        assert outcome.out == "! nothing begins\n"
        assert f"Process {server.pid} is stopped" in outcome.err
        assert f"kill -CONT {server.pid}" in outcome.err
        server.send_signal(signal.SIGCONT)
        while cli("status", "--check").code != 0:
            pass


def test_a_database_that_is_removed_is_told_and_a_new_one_is_scheduled(
    cli: Cli, database_file: Path
) -> None:
    with serving(database_file) as server:
        until_line(server, ": scheduling.")
        for part in database_file.parent.glob(f"{database_file.name}*"):
            if part.is_file():
                part.unlink()
        until_line(server, f"The database {database_file} is not there any more")
        assert cli("status", "--check").code == 3
        cli("process", "add", "new", "--command", "echo new")
        cli("request", "add", "--process", "new", "--timing", "immediate", "--schedule")
        until_line(server, ": scheduling.")
        assert cli("log", first_run(cli, "new"), "--follow").out == "new\n"


def test_a_backup_that_takes_its_place_is_scheduled(
    cli: Cli, database_file: Path, tmp_path: Path
) -> None:
    cli("process", "add", "kept", "--command", "echo kept")
    cli("request", "add", "--process", "kept", "--timing", "immediate")
    backup = tmp_path / "backup.db"
    assert cli("backup", backup).code == 0
    with serving(database_file) as server:
        until_line(server, ": scheduling.")
        cli("process", "add", "later", "--command", "true")
        backup.rename(database_file)
        until_line(server, "was replaced by another file")
        until_line(server, ": scheduling.")
        assert [process["name"] for process in cli("process", "list", "--json").json] == ["kept"]
        run = cli("trigger", 1, "--json").json["id"]
        assert cli("log", run, "--follow").out == "kept\n"
    assert cli("doctor", "--json").json["ok"]


def test_where_nothing_goes_on_it_ends_with_a_sentence_and_a_code(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ends(*_: object, **__: object) -> None:
        raise ValueError("odd")

    monkeypatch.setattr("tui_scheduler.runtime.attend", ends)
    monkeypatch.setattr(
        "tui_scheduler.cli.serving.serve.calling_at_signals", lambda *_: nullcontext()
    )
    result = cli("serve")
    assert result.code == 1
    remedy = "Runs go on; begin again with the screen or: tui-scheduler serve"
    assert result.err == f"Scheduling has ended: ValueError odd. {remedy}\n"
