"""What crontabs and units leave to the machine."""

import os
from pathlib import Path

import pytest

from tui_scheduler.cli.importing.machine import (
    is_program,
    is_system_folder,
    is_user,
    unit_specifiers,
    variables_file,
)


def test_users_are_those_of_the_machine() -> None:
    assert is_user("root")
    assert not is_user("nobody-is-called-so")
    assert not is_user("a\0b")


@pytest.mark.parametrize(
    ("name", "expected"), [("cd", True), ("sh", True), ("/bin/sh", True), ("no-program", False)]
)
def test_programs_are_what_a_shell_would_find(name: str, expected: bool) -> None:
    assert is_program(name, "/none") is expected


def test_the_path_of_the_crontab_counts(tmp_path: Path) -> None:
    program = tmp_path / "my-tool"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert is_program("my-tool", str(tmp_path))
    assert not is_program("my-tool", "/none")


def test_units_of_the_system_have_its_folders(tmp_path: Path) -> None:
    assert is_system_folder(Path("/etc/systemd/system"))
    assert not is_system_folder(Path("/etc/systemd/user"))
    assert not is_system_folder(tmp_path)
    of_system = unit_specifiers(is_system=True)
    assert (of_system["S"], of_system["t"], of_system["u"]) == ("/var/lib", "/run", "root")


def test_units_of_a_user_have_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/srv/state")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    of_user = unit_specifiers(is_system=False)
    assert (of_user["S"], of_user["L"]) == ("/srv/state", "/srv/state/log")
    assert of_user["t"] == f"/run/user/{os.getuid()}"
    assert of_user["U"] == str(os.getuid())


def test_a_file_of_variables_is_read_if_it_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "env").write_bytes(b"A=\xe9\n")
    os.mkfifo(tmp_path / "pipe")
    assert variables_file(str(tmp_path / "env")) == "A=\udce9\n"
    for name in ("pipe", "missing", ".", "a\0b"):
        assert variables_file(str(tmp_path / name)) is None
