"""Lint, types and import contracts are tests like all others, so that nobody forgets to run them."""

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent
_CHECKS = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "imports": ["importlinter.cli"],
}


def _command(name: str) -> list[str]:
    if name == "imports":
        return [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    tool, *arguments = _CHECKS[name]
    return [sys.executable, "-m", tool, *arguments]


@pytest.mark.parametrize("name", _CHECKS)
def test_the_code_keeps_its_rules(name: str) -> None:
    result = subprocess.run(_command(name), cwd=_ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
