"""A group is written by keys alone, shown back as it is, and checked while one types."""

from typing import Any

import pytest

from tests.services.drafts import a_process
from tests.services.groups import a_group
from tests.tui.conftest import OpenRuntime
from tests.tui.screens.forms.filling import group_form, opened_form
from tui_scheduler.models import Overlap
from tui_scheduler.services import Services
from tui_scheduler.services.views.groups import GroupView
from tui_scheduler.tui.screens.dialogs.question import ConfirmDialog
from tui_scheduler.tui.screens.groups.form import GroupForm
from tui_scheduler.tui.widgets.form.members import MembersEntry

pytestmark = pytest.mark.usefixtures("_no_pause")


def two_processes(services: Services) -> None:
    a_process(services, "extract")
    a_process(services, "load")


def nightly(services: Services) -> None:
    a_group(services, "extract", "load", stop_on_failure=True, overlap=Overlap.QUEUE)


def edit(runtime: Any) -> GroupForm:
    return group_form(runtime, 3)


def clone(runtime: Any) -> GroupForm:
    return group_form(runtime, 3, clone=True)


async def all_of(form: Any) -> list[GroupView]:
    runtime = form.form.runtime
    views: list[GroupView] = await runtime.read(runtime.services.groups.all)
    return views


async def test_everything_is_entered_by_keys(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, group_form, two_processes) as form:
        await form.fill({"name": "nightly", "description": "every night"})
        form.form.form["members"].control.focus()
        await form.press("e", *"xtr", "enter")
        await form.press("enter", *"load", "enter")
        await form.press("shift+up")
        await form.fill({"stop_on_failure": True, "overlap": Overlap.REPLACE})
        await form.press("ctrl+s")
        [group] = await all_of(form)
        assert group.members == ("load", "extract")
        assert (group.name, group.description) == ("nightly", "every night")
        assert group.stop_on_failure is True
        assert group.overlap is Overlap.REPLACE


async def test_an_existing_group_is_shown_as_it_is(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, edit, nightly) as form:
        assert form.form.form.values() == {
            "name": "nightly",
            "description": "",
            "members": ("extract", "load"),
            "stop_on_failure": True,
            "overlap": Overlap.QUEUE,
            "notify": None,
            "notify_after": "1",
            "slow_after": "usual",
        }
        await form.press("escape")
        assert form.saved is None


async def test_a_clone_needs_a_name_of_its_own(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, clone, nightly) as form:
        assert "taken" in form.form.form["name"].problem
        await form.fill({"name": "weekly"})
        await form.press("ctrl+s")
        assert [group.members for group in await all_of(form)] == [("extract", "load")] * 2


async def test_moved_members_are_not_lost_without_a_question(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, edit, nightly) as form:
        form.form.form["members"].control.focus()
        await form.press("shift+down")
        await form.press("escape")
        assert isinstance(form.top, ConfirmDialog)


async def test_a_member_that_is_gone_is_told_at_its_field(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, edit, nightly) as form:
        runtime = form.form.runtime
        await runtime.write(runtime.services.processes.remove_step, 2)
        await form.press("ctrl+s")
        problem = form.form.form["members"].problem
        assert problem == "there is no process 'load': add it first"


async def test_members_are_joined_by_a_key_and_kept(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, edit, nightly) as form:
        form.form.form["members"].control.focus()
        await form.press("down", "space", "ctrl+s")
        [group] = await all_of(form)
        assert group.members == (("extract", "load"),)


async def test_the_same_twice_in_a_step_is_told_at_its_field(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, edit, nightly) as form:
        entry = form.form.query_one(MembersEntry)
        entry.focus()
        entry.insert("extract")
        await form.press("space")
        assert "'extract' stands twice in one step" in form.form.form["members"].problem
