"""What is due runs, once, by every timing, and a look costs nothing when nothing is."""

import asyncio
import re
from datetime import timedelta

import pytest

from tests.engine.beacon import Beacon
from tests.engine.harness import Engine, log_of, write_here
from tests.services.drafts import every, later
from tests.support.clock import NOON
from tests.support.patience import PATIENCE
from tui_scheduler.models import MisfirePolicy, Overlap, Run
from tui_scheduler.schedules import Frequency
from tui_scheduler.services.clock import BEHIND

MINUTELY = every(Frequency.MINUTELY)
LONGEST_SLEEP = 2.0 + BEHIND


async def test_an_immediate_request_runs_at_once(engine: Engine) -> None:
    run = await engine.run("echo hello; exit 3")
    assert (run.status, run.exit_code) == ("error", 3)
    assert (run.scheduled_for, run.start_time, run.end_time) == (NOON, NOON, NOON)
    assert run.pid is not None
    assert run.log_path.read_bytes() == b"hello\n"


@pytest.mark.parametrize("command", ["echo hello", "true", "no-such-command", "kill -9 $$"])
async def test_the_size_of_the_log_is_kept_with_our_own_words_in_it(
    engine: Engine, command: str
) -> None:
    run = await engine.run(command)
    assert Run.get_by_id(run.id).log_bytes == len(log_of(run))


async def test_a_later_request_runs_when_its_time_comes(engine: Engine) -> None:
    engine.schedule("true", later("2026-03-02 12:10"))
    assert await engine.scheduler.step() == LONGEST_SLEEP
    assert engine.runs() == []
    engine.clock.advance(minutes=10)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["success"]
    assert engine.last().scheduled_for == NOON + timedelta(minutes=10)


async def test_a_schedule_runs_at_each_of_its_fires(engine: Engine) -> None:
    request_id = engine.schedule("true", MINUTELY)
    for _ in range(3):
        await engine.scheduler.step()
        await engine.all_ended()
        engine.clock.advance(minutes=1)
    fires = [run.scheduled_for for run in engine.runs(request_id)]
    assert fires == [NOON + timedelta(minutes=minute) for minute in range(3)]


async def test_it_sleeps_until_the_next_fire_and_never_long(engine: Engine) -> None:
    assert await engine.scheduler.step() == LONGEST_SLEEP
    engine.schedule("true", later("2026-03-02 12:00:01"))
    assert await engine.scheduler.step() == 1.0
    engine.clock.advance(seconds=0.25)
    assert await engine.scheduler.step() == 0.75


async def test_many_that_are_due_at_once_all_run(engine: Engine) -> None:
    for number in range(30):
        engine.schedule(f"exit {number}")
    await engine.scheduler.step()
    await engine.all_ended()
    assert [run.exit_code for run in engine.runs()] == list(range(30))


async def test_what_is_too_much_for_one_look_is_looked_for_at_once(engine: Engine) -> None:
    request_id = engine.schedule("true", overlap=Overlap.ALLOW)
    await engine.scheduler.step()
    for _ in range(60):
        engine.services.runs.trigger(request_id)
    assert 0 < await engine.scheduler.step() < 0.1
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["success"] * 61


async def test_what_waits_for_an_end_is_looked_for_after_it(engine: Engine) -> None:
    request_id = engine.schedule("true", overlap=Overlap.QUEUE)
    running = asyncio.create_task(engine.scheduler.run())
    await engine.until(lambda: engine.statuses() == ["success"])
    for _ in range(2):
        engine.services.runs.trigger(request_id)
    engine.scheduler.wake()
    await engine.until(lambda: engine.statuses() == ["success"] * 3)
    running.cancel()
    await asyncio.wait([running])


async def test_missed_fires_become_one_late_run_that_says_so(engine: Engine) -> None:
    engine.schedule("echo output", MINUTELY, MisfirePolicy.ONCE)
    engine.clock.advance(minutes=10, seconds=30)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["success"]
    assert engine.last().missed == 11
    note, output = engine.last().log_path.read_text().splitlines()
    assert (note, output) == (f"-- {engine.last().note} --", "output")


async def test_missed_fires_can_be_skipped(engine: Engine) -> None:
    engine.schedule("true", MINUTELY, MisfirePolicy.SKIP)
    engine.clock.advance(minutes=10, seconds=30)
    await engine.scheduler.step()
    assert engine.statuses() == ["misfired"]


async def test_missed_fires_can_all_be_run_each_after_the_other(engine: Engine) -> None:
    engine.schedule("true", every(Frequency.HOURLY), MisfirePolicy.ALL)
    engine.clock.advance(hours=4, minutes=30)
    running = asyncio.create_task(engine.scheduler.run())
    await engine.until(lambda: engine.statuses() == ["success"] * 5)
    running.cancel()
    await asyncio.wait([running])
    fires = [run.scheduled_for for run in engine.runs()]
    assert fires == [NOON + timedelta(hours=hour) for hour in range(5)]


async def test_while_held_nothing_begins_and_what_runs_goes_on(
    engine: Engine, beacon: Beacon
) -> None:
    engine.schedule(f"{beacon.lit} sleep 60")
    await engine.scheduler.step()
    await beacon.seen()
    await engine.all_running()
    engine.services.controls.hold()
    engine.schedule("true", MINUTELY)
    assert await engine.scheduler.step() == LONGEST_SLEEP
    assert engine.statuses() == ["processing"]
    engine.services.controls.release()
    await engine.scheduler.step()
    await engine.until(lambda: engine.statuses() == ["processing", "success"])


async def test_a_step_that_fails_does_not_end_the_loop(engine: Engine) -> None:
    engine.schedule("true", name="first")
    looks = 0

    async def broken_once(use_case, *args, **kwargs):  # type: ignore[no-untyped-def]
        nonlocal looks
        looks += use_case.__name__ == "_agenda"
        if looks == 1:
            raise ZeroDivisionError
        return await write_here(use_case, *args, **kwargs)

    scheduler = engine.new_scheduler(broken_once)
    running = asyncio.create_task(scheduler.run())
    await engine.until(lambda: engine.statuses() == ["success"])
    running.cancel()
    await asyncio.wait([running])


async def test_being_woken_many_times_costs_one_look(engine: Engine) -> None:
    looks = 0
    looked = asyncio.Event()

    async def counting(use_case, *args, **kwargs):  # type: ignore[no-untyped-def]
        nonlocal looks
        looks += use_case.__name__ == "_agenda"
        looked.set()
        return await write_here(use_case, *args, **kwargs)

    scheduler = engine.new_scheduler(counting)
    running = asyncio.create_task(scheduler.run())
    await looked.wait()
    engine.schedule("sleep 60")
    for _ in range(1000):
        scheduler.wake()
    await engine.until(lambda: engine.statuses() == ["processing"])
    assert looks <= 3
    running.cancel()
    await asyncio.wait([running])
    await engine.scheduler.adopt()


async def test_it_has_spare_time_until_its_next_look_but_none_while_something_begins(
    engine: Engine,
) -> None:
    spare: list[float] = []

    async def asking(use_case, *args, **kwargs):  # type: ignore[no-untyped-def]
        if use_case.__name__ == "_agenda":
            spare.append(scheduler.spare_time)
        return await write_here(use_case, *args, **kwargs)

    scheduler = engine.new_scheduler(asking)
    assert scheduler.spare_time == 0
    running = asyncio.create_task(scheduler.run())
    async with asyncio.timeout(PATIENCE):
        while not scheduler.spare_time:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
    assert 0 < scheduler.spare_time <= LONGEST_SLEEP
    engine.schedule("sleep 60")
    scheduler.wake()
    await engine.until(lambda: engine.statuses() == ["processing"])
    assert set(spare) == {0}
    running.cancel()
    await asyncio.wait([running])
    await engine.scheduler.adopt()


async def test_a_jump_of_the_clock_makes_fires_late_but_loses_none(engine: Engine) -> None:
    engine.schedule("true", later("2026-03-02 15:00"))
    await engine.scheduler.step()
    engine.clock.jump(days=1)
    await engine.scheduler.step()
    await engine.all_ended()
    assert engine.statuses() == ["success"]
    assert engine.last().missed == 1


async def test_a_clock_that_goes_back_a_little_repeats_nothing(engine: Engine) -> None:
    engine.schedule("true", every(Frequency.HOURLY))
    await engine.scheduler.step()
    await engine.all_ended()
    engine.clock.jump(seconds=-50)
    await engine.scheduler.step()
    assert engine.statuses() == ["success"]


@pytest.mark.parametrize("days", [1, 365])
async def test_plans_go_on_when_a_clock_that_was_ahead_comes_back(
    engine: Engine, days: int
) -> None:
    request_id = engine.schedule("true", every(Frequency.HOURLY))
    await engine.scheduler.step()
    engine.clock.jump(days=days)
    await engine.scheduler.step()
    await engine.all_ended()
    engine.clock.jump(days=-days)
    await engine.scheduler.step()
    assert engine.last().note.startswith("The clock was ahead")
    trouble = engine.troubles.current
    assert trouble is not None
    assert trouble.is_minor
    assert re.fullmatch(
        r"The clock was ahead and came back at \d\d:\d\d: 1 plan made anew", trouble.text
    )
    fire = engine.services.requests.get(request_id).next_fire
    assert fire is not None
    assert fire <= engine.clock.now() + timedelta(hours=1)


async def test_a_scheduler_that_begins_plans_anew_what_a_clock_planned_that_was_ahead(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_id = engine.schedule("true", every(Frequency.HOURLY))
    engine.clock.jump(days=1)
    await engine.scheduler.step()
    await engine.all_ended()
    engine.clock.jump(days=-1)
    scheduler = engine.new_scheduler()
    with monkeypatch.context() as patch:
        patch.setattr("tui_scheduler.engine.scheduler._TOLD_FOR", 0.01)
        await scheduler.step()
    async with asyncio.timeout(PATIENCE):
        while engine.troubles.current is not None:  # noqa: ASYNC110  nobody tells us
            await asyncio.sleep(0.01)
    fire = engine.services.requests.get(request_id).next_fire
    assert fire is not None
    assert fire <= engine.clock.now() + timedelta(hours=1)
