"""All that is known of one run, and what its processes use now."""

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.support.clock import NOON
from tests.tui.conftest import Show
from tests.tui.on_screen import press, screenful, until
from tests.tui.screens.runs.screens import a_running_run, add_run, monitor, run_title
from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.engine.run_variables import MARK_VARIABLE
from tui_scheduler.identity import this_host
from tui_scheduler.models import Command, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.parameters.secrets import MASK
from tui_scheduler.tui.screens.runs.details_view import RunDetails
from tui_scheduler.tui.widgets.details_pane import DetailsPane

TOKEN = os.urandom(4).hex()  # or what other tests began beside this one would be seen


@pytest.fixture
def handle() -> Iterator[str]:
    """A process that is the first one of run 1."""
    process = subprocess.Popen(
        ["sleep", "1000"],
        env={**os.environ, MARK_VARIABLE: f"1-{TOKEN}"},
        start_new_session=True,
    )
    yield str(Identity.of(process.pid))
    process.kill()
    process.wait()


def going(services: Services, handle: str, **fields: object) -> int:
    host = this_host()
    here: dict[str, Any] = {"host": host.name, "host_id": host.id, "token": TOKEN, "handle": handle}
    return a_running_run(services, pid=int(handle.split()[0]), **{**here, **fields})


async def test_the_processes_of_a_run_are_listed_with_what_they_use(
    show: Show, handle: str
) -> None:
    pid = handle.split()[0]
    async with show(lambda services: going(services, handle)) as ui:
        await monitor(ui, 1)
        await until(ui, lambda: "CPU" in run_title(ui))
        await press(ui, "i")
        await until(ui, lambda: isinstance(ui.app.screen, RunDetails))
        await until(ui, lambda: "1 process" in screenful(ui) and "sleep 1000" in screenful(ui))
        [line] = [line for line in screenful(ui).splitlines() if "sleep 1000" in line]
        assert pid in line
        assert "%" in line
        await press(ui, "escape")
        assert not isinstance(ui.app.screen, RunDetails)


async def test_values_of_secrets_are_not_shown_in_what_a_process_was_called_with(
    show: Show, handle: str
) -> None:
    def secretive(services: Services) -> None:
        going(services, handle, parameters='{"API_TOKEN": "1000"}')

    async with show(secretive) as ui:
        await monitor(ui, 1)
        await press(ui, "i")
        await until(ui, lambda: f"sleep {MASK}" in screenful(ui))
        assert "sleep 1000" not in screenful(ui)


async def test_on_a_cluster_it_says_where_they_are(show: Show) -> None:
    def elsewhere(services: Services) -> None:
        a_running_run(services, place="hpc:n3", handle="4711 stem", submitted_at=NOON)

    async with show(elsewhere) as ui:
        await monitor(ui, 1)
        await press(ui, "i")
        await until(ui, lambda: "Its processes are on hpc:n3" in screenful(ui))


async def test_what_has_ended_tells_what_it_cost_and_has_no_processes(show: Show) -> None:
    def ended(services: Services) -> None:
        Command.create(text="tar cz ~", runs=1)
        used: dict[str, Any] = {"cpu_time": timedelta(seconds=1.25), "peak_memory": 12_300_000}
        add_run(services, status=RunStatus.ERROR, exit_code=3, command_id=1, **used)

    async with show(ended) as ui:
        await monitor(ui, 1)
        await press(ui, "i")
        facts = ("✗ failed", "00:00:01.250", "at most 12.3 MB", "tar cz ~", "00:00:01.500")
        await until(ui, lambda: all(fact in screenful(ui) for fact in facts))
        assert "Processes now" not in screenful(ui)


@pytest.mark.parametrize("size", [(80, 12), (200, 50)])
async def test_it_has_the_whole_of_low_and_of_wide_terminals(
    show: Show, size: tuple[int, int]
) -> None:
    async with show(add_run, size=size) as ui:
        await monitor(ui, 1)
        await press(ui, "i")
        await until(ui, lambda: "✓ success" in screenful(ui) and "Started" in screenful(ui))
        assert ui.app.screen.query_one(DetailsPane).outer_size.width == size[0]


async def test_a_run_that_is_late_says_so_everywhere(show: Show) -> None:
    def late(services: Services) -> None:
        for _ in range(5):
            add_run(services, end_time=NOON + timedelta(seconds=10))
        a_running_run(services, start_time=NOON - timedelta(seconds=24))

    async with show(late, size=(200, 50)) as ui:
        await monitor(ui, 6)
        lateness = "2.4\N{MULTIPLICATION SIGN} as long as usual (10s)"
        await until(ui, lambda: screenful(ui).count(lateness) == 2)  # in its row, and below
        assert "━ 2.4\N{MULTIPLICATION SIGN}" in screenful(ui)
        await press(ui, "i")
        await until(ui, lambda: lateness in screenful(ui) and "Usually" in screenful(ui))


async def test_what_runs_as_usual_shows_how_far_it_should_be_and_when_it_should_end(
    show: Show,
) -> None:
    def usual(services: Services) -> None:
        add_run(services, end_time=NOON + timedelta(seconds=60))
        a_running_run(services, start_time=NOON - timedelta(seconds=24))

    async with show(usual) as ui:
        await monitor(ui, 2)
        await until(ui, lambda: "~40%" in screenful(ui))
        await until(ui, lambda: "should end 12:00:36 · usually 1m00s" in screenful(ui))


async def test_what_has_not_ended_is_never_said_to_be_done(show: Show) -> None:
    def longer_than_usual(services: Services) -> None:
        add_run(services, end_time=NOON + timedelta(seconds=60))
        a_running_run(services, start_time=NOON - timedelta(seconds=90))

    async with show(longer_than_usual, size=(120, 34)) as ui:
        await monitor(ui, 2)
        await until(ui, lambda: "━━━━━━━━━─ ~99%" in screenful(ui))
        assert "should end" not in screenful(ui)
