"""What others change while a form is open is shown when it is saved, and the user chooses."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual.content import Content
from textual.widgets import Static

from tests.services.drafts import a_process, a_request, every, minutely
from tests.services.groups import a_group
from tests.tui.conftest import OpenRuntime
from tests.tui.screens.forms.filling import FormPilot, group_form, opened_form, request_form
from tests.tui.textual_inside import notifications
from tui_scheduler.models import Overlap
from tui_scheduler.runtime import Runtime
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services, groups, processes, requests
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.tui.screens.dialogs.question import Question
from tui_scheduler.tui.screens.forms.form import Form, Saved
from tui_scheduler.tui.screens.processes.form import ProcessForm

pytestmark = pytest.mark.usefixtures("_no_pause")

HOURLY = every(Frequency.HOURLY)


def a_scheduled_request(services: Services) -> None:
    services.requests.schedule(a_request(services, minutely()).id)


@asynccontextmanager
async def edited(a_runtime: OpenRuntime) -> AsyncIterator[FormPilot]:
    """A request, whose form is open."""

    def edit(runtime: Runtime) -> Form:
        return request_form(runtime, 1)

    async with opened_form(a_runtime, edit, a_scheduled_request) as form:
        yield form


async def change(form: FormPilot, **fields: Any) -> None:
    """Change the request elsewhere."""

    def update(services: Services) -> None:
        draft = requests.draft_of(services.requests.get(1))
        services.requests.update(1, replace(draft, **fields))

    await form.form.runtime.write(update, form.form.runtime.services)


async def stored(form: FormPilot) -> RequestDraft:
    runtime = form.form.runtime
    return requests.draft_of(await runtime.read(runtime.services.requests.get, 1))


async def save(form: FormPilot) -> str:
    """Save, and what is asked then."""
    await form.press("ctrl+s")
    return words(form)


def words(form: FormPilot) -> str:
    assert isinstance(form.top, Question)
    content = form.top.query_one("#question-text", Static).content
    assert isinstance(content, Content)
    return content.plain


async def test_what_changed_is_shown_and_nothing_stored(a_runtime: OpenRuntime) -> None:
    async with edited(a_runtime) as form:
        await form.fill({"description": "nightly"})
        await change(form, plan=HOURLY)
        assert await save(form) == (
            "Somebody changed it while this form was open:\n"
            "  Frequency: minutely -> hourly\n"
            "\n"
            "You are about to save:\n"
            "  Description: (default) -> nightly\n"
            "\n"
            "Theirs drops your changes. Mine drops theirs. Both keeps both."
        )
        assert (await stored(form)).plan == HOURLY
        await form.press("b")
        assert form.is_open
        assert form.field("description").value == "nightly"
        assert (await stored(form)).description == ""
        await save(form)


async def test_theirs_stays(a_runtime: OpenRuntime) -> None:
    async with edited(a_runtime) as form:
        await form.fill({"description": "nightly"})
        await change(form, plan=HOURLY)
        await save(form)
        await form.press("t")
        assert form.saved is None
        assert await stored(form) == RequestDraft(process="backup", plan=HOURLY)
        [notice] = notifications(form.pilot.app)
        assert notice.message == "Nothing was saved: what was stored meanwhile stays."


async def test_mine_takes_its_place(a_runtime: OpenRuntime) -> None:
    async with edited(a_runtime) as form:
        await form.fill({"description": "nightly"})
        await change(form, plan=HOURLY)
        await save(form)
        await form.press("m")
        assert form.saved == Saved(1)
        mine = RequestDraft(process="backup", plan=minutely(), description="nightly")
        assert await stored(form) == mine


async def test_both_are_kept(a_runtime: OpenRuntime) -> None:
    async with edited(a_runtime) as form:
        await form.fill({"description": "nightly"})
        await change(form, plan=HOURLY)
        await save(form)
        await form.press("o")
        assert form.saved == Saved(1)
        merged = RequestDraft(process="backup", plan=HOURLY, description="nightly")
        assert await stored(form) == merged


async def test_of_two_changes_of_one_field_one_is_chosen(a_runtime: OpenRuntime) -> None:
    async with edited(a_runtime) as form:
        await form.fill({"interval": "5"})
        await change(form, plan=HOURLY)
        assert (await save(form)).endswith("Theirs drops your changes. Mine drops theirs.")
        await form.press("o")
        assert isinstance(form.top, Question)


async def test_a_third_change_while_one_chooses_is_shown_as_well(a_runtime: OpenRuntime) -> None:
    async with edited(a_runtime) as form:
        await form.fill({"description": "nightly"})
        await change(form, plan=HOURLY)
        await save(form)
        await change(form, parameters={"LEVEL": "2"})
        await form.press("o")
        assert "  Parameters.LEVEL: (default) -> 2" in words(form)
        await form.press("o")
        assert form.saved == Saved(1)
        assert await stored(form) == RequestDraft(
            process="backup", plan=HOURLY, description="nightly", parameters={"LEVEL": "2"}
        )


async def test_a_clone_is_of_what_it_was(a_runtime: OpenRuntime) -> None:
    def clone(runtime: Runtime) -> Form:
        return request_form(runtime, 1, clone=True)

    async with opened_form(a_runtime, clone, a_scheduled_request) as form:
        await change(form, plan=HOURLY)
        await form.press("ctrl+s")
        assert form.saved == Saved(2)


async def test_a_process_is_asked_about_as_well(a_runtime: OpenRuntime) -> None:
    def theirs(services: Services) -> None:
        draft = processes.draft_of(services.processes.get(1))
        services.processes.update(1, replace(draft, command="false"))

    await _is_asked(
        a_runtime, lambda runtime: ProcessForm(runtime, 1), a_process, theirs,
        "  Command: true -> false",
    )  # fmt: skip


async def test_a_group_is_asked_about_as_well(a_runtime: OpenRuntime) -> None:
    def nightly(services: Services) -> None:
        assert a_group(services, "a", "b").id == 3

    def theirs(services: Services) -> None:
        draft = groups.draft_of(services.groups.get(3))
        services.groups.update(3, replace(draft, overlap=Overlap.QUEUE))

    await _is_asked(
        a_runtime, lambda runtime: group_form(runtime, 3), nightly, theirs,
        "  Overlap: (default) -> queue",
    )  # fmt: skip


async def _is_asked(
    a_runtime: OpenRuntime,
    make: Callable[[Runtime], Form],
    prepare: Callable[[Services], object],
    theirs: Callable[[Services], object],
    line: str,
) -> None:
    async with opened_form(a_runtime, make, prepare) as form:
        await form.fill({"description": "mine"})
        await form.form.runtime.write(theirs, form.form.runtime.services)
        assert line in await save(form)
        await form.press("o")
        assert form.saved is not None
        assert not form.is_open
