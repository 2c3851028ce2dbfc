"""All or nothing, and told only afterwards."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress

import pytest
from peewee import OperationalError

from tests.services.drafts import a_process, process_draft
from tui_scheduler.errors import InvalidInput
from tui_scheduler.models import (
    Process,
    after_commit,
    database,
    for_each,
    savepoint,
    transaction,
)
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


def test_a_savepoint_can_fail_alone(services: Services, events: list[Event]) -> None:
    def fail() -> None:
        with savepoint():
            a_process(services, "inner")
            raise Stop

    with transaction():
        a_process(services, "outer")
        with pytest.raises(Stop):
            fail()
        with pytest.raises(InvalidInput), savepoint():
            services.processes.create(process_draft("outer"))
    assert names() == ["outer"]
    assert events == [ProcessSaved(1)]


def test_a_savepoint_alone_is_a_transaction(services: Services, events: list[Event]) -> None:
    with savepoint():
        a_process(services, "backup")
        assert events == []
    assert events == [ProcessSaved(1)]


@pytest.mark.parametrize("outer", [transaction, savepoint])
def test_what_fails_in_a_part_fails_all(
    services: Services, events: list[Event], outer: Callable[[], AbstractContextManager[None]]
) -> None:
    """Whoever passes over the failure of a part may not keep the half that it has done."""

    def pass_over() -> None:
        with outer():
            a_process(services, "first half")
            with suppress(Stop), transaction():
                a_process(services, "second half")
                raise Stop

    with pytest.raises(RuntimeError, match="a part of this failed"):
        pass_over()
    with pytest.raises(RuntimeError, match="a part of this failed"), transaction():
        pass_over()
    assert names() == []
    assert events == []


class TestForEach:
    """Many at once, of which some fail."""

    @pytest.mark.parametrize("is_inside", [False, True])
    def test_what_fails_is_undone_alone(
        self, services: Services, events: list[Event], *, is_inside: bool
    ) -> None:
        failed: list[tuple[str, str]] = []

        def create(name: str) -> None:
            a_process(services, name)
            if name.startswith("bad"):
                raise ValueError(name)

        wanted = ["a", "bad", "b", "bad too", "c"]
        with transaction() if is_inside else nullcontext():
            for_each(create, wanted, lambda name, error: failed.append((name, str(error))))
        assert names() == ["a", "b", "c"]
        assert failed == [("bad", "bad"), ("bad too", "bad too")]
        assert len(events) == len(names())

    def test_trouble_of_the_database_is_raised(self, services: Services) -> None:
        def create(name: str) -> None:
            a_process(services, name)
            raise OperationalError("disk I/O error")

        with pytest.raises(OperationalError):
            for_each(create, ["a", "b"], lambda *_: None)
        assert names() == []


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
