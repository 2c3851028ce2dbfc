"""Modules with something to call, and interpreters other than the one that runs the tests."""

import re
import shutil
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
    """Every other Python from 3.8 on beside ours, in the path, or in the folders of pyenv.

    What each is, its file says: to ask them takes each worker a second.
    """
    beside = Path(sys.base_prefix).parent.glob("*/bin/python3")
    in_path = [shutil.which(f"python3.{minor}") for minor in range(8, 16)]
    by_minor = {_minor(path): path for path in [*map(str, beside), *filter(None, in_path)]}
    return [
        by_minor[minor] for minor in sorted(by_minor) if minor >= 8 and minor != sys.version_info[1]
    ]


def _minor(path: str) -> int:
    """Which Python 3 is at ``path``; 0 if it is none itself, such as the scripts of pyenv."""
    file = Path(path).resolve()
    named = re.fullmatch(r"python3\.(\d+)", file.name)
    with file.open("rb") as opened:
        is_script = opened.read(2) == b"#!"
    return 0 if is_script or named is None else int(named[1])
