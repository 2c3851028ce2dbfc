"""What is offered at a press of tab, as each shell asks for it."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.receivers import configure
from tests.cli.stored_runs import a_run
from tui_scheduler.models import RunStatus
from tui_scheduler.settings import config_file

Ask = Callable[..., list[str]]
BREAKS = " \t\n\"'><=;|&(:"
NAMES = [
    "my job", "it's", 'say "hi"', "a:b:c", "a,b", "x$(touch owned)", "back\\slash", "*", "k=v",
    "~tilde", "#hash", "日本", "Ünï",
]  # fmt: skip


@pytest.fixture
def ask(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """What a shell is answered about the last word of a line; never an error."""

    def asked(line: str, shell: str = "bash") -> list[str]:
        with monkeypatch.context() as context:
            context.setenv("_TUI_SCHEDULER_COMPLETE", f"{shell}_complete")
            context.setenv("COMP_WORDS", f"tui-scheduler {line}")
            context.setenv("COMP_CWORD", str(len(line.split(" "))))
            context.setenv("COMP_BREAKS", BREAKS if shell == "bash" else "")
            answered = cli()
        assert (answered.code, answered.err) == (0, "")
        return answered.out.splitlines()

    return asked


def values(answer: list[str]) -> list[str]:
    return [line.removeprefix("plain,") for line in answer]


@pytest.fixture
def named(cli: Cli) -> list[str]:
    for name in NAMES:
        assert cli("process", "add", name, "--command", "true").code == 0
    return NAMES


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pro", ["process"]),
        ("h", ["hold", "help"]),
        ("process sh", ["show"]),
        ("process show ba", ["backup", "bakery"]),
        ("process show --js", ["--json"]),
        ("process add ba", []),
        ("request add --process ba", ["backup", "bakery"]),
        ("request edit 1 --process=bak", ["bakery"]),
        ("runs --process bac", ["backup"]),
        ("group show n", ["nightly"]),
        ("group edit nightly --member bak", ["bakery"]),
        ("group edit nightly --member backup+bak", ["backup+bakery"]),
        ("request add --group ", ["nightly"]),
        ("request show ", ["1", "backup"]),
        ("request show b", ["backup"]),
        ("schedule 1", ["1"]),
        ("trigger 2", []),
        ("runs --request ", ["1", "backup"]),
        ("runs --status pro", ["processing"]),
        ("runs --status ERR", ["error"]),
        ("runs --until y", ["yesterday"]),
        ("next --timing s", ["schedule"]),
        ("next --frequency m", ["minutely", "monthly"]),
        ("next --monthly-option last", ["last", "last-day"]),
        ("next --daily-option week", ["weekdays", "weekends"]),
        ("next --weekday t", ["tue", "thu"]),
        ("next --days mon,t", ["mon,tue", "mon,thu"]),
        ("next --timezone europe/madr", ["Europe/Madrid"]),
        ("process edit backup --overlap q", ["queue"]),
        ("request edit 1 --misfire a", ["all"]),
        ("completion z", ["zsh"]),
        ("process show 'unfinished", []),
    ],
)
def test_everything_that_can_be_chosen_is_offered(
    cli: Cli, ask: Ask, backup: int, line: str, expected: list[str]
) -> None:
    cli("process", "add", "bakery", "--command", "true")
    cli("group", "add", "nightly", "--member", "backup")
    assert [value for value in values(ask(line)) if value != "--help"] == expected


def test_files_and_folders_are_left_to_the_shell(ask: Ask) -> None:
    assert ask("backup /et") == ["file,/et"]
    assert ask("--database /et") == ["file,/et"]
    assert ask("process add x --cwd /et") == ["dir,/et"]


def test_to_stop_there_are_open_runs_and_to_read_the_newest(
    ask: Ask, stored: Opened, backup: int
) -> None:
    with stored() as services:
        for status in (RunStatus.SUCCESS, RunStatus.ERROR, RunStatus.PROCESSING):
            a_run(services, backup, status)
    assert values(ask("kill ")) == ["3", "backup"]
    assert values(ask("log ")) == ["3", "2", "1", "backup"]
    assert values(ask("log 2")) == ["2"]
    assert ask("log b", "fish") == ["plain,backup\trun 3"]


def test_only_names_that_mean_one_are_offered(
    cli: Cli, ask: Ask, stored: Opened, backup: int
) -> None:
    cli("process", "add", "bare", "--command", "true")
    cli("export")
    assert ask("schedule b", "fish") == ["plain,backup\trequest 1"]
    cli("process", "edit", "backup", "--name", "bakery", "--overlap", "allow")
    assert values(ask("schedule ba")) == ["backup", "bakery"]
    cli("request", "add", "--process", "bakery", "--timing", "immediate")
    assert values(ask("schedule ba")) == ["backup"]
    with stored() as services:
        a_run(services, 2, RunStatus.PROCESSING)
    assert values(ask("log ba")) == ["bakery"]
    assert values(ask("kill ba")) == ["bakery"]
    with stored() as services:
        a_run(services, 2, RunStatus.PROCESSING)
    assert values(ask("kill ba")) == []


def test_zsh_and_fish_show_what_numbers_stand_for(cli: Cli, ask: Ask, backup: int) -> None:
    cli("request", "edit", backup, "--description", "every\ttime:\x1b[2J, " + "long " * 30)
    kind, word, description, *_ = ask("request show ", "zsh")
    assert (kind, word) == ("plain", "1")
    assert description.startswith("backup: ")
    assert description.isprintable()
    line, _ = ask("request show ", "fish")
    assert line == f"plain,1\t{description}"


def test_bash_gets_names_as_they_must_be_typed(ask: Ask, named: list[str]) -> None:
    offered = values(ask("process show "))
    script = f"printf '%s\\n' {' '.join(offered)}"
    read = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    assert read.stdout.splitlines() == sorted(named)


def test_zsh_and_fish_get_names_as_they_are(ask: Ask, named: list[str]) -> None:
    assert values(ask("process show ", "fish")) == sorted(named)
    assert ask("process show ", "zsh")[1::3] == sorted(named)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("process show a:b", "b\\:c"),
        ("process show 'it", "it'\\''s"),
        ('process show "say', 'say \\"hi\\"'),
        ("runs --process=k", "k\\=v"),
        ("runs --process=k=", "v"),
    ],
)
@pytest.mark.usefixtures("named")
def test_bash_gets_only_what_it_replaces(ask: Ask, line: str, value: str) -> None:
    assert values(ask(line)) == [value]


@pytest.mark.usefixtures("named")
def test_zsh_and_fish_get_the_option_back_with_its_value(ask: Ask) -> None:
    assert values(ask("runs --process=k", "fish")) == ["--process=k=v"]
    assert ask("runs --process=k", "zsh")[1] == "--process=k=v"


def test_names_that_cannot_be_typed_are_passed_over(cli: Cli, ask: Ask) -> None:
    for name in ("\x1b[31mred", "tab\tname", "-dash", "plain"):
        assert cli("process", "add", "--command", "true", "--", name).code == 0
    assert values(ask("process show ")) == ["plain"]


@pytest.mark.usefixtures("_no_database")
def test_a_database_that_is_not_there_is_not_made(ask: Ask, database_file: Path) -> None:
    assert ask("process show ") == []
    assert ask("--demo process show ") == []
    assert not database_file.exists()


def test_an_older_database_is_not_brought_up_to_date(
    cli: Cli, ask: Ask, backup: int, database_file: Path
) -> None:
    with closing(sqlite3.connect(database_file)) as connection:
        connection.execute("PRAGMA user_version = 1")
    assert values(ask("process show ")) == ["backup"]
    with closing(sqlite3.connect(database_file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_nobody_is_waited_for(ask: Ask, backup: int, database_file: Path) -> None:
    with closing(sqlite3.connect(database_file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert values(ask("process show ")) == ["backup"]
    with closing(sqlite3.connect(database_file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("PRAGMA journal_mode = delete")
        other.execute("BEGIN EXCLUSIVE")
        assert ask("process show ") == []


@pytest.mark.parametrize("spoil", [b"not a database" * 99, b""])
def test_what_is_wrong_with_the_database_is_not_said_here(
    ask: Ask, database_file: Path, spoil: bytes
) -> None:
    database_file.write_bytes(spoil)
    assert ask("process show ") == []
    assert database_file.read_bytes() == spoil


def test_a_broken_configuration_is_no_error_here(ask: Ask) -> None:
    config_file().parent.mkdir(parents=True)
    config_file().write_text("nonsense")
    assert ask("process show ") == []
    assert values(ask("process sh")) == ["show"]


@pytest.mark.parametrize("question", ["", "bash", "bash_", "powershell_complete", "x_complete"])
def test_a_question_that_makes_no_sense_is_no_error(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    monkeypatch.setenv("_TUI_SCHEDULER_COMPLETE", question)
    assert cli().code == 0


@pytest.mark.parametrize(
    ("line", "never"),
    [
        ("pro", "{'textual', 'rich', 'psutil', 'peewee', 'tui_scheduler.schedules'}"),
        ("process show ", "{'textual', 'rich', 'psutil', 'asyncio'}"),
        ("kill ", "{'textual', 'rich', 'psutil', 'asyncio'}"),
    ],
)
def test_little_is_imported_for_an_answer(backup: int, line: str, never: str) -> None:
    script = (
        "import sys; from tui_scheduler.cli import main; main([]);"
        f"found = {never} & set(sys.modules); assert not found, found"
    )
    asking = {
        "_TUI_SCHEDULER_COMPLETE": "bash_complete",
        "COMP_WORDS": f"tui-scheduler {line}",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | asking, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_the_shell_can_read(cli: Cli, tmp_path: Path, shell: str) -> None:
    printed = cli("completion", shell)
    assert (printed.code, printed.err) == (0, "")
    assert "_TUI_SCHEDULER_COMPLETE" in printed.out
    if program := shutil.which(shell):
        script = tmp_path / "script"
        script.write_text(printed.out)
        assert subprocess.run([program, "-n", str(script)]).returncode == 0


def test_another_shell_is_refused(cli: Cli) -> None:
    refused = cli("completion", "csh")
    assert refused.code == 2
    assert "'csh' is not one of bash, zsh, fish" in refused.err


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_in_a_real_bash(cli: Cli, backup: int, tmp_path: Path) -> None:
    """Through the script itself; ``compopt`` and the keys need a terminal and are left out."""
    cli("process", "add", "my job", "--command", "true")
    (tmp_path / "tui-scheduler").symlink_to(Path(sys.executable).with_name("tui-scheduler"))
    (tmp_path / "script").write_text(cli("completion", "bash").out)
    typed = f"{tmp_path}/tui-scheduler process show "
    script = f"""
        . {tmp_path}/script
        COMP_LINE='{typed}m && more' COMP_POINT={len(typed) + 1}
        _tui_scheduler_completion {tmp_path}/tui-scheduler
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("my\\ job\n", "")


def test_receivers_are_offered_without_their_addresses(ask: Ask, database_file: Path) -> None:
    database_file.unlink()
    configure(
        '[receiver.ops]\nwebhook = "https://h.example/s3cret"\n[receiver.page]\ncommand="x"\n'
    )
    assert values(ask("process add x --notify ")) == ["ops", "page", "none", "default"]
    assert values(ask("group edit x --notify o")) == ["ops"]
    assert values(ask("notify test ")) == ["ops", "page"]
    assert values(ask("process edit x --slow-after ")) == ["usual", "never"]
    described = "\n".join(ask("notify test ", "zsh"))
    assert "webhook at h.example" in described
    assert "s3cret" not in described


def test_calendars_are_offered_one_after_the_other(ask: Ask) -> None:
    configure('[calendar.company]\ndates = ["2026-12-24"]\n[calendar.spain]\nholidays = "ES"\n')
    assert values(ask("next --except ")) == ["company", "spain"]
    assert values(ask("request edit 1 --except 2026-12-24,sp")) == ["2026-12-24,spain"]
    assert values(ask("request edit 1 --except company,")) == ["company,spain"]
    assert "1 date" in "\n".join(ask("next --except c", "zsh"))


def test_clusters_are_offered_and_this_machine(ask: Ask, database_file: Path) -> None:
    database_file.unlink()
    cluster = '[cluster.{}]\nengine = "slurm"\nfolder = "/x"\n'
    configure(cluster.format("hpc") + cluster.format("big"))
    assert values(ask("process add x --runs-on ")) == ["hpc", "big", "none"]
    assert values(ask("add --runs-on h")) == ["hpc"]
    assert "slurm" in "\n".join(ask("process edit x --runs-on h", "zsh"))
    configure("nonsense")
    assert values(ask("process edit x --runs-on ")) == ["none"]
