"""The help of each command: grouped, with examples that work and exit codes at its end."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.receivers import configure
from tests.cli.stored_runs import a_run
from tests.engine.local.pythons import write_module
from tests.engine.slurm.fake_sbatch import FakeSbatch
from tests.support.manual_pages import PAGES, README
from tests.support.manual_pages import commands as commands_of_page
from tui_scheduler.cli.root import PROGRAM, root
from tui_scheduler.models import Run, RunStatus
from tui_scheduler.permissions import current_user


def commands(
    command: click.Command = root, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that lead to it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            subcommand = command.get_command(context, name)
            assert subcommand is not None, name
            yield from commands(subcommand, (*path, name))


COMMANDS = dict(commands())


def examples() -> Iterator[tuple[str, ...]]:
    """Every example of every command and page, as words, as far as they are ours, not a shell's."""
    for command in COMMANDS.values():
        section = (command.epilog or "").partition("Examples:\n")[2].partition("\n\n")[0]
        for line in section.replace("\\\n", " ").splitlines():
            program, *words = shlex.split(line, comments=True)
            assert program == PROGRAM, line
            yield tuple(takewhile(lambda word: word not in (">", "||"), words))
    for page in (README, *PAGES):
        yield from commands_of_page(page)


@pytest.fixture(scope="module")
def _worlds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


@pytest.fixture
def world(cli: Cli, stored: Opened, database_file: Path, _worlds: Path) -> None:
    """Processes, a group ``nightly``, a daily request 3 of ``report``, and runs up to 17: open.

    It is made for the first example; the others get a copy of its files.
    """
    made, logs = _worlds / "home", database_file.with_name("scheduler.db.logs")
    if not made.exists():
        _make_world(cli, stored)
        shutil.copytree(Path.home(), made)
        shutil.copy(database_file, _worlds)
        shutil.copytree(logs, _worlds / logs.name)
    else:
        shutil.copytree(made, Path.home(), dirs_exist_ok=True)
        shutil.copy(_worlds / database_file.name, database_file)
        shutil.copytree(_worlds / logs.name, logs)


def _make_world(cli: Cli, stored: Opened) -> None:
    for name in ("backup", "report", "extract", "load", "x"):
        cli("process", "add", name, "--command", "true", "--overlap", "allow")
    cli("group", "add", "nightly", "--member", "backup")
    plan = ["--timing", "schedule", "--frequency", "daily", "--start", "2026-03-01T02:30"]
    for name in ("backup", "backup", "report"):
        assert cli("request", "add", "--process", name, *plan).code == 0
    with stored() as services:
        for _ in range(16):
            a_run(services, 1, output=b"a line\n")
        a_run(services, 1, RunStatus.QUEUED)
        Run.update(end_time=Run.start_time).execute()  # not later than now, or the clock is wrong
    assert cli("export", Path.home() / "schedules.toml").code == 0


BEFORE = {
    "process add": ["process edit backup --name a", "process edit report --name b"],
    "group add": ["group remove nightly"],
    "unschedule 3": ["schedule 3"],
    "pause 3": ["schedule 3"],
    "pause report": ["schedule 3"],
    "pause backup": ["request remove 2", "schedule 1"],
    "resume backup": ["request remove 2", "schedule 1", "pause backup"],
    "release": ["hold"],
    "trigger backup": ["request remove 2"],
    "trigger rsync": ["add --when hourly -- rsync"],
    "request remove": ["kill 17"],
    "process remove": ["kill 17"],
}
"""What has to be done before some examples make sense."""
ENDED = "log backup --follow"
"""What follows a run that has ended, and ends with it."""
CODES = {"status --check": 1}
"""What examples end with that do not end with 0."""


@pytest.mark.usefixtures("world", "fake_slurm")
@pytest.mark.parametrize("words", list(map(list, dict.fromkeys(examples()))), ids=" ".join)
def test_every_example_works(cli: Cli, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    (Path.home() / "backups").mkdir()
    configure(
        '[receiver.ops]\ncommand = "cat"\n[receiver.page]\ncommand = "cat"\n'
        f'[cluster.hpc]\nengine = "slurm"\nfolder = "{Path.home()}"\n'
    )
    if "--runs-on" in words:  # of what the machine of the example has
        FakeSbatch(Path.home() / "fake", monkeypatch)
    monkeypatch.chdir(Path.home())
    write_module(Path.home() / "shop", "def daily(): pass", "reports")
    (Path.home() / "shop/.venv/bin").mkdir(parents=True)
    (Path.home() / "shop/.venv/bin/python").symlink_to(sys.executable)
    make_what_is_imported(monkeypatch)
    arguments = [in_shell(word) for word in words]
    is_of_system = words[:1] == ["service"] and "--dry-run" not in words
    if (
        not words or is_of_system or set(words) & {"serve", "web", "--demo"}
    ):  # or until a key is pressed
        root.make_context(PROGRAM, arguments)
        return
    key = " ".join(words[:2])
    if key in BEFORE:
        for earlier in BEFORE[key]:
            assert cli(*shlex.split(earlier)).code == 0
    follows = "--follow" in words and " ".join(words) != ENDED
    if follows:
        monkeypatch.setattr(time, "sleep", interrupt)
    done = cli(*arguments)
    assert done.code == (130 if follows else CODES.get(key, 0)), done.out + done.err


def make_what_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Crontabs at home, one of which a program ``crontab`` prints, and a timer."""
    home = Path.home()
    (home / "my.crontab").write_text("0 5 * * * true\n")
    (home / "system.crontab").write_text(f"0 5 * * * {current_user()} true\n")
    units = home / ".config" / "systemd" / "user"
    units.mkdir(parents=True)
    (units / "x.timer").write_text("[Timer]\nOnCalendar=daily\n")
    (units / "x.service").write_text("[Service]\nExecStart=/bin/true\n")
    (home / "crontab").write_text("#!/bin/sh\nexec cat ~/my.crontab\n")
    (home / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", f"{home}:{os.environ['PATH']}")


def in_shell(word: str) -> str:
    """What a shell makes of a word; what is beside the home of the test comes into it."""
    return os.path.expanduser(word.replace("/var/tmp/$USER", "~"))  # noqa: PTH111


def interrupt(_seconds: float) -> None:
    """What ctrl+c does."""
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("path", "command"), list(COMMANDS.items()), ids=[" ".join(path) for path in COMMANDS]
)
def test_help_says_what_and_how_and_how_it_ends(
    cli: Cli, path: tuple[str, ...], command: click.Command
) -> None:
    helped = cli(*path, "--help")
    assert (helped.code, helped.err) == (0, "")
    usage, what, *rest = helped.out.split("\n\n")
    assert usage.startswith(f"Usage: {' '.join((PROGRAM, *path))}")
    assert what.startswith("  ")
    assert any(part.startswith("Options:") for part in rest)
    assert max(map(len, helped.out.splitlines())) <= 80
    assert rest[-1].startswith("  Exit codes: 0 done, 1 failed, 2 wrong usage") or (
        isinstance(command, click.Group) and path
    )


def test_the_commands_are_grouped_without_importing_them(cli: Cli) -> None:
    lines = cli("--help").out.splitlines()
    titles = [line for line in lines if line.endswith(":") and not line.startswith((" ", "Usage"))]
    assert titles == [
        "Options:",
        "What and when:",
        "Run and stop:",
        "What happens:",
        "Maintenance:",
    ]
    named = [line.split()[0] for line in lines if line[:2] == "  " and line[2:3].isalpha()]
    assert [name for name in named if (name,) in COMMANDS] == [
        path[0] for path in COMMANDS if len(path) == 1
    ]
    script = (
        "import sys; from tui_scheduler.cli import main; assert main(['--help']) == 0;"
        "assert not {'peewee', 'asyncio'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], stdout=subprocess.DEVNULL).returncode == 0
