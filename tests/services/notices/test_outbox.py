"""What becomes of a notice: sent, tried again ever more seldom, given up after a day."""

from datetime import timedelta

import pytest

from tests.services.drafts import scheduled
from tests.services.notices.telling import FAILURE, notices, runs, tomorrow
from tests.support.clock import FakeClock
from tui_scheduler.services import Services
from tui_scheduler.services.notices.outbox import Notices
from tui_scheduler.services.views.notices import NoticeState


@pytest.fixture
def outbox(with_receivers: Services, clock: FakeClock) -> Notices:
    """An outbox with one notice."""
    scheduled(with_receivers, tomorrow())
    runs(with_receivers, clock, FAILURE)
    return Notices(with_receivers.context)


def test_what_is_sent_is_done_with(with_receivers: Services, outbox: Notices) -> None:
    outbox.sent(outbox.due(10))
    assert outbox.due(10) == []
    assert outbox.next_try() is None
    assert notices(with_receivers)[0].state is NoticeState.SENT
    assert outbox.latest(10, failed=True) == []


def test_what_fails_is_tried_after_longer_and_longer(outbox: Notices, clock: FakeClock) -> None:
    for minutes in (1, 5, 15, 60, 60, 60):
        outbox.failed(outbox.due(10), "no answer")
        assert outbox.due(10) == []
        clock.advance(minutes=minutes)
        [notice] = outbox.due(10)
        assert (notice.state, notice.problem) == (NoticeState.WAITING, "no answer")


def test_after_a_day_it_is_given_up(
    with_receivers: Services, outbox: Notices, clock: FakeClock
) -> None:
    while due := outbox.due(10):
        outbox.failed(due, "no answer")
        clock.advance(hours=1)
    [notice] = outbox.latest(10, failed=True)
    assert notice.state is NoticeState.GIVEN_UP
    assert notice.attempts == 25


def test_a_receiver_may_ask_to_be_left_alone(outbox: Notices, clock: FakeClock) -> None:
    outbox.failed(outbox.due(10), "HTTP 429", timedelta(minutes=30))
    clock.advance(minutes=29)
    assert outbox.due(10) == []
    clock.advance(minutes=1)
    assert len(outbox.due(10)) == 1


def test_who_was_first_decides(with_receivers: Services, outbox: Notices) -> None:
    due = outbox.due(10)
    outbox.sent(due)
    outbox.failed(due, "no answer")
    assert notices(with_receivers)[0].state is NoticeState.SENT


def test_what_is_long_done_with_goes(
    with_receivers: Services, outbox: Notices, clock: FakeClock
) -> None:
    clock.advance(days=91)
    outbox.prune()
    assert len(notices(with_receivers)) == 1
    outbox.sent(outbox.due(10))
    outbox.prune()
    assert notices(with_receivers) == []
