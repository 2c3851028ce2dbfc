"""A script whose first line ends in a carriage return."""

from pathlib import Path

import pytest

from tests.engine.claims import a_claim, end_of
from tui_scheduler.engine.local.shebang import carriage_return_hint


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "job.sh"
    path.write_bytes(b"#!/bin/sh\r\necho hi\r\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("command", ["{}", "exec {} --fast", "./job.sh", "true && './job.sh' a"])
async def test_the_run_says_what_to_do(tmp_path: Path, script: Path, command: str) -> None:
    end = await end_of(tmp_path, command.format(script), working_directory=str(tmp_path))
    assert end.exit_code in (126, 127)
    assert end.note.startswith("The first line of /")
    assert end.note.endswith("/job.sh ends in CR LF: save it with Unix line ends (LF)")


async def test_a_script_is_found_on_the_path_of_the_run(tmp_path: Path, script: Path) -> None:
    end = await end_of(tmp_path, "job.sh", environment={"PATH": f"{script.parent}:/usr/bin:/bin"})
    assert end.note == f"The first line of {script} ends in CR LF: save it with Unix line ends (LF)"


@pytest.mark.parametrize("command", ["no-such-command", "./gone.sh", "exit 127", "unfinished '"])
async def test_whatever_else_was_not_found_has_no_hint(tmp_path: Path, command: str) -> None:
    assert (await end_of(tmp_path, f"{command}", working_directory=str(tmp_path))).note == ""


@pytest.mark.parametrize(
    "first", [b"#!/bin/sh\n", b"echo hi\r\n", b"", b"#!" + b"x" * 1_000 + b"\r"]
)
def test_no_other_first_line_is_blamed(tmp_path: Path, script: Path, first: bytes) -> None:
    script.write_bytes(first)
    assert carriage_return_hint(a_claim(tmp_path, str(script))) == ""


def test_a_script_that_cannot_be_read_is_not_blamed(tmp_path: Path, script: Path) -> None:
    gone = a_claim(tmp_path, "./job.sh", working_directory=str(tmp_path / "gone"))
    assert carriage_return_hint(gone) == ""
    assert carriage_return_hint(a_claim(tmp_path, str(tmp_path))) == ""
