"""The machine's clocks."""

from datetime import UTC, timedelta

from tui_scheduler.services.clock import SystemClock


def test_now_is_aware() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_both_clocks_go_forward() -> None:
    clock = SystemClock()
    assert clock.monotonic() <= clock.monotonic()
    assert clock.now() - clock.now() <= timedelta()
