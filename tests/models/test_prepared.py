"""Queries whose SQL is built once answer as the others do."""

from datetime import timedelta

import pytest

from tests.services.drafts import a_process
from tests.support.clock import NOON
from tui_scheduler.models import Overlap, Process, database
from tui_scheduler.models.prepared import Prepared, slot
from tui_scheduler.services import Services

_FIELDS = (Process.name, Process.timeout, Process.overlap, Process.created_at)
_BY_NAME = Prepared(
    Process.select(*_FIELDS).where(Process.name == slot("name", Process.name)), *_FIELDS
)
_RENAME = Prepared(
    Process.update(name=slot("new", Process.name)).where(Process.name == slot("old", Process.name))
)


def test_what_is_found_is_converted_like_any_row(services: Services) -> None:
    a_process(services, "one", timeout=timedelta(seconds=5), overlap=Overlap.QUEUE)
    a_process(services, "two")
    assert _BY_NAME.rows(name="one") == [("one", timedelta(seconds=5), Overlap.QUEUE, NOON)]
    assert _BY_NAME.rows(name="two") == [("two", None, Overlap.SKIP, NOON)]
    assert _BY_NAME.rows(name="three") == []


def test_a_change_says_how_many_rows_it_changed(services: Services) -> None:
    a_process(services, "old")
    assert _RENAME.change(old="old", new="new") == 1
    assert _RENAME.change(old="old", new="new") == 0
    assert services.processes.names() == ["new"]


def test_an_insert_returns_the_new_id(services: Services) -> None:
    original = a_process(services, "original")
    copy = Prepared(
        Process.insert_from(
            Process.select(
                slot("name", Process.name),
                Process.command,
                Process.description,
                Process.environment,
                Process.overlap,
                Process.retries,
                Process.retry_delay,
                Process.active,
                Process.created_at,
            ).where(Process.id == slot("id", Process.id)),
            [
                Process.name,
                Process.command,
                Process.description,
                Process.environment,
                Process.overlap,
                Process.retries,
                Process.retry_delay,
                Process.active,
                Process.created_at,
            ],
        )
    )
    new_id = copy.insert(name="copy", id=original.id)
    assert services.processes.get(new_id).name == "copy"


def test_the_same_query_serves_one_database_after_the_other(services: Services) -> None:
    a_process(services, "here")
    assert len(_BY_NAME.rows(name="here")) == 1


def test_a_value_is_never_part_of_the_text(services: Services) -> None:
    assert _BY_NAME.rows(name="' OR 1=1 --") == []


def test_a_forgotten_value_is_an_error(services: Services) -> None:
    with pytest.raises(KeyError):
        _BY_NAME.rows()


def test_a_value_of_the_wrong_kind_is_refused_as_elsewhere(services: Services) -> None:
    naive = NOON.replace(tzinfo=None)
    since = Prepared(
        Process.select(Process.id).where(Process.created_at > slot("since", Process.created_at)),
        Process.id,
    )
    with pytest.raises(ValueError, match="time zone"):
        since.rows(since=naive)


def test_what_is_no_slot_stands_in_the_text(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or SQLite plans the statement anew each time, to see which partial indexes it may use."""
    given: list[tuple[str, list[object]]] = []
    execute = database.obj.execute_sql

    def hear(sql: str, parameters: list[object]) -> object:
        given.append((sql, parameters))
        return execute(sql, parameters)

    strange = 'it\'s 100 % "what?" \\ ß'
    a_process(services, "one", command=strange, retries=3)
    a_process(services, "two", command="true")
    query = Prepared(
        Process.select(Process.name).where(
            Process.command == strange,
            Process.overlap.in_([Overlap.SKIP, Overlap.QUEUE]),
            Process.retries == 3,
            Process.active,
            Process.timeout.is_null(),
            Process.name == slot("name", Process.name),
        ),
        Process.name,
    )
    monkeypatch.setattr(database.obj, "execute_sql", hear)
    assert query.rows(name="one") == [("one",)]
    assert query.rows(name="two") == []
    assert [parameters for _, parameters in given] == [["one"], ["two"]]
    assert all(sql.count(strange.replace("'", "''")) == 1 for sql, _ in given)
