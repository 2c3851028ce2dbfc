"""Which values are hidden, what stands for them, and what that means when it is given back."""

import pytest

from tests.services.drafts import a_process, a_request, process_draft
from tui_scheduler.errors import InvalidInput
from tui_scheduler.services import Services
from tui_scheduler.services.processes import draft_of
from tui_scheduler.services.secrets import MASK, looks_secret, masked, unmasked

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
    with pytest.raises(InvalidInput, match="environment: the value of TOKEN is hidden and not"):
        a_process(services, environment={"TOKEN": MASK})
    with pytest.raises(InvalidInput, match="parameters: the value of TOKEN is hidden and not"):
        a_request(services, parameters={"TOKEN": MASK})
    assert services.requests.all() == []


def test_no_value_gets_into_a_log_by_the_way(services: Services) -> None:
    variables = {"PGPASSWORD": PASSWORD}
    process = a_process(services, environment=variables)
    request = a_request(services, parameters=variables)
    services.requests.schedule(request.id)
    (claim,) = services.execution.claim()
    assert claim.environment["PGPASSWORD"] == PASSWORD
    objects = (process, request, claim, draft_of(process), process_draft(environment=variables))
    assert PASSWORD not in repr(objects)
