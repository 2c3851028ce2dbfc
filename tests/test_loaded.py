"""What may be loaded by what people wait for: a prompt, a list, and the first screen.

Each is tried in a fresh interpreter. What is loaded more than here takes its time from everybody,
and belongs into the function that needs it.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE

_COMMAND = """
import sys
before = set(sys.modules)
from tui_scheduler.__main__ import run
sys.argv = ["tui-scheduler", *sys.argv[1:]]
assert run() == 0
print(*set(sys.modules) - before)
"""
_SCREEN = """
import sys
before = set(sys.modules)
import asyncio
from pathlib import Path
import tui_scheduler.cli.screen
import tui_scheduler.tui.run
from tui_scheduler.settings import Settings
from tui_scheduler.runtime import open_runtime
from tui_scheduler.tui.app import SchedulerApp

async def look() -> None:
    settings = Settings(database=Path(sys.argv[1]))
    async with open_runtime(settings, is_viewer=True, begins_later=True) as runtime:
        async with SchedulerApp(runtime).run_test() as pilot:
            await runtime.begun.wait()
            print(*set(sys.modules) - before)

asyncio.run(look())
"""
_EDGE = {
    "tui_scheduler",
    "tui_scheduler.__main__",
    "tui_scheduler.cells",
    "tui_scheduler.cli",
    "tui_scheduler.cli.quick_answers",
    "tui_scheduler.cli.main",
    "tui_scheduler.cli.printing",
    "tui_scheduler.cli.printing.layout",
    "tui_scheduler.cli.printing.output",
    "tui_scheduler.cli.quick_lines",
    "tui_scheduler.cli.screen",
    "tui_scheduler.cli.session",
    "tui_scheduler.errors",
    "tui_scheduler.text",
    "tui_scheduler.wording",
}
"""What every line of a shell loads of ours."""

_STATUS = {
    *_EDGE,
    "tui_scheduler.cli.printing.status",
    "tui_scheduler.file_systems",
    "tui_scheduler.identity",
    "tui_scheduler.lock_file",
    "tui_scheduler.machine_zone",
    "tui_scheduler.permissions",
    "tui_scheduler.receivers",
    "tui_scheduler.settings",
    "tui_scheduler.sizes",
    "tui_scheduler.status_query",
}
_HEAVY = {
    "apprise", "asyncio", "click", "croniter", "email", "http", "json",
    "logging", "markdown_it", "multiprocessing", "peewee", "platform", "platformdirs", "psutil",
    "rich", "shutil", "socket", "sqlite3", "subprocess", "tempfile", "textual", "tomli_w",
    "tomllib", "tzlocal", "unittest", "uuid", "xml", "zoneinfo",
}  # fmt: skip
"""What takes a millisecond or more, of the standard library and of others."""


def _loaded(script: str, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def _ours(modules: set[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] == "tui_scheduler"}


@pytest.mark.parametrize(
    ("words", "needs", "ours"),
    [
        ("--version", set(), _EDGE),
        ("status", {"sqlite3", "zoneinfo"}, _STATUS),
    ],
)
def test_a_prompt_loads_what_it_needs(
    new_database: Path, words: str, needs: set[str], ours: set[str]
) -> None:
    modules = _loaded(_COMMAND, "--database", str(new_database), *words.split())
    assert modules & _HEAVY <= needs
    assert _ours(modules) <= ours


def test_a_list_loads_no_parser_and_nothing_of_other_rooms(new_database: Path) -> None:
    modules = _loaded(_COMMAND, "--database", str(new_database), "process", "list")
    of_peewee = {"json", "logging", "platform", "socket", "uuid"}
    assert modules & _HEAVY <= of_peewee | {"peewee", "sqlite3", "zoneinfo"}
    ours = _ours(modules)
    for room in (
        *("engine", "runtime", "tui", "doctor", "cli.options", "cli.completing"),
        *("lock_holder", "signs_of_life", "status_query", "services.context", "services.drafts"),
        *("services.events", "services.logs", "services.norms", "services.processes"),
        *("services.removal", "services.running", "services.validation"),
        *("services.views.groups", "services.views.requests", "services.views.runs"),
    ):
        assert not {name for name in ours if name.startswith(f"tui_scheduler.{room}")}, room
    known = ("durations", "exceptions", "plan")
    schedules = {name for name in ours if name.startswith("tui_scheduler.schedules.")}
    assert schedules <= {f"tui_scheduler.schedules.{name}" for name in known}
    assert len(ours) <= 65


def test_the_first_screen_loads_no_other_one(new_database: Path) -> None:
    modules = _loaded(_SCREEN, str(new_database))
    unwanted = _HEAVY - {
        *("asyncio", "json", "logging", "peewee", "platform"),
        *("platformdirs", "rich", "shutil", "socket", "sqlite3", "subprocess", "tempfile"),
        *("textual", "uuid", "zoneinfo"),
    }
    assert not modules & unwanted
    ours = _ours(modules)
    for room in (
        *("cli.options", "cli.root", "doctor", "demo", "manual", "runtime.live"),
        *("engine.local", "engine.notices", "engine.runners", "engine.scheduler", "engine.slurm"),
        *("schedules.cautions", "schedules.cron", "schedules.words", "services.chains"),
        *("services.definitions", "services.drafts"),
        *("services.imports", "services.logs", "services.queries.filter_words"),
        *("services.queries.runs.list", "services.queries.runs.search", "services.requests"),
        *("services.running", "services.runs", "services.timeline", "services.views.runs"),
        *("tui.screens.dialogs", "tui.screens.forms.form", "tui.screens.groups"),
        *("tui.screens.notices", "tui.screens.processes", "tui.screens.timeline"),
        *("tui.widgets.form", "tui.widgets.log"),
    ):
        assert not {name for name in ours if name.startswith(f"tui_scheduler.{room}")}, room
