"""A package of our own that may be upgraded or removed while programs of it run."""

import shutil
from pathlib import Path

import pytest

import tui_scheduler

_COMPILED = shutil.ignore_patterns("__pycache__")


def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have programs that are begun from now on be of a copy of the package; returns its folder."""
    source, copy = Path(tui_scheduler.__file__).parent, tmp_path / "site" / "tui_scheduler"
    shutil.copytree(source, copy, ignore=_COMPILED)
    monkeypatch.setenv("PYTHONPATH", str(copy.parent))
    monkeypatch.setenv("PYTHONSAFEPATH", "1")  # or the working directory comes first
    return copy


def install_anew(package: Path) -> None:
    """Put files of the same content in the place of all that the package has."""
    fresh = package.with_name("fresh")
    shutil.copytree(package, fresh, ignore=_COMPILED)
    for file in fresh.rglob("*.py"):
        file.touch()
    package.rename(package.with_name("former"))
    fresh.rename(package)
