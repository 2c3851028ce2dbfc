"""Runs that were taken and have not begun: nothing begins that nobody wants any more."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engine.harness import Engine, log_of
from tests.services.drafts import later
from tui_scheduler.engine.local.runner import LocalRunner
from tui_scheduler.engine.runner import Lost, NeverStarted, Started
from tui_scheduler.services.processes import draft_of
from tui_scheduler.services.running.taken_runs import Claim

LONG_AGO = later("2026-03-01T00:00")


class Crowded(LocalRunner):
    """Has no room for a run until ``has_room``."""

    has_room = False

    async def start(
        self, claim: Claim, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> Started | Lost | NeverStarted:
        if self.has_room:
            return await super().start(claim, waits, unwanted)
        waits("No room")
        await unwanted.wait()
        return NeverStarted()


@pytest.fixture
def runner(engine: Engine, tmp_path: Path) -> Crowded:
    """What the engine runs with, which has no room at first."""
    runner = Crowded(engine.clock, engine.kill_grace, tmp_path / "logs")
    engine.scheduler = engine.new_scheduler(runner=runner)
    return runner


def edit(engine: Engine, **fields: Any) -> None:
    [process] = engine.services.processes.all()
    draft = draft_of(process)
    engine.services.processes.update(process.id, replace(draft, **fields))


async def waiting(engine: Engine, command: str = "echo before") -> None:
    """Have a run wait that was taken."""
    engine.schedule(command)
    await engine.scheduler.step()
    await engine.until(lambda: engine.last().note == "No room")


async def taken_again(engine: Engine) -> None:
    """Let the scheduler see that something was changed, and then take what is given back."""
    await engine.scheduler.step()
    await engine.until(lambda: not engine.last().was_taken)
    await engine.scheduler.step()


@pytest.mark.usefixtures("runner")
async def test_what_is_made_inactive_does_not_begin(engine: Engine) -> None:
    await waiting(engine)
    edit(engine, active=False)
    await taken_again(engine)
    run = engine.last()
    assert (run.status, run.note) == ("skipped", "The process was made inactive before it began")
    assert (run.start_time, log_of(run)) == (None, b"")


@pytest.mark.parametrize(
    "changed",
    [
        {"command": "echo after"},
        {"command": 'echo "$WHEN"', "environment": {"WHEN": "after"}},
        {"command": "echo after", "timeout": timedelta(hours=1)},
    ],
)
async def test_what_is_edited_begins_as_it_is_now(
    engine: Engine, runner: Crowded, changed: dict[str, Any]
) -> None:
    await waiting(engine)
    edit(engine, **changed)
    runner.has_room = True
    await taken_again(engine)
    await engine.all_ended()
    assert (engine.statuses(), log_of(engine.last())) == (["success"], b"after\n")
    assert engine.last().command == changed["command"]


async def test_while_all_is_held_nothing_begins(engine: Engine, runner: Crowded) -> None:
    await waiting(engine)
    engine.services.controls.hold()
    await taken_again(engine)
    assert (engine.statuses(), engine.last().was_taken) == (["queued"], False)
    engine.services.controls.release()
    runner.has_room = True
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["success"]


@pytest.mark.usefixtures("runner")
async def test_what_is_as_it_was_stays_where_it_is(engine: Engine) -> None:
    await waiting(engine)
    path = engine.last().log_path
    edit(engine, description="another one")
    for _ in range(3):
        await engine.scheduler.step()
    assert (engine.last().log_path, engine.last().note) == (path, "No room")


async def test_late_runs_whose_turn_has_not_come_are_looked_at_too(
    engine: Engine, tmp_path: Path
) -> None:
    engine.scheduler = engine.new_scheduler(late_pause=timedelta(hours=1))
    first = engine.schedule("echo first", LONG_AGO)
    second = engine.schedule("echo second", LONG_AGO)
    await engine.scheduler.step()
    await engine.until(lambda: engine.last(first).end_time is not None)
    assert engine.last(second).was_taken
    process = engine.services.processes.get(engine.last(second).process_id)
    draft = draft_of(process)
    engine.services.processes.update(process.id, replace(draft, active=False))
    await taken_again(engine)
    assert engine.last(second).status == "skipped"
