"""A program that is called sbatch, writes down what it is asked, and says what a test wants."""

import os
import shlex
from pathlib import Path

import pytest

ESTIMATE = (
    "sbatch: Job 3 to start at 2026-11-29T10:00:00 using 1 processors on nodes n1 in partition main"
)
"""What sbatch says of a job that it takes."""


class FakeSbatch:
    """Stands first on the PATH as long as the test lasts."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._programs, self._calls = folder / "programs", folder / "calls"
        self._programs.mkdir(parents=True)
        self._calls.touch()
        monkeypatch.setenv("PATH", f"{self._programs}:{os.environ['PATH']}")
        self.says(ESTIMATE)

    def says(self, text: str, code: int = 0, *, first: str = "") -> None:
        """From now on say ``text`` and end with ``code``, when the shell line ``first`` is done."""
        program = self._programs / "sbatch"
        calls = shlex.quote(str(self._calls))
        program.write_text(
            f'#!/bin/sh\necho "$*" >> {calls}\n{first}\ncat > /dev/null\n'
            f"printf %s {shlex.quote(text)} >&2\nexit {code}\n"
        )
        program.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        """What it was asked so far."""
        return self._calls.read_text().splitlines()
