"""Modules with something to call, and interpreters other than the one that runs the tests."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from textwrap import dedent

from tests.engine.claims import a_claim, end_of
from tui_scheduler.models import ProcessKind


def write_module(folder: Path, source: str, name: str = "job") -> None:
    """A module ``name`` in ``folder``, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(dedent(source), encoding="utf-8")


async def called(
    folder: Path, source: str, target: str = "job:main", **fields: object
) -> tuple[int, str]:
    """The exit code, or minus the signal, and the output of a callable in this ``source``."""
    work = folder / "work"
    write_module(work, source)
    values = {"kind": ProcessKind.PYTHON, "working_directory": str(work), **fields}
    end = await end_of(folder, target, **values)
    log = a_claim(folder, target).log_path
    code = -end.signal if end.signal is not None else end.exit_code
    assert code is not None
    return code, log.read_text(encoding="utf-8") if log.exists() else ""


@cache
def foreign_interpreters() -> list[str]:
    """Every other Python from 3.8 on beside ours, in the path, or in the folders of pyenv."""
    beside = Path(sys.base_prefix).parent.glob("*/bin/python3")
    in_path = [shutil.which(f"python3.{minor}") for minor in range(8, 16)]
    found = {_version(path): path for path in [*map(str, beside), *filter(None, in_path)]}
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    return [found[version] for version in sorted(found) if version and version != ours]


def _version(path: str) -> str:
    """The version at ``path``; empty if it is no Python, or too old for us."""
    question = "import sys; print('%d.%d' % sys.version_info[:2] * (sys.version_info >= (3, 8)))"
    asked = subprocess.run([path, "-c", question], capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else ""
