"""Standard streams that whoever started us closed or sent to where nothing can be written.

Also what the system has no more of, and a time zone that is none.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tui_scheduler.cli.session import Session

_PROGRAM = f"{sys.executable} -m tui_scheduler"


def by_shell(line: str) -> subprocess.CompletedProcess[str]:
    """What a shell gets that starts the program so."""
    return subprocess.run(
        ["sh", "-c", line.replace("tui-scheduler", _PROGRAM)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", ["import crontab -", "apply -"])
def test_standard_input_that_is_closed_is_named(command: str) -> None:
    refused = by_shell(f"tui-scheduler {command} <&-")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "FILE: standard input is closed: give a file\n"


@pytest.mark.parametrize("command", ["process list --json", "export", "status --json", "--help"])
def test_standard_output_that_is_closed_is_named(command: str) -> None:
    refused = by_shell(f"tui-scheduler {command} >&-")
    assert refused.returncode == 1
    sentence = "Standard output cannot be written: Bad file descriptor. It is closed: redirect it"
    assert refused.stderr.startswith(sentence)
    assert refused.stderr.count("\n") == 1


def test_what_prints_nothing_needs_no_standard_output() -> None:
    assert by_shell("tui-scheduler hold <&- >&-").returncode == 0
    assert by_shell("tui-scheduler release <&- >&- 2>&-").returncode == 0


@pytest.mark.parametrize("command", ["process list --json", "export", "--help"])
def test_a_full_disk_for_what_is_printed_is_named(command: str) -> None:
    refused = by_shell(f"tui-scheduler {command} > /dev/full")
    assert refused.returncode == 1
    assert "No space left on device. Free some space, and try again." in refused.stderr
    assert "unexpected" not in refused.stderr


def test_a_database_beside_a_folder_that_was_removed_is_named(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    line = f"cd {tmp_path}/gone && rmdir ../gone && tui-scheduler --database x.db runs"
    refused = by_shell(line)
    assert refused.returncode == 2
    assert "the current folder was removed" in refused.stderr


@pytest.mark.parametrize("command", ["serve", "runs"])
def test_threads_that_the_system_has_no_more_of_are_named(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("tui_scheduler.cli.serve._serve", refuse)
    monkeypatch.setattr(Session, "services", refuse)
    refused = cli(command)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("No more threads can be started. Raise the limit of processes")


@pytest.mark.parametrize("name", ["Nonsense/Zone", "CET-1CEST", "../x", ":Mars/Olympus"])
def test_a_time_zone_that_is_none_is_said_once(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("TZ", name)
    told = cli("status")
    assert told.code == 0
    name = name.removeprefix(":")
    assert told.err == (
        f"TZ={name} names no time zone that is known, so Europe/Madrid is used. Write one such as"
        " TZ=Europe/Madrid.\n"
    )


@pytest.mark.parametrize("name", ["", "UTC", "Asia/Tokyo", ":Asia/Tokyo", "/etc/localtime"])
def test_one_that_is_known_is_no_matter(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("TZ", name)
    assert cli("status").err == ""
