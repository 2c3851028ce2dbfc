"""The machine's clocks."""

from datetime import UTC, timedelta

import pytest

from tui_scheduler.services.clock import BEHIND, SystemClock, rest_of


def test_now_is_aware() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_both_clocks_go_forward() -> None:
    clock = SystemClock()
    assert clock.monotonic() <= clock.monotonic()
    assert clock.now() - clock.now() <= timedelta()


@pytest.mark.parametrize(
    ("now", "period", "rest"), [(12.3, 0.25, 0.2), (12.3, 1, 0.7), (12, 1, 1), (12, 0, 0)]
)
def test_all_who_wait_for_the_next_moment_wait_for_the_same(
    monkeypatch: pytest.MonkeyPatch, now: float, period: float, rest: float
) -> None:
    monkeypatch.setattr("time.time", lambda: now)
    assert rest_of(period) == pytest.approx(rest + BEHIND if period else 0)
