"""What ``serve`` tells of runs on standard error, and what it never tells."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.cli.serving.test_serve import STOPPED, next_line, until_line
from tests.support.patience import PATIENCE

Lines = list[str]


@contextmanager
def serving(database_file: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tui_scheduler", "--database", str(database_file), "serve"]
    with subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def lines_until(process: subprocess.Popen[str], is_last: Callable[[str], bool]) -> Lines:
    lines = []
    while line := next_line(process):
        lines.append(line.rstrip("\n"))
        if is_last(lines[-1]):
            return lines
    pytest.fail(f"it ended after {lines}")


def a_process(cli: Cli, name: str, command: str, *options: str) -> None:
    assert cli("process", "add", name, "--command", command, *options).code == 0
    plan = ("--timing", "immediate", "--schedule")
    assert cli("request", "add", "--process", name, *plan).code == 0


def is_end(line: str) -> bool:
    return ": started" not in line and line.startswith("run ")


def test_each_start_and_each_end_is_a_line(cli: Cli, database_file: Path) -> None:
    a_process(cli, "backup", "echo what it prints; echo and >&2")
    with serving(database_file) as server:
        first, start, end = lines_until(server, is_end)
        assert first == f"{database_file}: scheduling."
        assert start.startswith("run 1 of backup: started, pid ")
        assert end.startswith("run 1 of backup: success after 00:00:")
        server.send_signal(signal.SIGTERM)
        assert next_line(server) == STOPPED


@pytest.mark.parametrize(
    ("command", "ending"),
    [("exit 3", ", exit code 3"), ("kill -KILL $$", ", SIGKILL")],
)
def test_a_failure_says_how(cli: Cli, database_file: Path, command: str, ending: str) -> None:
    a_process(cli, "job", command)
    with serving(database_file) as server:
        (*_, end) = lines_until(server, is_end)
    assert end.startswith("run 1 of job: failed after 00:00:")
    assert ending in end


def test_a_fire_that_did_not_run_says_why(cli: Cli, database_file: Path) -> None:
    a_process(cli, "job", "sleep 60")
    with serving(database_file) as server:
        lines_until(server, lambda line: ": started" in line)
        assert cli("request", "add", "--process", "job", "--when", "now", "--schedule").code == 0
        assert lines_until(server, is_end) == [
            "run 2 of job: skipped, Run 1 is still running",
        ]
        assert cli("kill", 1, "--force").code == 0


def test_a_group_is_told_with_its_members(cli: Cli, database_file: Path) -> None:
    for name in ("one", "two"):
        assert cli("process", "add", name, "--command", "true").code == 0
    assert cli("group", "add", "nightly", "--member", "one", "--member", "two").code == 0
    plan = ("--timing", "immediate", "--schedule")
    assert cli("request", "add", "--group", "nightly", *plan).code == 0
    with serving(database_file) as server:
        lines = lines_until(server, lambda line: line.startswith("run 1 of group nightly: success"))
    beginnings = [line.partition(" after ")[0].partition(", pid")[0] for line in lines[1:]]
    assert beginnings == [
        "run 1 of group nightly: started",
        "run 2 of one in run 1 of group nightly: started",
        "run 2 of one in run 1 of group nightly: success",
        "run 3 of two in run 1 of group nightly: started",
        "run 3 of two in run 1 of group nightly: success",
        "run 1 of group nightly: success",
    ]


def test_as_json_every_line_is_a_document(cli: Cli, database_file: Path) -> None:
    command = "echo hunter2; exit 3"
    a_process(cli, "job", command, "--env", "API_TOKEN=hunter2")
    with serving(database_file, "--log-format", "json") as server:
        lines = lines_until(server, lambda line: json.loads(line)["event"] == "end")
        server.send_signal(signal.SIGTERM)
        stopped: dict[str, Any] = json.loads(next_line(server))
    note, start, end = map(json.loads, lines)
    assert note["event"] == stopped["event"] == "note"
    assert note["text"] == f"{database_file}: scheduling."
    assert stopped["text"] == STOPPED.strip()
    assert (start["event"], start["id"], start["status"]) == ("start", 1, "processing")
    assert (end["event"], end["process"], end["exit_code"]) == ("end", "job", 3)
    assert not {"parameters", "command"} & set(end)
    assert "hunter2" not in "".join(lines)


def test_what_an_earlier_one_began_is_only_told_to_end(
    cli: Cli, database_file: Path, tmp_path: Path
) -> None:
    go_on = tmp_path / "go-on"
    os.mkfifo(go_on)
    a_process(cli, "job", f"read line < {go_on}")
    with serving(database_file) as first:
        lines_until(first, lambda line: ": started" in line)
        first.send_signal(signal.SIGTERM)
        first.wait(PATIENCE)
    with serving(database_file) as second:
        until_line(second, ": scheduling.")
        go_on.write_text("on\n")
        (end,) = lines_until(second, is_end)
    assert end.startswith("run 1 of job: success after ")


def test_what_ends_while_it_leaves_is_told(cli: Cli, database_file: Path) -> None:
    count = 40
    for number in range(count):
        a_process(cli, f"job {number}", "sleep 0.2")
    with serving(database_file) as server:
        lines = lines_until(server, lambda line: ": started" in line)
        server.send_signal(signal.SIGTERM)
        lines += lines_until(server, lambda line: line == STOPPED.strip())
    ended = {run["id"] for run in cli("runs", "--json").json if run["end_time"]}
    assert {int(line.split()[1]) for line in lines if is_end(line)} == ended


def test_an_unknown_format_is_refused(cli: Cli) -> None:
    result = cli("serve", "--log-format", "xml")
    assert result.code == 2
    assert "--log-format" in result.err
