"""Processes on the command line: every option, good and bad."""

import pytest

from tests.cli.conftest import Cli

ADD = ("process", "add", "backup", "--command", "echo hi")

FIELDS = {
    "id", "name", "description", "kind", "command", "target", "python", "parameters",
    "working_directory", "environment", "runs_on", "cluster_options", "timeout", "overlap",
    "retries", "retry_delay", "active",
    "notify", "notify_after", "slow_after", "error_words", "locks",
    "created_at", "request_count", "running", "last_status", "last_end_time",
}  # fmt: skip


def test_adding_prints_the_new_process(cli: Cli) -> None:
    added = cli(*ADD, "--json")
    assert added.code == 0
    assert set(added.json) == FIELDS
    assert added.json["name"] == "backup"
    assert added.json["command"] == "echo hi"


def test_a_command_with_lines_of_windows_is_stored_as_the_form_would(cli: Cli) -> None:
    added = cli("process", "add", "x", "--command", "echo a\r\necho b", "--json")
    assert added.json["command"] == "echo a\necho b"


def test_what_is_not_given_has_the_documented_default(cli: Cli) -> None:
    process = cli(*ADD, "--json").json
    assert process["description"] == ""
    assert process["working_directory"] is None
    assert process["environment"] == {}
    assert process["timeout"] is None
    assert process["overlap"] == "skip"
    assert (process["retries"], process["retry_delay"]) == (0, 30.0)
    assert process["active"] is True


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        (["--description", "Nightly"], "description", "Nightly"),
        (["--cwd", "/tmp"], "working_directory", "/tmp"),
        (["--env", "A=1", "--env", "B=x=y"], "environment", {"A": "1", "B": "x=y"}),
        (["--env", "A="], "environment", {"A": ""}),
        (["--timeout", "10m"], "timeout", 600.0),
        (["--timeout", "90"], "timeout", 90.0),
        (["--timeout", "1d"], "timeout", 86400.0),
        (["--overlap", "skip"], "overlap", "skip"),
        (["--overlap", "allow"], "overlap", "allow"),
        (["--overlap", "QUEUE"], "overlap", "queue"),
        (["--overlap", "replace"], "overlap", "replace"),
        (["--retries", "3"], "retries", 3),
        (["--retry-delay", "2h"], "retry_delay", 7200.0),
    ],
)
def test_options_are_stored(cli: Cli, options: list[str], field: str, value: object) -> None:
    assert cli(*ADD, *options, "--json").json[field] == value
    assert cli("process", "show", "backup", "--json").json[field] == value


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--cwd", "relative/path"], "--cwd"),
        (["--env", "NO_EQUALS_SIGN"], "--env"),
        (["--env", "1A=b"], "--env"),
        (["--timeout", "soon"], "--timeout"),
        (["--timeout", "0"], "--timeout"),
        (["--timeout", "-5s"], "--timeout"),
        (["--overlap", "maybe"], "--overlap"),
        (["--retries", "-1"], "--retries"),
        (["--retries", "many"], "--retries"),
        (["--retries", "99999999999999999999999"], "--retries"),
        (["--retry-delay", "x"], "--retry-delay"),
        (["--retry-delay", "999999999d"], "--retry-delay"),
        (["--command", ""], "--command"),
    ],
)
def test_what_is_wrong_is_refused_by_the_name_of_its_option(
    cli: Cli, options: list[str], named: str
) -> None:
    refused = cli(*ADD, *options)
    assert refused.code == 2
    assert refused.err.startswith(f"{named}: ")
    assert refused.err.count("\n") == 1
    assert refused.out == ""
    assert cli("process", "list", "--json").json == []


def test_all_problems_are_told_at_once_one_line_each(cli: Cli) -> None:
    refused = cli("process", "add", "x", "--timeout", "soon", "--retries", "many", "--overlap", "?")
    assert refused.code == 2
    named = {line.partition(":")[0] for line in refused.err.splitlines()}
    assert named == {"--command", "--timeout", "--retries", "--overlap"}


@pytest.mark.parametrize("name", ["", " ", " backup", "two\nlines", "n" * 201])
def test_names_that_nobody_could_type_again_are_refused(cli: Cli, name: str) -> None:
    refused = cli("process", "add", name, "--command", "true")
    assert refused.code == 2
    assert refused.err.startswith("name: ")


def test_a_name_is_taken_once(cli: Cli) -> None:
    cli(*ADD)
    again = cli(*ADD)
    assert again.code == 2
    assert again.err == "name: 'backup' is taken: choose another one\n"


def test_a_missing_name_is_told_like_any_other_problem(cli: Cli) -> None:
    refused = cli("process", "add", "--command", "true")
    assert refused.code == 2
    assert refused.err == "NAME: is missing\n"


def test_the_list_is_sorted_by_name(cli: Cli) -> None:
    for name in ("zebra", "ant"):
        cli("process", "add", name, "--command", "true")
    assert [process["name"] for process in cli("process", "list", "--json").json] == [
        "ant",
        "zebra",
    ]


def test_the_list_for_people_is_a_table(cli: Cli) -> None:
    cli(*ADD)
    header, row = cli("process", "list").out.splitlines()
    assert header.split() == ["NAME", "COMMAND", "OVERLAP", "ACTIVE", "REQUESTS", "LAST", "RUN"]
    assert row.split() == ["backup", "echo", "hi", "skip", "yes", "0", "-"]
    assert header.index("COMMAND") == row.index("echo")


def test_an_empty_list_says_what_to_do_and_prints_nothing(cli: Cli) -> None:
    empty = cli("process", "list")
    assert (empty.code, empty.out) == (0, "")
    assert "process add" in empty.err


def test_showing_for_people_names_every_field(cli: Cli) -> None:
    cli(*ADD, "--env", "A=1", "--env", "B=2", "--timeout", "90m")
    output = cli("process", "show", "backup").out
    assert "Command            echo hi\n" in output
    assert "Environment        A=1\n                   B=2\n" in output
    assert "Timeout            1h30m\n" in output


@pytest.mark.parametrize("verb", [["show"], ["edit"], ["remove"]])
def test_a_process_that_does_not_exist_is_not_found(cli: Cli, verb: list[str]) -> None:
    missing = cli("process", *verb, "nobody")
    assert missing.code == 3
    assert missing.err == "There is no process 'nobody'.\n"


def test_editing_changes_only_what_is_given(cli: Cli) -> None:
    before = cli(*ADD, "--cwd", "/tmp", "--env", "A=1", "--timeout", "5m", "--json").json
    after = cli("process", "edit", "backup", "--retries", "2", "--json").json
    assert after == {**before, "retries": 2}


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        (["--name", "copy"], "name", "copy"),
        (["--command", "false"], "command", "false"),
        (["--description", ""], "description", ""),
        (["--cwd", "none"], "working_directory", None),
        (["--env", "none"], "environment", {}),
        (["--env", "B=2"], "environment", {"B": "2"}),
        (["--timeout", "none"], "timeout", None),
        (["--inactive"], "active", False),
    ],
)
def test_editing_changes_and_clears(
    cli: Cli, options: list[str], field: str, value: object
) -> None:
    given = ["--description", "d", "--cwd", "/tmp", "--env", "A=1", "--timeout", "5m"]
    before = cli(*ADD, *given, "--json").json
    after = cli("process", "edit", "backup", *options, "--json").json
    assert after == {**before, field: value}


def test_an_inactive_process_can_be_activated_again(cli: Cli) -> None:
    cli(*ADD)
    cli("process", "edit", "backup", "--inactive")
    assert cli("process", "edit", "backup", "--active", "--json").json["active"] is True


def test_an_edit_that_is_refused_changes_nothing(cli: Cli) -> None:
    before = cli(*ADD, "--json").json
    refused = cli("process", "edit", "backup", "--retries", "-1", "--description", "new")
    assert (refused.code, refused.err.partition(":")[0]) == (2, "--retries")
    assert before.items() <= cli("process", "show", "backup", "--json").json.items()


def test_a_name_cannot_be_changed_to_one_that_is_taken(cli: Cli) -> None:
    cli(*ADD)
    cli("process", "add", "other", "--command", "true")
    assert cli("process", "edit", "other", "--name", "backup").code == 2


def test_removing_needs_no_answer_in_a_script(cli: Cli) -> None:
    cli(*ADD)
    removed = cli("process", "remove", "backup")
    assert (removed.code, removed.out) == (0, "")
    assert removed.err == "Removed process 'backup'.\n"
    assert cli("process", "list", "--json").json == []


def test_removing_takes_requests_along(cli: Cli, backup: int) -> None:
    assert cli("process", "remove", "backup").code == 0
    assert cli("request", "show", backup).code == 3


def test_removing_is_refused_while_something_is_open(cli: Cli, backup: int) -> None:
    cli("trigger", backup)
    refused = cli("process", "remove", "backup")
    assert refused.code == 1
    assert "waits to start" in refused.err


@pytest.mark.parametrize(("answer", "is_kept"), [(True, False), (False, True)])
def test_a_person_is_asked_before_something_is_removed(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, answer: bool, is_kept: bool
) -> None:
    cli(*ADD)
    questions: list[str] = []

    def confirm(text: str, **_: object) -> bool:
        questions.append(text)
        return answer

    monkeypatch.setattr("tui_scheduler.cli.options.confirm.is_terminal", lambda _stream: True)
    monkeypatch.setattr("click.confirm", confirm)
    assert cli("process", "remove", "backup").code == (1 if is_kept else 0)
    assert questions == ["Remove process 'backup', its requests (0), runs and logs?"]
    assert bool(cli("process", "list", "--json").json) is is_kept


def test_groups_that_go_on_without_what_is_removed_are_told(cli: Cli) -> None:
    cli(*ADD)
    for number in range(1, 7):
        cli("group", "add", f"g{number}", "--member", "backup")
    removed = cli("process", "remove", "backup")
    assert removed.err == (
        "Removed process 'backup'.\nWith it went its place in the groups g1, g2, g3 and 3 others.\n"
    )


def test_a_person_who_is_sure_is_not_asked(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli(*ADD)
    monkeypatch.setattr("tui_scheduler.cli.options.confirm.is_terminal", lambda _stream: True)
    assert cli("process", "remove", "backup", "--yes").code == 0
