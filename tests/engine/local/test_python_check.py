"""Whether a Python process can be called is tried with its own interpreter, and told in words."""

import asyncio
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.engine.beacon import Beacon
from tests.engine.claims import is_alive
from tests.engine.local.pythons import foreign_interpreters, write_module
from tests.services.drafts import process_draft
from tui_scheduler.engine.local import python_check
from tui_scheduler.engine.local.python_check import import_problems
from tui_scheduler.models import ProcessKind
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.parameters.parameters import Parameter


def a_draft(folder: Path, target: str = "job:main", **fields: Any) -> ProcessDraft:
    values = {"kind": ProcessKind.PYTHON, "working_directory": str(folder), "command": target}
    return process_draft(**{**values, **fields})


async def problems_of(draft: ProcessDraft) -> list[tuple[str, str]]:
    return [(problem.field, problem.text) for problem in await import_problems(draft)]


@pytest.mark.parametrize("python", [None, *foreign_interpreters()])
async def test_what_can_be_called_has_no_problem(tmp_path: Path, python: str | None) -> None:
    write_module(tmp_path, "print('noise')\nasync def main(context): ...")
    assert await problems_of(a_draft(tmp_path, python=python)) == []


async def test_what_a_cluster_runs_is_not_looked_for_here(tmp_path: Path) -> None:
    draft = a_draft(tmp_path, "not_here:main", runs_on="hpc")
    assert await problems_of(draft) == []
    here = replace(draft, runs_on=None)
    assert [problem.field for problem in await import_problems(here, draft)] == ["command"]


NOTHING = "'main' is a generator, of which a call does nothing: take its yield out"
REASONS: list[tuple[str, str, str]] = [
    ("job:main", "", "there is no 'main' in job: check its spelling"),
    ("job:Main.run", "class Main: pass", "there is no 'Main.run' in job: check its spelling"),
    ("job:main", "main = 7", "'main' is of type int, which cannot be called"),
    ("job:main", "def main(): yield", NOTHING),
    ("job:main", "async def main(context): yield", NOTHING),
    ("job:main", "1 / 0", "its module cannot be imported: ZeroDivisionError: division by zero"),
    ("job:main", "raise SystemExit(3)", "its module cannot be imported: SystemExit: 3"),
    ("job:main", "import os; os._exit(0)", "its module ends Python while it is imported"),
    (
        "job:main",
        "def main(:",
        "its module cannot be imported: SyntaxError: invalid syntax (job.py, line 1)",
    ),
    (
        "job:main",
        "def main(source, target): pass",
        "it requires source, target: let it take a context and nothing else, or nothing",
    ),
    (
        "job:main",
        "def main(*, mode): pass",
        "it requires mode: let it take a context and nothing else, or nothing",
    ),
]


@pytest.mark.parametrize(("target", "source", "reason"), REASONS)
async def test_each_reason_is_told(tmp_path: Path, target: str, source: str, reason: str) -> None:
    write_module(tmp_path, source)
    assert await problems_of(a_draft(tmp_path, target)) == [("command", reason)]


@pytest.mark.parametrize(
    ("target", "missing"),
    [("jobs:main", "jobs"), ("jobs.daily:main", "jobs"), ("shop.daily:main", "shop.daily")],
)
async def test_a_module_that_is_missing_is_named(
    tmp_path: Path, bare_environment: Path, target: str, missing: str
) -> None:
    write_module(tmp_path / "shop", "", "__init__")
    python = str(bare_environment)
    [(field, text)] = await problems_of(a_draft(tmp_path, target, python=python))
    assert field == "command"
    assert text == (
        f"there is no module {missing!r}, neither in {tmp_path}"
        f" nor where {python}/bin/python looks for modules"
    )


async def test_a_module_that_another_one_needs_is_named(tmp_path: Path) -> None:
    write_module(tmp_path, "import numpi")
    [(field, text)] = await problems_of(a_draft(tmp_path))
    assert field == "command"
    assert text.startswith("its module needs 'numpi', which ")


async def test_a_reason_of_a_megabyte_is_cut(tmp_path: Path) -> None:
    write_module(tmp_path, "raise ValueError('é' * 1_000_000)")
    [(_, text)] = await problems_of(a_draft(tmp_path))
    assert len(text) == 300


async def test_it_is_tried_where_and_with_what_the_process_runs(tmp_path: Path) -> None:
    source = """
        import os
        assert (os.environ["A"], os.environ["B"]) == ("1", "2")
        assert "TUI_SCHEDULER_RUN_ID" not in os.environ
        def main(): pass
    """
    write_module(tmp_path, dedent(source))
    draft = a_draft(
        tmp_path, environment={"A": "1"}, parameters=(Parameter(name="B", default="2"),)
    )
    assert await problems_of(draft) == []


async def test_without_a_directory_it_is_tried_at_home() -> None:
    write_module(Path.home(), "def main(): pass")
    assert await problems_of(process_draft(command="job:main", kind=ProcessKind.PYTHON)) == []


@pytest.mark.parametrize("python", ["/bin/true", "/bin/yes", "/bin/cat", "/etc"])
async def test_what_is_no_python_is_refused(tmp_path: Path, python: str) -> None:
    [(field, text)] = await problems_of(a_draft(tmp_path, python=python))
    assert field == "python"
    assert python in text


async def test_a_program_that_cannot_be_executed_is_no_python(tmp_path: Path) -> None:
    fake = tmp_path / "python"
    fake.write_bytes(b"\x00\x01")
    fake.chmod(0o755)
    assert [field for field, _ in await problems_of(a_draft(tmp_path, python=str(fake)))] == [
        "python"
    ]


@pytest.mark.parametrize("python", ["/nowhere", "~nobody-of-that-name"])
async def test_an_interpreter_that_is_missing_is_refused(tmp_path: Path, python: str) -> None:
    assert await problems_of(a_draft(tmp_path, python=python)) == [
        ("python", f"there is no interpreter {python}: name one, or an environment")
    ]


async def test_a_directory_that_is_missing_is_refused(tmp_path: Path) -> None:
    [(field, text)] = await problems_of(a_draft(tmp_path / "gone"))
    assert field == "working_directory"
    assert "does not exist" in text


async def test_an_import_that_takes_too_long_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(python_check, "IMPORT_TIME", 0.01)
    write_module(tmp_path, "import time\ntime.sleep(60)")
    [(field, text)] = await problems_of(a_draft(tmp_path))
    assert field == "command"
    assert "is not imported within" in text


async def test_who_no_longer_wants_to_know_leaves_no_child(tmp_path: Path, beacon: Beacon) -> None:
    pid_file = tmp_path / "pid"
    source = f"""
        import os, pathlib
        pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid()))
        os.system({f"{beacon.lit}sleep 60"!r})
    """
    write_module(tmp_path, source)
    asked = asyncio.create_task(import_problems(a_draft(tmp_path)))
    await beacon.seen()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert not is_alive(int(pid_file.read_text()))


async def test_a_command_is_not_tried() -> None:
    assert await import_problems(process_draft(command="nothing:at_all")) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("command", "job:gone"), ("python", "/nowhere"), ("environment", {"A": "1"})],
)
async def test_only_what_changed_is_tried_again(tmp_path: Path, field: str, value: Any) -> None:
    before = a_draft(tmp_path)
    assert await import_problems(a_draft(tmp_path, description="other"), before) == []
    assert await import_problems(a_draft(tmp_path, **{field: value}), before) != []


def test_nothing_of_it_needs_a_loop_that_runs(tmp_path: Path) -> None:
    write_module(tmp_path, "def main(): pass")
    assert asyncio.run(import_problems(a_draft(tmp_path))) == []
