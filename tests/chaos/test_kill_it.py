"""The script of the README that anybody can run: what it shows is so."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.manual_pages import README
from tests.support.patience import PATIENCE

_SECTION = re.compile(r"^## Kill it\n.*?\n\n((?:    [^\n]*\n)+)", re.MULTILINE | re.DOTALL)


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with the program in it, as if it were installed."""
    program = tmp_path / "bin" / "tui-scheduler"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tui_scheduler "$@"\n')
    program.chmod(0o755)
    return program.parent


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_run_survives_its_scheduler_and_what_was_missed_is_told(
    programs: Path, tmp_path: Path, shell: str
) -> None:
    section = _SECTION.search(README.read_text(encoding="utf-8"))
    assert section is not None
    lines = section[1].splitlines()
    assert len(lines) == 10
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    environment["PATH"] = f"{programs}:{environment['PATH']}"
    done = subprocess.run(
        [shell, "-c", "\n".join([*lines, "wait"])],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    rows = [line for line in done.stdout.splitlines() if " slow " in line]
    assert rows, done.stdout + done.stderr
    row = re.match(r" *\d+  failed +slow .* 00:00:(\d\d)\.\d{3} +7 ", rows[-1])
    assert row is not None, rows
    assert int(row[1]) >= 10
    assert re.search(r"tick .* Late: stands for \d+ missed runs", done.stdout)
    assert "\ndone\n" in done.stdout
