"""The output of a run on the command line."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.stored_runs import a_run, end_elsewhere, log_of
from tests.engine.kept import keep
from tui_scheduler.cli import main
from tui_scheduler.models import RunStatus

HOSTILE = b"\x1b[31mred\x1b[0m \x1b]0;title\x07\x00\xff\x9b2J [bold]\n"


@pytest.fixture
def run_with(stored: Opened, backup: int) -> Callable[..., int]:
    def make(output: bytes | None, status: RunStatus = RunStatus.SUCCESS) -> int:
        with stored() as services:
            return a_run(services, backup, status, output=output)

    return make


RunWith = Callable[..., int]


def test_the_bytes_are_printed_as_they_are(
    stored: Opened, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    main(["process", "add", "x", "--command", "true"])
    main(["request", "add", "--process", "x", "--timing", "immediate"])
    with stored() as services:
        a_run(services, 1, output=HOSTILE)
    capfdbinary.readouterr()
    assert main(["log", "1"]) == 0
    assert capfdbinary.readouterr().out == HOSTILE


@pytest.mark.parametrize(
    ("lines", "expected"),
    [("0", ""), ("1", "three\n"), ("2", "two\nthree\n"), ("99", "one\ntwo\nthree\n")],
)
def test_the_last_lines_are_printed(cli: Cli, run_with: RunWith, lines: str, expected: str) -> None:
    number = run_with(b"one\ntwo\nthree\n")
    assert cli("log", number, "--tail", lines).out == expected


@pytest.mark.parametrize("lines", ["-1", "x"])
def test_a_wrong_number_of_lines_is_refused(cli: Cli, run_with: RunWith, lines: str) -> None:
    refused = cli("log", run_with(b""), "--tail", lines)
    assert refused.code == 2
    assert refused.err.startswith("--tail: ")


def test_a_run_that_does_not_exist_is_not_found(cli: Cli) -> None:
    assert cli("log", 5).code == 3


def test_a_run_without_a_log_says_why_it_did_not_execute(cli: Cli, backup: int) -> None:
    cli("trigger", backup)
    skipped = cli("trigger", backup, "--json").json["id"]
    outcome = cli("log", skipped)
    assert (outcome.code, outcome.out) == (0, "")
    assert "Run 1 waits to start" in outcome.err


def test_a_run_whose_log_was_deleted_says_so(
    cli: Cli, run_with: RunWith, database_file: Path
) -> None:
    number = run_with(b"output")
    log_of(database_file).unlink()
    outcome = cli("log", number)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "Run 1 wrote something, but its log is gone.\n"


@pytest.mark.parametrize("output", [None, b""])
@pytest.mark.parametrize("options", [(), ("--follow",), ("--tail", "3")])
def test_a_run_that_wrote_nothing_says_so(
    cli: Cli, run_with: RunWith, output: bytes | None, options: tuple[str, ...]
) -> None:
    outcome = cli("log", run_with(output), *options)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "Run 1 wrote nothing.\n")


def test_a_run_that_goes_on_may_write_yet(cli: Cli, run_with: RunWith) -> None:
    outcome = cli("log", run_with(None, RunStatus.PROCESSING))
    assert (outcome.code, outcome.err) == (0, "Run 1 has written nothing yet.\n")


def test_a_run_that_waits_has_no_log_whatever_lies_there(
    cli: Cli, backup: int, database_file: Path
) -> None:
    """A database that was restored gives the number of a run to another one."""
    cli("trigger", backup)
    stray = log_of(database_file)
    stray.parent.mkdir(parents=True)
    stray.write_text("of another run\n")
    outcome = cli("log", 1)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.startswith("Run 1 waits to start")


@pytest.mark.parametrize("options", [(), ("--tail", "1")])
def test_following_begins_when_the_log_appears(
    cli: Cli,
    run_with: RunWith,
    database_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
) -> None:
    number = run_with(None, RunStatus.PROCESSING)
    log_of(database_file).parent.mkdir(parents=True)
    while_it_is_followed(monkeypatch, database_file, lambda _log: None, more)
    assert cli("log", number, "--follow", *options).out == "more\n"


def test_following_ends_when_the_run_has_ended(cli: Cli, run_with: RunWith) -> None:
    assert cli("log", run_with(b"all\n"), "--follow").out == "all\n"


def while_it_is_followed(
    monkeypatch: pytest.MonkeyPatch, database_file: Path, *steps: Callable[[Path], object]
) -> None:
    """Do a step to the log of run 1 between two looks; with the last one the run has ended."""
    waiting = list(steps)
    log = log_of(database_file)

    def step(_seconds: float) -> None:
        waiting.pop(0)(log)
        if not waiting:
            end_elsewhere(database_file)

    monkeypatch.setattr(time, "sleep", step)


def more(log: Path) -> None:
    with log.open("ab") as file:
        file.write(b"more\n")


def test_following_prints_what_comes_until_the_end(
    cli: Cli, run_with: RunWith, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run writes once more while it is watched, and once between its end and the last look."""
    number = run_with(b"one\n", RunStatus.PROCESSING)
    while_it_is_followed(monkeypatch, database_file, more, more)
    assert cli("log", number, "--follow", "--tail", "1").out == "one\nmore\nmore\n"


@pytest.fixture
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_scheduler.cli.runs.log.is_terminal", lambda _stream: True)


@pytest.mark.usefixtures("on_a_terminal")
def test_following_shows_a_prompt_that_waits(
    cli: Cli, run_with: RunWith, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = run_with(b"Waiting... ", RunStatus.PROCESSING)
    while_it_is_followed(monkeypatch, database_file, lambda _log: None, more)
    blanks = " " * len("Waiting... ")
    assert cli("log", number, "--follow").out == f"Waiting... \r{blanks}\rWaiting... more\n"


@pytest.mark.usefixtures("on_a_terminal")
def test_what_was_shown_of_an_unfinished_line_stays_when_the_log_is_cut(
    cli: Cli, run_with: RunWith, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = run_with(b"one\nWaiting... ", RunStatus.PROCESSING)
    while_it_is_followed(monkeypatch, database_file, lambda log: log.write_bytes(b"anew\n"))
    assert cli("log", number, "--follow").out == "one\nWaiting... \nanew\n"


def test_following_goes_on_with_the_last_lines_of_a_log_that_was_cut(
    cli: Cli, run_with: RunWith, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"line {number}\n" for number in range(40_000)]
    number = run_with("".join(lines).encode(), RunStatus.PROCESSING)

    def cut_and_more(log: Path) -> None:
        keep(log, b"more\n", cap=200_000)

    while_it_is_followed(monkeypatch, database_file, cut_and_more)
    outcome = cli("log", number, "--follow")
    assert outcome.out == "".join(lines + lines[-999:]) + "more\n"
    assert outcome.err == "The log was cut meanwhile: here are its last lines.\n"


def test_following_from_the_end_also_goes_on_when_the_log_was_cut(
    cli: Cli, run_with: RunWith, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = run_with(b"before\n" * 10, RunStatus.PROCESSING)
    while_it_is_followed(monkeypatch, database_file, lambda log: log.write_bytes(b"anew\n"))
    assert cli("log", number, "--follow", "--tail", "0").out == "anew\n"


def test_following_repeats_nothing_that_is_still_where_it_was(
    cli: Cli, run_with: RunWith, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = run_with(b"one\ntwo\n", RunStatus.PROCESSING)

    def another_file(log: Path) -> None:
        copy = log.with_suffix(".copy")
        copy.write_bytes(log.read_bytes() + b"three\n")
        copy.replace(log)

    while_it_is_followed(monkeypatch, database_file, another_file)
    assert cli("log", number, "--follow").out == "one\ntwo\nthree\n"


@pytest.mark.usefixtures("on_a_terminal")
def test_on_a_terminal_colours_stay_and_the_rest_is_harmless(
    cli: Cli, run_with: RunWith, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_scheduler.cli.runs.log.has_colour", lambda: True)
    output = cli("log", run_with(HOSTILE)).out
    assert output.startswith("\x1b[0;31mred\x1b[0m ")
    assert "[bold]" in output
    assert "title" not in output
    assert output.replace("\x1b[0;31m", "").replace("\x1b[0m", "").rstrip("\n").isprintable()


class TestCompare:
    GOOD = b"10:00:01 begin\n10:00:02 copied 12 files\n10:00:03 end\n"
    BAD = b"11:00:01 begin\n11:00:02 error: no disk\n11:00:03 end\n"

    def test_it_says_what_is_new_and_what_is_missing_beside_the_last_good_run(
        self, cli: Cli, run_with: RunWith
    ) -> None:
        run_with(b"something else\n")
        good = run_with(self.GOOD)
        run_with(b"failed, too\n", RunStatus.ERROR)
        bad = run_with(self.BAD, RunStatus.ERROR)
        run_with(b"a later one\n")
        printed = cli("log", bad, "--compare")
        assert printed.code == 0
        assert printed.out.splitlines() == [
            "  11:00:01 begin",
            "- 10:00:02 copied 12 files",
            "+ 11:00:02 error: no disk",
        ]
        message = f"Run {bad} beside run {good}, the last good one: 1 line new (+), 1 missing"
        assert message in printed.err

    def test_of_a_run_that_goes_on_it_is_said_how_it_is_so_far(
        self, cli: Cli, run_with: RunWith
    ) -> None:
        run_with(self.GOOD)
        printed = cli("log", run_with(b"10:00:01 begin\n", RunStatus.PROCESSING), "--compare")
        assert "Run 2 so far beside run 1, the last good one: 0 lines new" in printed.err

    def test_that_nothing_differs_is_said(self, cli: Cli, run_with: RunWith) -> None:
        run_with(self.GOOD)
        bad = run_with(self.GOOD.replace(b"12", b"0"), RunStatus.ERROR)
        printed = cli("log", bad, "--compare")
        assert printed.out == ""
        assert "the same lines" in printed.err

    def test_the_same_request_comes_first_and_then_the_same_process(
        self, cli: Cli, stored: Opened, backup: int, run_with: RunWith
    ) -> None:
        run_with(self.GOOD)
        other = cli("request", "add", "--process", "backup", "--timing", "immediate", "--json")
        with stored() as services:
            bad = a_run(services, other.json["id"], RunStatus.ERROR, output=self.BAD)
            assert services.runs.last_good(services.runs.get(bad)).request_id == backup
            own = a_run(services, other.json["id"], output=self.GOOD)
            a_run(services, backup, output=self.GOOD)
            bad = a_run(services, other.json["id"], RunStatus.ERROR, output=self.BAD)
            assert services.runs.last_good(services.runs.get(bad)).id == own

    def test_without_a_good_run_there_is_nothing_to_compare_with(
        self, cli: Cli, run_with: RunWith
    ) -> None:
        run_with(None)  # it printed nothing
        bad = run_with(self.BAD, RunStatus.ERROR)
        refused = cli("log", bad, "--compare")
        assert refused.code == 3
        assert refused.err == f"No run of backup that has a log succeeded before run {bad}.\n"

    @pytest.mark.parametrize("instead", [Path.touch, os.mkfifo, Path.mkdir, lambda _path: None])
    def test_with_a_log_that_is_gone_nothing_is_new(
        self, cli: Cli, stored: Opened, run_with: RunWith, instead: Callable[[Path], None]
    ) -> None:
        good, bad = run_with(self.GOOD), run_with(self.BAD, RunStatus.ERROR)
        with stored() as services:
            logs = [services.runs.get(number).log_path for number in (good, bad)]
        logs[0].unlink()
        instead(logs[0])
        refused = cli("log", bad, "--compare")
        assert (refused.code, refused.out) == (3, "")
        message = f"Run {good}, the last good one, wrote something, but its log is gone: remove it,"
        assert message in refused.err
        logs[1].unlink()
        instead(logs[1])
        refused = cli("log", bad, "--compare")
        assert (refused.code, refused.out) == (3, "")
        assert refused.err == f"Run {bad} wrote something, but its log is gone.\n"

    def test_what_did_not_begin_has_no_log(self, cli: Cli, run_with: RunWith) -> None:
        run_with(self.GOOD)
        refused = cli("log", run_with(None, RunStatus.QUEUED), "--compare")
        assert refused.code == 3

    @pytest.mark.parametrize("other", [["--follow"], ["--tail", "3"]])
    def test_whole_logs_are_compared(self, cli: Cli, run_with: RunWith, other: list[str]) -> None:
        refused = cli("log", run_with(self.GOOD), "--compare", *other)
        assert refused.code == 2
        assert "--compare" in refused.err
