"""A package that is upgraded or removed beneath programs of it: what schedules goes on with it."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.serving.test_serve import first_run, keeper_of, next_line, serving, until_line
from tests.support.package import copied, install_anew

REPLACED = "was upgraded or removed while this program was open. Leave it, and start it again.\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package that programs are begun from: a copy."""
    return copied(tmp_path, monkeypatch)


def ended(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait()


def test_whoever_schedules_runs_what_is_due_all_the_same(
    cli: Cli, database_file: Path, package: Path
) -> None:
    """Also by a keeper that is begun only then, as the one before has died."""
    with serving(database_file) as server:
        assert next_line(server) == f"{database_file}: scheduling.\n"
        cli("add", "--name", "first", "--when", "now", "--", "echo before")
        assert cli("log", first_run(cli, "first"), "--follow").out == "before\n"
        package.rename(package.with_name("gone"))
        os.kill(keeper_of(database_file), signal.SIGKILL)
        cli("add", "--name", "second", "--when", "now", "--", "echo after")
        until_line(server, "of second: started")
        assert cli("log", "second", "--follow").out == "after\n"


def test_who_waited_to_take_over_leaves_it_to_the_new_version(
    database_file: Path, package: Path
) -> None:
    """Or the service that is begun after an upgrade would find an old screen in its place."""
    with serving(database_file) as first:
        assert next_line(first) == f"{database_file}: scheduling.\n"
        with serving(database_file) as second:
            until_line(second, "waiting to take over")
            install_anew(package)
            ended(first)
            until_line(second, REPLACED)
            with serving(database_file) as service:
                assert next_line(service) == f"{database_file}: scheduling.\n"
                until_line(second, f"process {service.pid} schedules")
