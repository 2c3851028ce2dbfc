"""All or nothing, and told only afterwards."""

import pytest

from tests.services.drafts import a_process, process_draft
from tui_scheduler.errors import InvalidInput
from tui_scheduler.models import Process, after_commit, database, transaction
from tui_scheduler.services import Services
from tui_scheduler.services.events import Event, ProcessSaved


class Stop(Exception):
    """What a test raises in the middle."""


def names() -> list[str]:
    return list(Process.select(Process.name).scalars())


def test_what_is_asked_for_happens_after_the_commit(services: Services) -> None:
    seen: list[bool] = []
    with transaction():
        after_commit(lambda: seen.append(database.in_transaction()))
        assert seen == []
    assert seen == [False]


def test_without_a_transaction_it_happens_at_once(services: Services) -> None:
    seen: list[int] = []
    after_commit(lambda: seen.append(1))
    assert seen == [1]


def test_inner_transactions_wait_for_the_outer_one(services: Services, events: list[Event]) -> None:
    with transaction():
        a_process(services, "backup")
        a_process(services, "restore")
        assert events == []
    assert events == [ProcessSaved(1), ProcessSaved(2)]


def test_nothing_is_kept_and_nobody_told_when_it_fails(
    services: Services, events: list[Event]
) -> None:
    def fail() -> None:
        with transaction():
            a_process(services, "backup")
            raise Stop

    with pytest.raises(Stop):
        fail()
    assert names() == []
    assert events == []
    a_process(services, "restore")
    assert len(events) == 1


def test_an_inner_one_can_fail_alone(services: Services, events: list[Event]) -> None:
    def fail() -> None:
        with transaction():
            a_process(services, "inner")
            raise Stop

    with transaction():
        a_process(services, "outer")
        with pytest.raises(Stop):
            fail()
        with pytest.raises(InvalidInput):
            services.processes.create(process_draft("outer"))
    assert names() == ["outer"]
    assert events == [ProcessSaved(1)]


def test_a_listener_that_fails_does_not_undo_the_commit(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []

    def fail() -> None:
        raise Stop

    with transaction():
        a_process(services)
        after_commit(fail)
        after_commit(lambda: seen.append(1))
    assert names() == ["backup"]
    assert seen == [1]
    assert "a call after a commit failed" in caplog.text
