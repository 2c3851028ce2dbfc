"""When a screen does something again: only so often, after events, and each second."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.support.clock import NOON, FakeClock
from tests.support.patience import PATIENCE
from tests.tui.conftest import OpenRuntime
from tui_scheduler.services.events import ForeignCommit, RunChanged
from tui_scheduler.tui import refresh
from tui_scheduler.tui.refresh import (
    LEAST_INTERVAL,
    EachSecond,
    Pace,
    Subscription,
    Throttled,
    UiEvent,
)
from tui_scheduler.tui.whole_screen import WholeScreen


@asynccontextmanager
async def _a_screen() -> AsyncIterator[tuple[WholeScreen[None], Pilot[None]]]:
    async with App[None]().run_test() as pilot:
        screen = WholeScreen[None]()
        await pilot.app.push_screen(screen)
        await pilot.pause()
        yield screen, pilot


async def test_many_reasons_make_one_run_and_one_more() -> None:
    times: list[float] = []
    done = asyncio.Event()

    async def task() -> None:
        times.append(asyncio.get_running_loop().time())
        if len(times) == 2:
            done.set()

    async with _a_screen() as (screen, pilot):
        throttled = Throttled(screen, task)
        for _ in range(100):
            throttled.soon()
        await pilot.pause()
        assert len(times) == 1
        for _ in range(100):
            throttled.soon()
        await asyncio.wait_for(done.wait(), PATIENCE)
        assert times[1] - times[0] >= LEAST_INTERVAL * 0.9
        assert len(times) == 2


async def test_a_reason_that_comes_while_it_runs_makes_it_run_again() -> None:
    runs = 0
    done = asyncio.Event()

    async def task() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            throttled.soon()
        else:
            done.set()

    async with _a_screen() as (screen, _pilot):
        throttled = Throttled(screen, task)
        throttled.soon()
        await asyncio.wait_for(done.wait(), PATIENCE)


async def test_events_reach_a_screen_once_each_in_its_own_loop(a_runtime: OpenRuntime) -> None:
    heard: list[UiEvent] = []
    async with a_runtime() as runtime, _a_screen() as (screen, pilot):

        def hear(event: UiEvent) -> None:
            screen.set_timer(60, screen.refresh)  # raises outside of the screen's context
            heard.append(event)

        subscription = Subscription(screen, runtime, hear)
        subscription.begin()
        subscription.begin()
        for event in (RunChanged(1), RunChanged(1), ForeignCommit()):
            runtime.tell(event)
        while len(heard) < 2:
            await pilot.pause()
        assert heard == [RunChanged(1), ForeignCommit()]


async def test_nothing_is_heard_after_the_end(a_runtime: OpenRuntime) -> None:
    heard: list[UiEvent] = []
    async with a_runtime() as runtime, _a_screen() as (screen, pilot):
        subscription = Subscription(screen, runtime, heard.append)
        subscription.begin()
        runtime.tell(ForeignCommit())
        subscription.end()
        assert not subscription.is_on
        await pilot.pause()
        assert heard == []


async def test_each_second_begins_when_the_clock_says_so_and_no_more_after_the_end() -> None:
    clock = FakeClock(NOON + timedelta(milliseconds=990))
    times = 0
    again = asyncio.Event()

    def count() -> None:
        nonlocal times
        times += 1
        if times == 2:
            again.set()

    async with _a_screen() as (screen, pilot):
        seconds = EachSecond(screen, clock, count)
        seconds.begin()
        assert times == 1
        await asyncio.wait_for(again.wait(), PATIENCE)
        seconds.end()
        ended_at = times
        clock.advance(seconds=5)
        await pilot.pause()
        assert times == ended_at


async def test_nothing_is_done_once_the_screen_has_closed(a_runtime: OpenRuntime) -> None:
    done: list[object] = []

    async def task() -> None:
        done.append("task")

    async with a_runtime() as runtime, _a_screen() as (screen, pilot):
        throttled = Throttled(screen, task)
        subscription = Subscription(screen, runtime, done.append)
        subscription.begin()
        runtime.tell(ForeignCommit())
        screen.dismiss()
        throttled.soon()
        EachSecond(screen, FakeClock(), lambda: done.append("second")).begin()
        await pilot.pause()
        assert done == []


class _Watch(FakeClock):
    """A clock that goes on when it is told to; gives its seconds when it is called."""

    def __call__(self) -> float:
        return self.monotonic()


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> _Watch:
    watch = _Watch()
    monkeypatch.setattr(refresh, "monotonic", watch)
    return watch


def test_what_happens_once_is_told_at_once_and_what_follows_soon(watch: _Watch) -> None:
    pace = Pace(watch)
    assert pace.delay() == 0
    assert pace.delay() == pytest.approx(LEAST_INTERVAL)
    watch.advance(seconds=60)
    assert pace.delay() == 0
    assert pace.behind == 0


def test_what_does_not_end_is_told_in_each_second_until_it_has_ended(watch: _Watch) -> None:
    pace, times = Pace(watch), []
    for _ in range(20):
        watch.advance(seconds=pace.delay())
        times.append(watch.now())
    second = timedelta(seconds=1)
    assert [later - earlier for earlier, later in pairwise(times[-5:])] == [second] * 4
    assert times[-1].microsecond == pytest.approx(pace.behind * 1_000_000)
    assert pace.behind > 0
    watch.advance(seconds=10)
    assert pace.behind == 0
    assert pace.delay() == 0
    assert pace.delay() == pytest.approx(LEAST_INTERVAL)


async def test_what_is_done_each_second_is_done_with_the_events_while_there_are_many(
    a_runtime: OpenRuntime, watch: _Watch
) -> None:
    heard: list[object] = []
    second = asyncio.Event()
    async with a_runtime() as runtime, _a_screen() as (screen, pilot):
        subscription = Subscription(screen, runtime, heard.append)
        subscription.begin()
        subscription.in_step(lambda: heard.append("at once"))
        assert heard == ["at once"]
        for number in range(3):  # the clock stands still: they come in quick succession
            runtime.tell(RunChanged(number))
            while len(heard) < number + 2:
                await pilot.pause()
        subscription.in_step(second.set)
        assert not second.is_set()
        await asyncio.wait_for(second.wait(), PATIENCE)
