"""What a call returns is somebody's, whenever whoever waits for it goes away."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tui_scheduler.engine.in_time import in_time


async def test_what_comes_when_its_caller_is_cancelled_is_handed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    call_soon = loop.call_soon_threadsafe
    late: list[object] = []
    waiting = asyncio.create_task(in_time(lambda: "it", 60, late.append))

    def settle_and_cancel(settle: Callable[..., object], *arguments: Any) -> Any:
        return call_soon(lambda: (settle(*arguments), waiting.cancel()))

    monkeypatch.setattr(loop, "call_soon_threadsafe", settle_and_cancel)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert late == ["it"]


async def test_what_fails_in_time_is_raised_and_hands_nothing_on() -> None:
    late: list[object] = []

    def fail() -> None:
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        await in_time(fail, 60, late.append)
    assert not late
