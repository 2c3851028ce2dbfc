"""Runs of another machine, on a home that both share: nobody here can say what became of them."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.harness import Engine
from tests.support.clock import FakeClock
from tests.support.signs_of_life import ELSEWHERE
from tui_scheduler.engine.local.runner import JOURNALS
from tui_scheduler.models import Run
from tui_scheduler.services import services_on
from tui_scheduler.services.views.runs import RunView


@pytest.fixture
def elsewhere(engine: Engine) -> RunView:
    """A run that the scheduler of another machine has begun, and that may still go on there."""
    request_id = engine.schedule("sleep 60")
    services = services_on(replace(engine.services.context, host=ELSEWHERE))
    [claim] = services.dispatch.claim()
    began = engine.clock.now()
    services.dispatch.started(claim.run_id, began, 4711, "4711 12345 another-boot")
    return engine.last(request_id)


async def test_it_stays_open_and_says_where_it_is(engine: Engine, elsewhere: RunView) -> None:
    await engine.scheduler.adopt()
    await engine.scheduler.step()
    run = engine.last()
    assert (run.status, run.host, run.is_elsewhere) == ("processing", "alpha", True)
    assert run.note == "Runs on alpha, which cannot be seen from here"
    engine.services.runs.kill(run.id, force=True)


async def test_there_it_is_a_run_like_any_other(engine: Engine, elsewhere: RunView) -> None:
    there = services_on(replace(engine.services.context, host=ELSEWHERE))
    run = there.runs.get(elsewhere.id)
    assert (run.is_elsewhere, run.note) == (False, "")
    [open_run] = there.dispatch.open_runs()
    assert open_run.elsewhere is None
    await engine.scheduler.adopt()
    engine.services.runs.kill(run.id, force=True)


async def test_one_whose_machine_is_not_known_is_looked_for_here(
    engine: Engine, elsewhere: RunView
) -> None:
    """As it always was: earlier versions did not write it down."""
    Run.update(host_id=None).execute()
    await engine.scheduler.adopt()
    await engine.all_ended()
    assert engine.last().note == "Nobody has written down that it began, nor how it ended"


async def test_it_is_not_stopped_from_here(engine: Engine, elsewhere: RunView) -> None:
    await engine.scheduler.adopt()
    engine.services.runs.kill(elsewhere.id)
    await engine.scheduler.step()
    await asyncio.sleep(0)
    assert engine.last().is_open
    engine.services.runs.kill(elsewhere.id, force=True)


async def test_it_can_be_given_up(engine: Engine, elsewhere: RunView) -> None:
    await engine.scheduler.adopt()
    engine.services.runs.kill(elsewhere.id, force=True)
    await engine.scheduler.step()
    await engine.all_ended()
    run = engine.last()
    assert run.status == "lost"
    assert run.note == "Given up on request: it was on alpha, which cannot be seen from here"


async def test_what_its_keeper_wrote_is_left_alone(
    engine: Engine, elsewhere: RunView, tmp_path: Path, clock: FakeClock
) -> None:
    token = Run.select(Run.token).scalar()
    journal = tmp_path / "logs" / JOURNALS / f"{1:020}-4711.journal"
    journal.parent.mkdir(parents=True)
    journal.write_text(f"boot another-boot\nbegin {elsewhere.id} {token}\n")
    await engine.scheduler.adopt()
    request_id = engine.schedule("exit 3", name="another")
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses(request_id) == ["error"])
    assert journal.exists()
    engine.services.runs.kill(elsewhere.id, force=True)
