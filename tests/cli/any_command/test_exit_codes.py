"""The table of exit codes in the manual: each of them happens, and no other."""

import re
import time

import pytest

from tests.cli.conftest import Cli
from tui_scheduler.errors import ExitCode
from tui_scheduler.manual import page


def interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupt)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["runs"], ExitCode.DONE),
        (["status"], ExitCode.DONE),
        (["completion", "bash"], ExitCode.DONE),
        (["unschedule", "1"], ExitCode.FAILED),
        (["release"], ExitCode.FAILED),
        (["status", "--check"], ExitCode.FAILED),
        ([], ExitCode.USAGE),
        (["fly"], ExitCode.USAGE),
        (["process", "add", "backup", "--command", "true"], ExitCode.USAGE),
        (["runs", "--since", "soon"], ExitCode.USAGE),
        (["trigger", "1", "--follow", "--json"], ExitCode.USAGE),
        (["process", "show", "nobody"], ExitCode.NOT_FOUND),
        (["request", "show", "9"], ExitCode.NOT_FOUND),
        (["log", "9"], ExitCode.NOT_FOUND),
        (["kill", "9"], ExitCode.NOT_FOUND),
        (["--database", "/nowhere/x.db", "status"], ExitCode.NOT_FOUND),
        (["--database", "/nowhere/x.db", "doctor"], ExitCode.NOT_FOUND),
        (["--database", "/nowhere/x.db", "backup", "copy.db"], ExitCode.NOT_FOUND),
        (["--database", "/dev/null", "runs"], ExitCode.DATABASE),
        (["--database", "/dev/null", "status"], ExitCode.DATABASE),
        (["runs", "--follow"], ExitCode.INTERRUPTED),
        (["trigger", "1", "--follow"], ExitCode.INTERRUPTED),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(int(value)),
)
def test_each_code_means_what_the_table_says(
    cli: Cli, backup: int, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: ExitCode
) -> None:
    if code is ExitCode.INTERRUPTED:
        interrupted(monkeypatch)
    ended = cli(*arguments)
    assert ended.code == code, ended.err


def test_the_table_lists_them_all() -> None:
    rows = re.findall(r"^\| (\d+) \| ", page("commands"), re.MULTILINE)
    assert [int(code) for code in rows] == list(ExitCode)
