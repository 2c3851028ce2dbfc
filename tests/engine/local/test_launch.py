"""How a command line becomes a process: environment, directory, output, files, limits."""

import os
import signal
import stat
from pathlib import Path

import pytest

from tests.engine.claims import a_claim, a_runner, begun, end_of, outcome
from tui_scheduler.engine.local import launch
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.runner import CannotStart
from tui_scheduler.services.running.taken_runs import Cause


async def test_a_command_is_a_line_for_the_shell(tmp_path: Path) -> None:
    assert await outcome(tmp_path, "echo one && echo two >&2 | cat; exit 3") == (3, b"one\ntwo\n")


@pytest.mark.parametrize("command", ["-x", "--help", "+e", "'"])
async def test_a_command_is_never_taken_for_an_option(tmp_path: Path, command: str) -> None:
    code, output = await outcome(tmp_path, command)
    assert code in (2, 127)
    assert b"-c" not in output


async def test_no_word_of_the_shell_is_made_of_data(tmp_path: Path) -> None:
    folder = tmp_path / "$(touch oops); `touch oops` \" ' & é"
    folder.mkdir()
    code, output = await outcome(folder, "echo $TUI_SCHEDULER_LOG", working_directory=str(tmp_path))
    assert (code, output.decode().strip()) == (0, str(a_claim(folder, "").log_path))
    assert not (tmp_path / "oops").exists()


async def test_output_is_kept_byte_by_byte(tmp_path: Path) -> None:
    code, output = await outcome(tmp_path, r"printf 'a\000b\377\033[31m\r\n'; printf '\200'")
    assert (code, output) == (0, b"a\0b\xff\x1b[31m\r\n\x80")


async def test_input_is_empty(tmp_path: Path) -> None:
    assert await outcome(tmp_path, "cat; echo end") == (0, b"end\n")


async def test_variables_of_the_run_win_over_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONE", "ours")
    monkeypatch.setenv("TWO", "ours")
    environment = {"TWO": "$(its) own", "THREE": "ü"}
    code, output = await outcome(tmp_path, 'echo "$ONE|$TWO|$THREE"', environment=environment)
    assert (code, output.decode()) == (0, "ours|$(its) own|ü\n")


_AFTER = "${TUI_SCHEDULER_AFTER_%s-none}"
_SAID = f'echo "{_AFTER % "RUN"}|{_AFTER % "EXIT_CODE"}|{_AFTER % "LOG"}"'


@pytest.mark.parametrize(
    ("cause", "line"),
    [
        (None, "none|none|none"),
        (Cause(17, 3, Path("/logs/17.log")), "17|3|/logs/17.log"),
        (Cause(17), "17||"),
    ],
)
async def test_a_run_is_told_which_one_it_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cause: Cause | None, line: str
) -> None:
    """And not which one whoever schedules follows."""
    monkeypatch.setenv("TUI_SCHEDULER_AFTER_RUN", "ours")
    code, output = await outcome(tmp_path, _SAID, cause=cause)
    assert (code, output.decode()) == (0, f"{line}\n")


@pytest.mark.parametrize(("own", "seen"), [({}, "all's"), ({"ONE": "its"}, "its")])
async def test_what_all_runs_are_given_is_beneath_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: dict[str, str], seen: str
) -> None:
    monkeypatch.setenv("ONE", "ours")
    claim = a_claim(tmp_path, 'echo "$ONE"', environment=own)
    async with a_runner(tmp_path, given={"ONE": "all's"}) as runner:
        await runner.watch((await begun(runner, claim)).handle)
    assert claim.log_path.read_text() == f"{seen}\n"


async def test_the_pid_is_that_of_the_command(tmp_path: Path) -> None:
    claim = a_claim(tmp_path, "echo $$; true")
    async with a_runner(tmp_path) as runner:
        started = await begun(runner, claim)
        await runner.watch(started.handle)
    assert claim.log_path.read_text() == f"{started.pid}\n"


async def test_a_run_knows_its_id_and_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_SCHEDULER_RUN_ID", "of the run that started this program")
    _, output = await outcome(
        tmp_path, "echo $TUI_SCHEDULER_RUN_ID; echo $TUI_SCHEDULER_LOG", run_id=42
    )
    assert output.decode().split() == ["42", str(a_claim(tmp_path, "", run_id=42).log_path)]


@pytest.mark.parametrize(
    "name",
    [
        "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "WATCHDOG_USEC",
        "WATCHDOG_PID", "TEXTUAL_DEBUG", "TUI_SCHEDULER_COMPLETE", "_TUI_SCHEDULER_COMPLETE",
    ],
)  # fmt: skip
async def test_what_systemd_and_shells_say_to_us_is_no_matter_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    monkeypatch.setenv("LISTEN_ADDRESS", "all")
    command = f'echo "${{{name}-none}} $LISTEN_ADDRESS"'
    assert await outcome(tmp_path, command) == (0, b"none all\n")
    given = await outcome(tmp_path, command, run_id=2, environment={name: "its"})
    assert given == (0, b"its all\n")


async def test_it_runs_in_its_working_directory(tmp_path: Path) -> None:
    assert await outcome(tmp_path, "pwd", working_directory=str(tmp_path)) == (
        0,
        f"{tmp_path}\n".encode(),
    )


async def test_a_tilde_is_the_home(tmp_path: Path) -> None:
    (Path.home() / "work").mkdir()
    _, output = await outcome(tmp_path, "pwd", working_directory="~/work")
    assert output.decode() == f"{Path.home()}/work\n"


async def test_without_a_directory_it_runs_at_home_wherever_we_stand(tmp_path: Path) -> None:
    _, output = await outcome(tmp_path, "pwd")
    assert output.decode() == f"{Path.home()}\n"


async def test_without_a_home_it_runs_at_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "gone"))
    assert await outcome(tmp_path, "pwd") == (0, b"/\n")


@pytest.mark.parametrize(
    ("directory", "reason"),
    [
        ("/does/not/exist", "/does/not/exist does not exist"),
        ("/etc/passwd", "/etc/passwd does not exist, or cannot be entered"),
        ("~nobody-of-that-name/x", "names an unknown user"),
    ],
)
async def test_a_directory_that_cannot_be_is_explained(
    tmp_path: Path, runner: LocalRunner, directory: str, reason: str
) -> None:
    with pytest.raises(CannotStart, match=reason):
        await begun(runner, a_claim(tmp_path, "true", working_directory=directory))


async def test_a_machine_without_a_shell_is_explained(
    tmp_path: Path, runner: LocalRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "_SHELL", str(tmp_path / "sh"))
    with pytest.raises(CannotStart, match=r"There is no .*/sh to run it with"):
        await begun(runner, a_claim(tmp_path, "true"))


async def test_a_variable_that_no_process_can_be_given_is_explained(
    tmp_path: Path, runner: LocalRunner
) -> None:
    with pytest.raises(CannotStart, match="cannot be given to a process"):
        await begun(runner, a_claim(tmp_path, "true", environment={"A": "\ud800"}))


@pytest.mark.parametrize("command", ["echo \0", "echo \ud800"])
async def test_a_command_that_no_process_can_be_given_is_explained(
    tmp_path: Path, runner: LocalRunner, command: str
) -> None:
    with pytest.raises(CannotStart, match="cannot be given to a process"):
        await begun(runner, a_claim(tmp_path, command))


async def test_a_command_that_is_too_long_is_explained(tmp_path: Path, runner: LocalRunner) -> None:
    with pytest.raises(CannotStart, match="Argument list too long"):
        await begun(runner, a_claim(tmp_path, "true " + "x" * 200_000))


async def test_a_log_that_cannot_be_written_costs_only_the_output(tmp_path: Path) -> None:
    in_the_way = a_claim(tmp_path, "").log_path
    in_the_way.mkdir(parents=True)
    end = await end_of(tmp_path, "echo hello; exit 3")
    assert (end.exit_code, end.note) == (3, "6 B of its output not kept: Is a directory")


@pytest.mark.parametrize("umask", [0o000, 0o077])
async def test_its_files_are_private_and_its_umask_is_ours(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        code, output = await outcome(tmp_path, "umask; : > made", working_directory=str(tmp_path))
    finally:
        os.umask(before)
    assert (code, int(output, 8)) == (0, umask)
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o666 & ~umask
    log = a_claim(tmp_path, "").log_path
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700


async def test_it_may_open_as_many_files_as_before_we_raised_our_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "raise_descriptor_limit", lambda: 321)
    assert await outcome(tmp_path, "ulimit -n") == (0, b"321\n")


async def test_signals_that_we_ignore_end_it_all_the_same(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        end = await end_of(tmp_path, "kill -INT $$")
    finally:
        signal.signal(signal.SIGINT, before)
    assert end.signal == signal.SIGINT


async def test_it_has_a_session_of_its_own(tmp_path: Path) -> None:
    _, output = await outcome(tmp_path, "cut -d' ' -f 6 /proc/self/stat")
    assert int(output) != os.getsid(0)


async def test_no_descriptor_of_ours_is_passed_on(tmp_path: Path) -> None:
    with (tmp_path / "ours").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        _, output = await outcome(tmp_path, "ls /proc/self/fd | wc -l")
    assert int(output) == 4  # 0, 1, 2, and the folder that ls reads


async def test_a_late_run_says_so_first(tmp_path: Path) -> None:
    note = "Late: stands for 3 missed runs"
    assert await outcome(tmp_path, "echo hello", missed=3, note=note) == (
        0,
        b"-- Late: stands for 3 missed runs --\nhello\n",
    )


async def test_an_ordinary_run_has_nothing_of_ours_in_its_log(tmp_path: Path) -> None:
    assert await outcome(tmp_path, "echo hello", note="anything") == (0, b"hello\n")
