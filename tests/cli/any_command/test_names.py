"""Names where the number of a request or a run is asked for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.stored_runs import a_run, end_elsewhere
from tui_scheduler.models import Request, RunStatus

REQUEST_COMMANDS = [
    ["request", "show"],
    ["request", "edit", "--description", "d"],
    ["request", "remove"],
    ["schedule"],
    ["trigger"],
    ["runs", "--request"],
]
RUN_COMMANDS = [["log"], ["run", "show"], ["kill"]]
Ended = Callable[..., int]


@pytest.fixture
def run_of(stored: Opened) -> Ended:
    """A run of a request, ended or not."""

    def run(request_id: int, status: RunStatus = RunStatus.SUCCESS) -> int:
        with stored() as services:
            return a_run(services, request_id, status, output=b"of %d\n" % request_id)

    return run


def a_request(cli: Cli, name: str, *, kind: str = "process") -> int:
    added = cli("request", "add", f"--{kind}", name, "--timing", "immediate", "--json")
    return int(added.json["id"])


def a_process(cli: Cli, name: str) -> None:
    assert cli("process", "add", name, "--command", "true", "--overlap", "allow").code == 0


def have_key(stored: Opened, request_id: int, key: str) -> None:
    with stored():
        Request.update(key=key).where(Request.id == request_id).execute()


@pytest.mark.parametrize("words", REQUEST_COMMANDS, ids=" ".join)
@pytest.mark.parametrize("name", ["backup", "nightly", "by key", "1", "01"])
def test_a_name_does_where_the_number_of_a_request_does(
    cli: Cli, stored: Opened, words: list[str], name: str
) -> None:
    for each in ("backup", "other"):
        a_process(cli, each)
    cli("group", "add", "nightly", "--member", "backup")
    numbers = {"1": 1, "01": 1, "backup": a_request(cli, "backup")}
    numbers |= {"nightly": a_request(cli, "nightly", kind="group")}
    numbers |= {"by key": a_request(cli, "other")}
    have_key(stored, numbers["by key"], "by key")
    done = cli(*words, name)
    assert done.code == 0, done.err
    if words[:2] == ["request", "remove"]:
        assert cli("request", "show", numbers[name]).code == 3
    elif words[0] in ("request", "schedule"):
        assert done.out.startswith("Id")
        assert done.out.split()[1] == str(numbers[name])
    elif words[0] == "trigger":
        assert cli("runs", "--json").json[0]["request_id"] == numbers[name]


def test_unscheduling_by_name(cli: Cli, backup: int) -> None:
    cli("process", "edit", "backup", "--inactive")
    cli("process", "edit", "backup", "--active")
    cli("request", "edit", "backup", "--when", "daily at 3")
    assert cli("schedule", "backup").code == 0
    assert cli("unschedule", "backup", "--json").json["status"] == "unscheduled"
    assert backup == 1


@pytest.mark.parametrize("words", REQUEST_COMMANDS, ids=" ".join)
def test_a_name_of_several_requests_says_which_and_nothing_is_done(
    cli: Cli, backup: int, words: list[str]
) -> None:
    for _ in range(7):
        a_request(cli, "backup")
    before = cli("request", "list", "--json").out
    refused = cli(*words, "backup")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "'backup' means the requests 1, 2, 3, 4, 5 and 3 more: give the number of one.\n"
    )
    assert cli("request", "list", "--json").out == before
    assert backup == 1


def test_a_key_that_is_also_the_name_of_another_process_means_both(
    cli: Cli, stored: Opened, backup: int
) -> None:
    a_process(cli, "other")
    have_key(stored, a_request(cli, "other"), "backup")
    assert cli("trigger", "backup").err.startswith("'backup' means the requests 1 and 2: ")
    have_key(stored, backup, "other")
    have_key(stored, 2, "mine")
    assert cli("request", "show", "mine", "--json").json["id"] == 2


@pytest.mark.parametrize("words", [*REQUEST_COMMANDS, *RUN_COMMANDS], ids=" ".join)
@pytest.mark.parametrize(
    "name", ["nobody", "", "\udcff", "x\0", "1.5", "-", "Backup", "\uff19", "9" * 5000]
)
def test_a_name_of_nothing_is_not_found(cli: Cli, backup: int, words: list[str], name: str) -> None:
    refused = cli(*words, name)
    assert refused.out == ""
    assert backup == 1
    if name == "\udcff":
        assert (refused.code, "is not valid UTF-8: retype it" in refused.err) == (2, True)
    elif name == "9" * 5000:
        assert (refused.code, refused.err[-13:]) == (3, "9 (any more).\n"[-13:])
    else:
        assert refused.code == 3
        assert refused.err.startswith("There is no process, group or key of a request '")
        assert refused.err.count("\n") == 1


@pytest.mark.parametrize("words", REQUEST_COMMANDS, ids=" ".join)
def test_what_nothing_asks_for_says_what_to_do(cli: Cli, words: list[str]) -> None:
    a_process(cli, "bare")
    refused = cli(*words, "bare")
    assert refused.code == 3
    assert refused.err.startswith("There is no request for 'bare' itself.")


def test_digits_are_a_number_first_and_then_a_name(cli: Cli, run_of: Ended) -> None:
    for name in ("2", "7"):
        a_process(cli, name)
        a_request(cli, name)
    assert cli("request", "show", "2", "--json").json["process"] == "7"
    assert cli("request", "show", "7", "--json").json["id"] == 2
    run_of(1)
    assert cli("log", "2").out == "of 1\n"
    run_of(2)
    assert cli("log", "2").out == "of 2\n"
    assert cli("log", "7").out == "of 2\n"


def test_a_name_of_a_run_is_the_newest_that_began(
    cli: Cli, stored: Opened, run_of: Ended, backup: int
) -> None:
    assert cli("log", "backup").err == "No run of 'backup' has begun so far.\n"
    assert cli("log", "backup").code == 3
    newest = [run_of(backup), run_of(backup)][-1]
    other = a_request(cli, "backup")
    run_of(other, RunStatus.QUEUED)
    with stored() as services:  # still running is skipped, and never began
        services.runs.trigger(other)
    assert len(cli("runs", "--json").json) == 4
    assert cli("run", "show", "backup", "--json").json["id"] == newest
    assert cli("log", "backup").out == "of 1\n"
    have_key(stored, other, "backup")  # of the same process: it means all of its runs
    assert cli("run", "show", "backup", "--json").json["id"] == newest
    have_key(stored, backup, "mine")
    assert cli("run", "show", "mine", "--json").json["id"] == newest


def test_a_run_of_a_name_that_is_two_things_says_which(
    cli: Cli, stored: Opened, run_of: Ended, backup: int
) -> None:
    a_process(cli, "other")
    other = a_request(cli, "other")
    have_key(stored, other, "backup")
    run_of(backup)
    assert cli("log", "backup").out == "of 1\n"
    run_of(other)
    refused = cli("log", "backup")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "'backup' means the runs 1 and 2: give the number of one.\n"


def test_stopping_by_name_takes_what_is_open(
    cli: Cli, run_of: Ended, backup: int, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("process", "edit", "backup", "--overlap", "allow")
    run_of(backup)
    nothing = cli("kill", "backup")
    assert (nothing.code, nothing.err) == (3, "No run of 'backup' waits or runs.\n")
    running = run_of(backup, RunStatus.PROCESSING)
    waiting = run_of(backup, RunStatus.QUEUED)
    refused = cli("kill", "backup")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        f"'backup' means the runs {running} and {waiting}: give the number of one.\n"
    )

    def stop(_settings: object, run_id: int) -> bool:
        assert run_id == waiting
        end_elsewhere(database_file, RunStatus.KILLED)
        return True

    monkeypatch.setattr("tui_scheduler.runtime.stop_offline", stop)
    with_one = cli("kill", waiting, "--json")
    assert with_one.json["status"] == "killed"


def test_stopping_a_group_by_name_means_its_run_and_a_member_its_own(
    cli: Cli, stored: Opened, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_process(cli, "backup")
    cli("group", "add", "nightly", "--member", "backup")
    with stored() as services:
        services.runs.trigger(a_request(cli, "nightly", kind="group"))
        services.dispatch.claim()
    runs = {run["process"] or run["group"]: run["id"] for run in cli("runs", "--json").json}
    stopped = []

    def stop(_settings: object, run_id: int) -> bool:
        stopped.append(run_id)
        end_elsewhere(database_file, RunStatus.KILLED)
        return True

    monkeypatch.setattr("tui_scheduler.runtime.stop_offline", stop)
    assert cli("kill", "nightly").code == 0
    assert stopped == [runs["nightly"]]
