"""What a screen shows unasked waits until nothing is about to begin, one after the other."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.support.clock import FakeClock
from tests.support.patience import PATIENCE
from tui_scheduler.runtime import calm as calm_module
from tui_scheduler.runtime.calm import Calm

NO_TIME, TIME = 0.0, 1.0


def _told(calm: Calm, *seconds: float) -> Iterator[float]:
    """Have ``calm`` told of these spare times in turn, and of the last one for good."""
    left = iter(seconds)
    calm.ask(lambda: next(left, seconds[-1]))
    return left


def test_nobody_waits_while_nobody_schedules() -> None:
    calls: list[str] = []
    calm = Calm()
    calm.call(lambda: calls.append("now"))
    assert calm.is_now
    assert calls == ["now"]


def test_nobody_waits_once_nobody_schedules_any_more() -> None:
    calm = Calm()
    calm.ask(lambda: NO_TIME)
    assert not calm.is_now
    calm.ask(None)
    assert calm.is_now


async def test_a_piece_of_work_waits_until_there_is_time_for_it() -> None:
    calm = Calm()
    left = _told(calm, *[NO_TIME] * 4, TIME)
    async with asyncio.timeout(PATIENCE):
        await calm.wait()
    assert next(left, None) is None


def test_nobody_waits_for_a_moment_after_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, calm = FakeClock(), Calm()
    monkeypatch.setattr(calm_module, "monotonic", clock.monotonic)
    calm.ask(lambda: NO_TIME)
    calm.hurry()
    assert calm.is_now
    clock.advance(seconds=1)
    assert not calm.is_now


async def test_where_there_is_never_time_nobody_waits_for_ever() -> None:
    calm = Calm()
    calm.ask(lambda: NO_TIME)
    async with asyncio.timeout(PATIENCE):
        await calm.wait()


async def test_pieces_are_done_one_after_the_other() -> None:
    calm, steps = Calm(), []
    first_may_end = asyncio.Event()

    async def work(name: str, until: asyncio.Event) -> None:
        async with calm:
            steps.append(f"{name} begins")
            await until.wait()
            steps.append(f"{name} ends")

    first = asyncio.create_task(work("first", first_may_end))
    second = asyncio.create_task(work("second", first_may_end))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert steps == ["first begins"]
    first_may_end.set()
    await asyncio.gather(first, second)
    assert steps == ["first begins", "first ends", "second begins", "second ends"]


async def test_who_does_not_want_to_wait_any_more_lets_the_next_one_work() -> None:
    calm = Calm()
    calm.ask(lambda: NO_TIME)

    async def work() -> None:
        async with calm:
            pass

    waiting = asyncio.create_task(work())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    calm.ask(None)
    async with asyncio.timeout(PATIENCE):
        await work()
