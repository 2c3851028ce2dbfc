"""Telling a process from another one that got its pid."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tui_scheduler.engine.local.identity import Identity


@pytest.fixture
def ended_pid() -> int:
    with subprocess.Popen(["true"]) as child:
        child.wait()
    return child.pid


def test_an_identity_survives_being_written_down() -> None:
    identity = Identity.of(os.getpid())
    assert Identity.parse(str(identity)) == identity


@pytest.mark.parametrize("text", ["", "12", "a b c", "1 2 3 4"])
def test_anything_else_is_not_an_identity(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Identity.parse(text)


def test_a_living_process_is_present() -> None:
    assert Identity.of(os.getpid()).is_present()


def test_an_ended_process_is_not(ended_pid: int) -> None:
    ours = Identity.of(os.getpid())
    assert not replace(ours, pid=ended_pid).is_present()
    with pytest.raises(ProcessLookupError):
        Identity.of(ended_pid)


def test_a_process_that_waits_to_be_reaped_is_present_still() -> None:
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert Identity.of(child.pid).is_present()
    child.wait()


def test_the_same_pid_with_another_start_is_somebody_else() -> None:
    ours = Identity.of(os.getpid())
    assert not replace(ours, began="1").is_present()


def test_the_same_pid_after_another_boot_is_somebody_else() -> None:
    ours = Identity.of(os.getpid())
    assert not replace(ours, boot="before").is_present()


def test_a_name_with_spaces_and_brackets_is_read_over(tmp_path: Path) -> None:
    program = tmp_path / ") R 1 ("
    shutil.copy("/bin/sleep", program)
    child = subprocess.Popen([program, "60"])
    try:
        assert int(Identity.of(child.pid).began) > 1
    finally:
        child.kill()
        child.wait()
