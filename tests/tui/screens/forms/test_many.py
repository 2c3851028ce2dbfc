"""The form for many: what several objects have in common is changed in all of them at once."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual.content import Content
from textual.widgets import Static

from tests.services.drafts import IMMEDIATE, a_process, a_request, every, minutely, wall
from tests.services.groups import a_group
from tests.tui.conftest import OpenRuntime, Show
from tests.tui.on_screen import answer, press, question, rows, table, toasts, until
from tests.tui.screens.forms.filling import FormPilot, opened_form
from tui_scheduler.models import MisfirePolicy, Overlap
from tui_scheduler.runtime import Runtime
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services, requests
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.views.requests import RequestView
from tui_scheduler.tui.screens.dialogs.question import Question
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.forms.many import ManyForm
from tui_scheduler.tui.screens.groups.many import many_groups
from tui_scheduler.tui.screens.processes.form import ProcessForm
from tui_scheduler.tui.screens.processes.many import many_processes
from tui_scheduler.tui.screens.requests.form import RequestForm
from tui_scheduler.tui.screens.requests.many import many_requests

pytestmark = pytest.mark.usefixtures("_no_pause")

DAILY = every(Frequency.DAILY, start=wall("2026-03-01 04:00"))


@asynccontextmanager
async def opened(
    a_runtime: OpenRuntime,
    prepare: Callable[[Services], object],
    spec: Callable[[Runtime], Any] = many_requests,
    everything: Callable[[Services], list[Any]] = lambda services: services.requests.all(),
) -> AsyncIterator[FormPilot]:
    """The form for all that ``prepare`` made."""
    views: list[Any] = []

    def prepared(services: Services) -> None:
        prepare(services)
        views.extend(everything(services))

    def make(runtime: Runtime) -> Form:
        return ManyForm(runtime, spec(runtime), views)

    async with opened_form(a_runtime, make, prepared, size=(140, 40)) as form:
        yield form


def three(services: Services) -> None:
    """A daily request, one of every minute, and one that has no plan to speak of."""
    a_request(services, DAILY, "archive", description="old", misfire_limit=timedelta(hours=1))
    a_request(services, minutely(), "backup", description="new", misfire=MisfirePolicy.ALL)
    a_request(services, IMMEDIATE, "clean", description="")


async def stored(form: FormPilot) -> list[RequestView]:
    runtime = form.form.runtime
    return await runtime.read(runtime.services.requests.all)


async def change(form: FormPilot, request_id: int, **fields: Any) -> None:
    """Change a request elsewhere."""

    def update(services: Services) -> None:
        draft = requests.draft_of(services.requests.get(request_id))
        services.requests.update(request_id, replace(draft, **fields))

    await form.form.runtime.write(update, form.form.runtime.services)


def asked(form: FormPilot) -> str:
    assert isinstance(form.top, Question)
    content = form.top.query_one("#question-text", Static).content
    assert isinstance(content, Content)
    return content.plain


async def test_what_all_have_is_shown_and_the_rest_stays_open(a_runtime: OpenRuntime) -> None:
    async with opened(a_runtime, three) as form:
        held = form.form.form.values()
        assert (held["description"], held["misfire"], held["timezone"]) == ("", None, "UTC")
        assert form.text_of("#many-changes").startswith("Nothing yet")


async def test_only_what_was_changed_is_stored(a_runtime: OpenRuntime) -> None:
    async with opened(a_runtime, three) as form:
        before = await stored(form)
        await form.fill({"description": "nightly"})
        assert form.text_of("#many-changes") == "Description: nightly, in 3 of 3"
        await form.press("ctrl+s")
        assert await stored(form) == [replace(view, description="nightly") for view in before]
        assert not form.is_open


async def test_what_is_left_out_is_changed_where_anything_can_be(a_runtime: OpenRuntime) -> None:
    async with opened(a_runtime, three) as form:
        await form.fill({"except_": "2026-12-24"})
        assert form.text_of("#many-changes") == (
            "Except: 2026-12-24, in 2 of 3; not in clean (request 3)"
        )
        await form.press("ctrl+s")
        left_out = [str(view.plan.except_) for view in await stored(form)]
        assert left_out == ["2026-12-24", "2026-12-24", ""]


async def test_nothing_is_stored_if_nothing_was_changed(a_runtime: OpenRuntime) -> None:
    async with opened(a_runtime, three) as form:
        before = await stored(form)
        await change(form, 1, description="theirs")
        await form.press("ctrl+s")
        assert await stored(form) == [replace(before[0], description="theirs"), *before[1:]]


async def test_a_field_that_some_do_not_have_is_changed_in_the_others(
    a_runtime: OpenRuntime,
) -> None:
    async with opened(a_runtime, three) as form:
        await form.fill({"finish": "2027-01-31", "misfire": MisfirePolicy.SKIP})
        assert form.text_of("#many-changes").splitlines() == [
            "Finish: 2027-01-31, in 2 of 3; not in clean (request 3)",
            "Missed runs: Skip, in 2 of 3; not in clean (request 3)",
        ]
        await form.press("ctrl+s")
        finish = wall("2027-01-31 23:59:59")
        assert [view.plan.finish for view in await stored(form)] == [finish, finish, None]
        assert [view.misfire for view in await stored(form)] == [
            MisfirePolicy.SKIP, MisfirePolicy.SKIP, MisfirePolicy.ONCE,
        ]  # fmt: skip


async def test_a_dash_empties_what_differs(a_runtime: OpenRuntime) -> None:
    async with opened(a_runtime, three) as form:
        await form.fill({"description": "-"})
        assert form.text_of("#many-changes") == "Description: none, in 3 of 3"
        await form.press("ctrl+s")
        assert [view.description for view in await stored(form)] == ["", "", ""]


async def test_what_is_typed_and_taken_back_is_no_change(a_runtime: OpenRuntime) -> None:
    async with opened(a_runtime, three) as form:
        await form.go_to("description")
        await form.press("x", "backspace")
        assert form.text_of("#many-changes").startswith("Nothing yet")
        await form.press("escape")
        assert not form.is_open


async def test_one_preview_tells_the_next_runs_of_all(a_runtime: OpenRuntime) -> None:
    async with opened(a_runtime, three) as form:
        assert form.text_of("#many-heading") == "The next 3 runs of each, in UTC"
        lines = form.text_of("#many-outlook").splitlines()
        assert [sum(name in line for line in lines) for name in ("archive", "backup", "clean")] == [
            3, 3, 1,
        ]  # fmt: skip
        assert lines[-1].startswith("Thu  5 Mar 04:00")


async def test_a_text_that_means_nothing_is_told_at_its_field(a_runtime: OpenRuntime) -> None:
    async with opened(a_runtime, three) as form:
        await form.fill({"finish": "some day"})
        assert set(form.problems) == {"finish"}
        await form.press("ctrl+s")
        assert form.is_open
        assert [view.plan.finish for view in await stored(form)] == [None, None, None]


async def test_a_problem_says_whose_it_is(a_runtime: OpenRuntime) -> None:
    async with opened(a_runtime, three) as form:
        await form.fill({"finish": "2026-02-01"})
        await form.press("ctrl+s")
        assert "archive (request 1)" in form.problems["finish"]
        assert form.is_open


async def test_what_others_changed_is_asked_for_and_all_are_saved_together(
    a_runtime: OpenRuntime,
) -> None:
    async with opened(a_runtime, three) as form:
        await form.fill({"misfire": MisfirePolicy.SKIP})
        await change(form, 2, description="theirs")
        await form.press("ctrl+s")
        assert asked(form).startswith(
            "Somebody changed backup (request 2) while this form was open:\n"
            "  Description: new -> theirs\n"
        )
        assert [view.misfire for view in await stored(form)].count(MisfirePolicy.SKIP) == 0
        await form.press("o")
        assert [view.misfire for view in await stored(form)].count(MisfirePolicy.SKIP) == 2
        assert (await stored(form))[1].description == "theirs"
        assert not form.is_open


@pytest.mark.parametrize(
    ("key", "left"),
    [("b", ["old", "theirs", ""]), ("t", ["mine", "theirs", "mine"]), ("m", ["mine"] * 3)],
)
async def test_both_changed_the_same(a_runtime: OpenRuntime, key: str, left: list[str]) -> None:
    async with opened(a_runtime, three) as form:
        await form.fill({"description": "mine"})
        await change(form, 2, description="theirs")
        await form.press("ctrl+s", key)
        assert [view.description for view in await stored(form)] == left
        assert form.is_open is (key == "b")


async def test_one_that_was_deleted_meanwhile_is_left_out(a_runtime: OpenRuntime) -> None:
    async with opened(a_runtime, three) as form:
        await form.fill({"description": "mine"})
        remove = form.form.runtime.services.requests.remove_step
        while await form.form.runtime.write(remove, 2):
            pass
        await form.press("ctrl+s")
        assert [view.description for view in await stored(form)] == ["mine", "mine"]
        assert isinstance(form.form, ManyForm)
        assert form.form.saved_count == 2


async def test_processes_are_changed_together(a_runtime: OpenRuntime) -> None:
    def two(services: Services) -> None:
        a_process(services, "archive", overlap=Overlap.ALLOW, command="a\n", timeout=timedelta(1))
        a_process(services, "backup", retries=2, environment={"A": "1"})

    async with opened(a_runtime, two, many_processes, lambda each: each.processes.all()) as form:
        before = await form.form.runtime.read(form.form.runtime.services.processes.all)
        await form.fill(
            {"overlap": Overlap.QUEUE, "timeout": "10m", "active": False, "locks": "db, net"}
        )
        await form.press("ctrl+s")
        after = await form.form.runtime.read(form.form.runtime.services.processes.all)
        wanted: dict[str, Any] = {"overlap": Overlap.QUEUE, "timeout": timedelta(minutes=10)}
        wanted["locks"] = ("db", "net")
        assert after == [replace(view, **wanted, active=False) for view in before]


async def test_groups_are_changed_together(a_runtime: OpenRuntime) -> None:
    def two(services: Services) -> None:
        a_group(services, "a", "b", name="nightly")
        a_group(services, "b", name="weekly", overlap=Overlap.QUEUE)

    async with opened(a_runtime, two, many_groups, lambda each: each.groups.all()) as form:
        before = await form.form.runtime.read(form.form.runtime.services.groups.all)
        await form.fill({"stop_on_failure": True})
        await form.press("ctrl+s")
        after = await form.form.runtime.read(form.form.runtime.services.groups.all)
        assert after == [replace(view, stop_on_failure=True) for view in before]


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_e_with_marks_opens_it(show: Show, size: tuple[int, int]) -> None:
    async with show(three, size=size) as ui:
        await until(ui, lambda: len(rows(ui)) == 3)
        await press(ui, "space", "j", "j", "space", "e")
        await until(ui, lambda: isinstance(ui.app.screen, ManyForm) and ui.app.focused)
        await press(ui, *"nightly", "ctrl+s")
        await until(ui, lambda: toasts(ui) == ["Saved 2 requests."])
        every_request = await ui.runtime.read(ui.runtime.services.requests.all)
        assert [view.description for view in every_request] == ["nightly", "new", "nightly"]
        await until(ui, lambda: not table(ui).marked)


@pytest.mark.parametrize(("screen", "form"), [("1", RequestForm), ("3", ProcessForm)])
async def test_one_mark_is_edited_wherever_the_cursor_is(
    show: Show, screen: str, form: type[Form]
) -> None:
    async with show(three) as ui:
        await press(ui, screen)
        await until(ui, lambda: len(rows(ui)) == 3)
        await press(ui, "space", "j", "e")
        await until(ui, lambda: isinstance(ui.app.screen, form) and ui.app.focused)
        held = ui.app.screen
        assert isinstance(held, Form)
        assert "archive" in held.form.values().values()
        await press(ui, "escape")
        await until(ui, lambda: table(ui).has_focus)


async def test_leaving_it_with_changes_asks(show: Show) -> None:
    async with show(three) as ui:
        await until(ui, lambda: len(rows(ui)) == 3)
        await press(ui, "space", "j", "space", "e")
        await until(ui, lambda: isinstance(ui.app.screen, ManyForm) and ui.app.focused)
        await press(ui, "x", "escape")
        assert await question(ui)
        await answer(ui, "y")
        await until(ui, lambda: table(ui).has_focus)
        assert len(table(ui).marked) == 2


def two_told(services: Services) -> None:
    a_process(services, "archive", slow_after=timedelta(minutes=10))
    a_process(services, "backup", notify=())


def two_groups_told(services: Services) -> None:
    services.groups.create(GroupDraft(name="archive", slow_after=timedelta(minutes=10)))
    services.groups.create(GroupDraft(name="backup", notify=()))


@pytest.mark.parametrize(
    ("spec", "prepare", "noun"),
    [(many_processes, two_told, "processes"), (many_groups, two_groups_told, "groups")],
)
async def test_who_is_told_is_changed_in_many(
    a_runtime: OpenRuntime, spec: Any, prepare: Any, noun: str
) -> None:
    def all_of(services: Services) -> list[Any]:
        views: list[Any] = getattr(services, noun).all()
        return views

    async with opened(a_runtime, prepare, spec, all_of) as form:
        held = form.form.form.values()
        assert (held["notify"], held["notify_after"], held["slow_after"]) == ("", "1", "")
        await form.fill({"notify": "default", "notify_after": "3", "slow_after": "-"})
        assert form.text_of("#many-changes").splitlines() == [
            "Notify: default, in 2 of 2",
            "Notify after: 3, in 2 of 2",
            "Slow after: usual, in 2 of 2",
        ]
        await form.press("ctrl+s")
        views = await form.form.runtime.read(all_of, form.form.runtime.services)
        values = [(view.notify, view.notify_after, view.slow_after) for view in views]
        assert values == [(None, 3, None)] * 2


async def test_limits_that_cannot_be_read_are_told_in_many(a_runtime: OpenRuntime) -> None:
    groups = lambda services: services.groups.all()  # noqa: E731
    async with opened(a_runtime, two_groups_told, many_groups, groups) as form:
        await form.fill({"slow_after": "soon"})
        assert "usual or never" in form.problems["slow_after"]
