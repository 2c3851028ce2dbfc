"""Noticing that the clock was set, or that the machine slept."""

from datetime import timedelta

import pytest

from tests.support.clock import FakeClock
from tui_scheduler.engine.clock_watch import ClockWatch


def test_time_that_passes_is_no_jump(clock: FakeClock) -> None:
    watch = ClockWatch(clock)
    clock.advance(days=3)
    assert watch.jump() == timedelta()


@pytest.mark.parametrize("seconds", [-3600, -2, 2, 86400])
def test_a_clock_that_was_set_has_jumped_once(
    clock: FakeClock, seconds: int, caplog: pytest.LogCaptureFixture
) -> None:
    watch = ClockWatch(clock)
    clock.jump(seconds=seconds)
    assert abs(watch.jump() - timedelta(seconds=seconds)) < timedelta(milliseconds=1)
    assert watch.jump() == timedelta()
    assert caplog.text.count("the clock jumped") == 1


def test_a_clock_that_is_set_right_little_by_little_does_not_jump(clock: FakeClock) -> None:
    watch = ClockWatch(clock)
    for _ in range(100):
        clock.jump(seconds=0.1)
        assert watch.jump() == timedelta()
