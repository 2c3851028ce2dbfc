"""Requests on the command line: what they store, print and refuse."""

import pytest

from tests.cli.conftest import Cli

WEEKLY = ("--timing", "schedule", "--frequency", "weekly", "--days", "mon", "--start")
WEEKLY_FROM = (*WEEKLY, "2030-01-07T09:00")

FIELDS = {
    "id", "process", "group", "description", "status", "timing", "frequency", "timezone",
    "next_fire", "waiting_for", "previous_fire", "schedule_text", "start", "finish", "interval",
    "repetitions", "daily_option", "days", "monthly_option", "weekday", "day", "or_last_day",
    "cron", "delay", "follows", "outcome", "spread", "spread_by", "except", "misfire",
    "misfire_limit", "silent_after", "parameters", "scheduled_at", "scheduled_by", "executions",
    "created_at", "last_run_id", "last_status", "paused_at", "paused_by", "paused_until",
    "skips_next",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _process(cli: Cli) -> None:
    cli("process", "add", "backup", "--command", "true")


def add(cli: Cli, *options: str) -> dict[str, object]:
    """A request of ``backup``; immediate unless ``options`` say otherwise."""
    timing = () if "--timing" in options else ("--timing", "immediate")
    added = cli("request", "add", "--process", "backup", *timing, *options, "--json")
    assert added.code == 0, added.err
    return dict(added.json)


def test_adding_prints_the_new_request(cli: Cli) -> None:
    request = add(cli)
    assert set(request) == FIELDS
    assert request["process"] == "backup"
    assert request["group"] is None
    assert request["status"] == "new"
    assert request["timing"] == "immediate"
    assert request["timezone"] == "Europe/Madrid"
    assert request["next_fire"] is None


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        (["--description", "Nightly"], "description", "Nightly"),
        (["--param", "A=1", "--param", "B="], "parameters", {"A": "1", "B": ""}),
        (["--misfire", "once"], "misfire", "once"),
        (["--misfire", "skip"], "misfire", "skip"),
        (["--misfire", "all"], "misfire", "all"),
        (["--misfire-limit", "3h"], "misfire_limit", 10800.0),
        (["--misfire-limit", "none"], "misfire_limit", None),
        (["--timezone", "Asia/Tokyo"], "timezone", "Asia/Tokyo"),
    ],
)
def test_options_are_stored(cli: Cli, options: list[str], field: str, value: object) -> None:
    number = add(cli, *options)["id"]
    assert cli("request", "show", str(number), "--json").json[field] == value


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--param", "nothing"], "--param"),
        (["--param", "TUI_SCHEDULER_RUN=1"], "--param"),
        (["--misfire", "never"], "--misfire"),
        (["--misfire-limit", "soon"], "--misfire-limit"),
        (["--misfire-limit", "0s"], "--misfire-limit"),
        (["--misfire-limit", "3651d"], "--misfire-limit"),
        (["--process", "nobody"], "--process"),
        (["--process", ""], "--process"),
    ],
)
def test_what_is_wrong_is_refused_by_the_name_of_its_option(
    cli: Cli, options: list[str], named: str
) -> None:
    refused = cli(
        "request", "add", "--process", "backup", "--timing", "immediate", *options, "--schedule"
    )
    assert refused.code == 2
    assert refused.err.startswith(f"{named}: ")
    assert cli("request", "list", "--json").json == []


def test_process_and_timing_are_needed(cli: Cli) -> None:
    refused = cli("request", "add")
    assert refused.code == 2
    assert set(refused.err.splitlines()) == {
        "--process: is missing: give it, or --group",
        "--timing: is missing: give it, or say --when 'weekdays at 18:30'",
    }


def test_a_request_can_be_scheduled_at_once(cli: Cli) -> None:
    request = add(cli, *WEEKLY_FROM, "--schedule")
    assert request["status"] == "scheduled"
    assert request["next_fire"] == "2030-01-07T09:00:00+01:00"
    assert request["schedule_text"] == "Every Monday at 09:00"
    assert request["scheduled_by"]


def test_scheduling_an_inactive_process_stores_the_request_and_says_so(cli: Cli) -> None:
    cli("process", "edit", "backup", "--inactive")
    refused = cli("request", "add", "--process", "backup", "--timing", "immediate", "--schedule")
    assert refused.code == 1
    assert refused.err.startswith("Request 1 was added but not scheduled. ")
    assert cli("request", "show", 1, "--json").json["status"] == "new"


def test_times_are_on_the_clock_of_the_requests_own_zone(cli: Cli) -> None:
    request = add(cli, *WEEKLY_FROM, "--timezone", "Asia/Tokyo", "--schedule")
    assert request["start"] == "2030-01-07T09:00:00+09:00"
    assert request["next_fire"] == "2030-01-07T09:00:00+09:00"


def test_the_list_holds_all_requests_oldest_first(cli: Cli) -> None:
    add(cli)
    add(cli)
    listed = cli("request", "list", "--json").json
    assert [request["id"] for request in listed] == [1, 2]
    assert set(listed[0]) == FIELDS


def test_the_list_for_people_is_a_table(cli: Cli) -> None:
    add(cli, *WEEKLY_FROM, "--schedule")
    header, row = cli("request", "list").out.splitlines()
    assert header.split() == ["ID", "STATUS", "PROCESS", "SCHEDULE", "NEXT", "RUN"]
    assert row.endswith("backup   Every Monday at 09:00  2030-01-07 09:00:00+01:00")


def test_an_empty_list_says_what_to_do(cli: Cli) -> None:
    empty = cli("request", "list")
    assert (empty.code, empty.out) == (0, "")
    assert "request add" in empty.err


def test_showing_for_people_names_every_field(cli: Cli) -> None:
    add(cli, *WEEKLY_FROM, "--param", "A=1", "--schedule")
    output = cli("request", "show", 1).out
    assert "Schedule      Every Monday at 09:00\n" in output
    assert "Parameters    A=1\n" in output


@pytest.mark.parametrize("verb", ["show", "edit", "remove"])
def test_a_request_that_does_not_exist_is_not_found(cli: Cli, verb: str) -> None:
    missing = cli("request", verb, 99)
    assert missing.code == 3
    assert missing.err == "There is no request 99 (any more).\n"


def test_editing_changes_only_what_is_given(cli: Cli) -> None:
    before = add(cli, *WEEKLY_FROM, "--param", "A=1", "--description", "d")
    after = cli("request", "edit", 1, "--misfire", "all", "--json").json
    assert after == {**before, "misfire": "all"}


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        (["--description", ""], {"description": ""}),
        (["--param", "none"], {"parameters": {}}),
        (["--finish", "none"], {"finish": None, "schedule_text": "Every Monday at 09:00"}),
        (["--interval", "1"], {}),
        (["--process", "other"], {"process": "other"}),
    ],
)
def test_editing_changes_and_clears(
    cli: Cli, options: list[str], changes: dict[str, object]
) -> None:
    cli("process", "add", "other", "--command", "true")
    given = ["--param", "A=1", "--description", "d", "--finish", "2031-01-01"]
    before = add(cli, *WEEKLY_FROM, *given)
    after = cli("request", "edit", 1, *options, "--json").json
    assert after == {**before, **changes}


def test_editing_to_another_frequency_keeps_start_and_zone(cli: Cli) -> None:
    add(cli, *WEEKLY_FROM, "--timezone", "Asia/Tokyo")
    after = cli("request", "edit", 1, "--frequency", "daily", "--json").json
    assert after["schedule_text"] == "Every day at 09:00"
    assert after["start"] == "2030-01-07T09:00:00+09:00"
    assert after["days"] == []


def test_editing_a_scheduled_request_plans_it_anew(cli: Cli) -> None:
    add(cli, *WEEKLY_FROM, "--schedule")
    after = cli("request", "edit", 1, "--start", "2031-01-06T10:00", "--json").json
    assert after["status"] == "scheduled"
    assert after["next_fire"] == "2031-01-06T10:00:00+01:00"


def test_an_edit_that_is_refused_changes_nothing(cli: Cli) -> None:
    before = add(cli, *WEEKLY_FROM)
    refused = cli("request", "edit", 1, "--finish", "2029-01-01", "--description", "new")
    assert refused.code == 2
    assert refused.err.startswith("--finish: ")
    assert before.items() <= cli("request", "show", 1, "--json").json.items()


def test_removing_needs_no_answer_in_a_script(cli: Cli) -> None:
    add(cli)
    removed = cli("request", "remove", 1)
    assert (removed.code, removed.out, removed.err) == (0, "", "Removed request 1.\n")
    assert cli("request", "list", "--json").json == []


def test_a_person_who_says_no_keeps_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    add(cli)
    monkeypatch.setattr("tui_scheduler.cli.options.confirm.is_terminal", lambda _stream: True)
    monkeypatch.setattr("click.confirm", lambda _text, **_: False)
    assert cli("request", "remove", 1).err == "Nothing was removed.\n"
    assert cli("request", "show", 1).code == 0


def test_removing_is_refused_while_a_run_is_open(cli: Cli) -> None:
    add(cli)
    cli("trigger", 1)
    assert cli("request", "remove", 1).code == 1


def test_the_help_says_without_what_an_option_is_required(cli: Cli) -> None:
    told = " ".join(cli("request", "add", "--help").out.split())
    assert "The process to run. [required without --group]" in told
    assert "or use --when. [required without --when]" in told
    assert "required" not in cli("request", "edit", "--help").out
