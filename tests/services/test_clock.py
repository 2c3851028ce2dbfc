"""The machine's clocks and its time zone."""

from collections.abc import Callable
from datetime import UTC, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest

from tui_scheduler.services.clock import SystemClock, local_zone


def failing(error: Exception) -> Callable[[], str]:
    def fail() -> str:
        raise error

    return fail


def test_now_is_aware() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_both_clocks_go_forward() -> None:
    clock = SystemClock()
    assert clock.monotonic() <= clock.monotonic()
    assert clock.now() - clock.now() <= timedelta()


def test_the_zone_of_the_machine_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: "Europe/Madrid")
    assert local_zone() == "Europe/Madrid"


@pytest.mark.parametrize(
    "answer",
    [
        lambda: None,
        lambda: "local",
        lambda: "../weird",
        failing(ZoneInfoNotFoundError("conflict")),
        failing(ValueError("bad TZ")),
        failing(FileNotFoundError("/etc/localtime")),
    ],
)
def test_a_machine_without_a_known_zone_is_taken_for_one_in_utc(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[], str | None]
) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", answer)
    assert local_zone() == "UTC"
