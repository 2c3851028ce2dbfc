"""A request is written by keys alone, whatever its timing and frequency."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from tests.services.drafts import a_process
from tests.tui.conftest import OpenRuntime
from tests.tui.screens.forms.filling import opened_form, request_form
from tui_scheduler.models import MisfirePolicy
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Outcome,
    Plan,
    Timing,
    Weekday,
)
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.requests import draft_of
from tui_scheduler.tui.screens.forms.form import Saved
from tui_scheduler.tui.screens.requests.form import RequestForm

WORKING_DAYS = frozenset(set(Weekday) - {Weekday.SAT, Weekday.SUN})


pytestmark = pytest.mark.usefixtures("_no_pause")


def plan(frequency: Frequency, **fields: Any) -> Plan:
    return Plan(timing=Timing.SCHEDULE, timezone="UTC", frequency=frequency, **fields)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def written(a_runtime: OpenRuntime, *entries: Mapping[str, object]) -> list[Plan]:
    """The plan after each entry into one form; the last one is also saved."""
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup"})
        plans = []
        for entry in entries:
            await form.fill(entry)
            assert form.problems == {}
            plans.append(cast("RequestForm", form.form).reading().draft.plan)
        await form.press("ctrl+s")
        assert form.saved == Saved(1)
        runtime = form.form.runtime
        assert (await runtime.read(runtime.services.requests.get, 1)).plan == plans[-1]
        return plans


async def test_at_boot(a_runtime: OpenRuntime) -> None:
    assert await written(a_runtime, {"timing": Timing.BOOT}, {"delay": "5m"}) == [
        Plan(timing=Timing.BOOT, timezone="UTC"),
        Plan(timing=Timing.BOOT, timezone="UTC", delay=timedelta(minutes=5)),
    ]


def _two(services: Services) -> None:
    a_process(services)
    a_process(services, "report")


async def test_after_another(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, _two) as form:
        await form.fill({"process": "report", "timing": Timing.AFTER})
        await form.press("ctrl+s")
        assert "follows" in form.problems
        await form.fill({"follows": "report"})
        assert "report → report" in form.problems["follows"]
        await form.fill({"follows": "backup", "outcome": Outcome.FAILURE})
        assert form.problems == {}
        assert form.text_of("#preview-sentence") == "When backup has failed"
        await form.press("ctrl+s")
        runtime = form.form.runtime
        stored = await runtime.read(runtime.services.requests.get, 1)
        assert (stored.plan.follows, stored.plan.outcome) == ("backup", Outcome.FAILURE)


async def test_what_is_followed_may_be_said(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, _two) as form:
        await form.fill({"process": "report", "when": "after backup ends"})
        values = form.form.form.values()
        assert (values["timing"], values["follows"], values["outcome"]) == (
            Timing.AFTER,
            "backup",
            Outcome.END,
        )


async def test_once(a_runtime: OpenRuntime) -> None:
    assert await written(
        a_runtime,
        {},
        {"timing": Timing.LATER},
        {"start": "2026-05-01 08:30"},
    ) == [
        Plan(timing=Timing.IMMEDIATE, timezone="UTC"),
        Plan(timing=Timing.LATER, timezone="UTC"),
        Plan(timing=Timing.LATER, timezone="UTC", start=wall("2026-05-01 08:30")),
    ]


async def test_again_and_again(a_runtime: OpenRuntime) -> None:
    assert await written(
        a_runtime,
        {"timing": Timing.SCHEDULE, "frequency": Frequency.SECONDLY, "interval": "15"},
        {"frequency": Frequency.MINUTELY, "interval": "5", "repetitions": "4"},
        {"frequency": Frequency.HOURLY, "finish": "2027-01-01"},
    ) == [
        plan(Frequency.SECONDLY, interval=15),
        plan(Frequency.MINUTELY, interval=5, repetitions=4),
        plan(Frequency.HOURLY, interval=5, repetitions=4, finish=wall("2027-01-01 23:59:59")),
    ]


async def test_daily(a_runtime: OpenRuntime) -> None:
    start = wall("2026-03-02 18:30")
    assert await written(
        a_runtime,
        {"timing": Timing.SCHEDULE, "interval": "3", "start": "18:30"},
        {"daily_option": DailyOption.WEEKDAYS},
        {"daily_option": DailyOption.WEEKENDS},
    ) == [
        plan(Frequency.DAILY, interval=3, start=start),
        plan(Frequency.DAILY, daily_option=DailyOption.WEEKDAYS, start=start),
        plan(Frequency.DAILY, daily_option=DailyOption.WEEKENDS, start=start),
    ]


async def test_weekly(a_runtime: OpenRuntime) -> None:
    assert await written(
        a_runtime,
        {
            "timing": Timing.SCHEDULE,
            "frequency": Frequency.WEEKLY,
            "interval": "2",
            "days": WORKING_DAYS,
        },
    ) == [plan(Frequency.WEEKLY, interval=2, days=WORKING_DAYS)]


async def test_monthly_on_a_weekday(a_runtime: OpenRuntime) -> None:
    options = list(MonthlyOption)[:5]
    monthly = {"timing": Timing.SCHEDULE, "frequency": Frequency.MONTHLY, "weekday": Weekday.FRI}
    entries: list[Mapping[str, object]] = [{"monthly_option": option} for option in options]
    assert await written(a_runtime, monthly, *entries) == [
        plan(Frequency.MONTHLY, monthly_option=option, weekday=Weekday.FRI)
        for option in (options[0], *options)
    ]


async def test_monthly_on_a_day(a_runtime: OpenRuntime) -> None:
    assert await written(
        a_runtime,
        {
            "timing": Timing.SCHEDULE,
            "frequency": Frequency.MONTHLY,
            "monthly_option": MonthlyOption.LAST_DAY,
        },
        {"monthly_option": MonthlyOption.SPECIFIC, "day": "31"},
        {"or_last_day": True},
        {"day": "28"},
    ) == [
        plan(Frequency.MONTHLY, monthly_option=MonthlyOption.LAST_DAY),
        plan(Frequency.MONTHLY, monthly_option=MonthlyOption.SPECIFIC, day=31),
        plan(Frequency.MONTHLY, monthly_option=MonthlyOption.SPECIFIC, day=31, or_last_day=True),
        plan(Frequency.MONTHLY, monthly_option=MonthlyOption.SPECIFIC, day=28),
    ]


async def test_cron(a_runtime: OpenRuntime) -> None:
    assert await written(
        a_runtime,
        {
            "timing": Timing.SCHEDULE,
            "frequency": Frequency.CRON,
            "cron": "30 18 * * mon-fri",
        },
    ) == [plan(Frequency.CRON, cron="30 18 * * mon-fri")]


async def test_everything_else(a_runtime: OpenRuntime) -> None:
    entries = {
        "process": "backup",
        "description": "[nightly]",
        "timing": Timing.SCHEDULE,
        "timezone": "madrid",
        "misfire": MisfirePolicy.ALL,
        "misfire_limit": "3h",
        "silent_after": "26h",
        "parameters": "LEVEL=1\nNOTE=a b",
    }
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill(entries)
        await form.press("ctrl+s")
        runtime = form.form.runtime
        made = await runtime.read(runtime.services.requests.get, 1)
    assert draft_of(made) == RequestDraft(
        process="backup",
        description="[nightly]",
        plan=Plan(timing=Timing.SCHEDULE, timezone="Europe/Madrid", frequency=Frequency.DAILY),
        misfire=MisfirePolicy.ALL,
        misfire_limit=timedelta(hours=3),
        silent_after=timedelta(hours=26),
        parameters={"LEVEL": "1", "NOTE": "a b"},
    )


@pytest.mark.parametrize("key", ["f2", "ctrl+r"])
async def test_save_and_schedule_says_that_it_shall_be_scheduled(
    a_runtime: OpenRuntime, key: str
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup"})
        await form.press(key)
        assert form.saved == Saved(1, schedule=True)


async def test_the_buttons_save_too(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"process": "backup"})
        await form.pilot.click("#form-schedule")
        await form.settle()
        assert form.saved == Saved(1, schedule=True)


async def test_fields_appear_only_when_they_are_asked_for(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        assert form.visible_fields == {"process", "description", "when", "timing", "parameters"}
        await form.fill({"timing": Timing.SCHEDULE, "frequency": Frequency.CRON})
        assert "cron" in form.visible_fields
        await form.fill({"frequency": Frequency.HOURLY})
        assert "cron" not in form.visible_fields
        assert {"interval", "repetitions"} <= form.visible_fields


async def test_what_was_typed_is_still_there_when_a_field_comes_back(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"timing": Timing.LATER, "start": "2026-05-01 08:30"})
        await form.fill({"timing": Timing.IMMEDIATE})
        await form.fill({"timing": Timing.LATER})
        assert form.field("start").value == "2026-05-01 08:30"


async def test_the_interval_says_what_it_counts(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, a_process) as form:
        await form.fill({"timing": Timing.SCHEDULE, "frequency": Frequency.WEEKLY})
        assert form.field("interval").unit == "week"
        await form.fill({"interval": "2"})
        assert form.field("interval").unit == "weeks"


def hostile(services: Services) -> None:
    a_process(services, "evil [bold]\x1b[31m[/")


async def test_a_hostile_name_is_chosen_as_it_is_and_shown_harmlessly(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, request_form, hostile) as form:
        await form.press("enter", *"evil", "enter")
        assert form.field("process").value == "evil [bold]\x1b[31m[/"
        assert str(form.field("process").control.render()) == "evil [bold]␛[31m[/ ▾"
        await form.press("ctrl+s")
        assert form.saved == Saved(1)
