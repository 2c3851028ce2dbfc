"""Files and processes of other users, which only root can make."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOMEBODY = 54321
"""A user that no machine has."""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to other users")


def give_away(path: Path) -> Path:
    """Let what is at ``path`` belong to somebody else; a file is made if there is nothing."""
    if not path.exists() and not path.is_symlink():
        path.touch(0o644)
    os.chown(path, SOMEBODY, SOMEBODY, follow_symlinks=False)
    return path


def as_somebody(*arguments: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Have somebody else call the command line; skips the test where they may not read it."""
    command = [sys.executable, "-m", "tui_scheduler", *map(str, arguments)]
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command,
        user=SOMEBODY,
        group=SOMEBODY,
        extra_groups=[],
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[1])},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if "No module named" in done.stderr:
        pytest.skip("the program may not be read by others")
    return done
