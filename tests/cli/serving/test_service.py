"""The service that keeps ``serve`` running: what systemd and launchd are given, and asked."""

import os
import plistlib
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.comparison.systemd_analyze import MISSING, commands_by_systemd
from tests.support.signs_of_life import ELSEWHERE, a_beat, held
from tui_scheduler.cli.serving import service
from tui_scheduler.settings import default_database
from tui_scheduler.signs_of_life import Background, Why

NEEDS_SYSTEMD = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")
ODD = 'we $ird 100%n "q" \\ ñ'
FAKE = """#!/bin/sh
echo "${0##*/} $*" >> "$CALLS"
case "$*" in
    *is-active*) [ -e "$CALLS.active" ] ;;
    *"enable --now"*) [ ! -e "$CALLS.broken" ] || { echo "No medium found" >&2; exit 1; } ;;
    *Linger*) echo no ;;
esac
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a systemd that only listens writes what it is asked."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("systemctl", "loginctl", "launchctl"):
        (programs / name).write_text(FAKE)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setattr(service, "is_root", lambda: False)
    return tmp_path / "calls"


@pytest.fixture
def unit(cli: Cli, calls: Path) -> Path:
    """The file of the service that was installed."""
    outcome = cli("service", "install")
    assert outcome.code == 0
    [file] = (Path.home() / ".config/systemd/user").iterdir()
    assert f"Installed and started: {file}" in outcome.err
    calls.unlink()
    return file


def asked(calls: Path) -> list[str]:
    return calls.read_text().splitlines() if calls.exists() else []


def a_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of our name in ``folder``, which is the one that was begun."""
    folder.mkdir(parents=True)
    file = folder / "tui-scheduler"
    shutil.copy("/bin/true", file)
    monkeypatch.setattr("sys.argv", [str(file)])
    return file


def test_a_dry_run_only_shows_it(cli: Cli, calls: Path) -> None:
    outcome = cli("service", "install", "--dry-run")
    assert outcome.code == 0
    for line in ("KillMode=process", "OOMPolicy=continue", "Restart=on-failure"):
        assert f"\n{line}\n" in outcome.out
    assert "systemctl --user enable --now tui-scheduler" in outcome.err
    assert not (Path.home() / ".config/systemd").exists()
    assert asked(calls) == []


@pytest.mark.usefixtures("calls")
def test_it_gets_path_and_language_and_nothing_else(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    monkeypatch.setenv("API_TOKEN", "hunter2")
    text = cli("service", "install", "--dry-run").out
    [line] = [line for line in text.splitlines() if line.startswith("Environment=")]
    assert line == f'Environment="PATH={os.environ["PATH"]}" "LANG=es_ES.UTF-8"'
    monkeypatch.delenv("LANG")
    monkeypatch.delenv("PATH")
    assert "Environment" not in cli("service", "install", "--dry-run").out


@NEEDS_SYSTEMD
@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("folder", ["plain", "with space", "100%n", "$HOME", "ñandú"])
def test_systemd_reads_the_words_that_were_meant(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    program = a_program(tmp_path / folder, monkeypatch)
    database = tmp_path / ODD / "jobs.db"
    text = cli("--database", database, "service", "install", "--dry-run").out
    [commands] = commands_by_systemd([text], tmp_path)
    words = [str(program), "--database", str(database), "serve"]
    assert commands is not None
    given = [word.replace(b"$$", b"$") for word in commands[0]]  # undone when it is begun
    assert given[-len(words) :] == [os.fsencode(word) for word in words]


@NEEDS_SYSTEMD
@pytest.mark.parametrize("is_root", [False, True])
def test_systemd_finds_nothing_wrong_with_it(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_root: bool
) -> None:
    a_program(tmp_path / "a $b %n", monkeypatch)
    monkeypatch.setattr(service, "is_root", lambda: is_root)
    file = tmp_path / "tui-scheduler.service"
    file.write_text(cli("service", "install", "--dry-run").out)
    who = "--system" if is_root else "--user"
    verified = subprocess.run(
        ["systemd-analyze", "verify", who, "--man=no", "--recursive-errors=no", file],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_as_root_it_is_a_unit_of_the_system(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "is_root", lambda: True)
    outcome = cli("service", "install", "--dry-run")
    assert "WantedBy=multi-user.target" in outcome.out
    assert "/etc/systemd/system/tui-scheduler" in outcome.err
    assert "systemctl enable --now" in outcome.err


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("name", ['"', "\\", "'"])
def test_what_systemd_cannot_begin_is_refused(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    a_program(tmp_path / name, monkeypatch)
    outcome = cli("service", "install", "--dry-run")
    assert outcome.code == 1
    assert "systemd begins no program with such a name" in outcome.err


@pytest.mark.usefixtures("calls")
def test_a_name_that_no_line_can_hold_is_refused(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("--database", tmp_path / "a\nb.db", "service", "install", "--dry-run")
    assert outcome.code == 1
    assert "cannot be written into the file of a service" in outcome.err


def test_it_is_installed_and_begun_and_lingering_is_told(cli: Cli, calls: Path) -> None:
    outcome = cli("service", "install")
    assert outcome.code == 0
    assert "loginctl enable-linger" in outcome.err
    reload, enable, linger = asked(calls)
    assert reload == "systemctl --user daemon-reload"
    assert enable.startswith("systemctl --user enable --now tui-scheduler-")
    assert linger.startswith("loginctl show-user ")


def test_the_usual_database_has_the_usual_name(cli: Cli, calls: Path) -> None:
    cli("--database", default_database(), "service", "install")
    assert "systemctl --user enable --now tui-scheduler.service" in asked(calls)


def test_what_fails_is_told_and_leaves_nothing(cli: Cli, calls: Path) -> None:
    Path(f"{calls}.broken").touch()
    outcome = cli("service", "install")
    assert outcome.code == 1
    assert "failed and says: No medium found. A service of yours needs a session" in outcome.err
    assert list((Path.home() / ".config/systemd/user").iterdir()) == []


def test_without_a_service_manager_it_is_refused(
    cli: Cli, calls: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    outcome = cli("service", "install")
    assert outcome.code == 1
    assert "systemctl is not there" in outcome.err


def test_a_file_of_somebody_else_is_left_alone(cli: Cli, unit: Path, calls: Path) -> None:
    unit.write_text("[Service]\nExecStart=/bin/true\n")
    for command in ("install", "uninstall"):
        assert "was written by somebody else" in cli("service", command).err
    assert unit.read_text() == "[Service]\nExecStart=/bin/true\n"
    assert asked(calls) == []


def test_installing_again_replaces_it(cli: Cli, unit: Path, calls: Path) -> None:
    before = unit.read_text()
    unit.write_text(before.replace("RestartSec=5", "RestartSec=7"))
    assert "is not what would be installed now" in cli("service", "status").out
    assert cli("service", "install").code == 0
    assert unit.read_text() == before
    stop, *_, start, _linger = [call for call in asked(calls) if "is-active" not in call][-4:]
    assert "disable --now" in stop
    assert "enable --now" in start


def test_it_is_removed(cli: Cli, unit: Path, calls: Path) -> None:
    outcome = cli("service", "uninstall")
    assert (outcome.code, outcome.err) == (0, f"Removed: {unit}\n")
    assert not unit.exists()
    assert [call.split()[2] for call in asked(calls)] == ["disable", "daemon-reload"]


def test_it_is_begun_anew(cli: Cli, unit: Path, calls: Path) -> None:
    assert cli("service", "restart").code == 0
    assert asked(calls) == [f"systemctl --user restart {unit.name}"]


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("command", ["uninstall", "restart"])
def test_what_is_not_installed_is_not_found(cli: Cli, command: str) -> None:
    outcome = cli("service", command)
    assert outcome.code == 3
    assert "tui-scheduler service install" in outcome.err


class TestStatus:
    @pytest.mark.usefixtures("calls")
    def test_nothing_is_installed(self, cli: Cli) -> None:
        outcome = cli("service", "status")
        assert outcome.code == 1
        assert outcome.out.startswith(
            "Not installed. To install it: tui-scheduler service install\n"
        )
        assert outcome.out.endswith("Nobody schedules.\n")

    def test_it_runs(self, cli: Cli, unit: Path, calls: Path, database_file: Path) -> None:
        Path(f"{calls}.active").touch()
        with held(database_file.with_name(f"{database_file.name}.lock"), None, pid=4711):
            outcome = cli("service", "status")
            known = cli("service", "status", "--json").json
        assert outcome.code == 0
        assert outcome.out.splitlines()[:2] == ["The service runs.", f"File: {unit}"]
        assert "Process 4711 schedules." in outcome.out
        assert known == {
            "installed": True,
            "file": str(unit),
            "up_to_date": True,
            "active": True,
            "lingering": False,
            "scheduler_pid": 4711,
            "scheduler_host": None,
        }

    def test_it_does_not_run(self, cli: Cli, unit: Path) -> None:
        outcome = cli("service", "status")
        assert outcome.code == 1
        assert f"does not run. See why: journalctl --user -eu {unit.name}" in outcome.out


@pytest.mark.usefixtures("calls")
def test_who_schedules_in_the_background_is_told(cli: Cli, database_file: Path) -> None:
    now = a_beat().at
    beat = a_beat(database_file, background=Background(Why.ASKED, now))
    with held(database_file.with_name(f"{database_file.name}.lock"), beat, pid=4711):
        outcome = cli("service", "install")
    assert "Process 4711 schedules in the background: end it with kill 4711" in outcome.err


def test_none_is_installed_that_would_be_refused_its_database(
    cli: Cli, calls: Path, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_SCHEDULER_DATABASE", str(share / "x.db"))
    refused = cli("service", "install")
    assert (refused.code, calls.exists()) == (4, False)
    assert "would lie on a network file system" in refused.err


@pytest.mark.usefixtures("calls")
def test_who_does_so_on_another_machine_is_not_to_be_killed_here(
    cli: Cli, database_file: Path
) -> None:
    beat = a_beat(host=ELSEWHERE, background=Background(Why.ASKED, a_beat().at))
    with held(database_file.with_name(f"{database_file.name}.lock"), beat, pid=4711):
        outcome = cli("service", "install")
        status = cli("service", "status")
    assert "Process 4711 on alpha schedules in the background: end it on alpha" in outcome.err
    assert "kill" not in outcome.err
    assert "Process 4711 on alpha schedules.\n" in status.out


def test_under_macos_it_is_an_agent(
    cli: Cli, calls: Path, monkeypatch: pytest.MonkeyPatch, database_file: Path
) -> None:
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    assert cli("service", "install").code == 0
    [file] = (Path.home() / "Library/LaunchAgents").iterdir()
    agent = plistlib.loads(file.read_bytes())
    assert agent["ProgramArguments"][-3:] == ["--database", str(database_file), "serve"]
    assert set(agent["EnvironmentVariables"]) <= {"PATH", "LANG"}
    assert agent["AbandonProcessGroup"] is True
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert asked(calls) == [f"launchctl bootstrap gui/{os.getuid()} {file}"]
    assert cli("service", "uninstall").code == 0
    assert not file.exists()
