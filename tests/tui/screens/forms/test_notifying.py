"""Who is told of the runs of a process or a group, and when, is entered and shown."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.services.drafts import a_process
from tests.services.notices.telling import OPS, receiver
from tests.tui.conftest import OpenRuntime
from tests.tui.on_screen import screenful_of
from tests.tui.screens.forms.filling import FormPilot, group_form, opened_form, process_form
from tui_scheduler.models import Process
from tui_scheduler.receivers import Notifying
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.settings import Settings
from tui_scheduler.tui.screens.groups.form import GroupForm
from tui_scheduler.tui.screens.processes.form import ProcessForm

pytestmark = pytest.mark.usefixtures("_no_pause")
FORMS = pytest.mark.parametrize("make", [process_form, group_form])


@pytest.fixture
def notifying() -> Notifying:
    return OPS


@pytest.fixture
def settings(new_database: Path, notifying: Notifying) -> Settings:
    return Settings(database=new_database, notifying=notifying, config=Path("/etc/of/ours.toml"))


def note(form: FormPilot) -> str:
    return form.field("notify").note


def edit_process(runtime: Any) -> ProcessForm:
    return ProcessForm(runtime, 1)


def edit_group(runtime: Any) -> GroupForm:
    return group_form(runtime, 1)


async def stored(form: FormPilot) -> Any:
    services = form.form.runtime.services
    processes = await form.form.runtime.read(services.processes.all)
    groups = await form.form.runtime.read(services.groups.all)
    return [*processes, *groups][0]


@FORMS
async def test_names_and_limits_are_entered_by_keys(a_runtime: OpenRuntime, make: Any) -> None:
    async with opened_form(a_runtime, make) as form:
        if make is process_form:
            form.put({"command": "true"})
        await form.fill(
            {"name": "x", "notify": ("ops", "beat"), "notify_after": "3", "slow_after": "10m"}
        )
        await form.press("ctrl+s")
        view = await stored(form)
        assert view.notify == ("ops", "beat")
        assert (view.notify_after, view.slow_after) == (3, timedelta(minutes=10))


@FORMS
async def test_with_nobody_told_there_is_nothing_to_say_when(
    a_runtime: OpenRuntime, make: Any
) -> None:
    async with opened_form(a_runtime, make) as form:
        assert {"notify", "notify_after", "slow_after"} <= form.visible_fields
        await form.fill({"notify": ()})
        assert note(form) == "Nobody is told of its failures."
        assert not {"notify_after", "slow_after"} & form.visible_fields


@FORMS
async def test_the_default_is_said_and_begun_with(a_runtime: OpenRuntime, make: Any) -> None:
    async with opened_form(a_runtime, make) as form:
        assert form.field("notify").value is None
        assert note(form) == "The configuration says: ops."


async def test_the_last_name_that_is_taken_out_leaves_nobody(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, process_form) as form:
        await form.fill({"notify": ("all",)})
        await form.press("space")
        assert form.field("notify").value == ()


@FORMS
async def test_problems_stand_at_their_fields(a_runtime: OpenRuntime, make: Any) -> None:
    async with opened_form(a_runtime, make) as form:
        form.put({"name": "x", "notify_after": "often", "slow_after": "soon"})
        await form.settle()
        assert form.problems["notify_after"].startswith("'often' is not a whole number")
        assert "usual or never" in form.problems["slow_after"]


def told_specially(services: Services) -> None:
    a_process(services, notify_after=2, slow_after=timedelta())
    Process.update(notify='["ops"]').execute()  # whoever is there by now


def group_told_specially(services: Services) -> None:
    services.groups.create(GroupDraft(name="x", notify_after=2, slow_after=timedelta()))
    Process.update(notify='["ops"]').execute()


@pytest.mark.parametrize(
    ("make", "prepare"), [(edit_process, told_specially), (edit_group, group_told_specially)]
)
async def test_what_is_only_saved_stays(a_runtime: OpenRuntime, make: Any, prepare: Any) -> None:
    async with opened_form(a_runtime, make, prepare) as form:
        before = await stored(form)
        held = form.form.form.values()
        assert (held["notify_after"], held["slow_after"]) == ("2", "never")
        await form.press("ctrl+s")
        assert not form.is_open
        assert await stored(form) == before


@pytest.mark.parametrize("notifying", [replace(OPS, by_default=())])
async def test_a_configuration_that_names_nobody_is_said(
    a_runtime: OpenRuntime, notifying: Notifying
) -> None:
    async with opened_form(a_runtime, process_form) as form:
        assert note(form) == "The configuration names nobody: it has no line notify = [...]."


@pytest.mark.parametrize("notifying", [Notifying()])
@FORMS
async def test_without_a_receiver_it_says_how_to_add_one(
    a_runtime: OpenRuntime, notifying: Notifying, make: Any
) -> None:
    async with opened_form(a_runtime, make, size=(80, 24)) as form:
        add = "add [receiver.NAME] to /etc/of/ours.toml"
        assert note(form) == f"Nobody can be told yet: {add}"


@pytest.mark.parametrize("notifying", [Notifying(receivers={"page": receiver("page")})])
async def test_a_name_that_is_gone_is_shown_and_can_be_taken_out(
    a_runtime: OpenRuntime, notifying: Notifying
) -> None:
    async with opened_form(a_runtime, edit_process, told_specially) as form:
        assert "■ ops (not configured)" in screenful_of(form.form)
        assert note(form).startswith("Take ops out, or add [receiver.ops] to ")
        await form.fill({"notify": ("page",)})
        assert note(form) == ""
        await form.press("ctrl+s")
        assert (await stored(form)).notify == ("page",)
