"""One unreadable row stops nobody but itself."""

from typing import Any

import pytest

from tests.services.drafts import (
    ALL_RUNS,
    a_window,
    every,
    minutely,
    process_draft,
    run_all,
    scheduled,
)
from tests.support.clock import FakeClock
from tui_scheduler.errors import Refused
from tui_scheduler.models import Process, Request, RequestStatus
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services
from tui_scheduler.services.requests import draft_of
from tui_scheduler.services.views.requests import RequestView

DAMAGES: list[dict[str, Any]] = [
    {"start": "not a time"},
    {"start": "2026-02-30T00:00:00"},
    {"finish": ""},
    {"timezone": "Mars/Base"},
    {"timezone": "../../etc/passwd"},
    {"days": "mon,someday"},
    {"cron": "99 * * * *", "frequency": "cron"},
    {"frequency": "monthly", "monthly_option": "specific"},
    {"frequency": "weekly", "days": ""},
]


@pytest.fixture
def damaged(services: Services) -> RequestView:
    scheduled(services, minutely(), process="good")
    return scheduled(services, every(Frequency.DAILY), process="bad")


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_every_list_still_shows_every_row(
    services: Services, clock: FakeClock, damaged: RequestView, damage: dict[str, Any]
) -> None:
    Request.update(**damage).where(Request.id == damaged.id).execute()
    assert len(services.requests.all()) == 2
    for sort in ("id", "process", "status", "schedule", "next", "last"):
        assert services.requests.page(a_window(sort=sort, anchor=damaged.id)).total == 2
    assert services.requests.get(damaged.id).id == damaged.id
    assert services.dispatch.next_wakeup() is not None
    run_all(services, clock)
    assert {run.process for run in services.runs.latest(ALL_RUNS)} >= {"good"}
    assert services.processes.named("bad").request_count == 1


@pytest.mark.parametrize("damage", DAMAGES[:6], ids=str)
def test_a_plan_that_cannot_be_read_says_so(
    services: Services, damaged: RequestView, damage: dict[str, Any]
) -> None:
    Request.update(**damage).where(Request.id == damaged.id).execute()
    assert services.requests.get(damaged.id).schedule_text.startswith("Unreadable plan: ")


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_it_can_be_mended_by_editing(
    services: Services, damaged: RequestView, damage: dict[str, Any]
) -> None:
    sound = draft_of(damaged)
    services.requests.unschedule(damaged.id)
    Request.update(**damage).where(Request.id == damaged.id).execute()
    with pytest.raises(Refused):
        services.requests.schedule(damaged.id)
    assert services.requests.get(damaged.id).status is RequestStatus.UNSCHEDULED
    services.requests.update(damaged.id, sound)
    assert services.requests.schedule(damaged.id).next_fire is not None


def test_one_that_is_scheduled_can_be_mended_too(
    services: Services, clock: FakeClock, damaged: RequestView
) -> None:
    sound = draft_of(damaged)
    Request.update(timezone="Mars/Base").where(Request.id == damaged.id).execute()
    assert services.requests.update(damaged.id, sound).next_fire is not None
    assert len(run_all(services, clock)) == 2


def test_moments_beyond_the_calendar_can_be_shown(services: Services, damaged: RequestView) -> None:
    Request.update(created_at=10**18, scheduled_at=10**18, previous_fire=-(10**18)).execute()
    assert len(services.requests.page(a_window()).rows) == 2


def test_variables_that_cannot_be_read_are_shown_as_none(
    services: Services, damaged: RequestView
) -> None:
    Request.update(parameters="{").execute()
    Process.update(environment="[").execute()
    assert [request.parameters for request in services.requests.all()] == [{}, {}]
    assert [process.environment for process in services.processes.all()] == [{}, {}]
    services.processes.update(damaged.process_id, process_draft("bad", environment={"A": "1"}))
    assert services.processes.get(damaged.process_id).environment == {"A": "1"}
