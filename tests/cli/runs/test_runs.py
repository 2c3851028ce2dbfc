"""The history on the command line: filters, fields, order."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.stored_runs import a_run
from tui_scheduler.models import Run, RunStatus

FIELDS = {
    "id", "request_id", "process", "group", "parent_id", "position", "step", "progress",
    "parameters", "status", "channel", "scheduled_for", "start_time",
    "end_time", "duration", "exit_code", "signal", "attempt", "missed", "cpu_time", "peak_memory",
    "usual_duration", "expected_end",
    "log_path", "note", "host", "pid", "command", "log_bytes", "kill_request", "kill_requested_at",
    "place", "submitted_at", "job", "after_run", "followed_by", "waits_for", "locks",
}  # fmt: skip


@pytest.fixture
def history(cli: Cli, stored: Opened, backup: int) -> None:
    """Runs 1 (success), 2 (error) of request 1, and 3 (killed) of request 2 of another process."""
    cli("process", "add", "other", "--command", "true")
    cli("request", "add", "--process", "other", "--timing", "immediate")
    with stored() as services:
        a_run(services, backup)
        a_run(services, backup, RunStatus.ERROR, exit_code=3)
        a_run(services, 2, RunStatus.KILLED, exit_code=None)


def numbers(cli: Cli, *options: str | int) -> list[int]:
    listed = cli("runs", *options, "--json")
    assert listed.code == 0, listed.err
    return [run["id"] for run in listed.json]


@pytest.mark.usefixtures("history")
def test_all_fields_are_there(cli: Cli) -> None:
    run = cli("runs", "--status", "error", "--json").json[0]
    assert set(run) == FIELDS
    assert (run["id"], run["request_id"], run["process"], run["group"]) == (2, 1, "backup", None)
    assert (run["status"], run["exit_code"], run["duration"]) == ("error", 3, 1.5)
    assert (run["attempt"], run["missed"], run["channel"]) == (1, 0, "Direct")
    assert (run["signal"], run["cpu_time"], run["peak_memory"]) == (None, None, None)
    assert re.search("/00000/2-[0-9a-f]{8}[.]log$", run["log_path"])


def test_a_signal_stands_beside_the_exit_code(cli: Cli, stored: Opened, backup: int) -> None:
    with stored() as services:
        used: dict[str, Any] = {"cpu_time": timedelta(seconds=1.25), "peak_memory": 12_300_000}
        a_run(services, backup, RunStatus.ERROR, exit_code=None, signal=15, **used)
    [run] = cli("runs", "--json").json
    names = list(run)
    assert names[names.index("exit_code") + 1] == "signal"
    assert (run["exit_code"], run["signal"]) == (None, 15)
    assert (run["cpu_time"], run["peak_memory"]) == (1.25, 12_300_000)
    assert cli("runs").out.splitlines()[1].split()[-4:] == ["SIGTERM", "≥1.2s", "~12.3", "MB"]


@pytest.mark.usefixtures("history")
def test_a_run_keeps_its_command(cli: Cli) -> None:
    cli("process", "edit", "backup", "--command", "false")
    assert cli("runs", "--status", "error", "--json").json[0]["command"] == "true"
    queued = cli("trigger", 1, "--json").json
    assert queued["command"] is None


def test_a_run_that_waits_has_no_log_yet(cli: Cli, backup: int) -> None:
    assert cli("trigger", backup, "--json").json["log_path"] is None
    assert "Log            -" in cli("trigger", backup).out.splitlines()


@pytest.mark.usefixtures("history")
def test_times_are_the_machines_with_offset(cli: Cli) -> None:
    run = cli("runs", "--json").json[0]
    for name in ("scheduled_for", "start_time", "end_time"):
        assert datetime.fromisoformat(run[name]).utcoffset() in (
            timedelta(hours=1),
            timedelta(hours=2),
        )


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], [3, 2, 1]),
        (["--limit", "2"], [3, 2]),
        (["--request", "1"], [2, 1]),
        (["--process", "other"], [3]),
        (["--status", "error"], [2]),
        (["--status", "error", "--status", "KILLED"], [3, 2]),
        (["--status", "Failed"], [2]),
        (["--status", "lost"], []),
        (["--since", "2h"], [3, 2, 1]),
        (["--since", "2020-01-01"], [3, 2, 1]),
        (["--since", "2020-01-01T00:00:00+02:00"], [3, 2, 1]),
        (["--since", "2999-01-01"], []),
        (["--until", "2999-01-01"], [3, 2, 1]),
        (["--until", "1h"], []),
        (["--until", "2020-01-01"], []),
        (["--until", "2999-01-01", "--process", "backup", "--limit", "1"], [2]),
        (["--since", "1h", "--until", "0s"], [3, 2, 1]),
        (["--process", "backup", "--status", "success", "--request", "1"], [1]),
        (["--status", "timed out", "--status", "killed"], [3]),
        (["--since", "yesterday", "--until", "today"], [3, 2, 1]),
        (["--exit", "3"], [2]),
        (["--exit", "0"], [1]),
        (["--exit", "3", "--process", "other"], []),
        (["--slower", "1.5s"], [3, 2, 1]),
        (["--slower", "10m"], []),
        (["--slower", "1s", "--status", "error", "--exit", "3", "--since", "2h"], [2]),
    ],
)
def test_filters(cli: Cli, options: list[str], expected: list[int]) -> None:
    assert numbers(cli, *options) == expected


@pytest.mark.usefixtures("history")
def test_for_people_runs_are_a_table(cli: Cli) -> None:
    header, first, *_ = cli("runs").out.splitlines()
    assert header.split() == ["RUN", "STATUS", "PROCESS", "REQ", "START", "DURATION", "EXIT"]
    words = first.split()
    assert (words[:4], words[6:]) == (["3", "killed", "other", "2"], ["00:00:01.500", "-"])


def test_a_run_that_goes_on_has_a_duration_so_far(cli: Cli, stored: Opened, backup: int) -> None:
    with stored() as services:
        a_run(services, backup, RunStatus.PROCESSING)
    run = cli("runs", "--json").json[0]
    assert run["end_time"] is None
    assert run["duration"] >= 0
    assert run["pid"] == 4711


def test_no_runs_say_so(cli: Cli) -> None:
    empty = cli("runs")
    assert (empty.code, empty.out, empty.err) == (0, "", "There are no such runs.\n")
    assert cli("runs", "--json").json == []


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--limit", "0"], "--limit"),
        (["--limit", "-1"], "--limit"),
        (["--limit", "x"], "--limit"),
        (["--limit", "9" * 20], "--limit"),
        (["--status", "sleeping"], "--status"),
        (["--since", "yesterday-ish"], "--since"),
        (["--until", "yesterday-ish"], "--until"),
        (["--until", "999999999d"], "--until"),
        (["--since", "1h", "--until", "2h"], "--until"),
        (["--since", "999999999d"], "--since"),
        (["--exit", "x"], "--exit"),
        (["--slower", "x"], "--slower"),
        (["--slower", "999999999d"], "--slower"),
    ],
)
def test_what_is_wrong_is_refused(cli: Cli, options: list[str], named: str) -> None:
    refused = cli("runs", *options)
    assert refused.code == 2
    assert refused.err.startswith(f"{named}: ")
    assert refused.err.count("\n") == 1


@pytest.mark.usefixtures("history")
def test_runs_of_a_group_are_found_by_its_name(cli: Cli, stored: Opened) -> None:
    cli("group", "add", "nightly", "--member", "backup")
    cli("request", "add", "--group", "nightly", "--timing", "immediate")
    cli("trigger", 3)
    assert numbers(cli, "--process", "nightly") == [4]


@pytest.mark.usefixtures("history")
def test_what_still_runs_is_slow_by_now(cli: Cli, stored: Opened, backup: int) -> None:
    with stored() as services:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        run_id = a_run(services, backup, RunStatus.PROCESSING)
        Run.update(start_time=long_ago).where(Run.id == run_id).execute()
    assert numbers(cli, "--slower", "59m") == [run_id]


def test_an_unknown_status_is_told_with_those_there_are(cli: Cli) -> None:
    refused = cli("runs", "--status", "eror", "--exit", "x")
    status, code = refused.err.splitlines()
    assert status.startswith("--status: 'eror' is not one of queued, submitted, processing,")
    assert code == "--exit: 'x' is not an exit code: use a whole number, such as 3"


@pytest.mark.parametrize("options", [["--process", "nobody"], ["--request", "9"]])
def test_runs_of_what_does_not_exist_are_not_found(cli: Cli, options: list[str]) -> None:
    assert cli("runs", *options).code == 3


def test_until_a_day_is_all_of_it_and_until_a_second_too(
    cli: Cli, stored: Opened, backup: int
) -> None:
    with stored() as services:
        for last in ("2026-03-01T22:59:59.7", "2026-03-01T23:00:00"):  # midnight in Madrid
            run_id = a_run(services, backup)
            at = datetime.fromisoformat(f"{last}+00:00")
            Run.update(scheduled_for=at).where(Run.id == run_id).execute()

    def until(text: str) -> list[int]:
        return [run["id"] for run in cli("runs", "--until", text, "--json").json]

    assert until("2026-03-01") == [1]
    assert until("2026-03-01T23:59:59") == [1]
    assert until("2026-03-01T23:59:58") == []
    assert until("2026-03-02T00:00") == [2, 1]
    both = cli("runs", "--since", "2026-03-02", "--until", "2026-03-02", "--json")
    assert [run["id"] for run in both.json] == [2]


def test_following_has_no_end_that_could_be_given(cli: Cli) -> None:
    refused = cli("runs", "--follow", "--until", "2999-01-01")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("--follow goes on until ctrl+c: leave out --until.\n")


def test_what_did_not_run_says_why(cli: Cli, stored: Opened, backup: int) -> None:
    with stored() as services:
        a_run(services, backup)
    assert "NOTE" not in cli("runs").out
    with stored() as services:
        a_run(services, backup, RunStatus.PROCESSING)
        services.runs.trigger(backup)
    header, skipped, *_ = cli("runs").out.splitlines()
    assert header.endswith("EXIT  NOTE")
    assert skipped.endswith("Run 2 is still running")


@pytest.fixture
def costs(stored: Opened, backup: int) -> None:
    """Runs 1 to 4, of which the second took most of the processors and the third of the memory.

    The second was stopped.
    """
    used = [(1, 4), (70, 3), (2, 900), (None, None)]
    with stored() as services:
        for cpu, memory in used:
            status = RunStatus.KILLED if cpu == 70 else RunStatus.SUCCESS
            cpu_time = None if cpu is None else timedelta(seconds=cpu)
            peak = None if memory is None else memory * 1_000_000
            a_run(services, backup, status, cpu_time=cpu_time, peak_memory=peak)


@pytest.mark.usefixtures("costs")
class TestWhatItCost:
    @pytest.mark.parametrize(
        ("sort", "expected"),
        [("newest", [4, 3, 2, 1]), ("cpu", [2, 3, 1, 4]), ("memory", [3, 1, 2, 4])],
    )
    def test_the_costliest_first_and_what_is_not_known_last(
        self, cli: Cli, sort: str, expected: list[int]
    ) -> None:
        assert numbers(cli, "--sort", sort) == expected
        assert numbers(cli, "--sort", sort, "--limit", 2) == expected[:2]
        assert numbers(cli, "--sort", sort, "--process", "backup") == expected

    def test_columns_say_it(self, cli: Cli) -> None:
        title, *lines = cli("runs", "--sort", "cpu").out.splitlines()
        assert title.split()[-3:] == ["EXIT", "CPU", "MEMORY"]
        assert [line.split()[-4:] for line in lines] == [
            ["0", "≥1m10s", "~3.0", "MB"],
            ["0", "2.0s", "≤900", "MB"],
            ["0", "1.0s", "≤4.0", "MB"],
            [*lines[3].split()[-4:-3], "0", "-", "-"],
        ]

    @pytest.mark.parametrize(
        ("sort", "seen"), [("newest", []), ("cpu", ["CPU"]), ("memory", ["MEMORY"])]
    )
    def test_on_a_narrow_terminal_only_what_they_are_sorted_by(
        self, cli: Cli, monkeypatch: pytest.MonkeyPatch, sort: str, seen: list[str]
    ) -> None:
        monkeypatch.setenv("COLUMNS", "75")
        monkeypatch.setattr("tui_scheduler.cli.printing.output.is_terminal", lambda _stream: True)
        title, *_ = cli("runs", "--sort", sort).out.splitlines()
        assert [word for word in ("CPU", "MEMORY") if word in title] == seen

    def test_what_is_unknown_to_sort_by_is_refused(self, cli: Cli) -> None:
        refused = cli("runs", "--sort", "name")
        assert refused.code == 2
        assert "'newest', 'duration', 'cpu', 'memory'" in refused.err
        assert cli("runs", "--sort", "cpu", "--follow").code == 2


def test_what_runs_says_what_is_usual_and_when_it_should_end(
    cli: Cli, stored: Opened, backup: int
) -> None:
    with stored() as services:
        for _ in range(5):
            a_run(services, backup)
        run_id = a_run(services, backup, RunStatus.PROCESSING)
        Run.update(start_time=datetime.now(UTC)).where(Run.id == run_id).execute()
    document = cli("run", "show", run_id, "--json").json
    assert document["usual_duration"] == 1.5
    start, end = (datetime.fromisoformat(document[name]) for name in ("start_time", "expected_end"))
    assert end - start == timedelta(seconds=1.5)
    assert cli("runs", "--status", "success", "--json").json[0]["usual_duration"] is None
    with stored():
        hour_ago = datetime.now(UTC) - timedelta(hours=1)
        Run.update(start_time=hour_ago).where(Run.id == run_id).execute()
    text = cli("run", "show", run_id).out
    assert "Usually        1.5s, 95% within 1.5s" in text
    assert re.search(r"Late +24\d\d\N{MULTIPLICATION SIGN} as long as usual \(1\.5s\)", text)
    assert "Should end" not in text


class TestGrep:
    @pytest.fixture(autouse=True)
    def _logs(self, cli: Cli, stored: Opened, backup: int) -> None:
        """Runs 1 to 3 of request 1, and 4 of request 2 of another process."""
        cli("process", "add", "other", "--command", "true")
        cli("request", "add", "--process", "other", "--timing", "immediate")
        with stored() as services:
            a_run(services, backup, output=b"begin\nNo space left on device\nno space left\n")
            a_run(services, backup, output=None)
            a_run(services, backup, RunStatus.ERROR, output=b"no \x1b[31mspace\x1b[0m left\n")
            a_run(services, 2, RunStatus.ERROR, output=b"no space left, there\n")

    def test_runs_whose_log_has_the_text_are_listed_with_the_line(self, cli: Cli) -> None:
        printed = cli("runs", "--grep", "no space")
        assert printed.code == 0
        rows = [re.split("  +", row)[1:] for row in printed.out.splitlines()]
        assert rows == [
            ["4", "failed", "other", "no space left, there"],
            ["3", "failed", "backup", "no space left"],
            ["1", "success", "backup", "No space left on device"],
        ]
        assert printed.err == ""

    def test_other_options_say_which_runs(self, cli: Cli) -> None:
        assert numbers(cli, "--grep", "no space", "--process", "backup") == [3, 1]
        assert numbers(cli, "--grep", "no space", "--request", 2) == [4]
        assert numbers(cli, "--grep", "no space", "--status", "error", "--since", "1h") == [4, 3]
        assert numbers(cli, "--grep", "No space") == [1]

    def test_json_has_the_line_as_well(self, cli: Cli) -> None:
        [run, _] = cli("runs", "--grep", "no space", "--process", "backup", "--json").json
        assert set(run) == FIELDS | {"line"}
        assert run["line"] == "no space left"

    def test_that_there_are_more_is_told(self, cli: Cli) -> None:
        printed = cli("runs", "--grep", "no space", "--limit", 1)
        assert len(printed.out.splitlines()) == 1
        assert "Stopped at 1 run: --limit N for more." in printed.err

    def test_that_it_is_nowhere_is_told(self, cli: Cli) -> None:
        printed = cli("runs", "--grep", "[nowhere]")
        assert (printed.code, printed.out) == (0, "")
        assert printed.err == "“[nowhere]” stands in none of 4 logs.\n"
        assert cli("runs", "--grep", "nowhere", "--json").json == []

    def test_logs_that_are_gone_are_told(self, cli: Cli, stored: Opened) -> None:
        with stored() as services:
            services.runs.get(1).log_path.unlink()
        printed = cli("runs", "--grep", "No space")
        assert printed.out == ""
        assert printed.err.splitlines() == [
            "“No space” stands in none of 4 logs.",
            "1 log is gone, and could not be searched.",
        ]

    def test_a_history_longer_than_a_batch_is_searched_whole(
        self, cli: Cli, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tui_scheduler.services.runs.LOGS_AT_ONCE", 1)
        assert numbers(cli, "--grep", "no space") == [4, 3, 1]
        monkeypatch.setattr("tui_scheduler.services.queries.runs.list.MOST_SORTED", 0)
        assert numbers(cli, "--grep", "no space", "--since", "1h") == [4, 3, 1]
        assert numbers(cli, "--grep", "no space", "--until", "1h") == []

    @pytest.mark.parametrize(
        "options", [["--follow", "--grep", "x"], ["--grep", " "], ["--grep", "of\nspace"]]
    )
    def test_what_makes_no_sense_is_refused(self, cli: Cli, options: list[str]) -> None:
        refused = cli("runs", *options)
        assert refused.code == 2
        assert "--grep" in refused.err
