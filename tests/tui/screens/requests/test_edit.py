"""A stored request is shown back as it is, changed or cloned, and left without losing anything."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from tests.services.drafts import a_process, a_request
from tests.support.clock import FakeClock
from tests.tui.conftest import OpenRuntime
from tests.tui.on_screen import screenful_of
from tests.tui.screens.forms.filling import opened_form, request_form
from tests.tui.textual_inside import notifications
from tui_scheduler.errors import Problem
from tui_scheduler.models import MisfirePolicy, RequestStatus
from tui_scheduler.schedules import DailyOption, Frequency, MonthlyOption, Plan, Timing, Weekday
from tui_scheduler.services import Services
from tui_scheduler.services.requests import draft_of
from tui_scheduler.tui.screens.dialogs.question import ConfirmDialog
from tui_scheduler.tui.screens.forms.form import Saved
from tui_scheduler.tui.screens.requests.form import RequestForm

MADRID = "Europe/Madrid"


pytestmark = pytest.mark.usefixtures("_no_pause")


def plan(frequency: Frequency, **fields: Any) -> Plan:
    return Plan(timing=Timing.SCHEDULE, timezone=MADRID, frequency=frequency, **fields)


def wall(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(fold=fold)


PLANS = [
    Plan(timing=Timing.IMMEDIATE, timezone=MADRID),
    Plan(timing=Timing.LATER, timezone=MADRID, start=wall("2026-10-25 02:30", fold=1)),
    plan(Frequency.MINUTELY, interval=5, repetitions=4, start=wall("2026-04-01 08:00:30")),
    plan(Frequency.DAILY, interval=3, finish=wall("2027-01-01")),
    plan(Frequency.DAILY, spread=timedelta(minutes=90)),
    plan(Frequency.DAILY, daily_option=DailyOption.WEEKENDS),
    plan(Frequency.WEEKLY, interval=2, days=frozenset({Weekday.MON, Weekday.SUN})),
    plan(Frequency.MONTHLY, monthly_option=MonthlyOption.LAST, weekday=Weekday.FRI),
    plan(Frequency.MONTHLY, monthly_option=MonthlyOption.SPECIFIC, day=31),
    plan(Frequency.CRON, cron="0 0 12 ? * MON-FRI"),
]


def stored(plan: Plan, services: Services) -> None:
    a_request(
        services,
        plan,
        description="nightly\x1b[31m\nof [all]",
        parameters={"LEVEL": "1", "NOTE": "two\nlines"},
        misfire=MisfirePolicy.ALL,
    )


def edit(runtime: Any) -> RequestForm:
    return request_form(runtime, 1)


def clone(runtime: Any) -> RequestForm:
    return request_form(runtime, 1, clone=True)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.frequency or plan.timing}")
async def test_what_is_only_looked_at_and_saved_stays_as_it_was(
    a_runtime: OpenRuntime, plan: Plan
) -> None:
    async with opened_form(a_runtime, edit, partial(stored, plan)) as form:
        runtime = form.form.runtime
        get = runtime.services.requests.get
        before = await runtime.read(get, 1)
        assert (form.problems, form.form.is_changed) == ({}, False)
        await form.press("ctrl+s")
        after = await runtime.read(get, 1)
        assert form.saved == Saved(1)
        assert draft_of(after) == draft_of(before)
        assert getattr(after.plan.start, "fold", 0) == getattr(plan.start, "fold", 0)


async def test_a_clone_is_a_request_of_its_own(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, clone, partial(stored, PLANS[2])) as form:
        assert form.form.query_one("#form").border_title == "New request"
        await form.fill({"interval": "7"})
        await form.press("ctrl+s")
        runtime = form.form.runtime
        first, second = await runtime.read(runtime.services.requests.all)
        assert form.saved == Saved(second.id)
        assert (first.plan.interval, second.plan.interval) == (5, 7)
        assert second.plan.start == first.plan.start
        assert second.parameters == first.parameters


def scheduled(services: Services) -> None:
    a_request(services, plan(Frequency.HOURLY))
    services.requests.schedule(1)


async def test_editing_what_is_scheduled_says_when_it_runs_next(
    a_runtime: OpenRuntime, clock: FakeClock
) -> None:
    async with opened_form(a_runtime, edit, scheduled) as form:
        assert form.text_of("#preview-notes") == ""
        assert not form.form.query_one("#form-schedule").display
        await form.fill({"interval": "6", "start": "2026-03-04 07:30"})
        assert form.text_of("#preview-notes") == (
            "… It is scheduled: once it is saved, it runs next: Wed 4 Mar 07:30."
        )
        await form.press("f2")
        assert form.saved == Saved(1, schedule=False)
        runtime = form.form.runtime
        after = await runtime.read(runtime.services.requests.get, 1)
        assert (after.status, after.plan.interval) == (RequestStatus.SCHEDULED, 6)


async def test_what_stands_is_previewed_as_it_goes_on(
    a_runtime: OpenRuntime, clock: FakeClock
) -> None:
    async with opened_form(a_runtime, edit, scheduled) as form:
        clock.advance(minutes=20)
        form.put({"description": "every hour"})
        await form.settle()
        assert form.fires[1].startswith("Mon  2 Mar 14:00")  # not at 14:20


async def test_cloning_what_is_scheduled_may_schedule_the_clone(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, clone, scheduled) as form:
        await form.press("f2")
        assert form.saved == Saved(2, schedule=True)


async def test_a_request_that_is_gone_closes_the_form_with_the_reason(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, edit) as form:
        assert form.saved is None
        (notice,) = notifications(form.pilot.app)
        assert notice.message == "There is no request 1 (any more)."


def removed_meanwhile(services: Services) -> None:
    while services.requests.remove_step(1):
        pass


async def test_a_request_that_goes_while_it_is_edited_leaves_the_form_open(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, edit, scheduled) as form:
        await form.fill({"interval": "6"})
        await form.form.runtime.write(removed_meanwhile, form.form.runtime.services)
        await form.press("ctrl+s")
        assert form.is_open
        assert form.field("interval").value == "6"
        (notice,) = notifications(form.pilot.app)
        assert notice.message == "There is no request 1 (any more)."


async def test_escape_closes_a_form_without_changes(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form) as form:
        await form.press("escape")
        assert form.saved is None


async def test_a_form_may_be_left_while_it_is_judged(
    a_runtime: OpenRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer of the database comes when the fields are gone already."""
    async with opened_form(a_runtime, request_form) as form:
        asked, answer = asyncio.Event(), asyncio.Event()

        async def slow_validate(_form: RequestForm) -> list[Problem]:
            asked.set()
            await answer.wait()
            return []

        monkeypatch.setattr(RequestForm, "validate", slow_validate)
        form.form.review()
        await asked.wait()
        form.form.action_leave()
        while form.is_open:
            answer.set()
            await asyncio.sleep(0)
        await form.settle()
        assert form.saved is None


async def test_a_change_that_was_taken_back_is_none(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form) as form:
        await form.fill({"timing": Timing.LATER})
        await form.fill({"timing": Timing.IMMEDIATE})
        await form.press("escape")
        assert form.saved is None


@pytest.mark.parametrize(("answer", "is_left"), [("y", True), ("n", False), ("escape", False)])
async def test_escape_with_changes_asks(a_runtime: OpenRuntime, answer: str, is_left: bool) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"description": "nightly"})
        await form.press("escape")
        assert isinstance(form.top, ConfirmDialog)
        await form.press(answer)
        assert form.is_open is not is_left
        if not is_left:
            assert form.field("description").value == "nightly"


async def test_a_process_may_be_given(a_runtime: OpenRuntime) -> None:
    def make(runtime: Any) -> RequestForm:
        return request_form(runtime, process="backup")

    async with opened_form(a_runtime, make, a_process) as form:
        assert form.form.focused is form.field("when").control
        await form.press("ctrl+s")
        assert form.saved == Saved(1)


async def test_a_form_is_seen_once_it_has_its_shape(
    a_runtime: OpenRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen_while_loading: list[str] = []
    load = RequestForm.load

    async def watched_load(form: RequestForm) -> None:
        seen_while_loading.append(screenful_of(form))
        await load(form)

    monkeypatch.setattr(RequestForm, "load", watched_load)
    async with opened_form(a_runtime, edit, scheduled) as form:
        assert "Frequency" not in seen_while_loading[0]
        assert "Process" not in seen_while_loading[0]
        assert "Frequency" in screenful_of(form.form)
