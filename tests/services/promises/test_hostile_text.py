"""Names, commands and texts of any kind are kept, found and given back as they are."""

import pytest

from tests.services.drafts import a_process, a_request, a_window, run_all, scheduled
from tests.support.clock import FakeClock
from tui_scheduler.services import Services
from tui_scheduler.services.queries.runs.filter import RunFilter

HOSTILE = [
    "[red]bold[/]",
    "[/etc]",
    "%s %d %",
    "_%_",
    "'; DROP TABLE run; --",
    '"quoted"',
    "back\\slash",
    "tab\there",
    "esc\x1b[31m",
    "c1\x9b31m",
    "right\u202eleft",
    "e\u0301 combining",
    "日本語",
    "🙂",
    "{braces} $(sh) `sh` ${HOME}",
    "-rf",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_it_is_kept_and_found(services: Services, clock: FakeClock, text: str) -> None:
    a_process(services, text, command=text, description=text, environment={"A": text})
    a_process(services, "innocent")
    request = scheduled(services, process=text, description=text, parameters={"B": text})
    scheduled(services, process="innocent")

    process = services.processes.named(text)
    assert (process.name, process.command, process.description) == (text, text, text)
    assert request.parameters == {"B": text}
    claims = services.dispatch.claim()
    assert claims[0].command == text
    assert claims[0].environment == {"A": text, "B": text}

    window = a_window(text=text, anchor=1)
    assert [row.id for row in services.processes.page(window).rows] == [process.id]
    assert [row.id for row in services.requests.page(window).rows] == [request.id]
    assert [row.process for row in services.runs.page(window, RunFilter()).rows] == [text]
    assert [run.process for run in services.runs.latest(RunFilter(process=text))] == [text]
    run_all(services, clock)


def test_notes_with_any_text_are_kept(services: Services) -> None:
    request = a_request(services, description="x\ny")
    assert services.requests.get(request.id).description == "x\ny"
