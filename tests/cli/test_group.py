"""Groups on the command line: made, shown, changed, asked for and removed."""

import pytest

from tests.cli.conftest import Cli, Opened
from tests.services.groups import play
from tests.support.clock import FakeClock
from tui_scheduler.models import RunStatus

FIELDS = {
    "id", "name", "description", "members", "stop_on_failure", "overlap", "created_at",
    "notify", "notify_after", "slow_after",
    "request_count", "running", "last_status", "last_end_time",
}  # fmt: skip
ADD = ("group", "add", "nightly", "--member", "extract", "--member", "load")


@pytest.fixture(autouse=True)
def _members(cli: Cli) -> None:
    for name in ("extract", "load"):
        assert cli("process", "add", name, "--command", "true").code == 0


def test_adding_prints_the_new_group(cli: Cli) -> None:
    added = cli(*ADD, "--json")
    assert added.code == 0
    assert set(added.json) == FIELDS
    assert added.json["members"] == ["extract", "load"]
    assert added.json["stop_on_failure"] is False
    assert added.json["overlap"] == "skip"


def test_a_process_may_be_a_member_twice(cli: Cli) -> None:
    assert cli(*ADD, "--member", "extract", "--json").json["members"] == [
        "extract",
        "load",
        "extract",
    ]


def test_people_are_shown_the_members_in_their_order(cli: Cli) -> None:
    output = cli(*ADD, "--stop-on-failure").out
    assert "1 extract\n" in output
    assert "2 load\n" in output
    assert "On failure    stop\n" in output
    assert "extract, load" in cli("group", "list").out


def test_what_is_not_given_stays_as_it_is(cli: Cli) -> None:
    cli(*ADD, "--stop-on-failure", "--description", "at night")
    edited = cli("group", "edit", "nightly", "--overlap", "queue", "--json").json
    assert edited["stop_on_failure"] is True
    assert edited["description"] == "at night"
    assert edited["members"] == ["extract", "load"]
    assert edited["overlap"] == "queue"


def test_members_are_replaced_and_taken_away(cli: Cli) -> None:
    cli(*ADD)
    assert cli("group", "edit", "nightly", "--member", "load", "--json").json["members"] == ["load"]
    assert cli("group", "edit", "nightly", "--member", "none", "--json").json["members"] == []


def test_it_is_renamed_and_goes_on_after_failures(cli: Cli) -> None:
    cli(*ADD, "--stop-on-failure")
    edited = cli("group", "edit", "nightly", "--name", "daily", "--go-on", "--json").json
    assert (edited["name"], edited["stop_on_failure"]) == ("daily", False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--member", "other"], "--members: there is no process 'other': add it first\n"),
        (["--overlap", "maybe"], "--overlap: "),
        (["--description", "a\0b"], "--description: "),
    ],
)
def test_what_is_wrong_is_refused_by_the_name_of_its_option(
    cli: Cli, options: list[str], message: str
) -> None:
    refused = cli("group", "add", "nightly", *options)
    assert refused.code == 2
    assert refused.err.startswith(message.replace("--members", "--member"))
    assert cli("group", "list", "--json").json == []


def test_a_group_is_no_member_of_a_group(cli: Cli) -> None:
    cli(*ADD)
    refused = cli("group", "add", "all", "--member", "nightly")
    assert refused.err == "--member: 'nightly' is a group: name the processes it runs\n"


def test_names_are_shared_with_processes(cli: Cli) -> None:
    assert cli("group", "add", "load").err == "name: 'load' is taken: choose another one\n"


@pytest.mark.parametrize("command", ["show", "edit", "remove"])
def test_what_does_not_exist_is_not_found(cli: Cli, command: str) -> None:
    missing = cli("group", command, "nightly")
    assert missing.code == 3
    assert missing.err == "There is no group 'nightly'.\n"


@pytest.mark.parametrize("command", ["show", "edit", "remove"])
def test_a_group_is_no_process(cli: Cli, command: str) -> None:
    cli(*ADD)
    assert cli("process", command, "nightly").code == 3
    assert cli("group", command, "load").code == 3


def test_a_request_asks_for_a_group(cli: Cli) -> None:
    cli(*ADD)
    added = cli("request", "add", "--group", "nightly", "--timing", "immediate", "--json")
    assert (added.json["group"], added.json["process"]) == ("nightly", None)
    assert cli("request", "show", added.json["id"]).out.splitlines()[1] == "Group         nightly"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--group", "other"], "--group: there is no group 'other': add it first\n"),
        (["--group", "load"], "--group: there is no group 'load': add it first\n"),
        (["--process", "nightly"], "--process: 'nightly' is a group: use --group\n"),
        (
            ["--process", "load", "--group", "nightly"],
            "--group: excludes --process: leave out one of them\n",
        ),
        ([], "--process: is missing: give it, or --group\n"),
    ],
)
def test_a_request_for_something_else_is_refused(
    cli: Cli, options: list[str], message: str
) -> None:
    cli(*ADD)
    refused = cli("request", "add", *options, "--timing", "immediate")
    assert (refused.code, refused.err) == (2, message)


def test_a_request_may_turn_from_a_process_to_a_group(cli: Cli) -> None:
    cli(*ADD)
    request = cli("request", "add", "--process", "load", "--timing", "immediate", "--json").json
    edited = cli("request", "edit", request["id"], "--group", "nightly", "--json").json
    assert (edited["group"], edited["process"]) == ("nightly", None)


def test_an_empty_group_is_refused_when_it_is_scheduled_or_triggered(cli: Cli) -> None:
    cli("group", "add", "empty")
    request = cli("request", "add", "--group", "empty", "--timing", "immediate", "--json").json
    for command in ("schedule", "trigger"):
        refused = cli(command, request["id"])
        assert refused.code == 1
        assert refused.err == "The group 'empty' has no members. Add some first.\n"


def test_runs_say_for_which_group_they_were(cli: Cli, stored: Opened, clock: FakeClock) -> None:
    cli(*ADD)
    request = cli("request", "add", "--group", "nightly", "--timing", "immediate", "--json").json
    cli("trigger", request["id"])
    with stored() as services:
        play(services, clock, {"load": RunStatus.ERROR})
    load, extract, group = cli("runs", "--json").json
    assert (group["process"], group["group"], group["parent_id"]) == (None, "nightly", None)
    assert group["progress"] == {"done": 2, "total": 2}
    assert [(run["process"], run["group"]) for run in (extract, load)] == [
        ("extract", "nightly"),
        ("load", "nightly"),
    ]
    assert [(run["parent_id"], run["position"]) for run in (extract, load)] == [
        (group["id"], 1),
        (group["id"], 2),
    ]
    assert "GROUP" in cli("runs").out.splitlines()[0]
    assert "group 'nightly' begins" in cli("log", group["id"]).out


def test_removing_a_group_keeps_its_members(cli: Cli) -> None:
    cli(*ADD)
    cli("request", "add", "--group", "nightly", "--timing", "immediate")
    removed = cli("group", "remove", "nightly")
    assert (removed.code, removed.err) == (0, "Removed group 'nightly'.\n")
    assert cli("request", "list", "--json").json == []
    assert len(cli("process", "list", "--json").json) == 2


class TestSteps:
    def test_a_plus_joins_members_that_run_together(self, cli: Cli) -> None:
        cli("process", "add", "report", "--command", "true")
        added = cli("group", "add", "etl", "--member", "extract+load", "--member", "report")
        assert "1.1 extract\n" in added.out
        assert "1.2 load\n" in added.out
        assert "2   report\n" in added.out
        assert cli("group", "show", "etl", "--json").json["members"] == [
            ["extract", "load"],
            "report",
        ]
        assert "extract + load, report" in cli("group", "list").out

    def test_it_joins_only_where_no_process_has_the_whole_name(self, cli: Cli) -> None:
        cli("process", "add", "extract+load", "--command", "true")
        added = cli(*ADD, "--member", "extract+load", "--json").json
        assert added["members"] == ["extract", "load", "extract+load"]

    def test_an_inactive_process_has_its_name_as_well(self, cli: Cli) -> None:
        cli("process", "add", "c++", "--command", "true")
        cli("process", "edit", "c++", "--inactive")
        cli("process", "add", "c", "--command", "true")
        added = cli(*ADD, "--member", "c+++load", "--json").json
        assert added["members"] == ["extract", "load", ["c++", "load"]]

    def test_what_is_joined_and_not_there_is_told_by_its_name(self, cli: Cli) -> None:
        refused = cli("group", "add", "x", "--member", "extract+lod")
        assert refused.code == 2
        assert "--member: there is no process 'lod': add it first" in refused.err

    def test_the_same_twice_in_one_step_is_refused(self, cli: Cli) -> None:
        refused = cli("group", "add", "x", "--member", "load+load")
        assert refused.code == 2
        assert "'load' stands twice in one step" in refused.err

    def test_members_are_called_by_step_and_place(
        self, cli: Cli, stored: Opened, clock: FakeClock
    ) -> None:
        cli("group", "add", "etl", "--member", "extract+load")
        cli("request", "add", "--group", "etl", "--timing", "immediate")
        cli("trigger", "1")
        with stored() as services:
            play(services, clock)
        load, extract, group = cli("runs", "--json").json
        assert [(run["position"], run["step"]) for run in (group, extract, load)] == [
            (None, None),
            (1, 1),
            (2, 1),
        ]
        assert group["progress"] == {"done": 2, "total": 2}
        output = cli("run", "show", str(load["id"])).out
        assert f"etl, member 1.2 of run {group['id']}" in output
        assert "1.2 'load'" in cli("log", str(group["id"])).out
