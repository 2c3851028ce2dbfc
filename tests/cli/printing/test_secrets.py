"""Values that look secret are printed only to those who ask for them."""

import json

import pytest

from tests.cli.conftest import Cli, Opened
from tui_scheduler.services.parameters.secrets import MASK

PASSWORD = "hunter2"


@pytest.fixture
def request_id(cli: Cli) -> int:
    added = cli("process", "add", "backup", "--command", "true", "--env", f"API_TOKEN={PASSWORD}")
    assert PASSWORD not in added.out + added.err
    address = f"URL=postgres://ada:{PASSWORD}@db"
    variables = ("--param", f"DB_PASSWORD={PASSWORD}", "--param", "HOST=db", "--param", address)
    added = cli(
        "request", "add", "--process", "backup", "--timing", "immediate", *variables, "--json"
    )
    assert PASSWORD not in added.out + added.err
    return int(added.json["id"])


def stored_values(stored: Opened) -> list[dict[str, str]]:
    with stored() as services:
        process, request = services.processes.named("backup"), services.requests.get(1)
        return [dict(process.environment), dict(request.parameters)]


@pytest.mark.parametrize(
    ("form", "mask"), [([], MASK), (["--json"], json.dumps(MASK))], ids=["text", "json"]
)
def test_they_are_hidden_unless_asked_for(
    cli: Cli, request_id: int, form: list[str], mask: str
) -> None:
    commands = [("process", "show", "backup"), ("request", "show", request_id)]
    for command in commands:
        assert PASSWORD not in cli(*command, *form).out
        assert mask in cli(*command, *form).out
        assert PASSWORD in cli(*command, "--show-secrets", *form).out
    assert "db" in cli("request", "show", request_id, *form).out


@pytest.mark.parametrize("noun", ["process", "request"])
def test_lists_hide_them_too(cli: Cli, request_id: int, noun: str) -> None:
    assert PASSWORD not in cli(noun, "list").out
    assert PASSWORD not in cli(noun, "list", "--json").out
    assert PASSWORD in cli(noun, "list", "--json", "--show-secrets").out


def test_scheduling_and_editing_print_none(cli: Cli, request_id: int) -> None:
    for command in (
        ("schedule", request_id),
        ("unschedule", request_id),
        ("request", "edit", request_id, "--description", "d"),
        ("process", "edit", "backup", "--description", "d"),
    ):
        for form in ((), ("--json",)):
            answer = cli(*command, *form)
            assert PASSWORD not in answer.out + answer.err


def test_editing_something_else_leaves_them(cli: Cli, request_id: int, stored: Opened) -> None:
    cli("process", "edit", "backup", "--description", "d")
    cli("request", "edit", request_id, "--description", "d")
    given = {"DB_PASSWORD": PASSWORD, "HOST": "db", "URL": f"postgres://ada:{PASSWORD}@db"}
    values = [{"API_TOKEN": PASSWORD}, given]
    assert stored_values(stored) == values


def test_a_mask_that_is_given_back_keeps_what_it_hides(
    cli: Cli, request_id: int, stored: Opened
) -> None:
    cli("process", "edit", "backup", "--env", f"API_TOKEN={MASK}", "--env", "LANG=C")
    cli("request", "edit", request_id, "--param", f"DB_PASSWORD={MASK}")
    values = [{"API_TOKEN": PASSWORD, "LANG": "C"}, {"DB_PASSWORD": PASSWORD}]
    assert stored_values(stored) == values


def test_a_mask_that_hides_nothing_is_refused(cli: Cli, request_id: int, stored: Opened) -> None:
    before = stored_values(stored)
    refused = cli("request", "edit", request_id, "--param", f"NEW_KEY={MASK}")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("--param: the value of NEW_KEY holds dots that hide nothing: ")
    assert stored_values(stored) == before


@pytest.fixture
def pinned(cli: Cli) -> int:
    """A request of a process that declares a secret which is not called like one."""
    declaration = ("--declare", "PIN: secret = 0000 # of the shop", "--declare", "HOST")
    cli("process", "add", "shop", "--command", "true", *declaration)
    given = ("--param", f"PIN={PASSWORD}", "--param", "HOST=db")
    added = cli("request", "add", "--process", "shop", "--timing", "immediate", *given, "--json")
    assert added.json["parameters"] == {"PIN": MASK, "HOST": "db"}
    return int(added.json["id"])


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_what_is_declared_secret_is_hidden_everywhere(
    cli: Cli, pinned: int, form: list[str]
) -> None:
    cli("trigger", pinned)
    for command in (
        ("request", "show", pinned),
        ("request", "list"),
        ("request", "edit", pinned, "--description", "d"),
        ("schedule", pinned),
        ("trigger", pinned),
        ("runs",),
        ("process", "show", "shop"),
        ("kill", 1),
    ):
        answer = cli(*command, *form)
        assert answer.code == 0
        assert PASSWORD not in answer.out + answer.err
        assert "0000 " not in answer.out


def test_what_is_declared_secret_is_printed_to_those_who_ask(cli: Cli, pinned: int) -> None:
    cli("trigger", pinned)
    given = {"PIN": PASSWORD, "HOST": "db"}
    request = cli("request", "show", pinned, "--json", "--show-secrets").json
    assert request["parameters"] == given
    [run] = cli("runs", "--json", "--show-secrets").json
    assert run["parameters"] == given
    [run] = cli("runs", "--json").json
    assert run["parameters"] == {"PIN": MASK, "HOST": "db"}
    assert f"PIN={PASSWORD}" in cli("request", "show", pinned, "--show-secrets").out
