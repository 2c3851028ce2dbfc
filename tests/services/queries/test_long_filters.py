"""A text that nobody typed to filter by, such as a pasted page, is no failure in any list."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.drafts import ALL_RUNS, a_request, a_window
from tui_scheduler.services import Services
from tui_scheduler.services.queries.page import MOST_WORDS, Window, is_too_long

PAGES: dict[str, Callable[[Services, Window], Any]] = {
    "requests": lambda services, window: services.requests.page(window),
    "processes": lambda services, window: services.processes.page(window),
    "groups": lambda services, window: services.groups.page(window),
    "runs": lambda services, window: services.runs.page(window, ALL_RUNS),
}
LONG = {
    "many words": "word " * 700,
    "many numbers": "#1 " * 700,
    "many digits": "#" + "9" * 5000,
    "bare digits": "9" * 5000,
    "one long word": "x" * 1_000_000,
    "beyond ASCII": "ä" * 5000 + " ä" * 700,
    "no text": "\0 \udc9b " * 300,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_it_is_no_failure(
    services: Services, page: Callable[[Services, Window], Any], text: str
) -> None:
    a_request(services)
    services.runs.trigger(1)
    assert is_too_long(text)
    assert page(services, a_window(text=text)).total <= 1


def test_the_first_words_count(services: Services) -> None:
    a_request(services)
    assert services.requests.page(a_window(text="backup " * MOST_WORDS + "nothing")).total == 1
    assert services.requests.page(a_window(text="nothing " + "backup " * MOST_WORDS)).total == 0
    assert not is_too_long("backup " * MOST_WORDS)
