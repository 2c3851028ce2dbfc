"""A process is written by keys alone, shown back as it is, and checked while one types."""

from datetime import timedelta
from typing import Any

import pytest

from tests.services.drafts import a_process
from tests.tui.conftest import OpenRuntime
from tests.tui.on_screen import screenful_of
from tests.tui.screens.forms.filling import opened_form
from tui_scheduler.models import Overlap
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.processes import draft_of
from tui_scheduler.services.views.processes import ProcessView
from tui_scheduler.tui.screens.dialogs.question import ConfirmDialog
from tui_scheduler.tui.screens.forms.form import Saved
from tui_scheduler.tui.screens.processes.form import ProcessForm

HOSTILE = ProcessDraft(
    name="evil [bold]\x1b[31m[/",
    command="printf 'a\x0cb'\r\ntrue\n",
    description="two\nlines\x9b2J",
    working_directory="~/[x]",
    environment={"A": "1", "B": "x=y\nz"},
    timeout=timedelta(minutes=90),
    overlap=Overlap.REPLACE,
    retries=3,
    retry_delay=timedelta(seconds=45),
    active=False,
    notify=(),
    notify_after=2,
    slow_after=timedelta(),
)


pytestmark = pytest.mark.usefixtures("_no_pause")


def edit(runtime: Any) -> ProcessForm:
    return ProcessForm(runtime, 1)


def hostile(services: Services) -> None:
    services.processes.create(HOSTILE)


async def all_of(form: Any) -> list[ProcessView]:
    runtime = form.form.runtime
    views: list[ProcessView] = await runtime.read(runtime.services.processes.all)
    return views


async def test_everything_is_entered_by_keys(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, ProcessForm) as form:
        await form.fill(
            {
                "name": "backup",
                "command": "set -e\nrestic backup",
                "description": "[nightly]",
                "working_directory": "/srv",
                "environment": "A=1\nB=x=y",
                "overlap": Overlap.QUEUE,
                "locks": " db, net.1 ,",
                "timeout": "1h30m",
                "retries": "2",
                "retry_delay": "10s",
                "active": False,
            }
        )
        await form.press("ctrl+s")
        assert form.saved == Saved(1)
        (made,) = await all_of(form)
        assert draft_of(made) == ProcessDraft(
            name="backup",
            command="set -e\nrestic backup",
            description="[nightly]",
            working_directory="/srv",
            environment={"A": "1", "B": "x=y"},
            overlap=Overlap.QUEUE,
            locks=("db", "net.1"),
            timeout=timedelta(minutes=90),
            retries=2,
            retry_delay=timedelta(seconds=10),
            active=False,
        )


async def test_a_hostile_process_stays_as_it_was_when_it_is_only_saved(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, edit, hostile) as form:
        assert (form.problems, form.form.is_changed) == ({}, False)
        await form.press("ctrl+s")
        (after,) = await all_of(form)
        assert draft_of(after) == HOSTILE


async def test_a_hostile_process_reaches_the_terminal_as_harmless_text(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, edit, hostile) as form:
        picture = form.pilot.app.export_screenshot()
        assert "␛[31m" in picture
        assert not {"\x1b", "\x9b", "\x0c"} & set(picture)


async def test_a_clone_needs_a_name_of_its_own(a_runtime: OpenRuntime) -> None:
    async with opened_form(
        a_runtime, lambda runtime: ProcessForm(runtime, 1, clone=True), a_process
    ) as form:
        assert form.problems == {"name": "'backup' is taken: choose another one"}
        await form.fill({"name": "backup 2"})
        await form.press("ctrl+s")
        assert [view.name for view in await all_of(form)] == ["backup", "backup 2"]


async def test_its_own_name_is_not_taken(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, edit, a_process) as form:
        await form.fill({"command": "false"})
        await form.press("ctrl+s")
        assert form.saved == Saved(1)
        assert [view.command for view in await all_of(form)] == ["false"]


WRONG: list[tuple[str, str, str]] = [
    ("name", " x", "begins or ends with a space"),
    ("working_directory", "srv", "is not absolute"),
    ("environment", "PATH", "is not NAME=VALUE"),
    ("timeout", "soon", "is not a duration"),
    ("timeout", "0", "must be longer than 0"),
    ("retries", "-1", "is not a whole number"),
    ("retries", "1001", "from 0 to 1000"),
    ("retry_delay", "x", "is not a duration"),
]


async def test_each_problem_stands_at_its_field(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, ProcessForm) as form:
        good = {**form.form.form.values(), "name": "backup", "command": "true"}
        for field, value, text in WRONG:
            form.put({**good, "retries": "1", field: value})
            await form.settle()
            assert list(form.problems) == [field]
            assert text in form.problems[field]


async def test_an_empty_form_complains_only_when_it_is_saved(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, ProcessForm) as form:
        assert form.problems == {}
        await form.press("ctrl+s")
        assert list(form.problems) == ["name", "command"]
        assert form.form.focused is form.field("name").control


async def test_each_overlap_policy_is_explained(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, ProcessForm) as form:
        notes = set()
        for overlap in Overlap:
            form.put({"overlap": overlap})
            await form.settle()
            notes.add(form.field("overlap").note)
        assert len(notes) == len(Overlap)
        assert "" not in notes


async def test_escape_with_changes_asks(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, ProcessForm) as form:
        await form.fill({"name": "backup"})
        await form.press("escape")
        assert isinstance(form.top, ConfirmDialog)
        await form.press("y")
        assert form.saved is None


async def test_a_lock_that_is_no_name_is_told_at_its_field(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, ProcessForm) as form:
        await form.fill({"name": "backup", "command": "true", "locks": "db, a b"})
        assert form.problems == {"locks": "'a b' is no name: use letters, digits, - _ and ."}
        await form.fill({"locks": "db, db"})
        assert form.problems == {}
        await form.press("ctrl+s")
        assert [view.locks for view in await all_of(form)] == [("db",)]


async def test_a_small_terminal_shows_all_of_it(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, ProcessForm, size=(80, 24)) as form:
        for name in form.visible_fields:
            assert form.form.region.contains_region(form.field(name).region), name
        assert form.form.region.contains_region(form.form.query_one("#form-save").region)


async def test_what_is_waited_between_tries_is_asked_only_where_there_are_any(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, ProcessForm) as form:
        assert "retry_delay" not in form.visible_fields
        await form.fill({"retries": "2"})
        assert "retry_delay" in form.visible_fields
        await form.fill({"retry_delay": "soon", "name": "backup", "command": "true"})
        await form.fill({"retries": "0"})
        assert "retry_delay" not in form.visible_fields
        assert form.problems == {}
        await form.press("ctrl+s")
        assert form.saved == Saved(1)


@pytest.mark.parametrize(("height", "is_told"), [(24, False), (60, True)])
async def test_each_field_says_what_it_is_for_where_there_is_room(
    a_runtime: OpenRuntime, height: int, is_told: bool
) -> None:
    async with opened_form(a_runtime, ProcessForm, size=(80, height)) as form:
        assert ("Where it runs; relative paths begin there." in screenful_of(form.form)) is is_told
        if is_told:
            for name in form.visible_fields - {"kind"}:
                field = form.field(name)
                assert field.note or field.about or field.unit, name
