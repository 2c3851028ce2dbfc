"""Standard streams that whoever started us closed or sent to where nothing can be written.

Also what the system has no more of, and a time zone that is none.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.stored_runs import a_run
from tests.support.patience import PATIENCE
from tui_scheduler.cli.session import Session
from tui_scheduler.models import RunStatus

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

    monkeypatch.setattr("tui_scheduler.cli.serving.serve.schedule", refuse)
    monkeypatch.setattr(Session, "services", refuse)
    refused = cli(command)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("No more threads can be started. Raise the limit of processes")


def reader_goes(words: str, *, after: int) -> tuple[int, str]:
    """Code and complaints of a command whose reader goes away after so many lines, as head does."""
    with subprocess.Popen(
        [*_PROGRAM.split(), *words.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        for _ in range(after):
            assert command.stdout.readline()
        command.stdout.close()
        return command.wait(PATIENCE), command.stderr.read()


NOBODY = (
    "Nobody schedules this database: it waits for the screen or tui-scheduler serve."
    " To keep that going: tui-scheduler service install\n"
)


@pytest.mark.parametrize(
    ("words", "after", "told"),
    [
        ("runs --follow", 0, NOBODY),
        ("runs --follow --since 1h", 1, NOBODY),
        ("runs --follow --since 1h --json", 1, NOBODY),
        ("log 1 --follow", 1, ""),
        ("log 1 --follow --tail 0", 0, ""),
    ],
)
def test_what_follows_ends_when_its_reader_is_gone(
    stored: Opened, backup: int, words: str, after: int, told: str
) -> None:
    with stored() as services:
        a_run(services, backup, RunStatus.PROCESSING, output=b"a line\n")
    assert reader_goes(words, after=after) == (0, told)


def test_a_run_whose_log_nobody_reads_any_more_is_no_success_yet(backup: int) -> None:
    code, message = reader_goes(f"trigger {backup} --follow", after=0)
    assert code == 1
    assert message.endswith("Nobody reads its log any more. Run 1 goes on.\n")


@pytest.mark.parametrize("name", ["Nonsense/Zone", "CET-1CEST", "../x", ":Mars/Olympus"])
def test_a_time_zone_that_is_none_is_said_once(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("TZ", name)
    outcome = cli("status")
    assert outcome.code == 0
    name = name.removeprefix(":")
    assert outcome.err == (
        f"TZ={name} names no time zone that is known, so Europe/Madrid is used. Write one such as"
        " TZ=Europe/Madrid.\n"
    )


@pytest.mark.parametrize("name", ["", "UTC", "Asia/Tokyo", ":Asia/Tokyo", "/etc/localtime"])
def test_one_that_is_known_is_no_matter(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("TZ", name)
    assert cli("status").err == ""
