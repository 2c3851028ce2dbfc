"""Which values are hidden, what stands for them, and what that means when it is given back."""

import pytest

from tests.services.drafts import ALL_RUNS, a_process, a_request, process_draft
from tui_scheduler.errors import InvalidInput
from tui_scheduler.models import Process
from tui_scheduler.services import Services
from tui_scheduler.services.parameters.secrets import MASK, looks_secret, masked, unmasked
from tui_scheduler.services.parameters.variables import parse_variables
from tui_scheduler.services.processes import draft_of

PASSWORD = "hunter2"


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("TOKEN", True),
        ("github_token", True),
        ("CLIENT_SECRET_2", True),
        ("PGPASSWORD", True),
        ("AWS_ACCESS_KEY_ID", True),
        ("apiKey", True),
        ("PATH", False),
        ("PASS", False),
        ("", False),
    ],
)
def test_a_name_tells(name: str, is_secret: bool) -> None:
    assert looks_secret(name) is is_secret


def test_a_mask_tells_not_even_the_length() -> None:
    shown = masked({"TOKEN": "a", "KEY": "a" * 50, "HOST": "h", "SECRET": ""})
    assert shown == {"TOKEN": MASK, "KEY": MASK, "HOST": "h", "SECRET": ""}


def test_a_mask_that_comes_back_stands_for_what_is_stored() -> None:
    given = {"TOKEN": MASK, "KEY": "new", "OTHER_KEY": MASK}
    stored = {"TOKEN": PASSWORD, "KEY": "old"}
    assert unmasked(given, stored) == {"TOKEN": PASSWORD, "KEY": "new", "OTHER_KEY": MASK}


def test_a_mask_that_stands_for_nothing_is_refused(services: Services) -> None:
    with pytest.raises(InvalidInput, match="environment: the value of TOKEN holds dots that"):
        a_process(services, environment={"TOKEN": MASK})
    with pytest.raises(InvalidInput, match="parameters: the value of TOKEN holds dots that"):
        a_request(services, parameters={"TOKEN": MASK})
    assert services.requests.all() == []


@pytest.mark.parametrize("rest", [MASK[1:], f"{MASK}x", f"x{MASK}", "••"])
def test_what_an_edit_left_of_a_mask_is_no_secret(services: Services, rest: str) -> None:
    with pytest.raises(InvalidInput, match="TOKEN holds dots that hide nothing: type the value"):
        a_process(services, environment={"TOKEN": rest})
    a_process(services, environment={"HEADING": rest, "TOKEN": "a•b"})


@pytest.mark.parametrize("text", ['["hunter2"]', '"hunter2"', '{"TOKEN": ["hunter2"]}'])
def test_a_damaged_row_is_not_repeated_where_it_is_told(services: Services, text: str) -> None:
    request = a_request(services)
    services.requests.schedule(request.id)
    Process.update(environment=text).execute()
    assert services.dispatch.claim() == []
    (run,) = services.runs.latest(ALL_RUNS, 1)
    assert "cannot be read" in run.note
    assert PASSWORD not in run.note


@pytest.mark.parametrize("line", ["TOKEN hunter2", "API_KEY:hunter2", " PASSWORD "])
def test_a_line_that_cannot_be_read_is_told_without_its_value(line: str) -> None:
    with pytest.raises(ValueError, match=rf"'\w+{MASK}' is not NAME=VALUE") as refused:
        parse_variables([line])
    assert PASSWORD not in str(refused.value)


def test_no_value_gets_into_a_log_by_the_way(services: Services) -> None:
    variables = {"PGPASSWORD": PASSWORD}
    process = a_process(services, environment=variables)
    request = a_request(services, parameters=variables)
    services.requests.schedule(request.id)
    (claim,) = services.dispatch.claim()
    assert claim.environment["PGPASSWORD"] == PASSWORD
    objects = (process, request, claim, draft_of(process), process_draft(environment=variables))
    assert PASSWORD not in repr(objects)
