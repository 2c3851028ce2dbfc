"""Holding and releasing all scheduling."""

import pytest

from tests.support.clock import NOON, FakeClock
from tui_scheduler.errors import Refused
from tui_scheduler.services import Services
from tui_scheduler.services.events import Event, HoldChanged


def test_at_first_nothing_is_held(services: Services) -> None:
    state = services.controls.state()
    assert not state.is_held
    assert state.released_at is None


def test_a_hold_says_since_when_and_by_whom(services: Services, events: list[Event]) -> None:
    held = services.controls.hold()
    assert held == services.controls.state()
    assert held.is_held
    assert held.held_at == NOON
    assert held.held_by == "ann"
    assert events == [HoldChanged()]


def test_a_release_says_when(services: Services, clock: FakeClock, events: list[Event]) -> None:
    services.controls.hold()
    clock.advance(minutes=5)
    released = services.controls.release()
    assert not released.is_held
    assert released.released_at == clock.now()
    assert events == [HoldChanged(), HoldChanged()]


def test_what_is_so_already_is_refused(services: Services, events: list[Event]) -> None:
    with pytest.raises(Refused, match="not on hold"):
        services.controls.release()
    services.controls.hold()
    with pytest.raises(Refused, match="on hold already"):
        services.controls.hold()
    assert events == [HoldChanged()]
