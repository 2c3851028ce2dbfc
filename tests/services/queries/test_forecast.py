"""Whoever asks which fires come is told the same, and what the scheduler then does."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.schedules.plans import LORD_HOWE, MADRID, cron, plan, wall
from tests.services.drafts import a_request, end, scheduled
from tests.support.clock import NOON, FakeClock
from tui_scheduler.cli import main
from tui_scheduler.cli.printing.import_result import import_record
from tui_scheduler.cli.session import Session
from tui_scheduler.models import MisfirePolicy, Request
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
    Weekday,
    to_words,
)
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.imports.store import Imported, ImportResult
from tui_scheduler.services.queries.forecast import fires_of_request, forecast, forecast_after
from tui_scheduler.services.queries.upcoming import upcoming
from tui_scheduler.services.views.requests import RequestView
from tui_scheduler.tui.screens.requests.details import load_details

PLANS = {
    "now": Plan(timing=Timing.IMMEDIATE, timezone=MADRID),
    "once when it is scheduled": Plan(timing=Timing.LATER, timezone=MADRID),
    "once, to come": Plan(timing=Timing.LATER, timezone=MADRID, start=wall("2026-03-29T02:30")),
    "once, too late": Plan(timing=Timing.LATER, timezone=MADRID, start=wall("2026-03-01T08:00")),
    "hourly": plan(Frequency.HOURLY, timezone=MADRID),
    "twice an hour from now": plan(Frequency.MINUTELY, interval=30, repetitions=2),
    "every 90 seconds since a year": plan(Frequency.SECONDLY, "2025-03-01T00:00:07", interval=90),
    "a start that is past, three times": plan(
        Frequency.HOURLY, "2026-03-01T10:20", repetitions=3, timezone=MADRID
    ),
    "daily through a gap": plan(Frequency.DAILY, "2026-03-27T02:30", timezone=MADRID),
    "daily at the time of day of now": plan(Frequency.DAILY, timezone=MADRID),
    "weekdays until Wednesday": plan(
        Frequency.DAILY, "2026-03-01T18:00", finish="2026-03-04T18:00",
        daily_option=DailyOption.WEEKDAYS,
    ),
    "every other week": plan(
        Frequency.WEEKLY, "2026-03-02T12:00", interval=2, days=frozenset({Weekday.MON, Weekday.FRI})
    ),
    "the last day": plan(
        Frequency.MONTHLY, "2026-01-31T23:30", monthly_option=MonthlyOption.LAST_DAY,
        timezone=LORD_HOWE,
    ),
    "each minute of an expression": cron("* * * * *"),
    "an expression, once": cron("30 2 * * *", repetitions=1, timezone=MADRID),
}  # fmt: skip
ASKED = 5  # as many as the details tell


@pytest.fixture(params=PLANS, ids=str)
def asked(request: pytest.FixtureRequest) -> Plan:
    """One plan after the other."""
    return PLANS[request.param]


@pytest.fixture(params=[0, 1_250], ids=["at the full minute", "a second and a quarter later"])
def now(request: pytest.FixtureRequest, clock: FakeClock) -> datetime:
    """The moment of scheduling."""
    return clock.advance(milliseconds=request.param)


def _in_seconds(fires: Sequence[datetime]) -> list[datetime]:
    """As they are printed."""
    return [fire.replace(microsecond=0) for fire in fires]


def _printed(texts: Sequence[str]) -> list[datetime]:
    return _in_seconds([datetime.fromisoformat(text) for text in texts])


def test_four_doors_one_answer(
    services: Services,
    asked: Plan,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Session, "now", lambda _: now)
    request = scheduled(services, asked)
    preview = forecast(asked, now, ASKED).fires

    assert preview[0] == request.next_fire
    assert load_details(services, request.id).fires == preview
    words = ("--when", to_words(asked), "--timezone", asked.timezone)
    assert main(["next", *words, "--count", str(ASKED), "--json"]) == 0
    printed = json.loads(capfd.readouterr().out)["fires"]
    assert _printed(printed) == _in_seconds(preview)
    imported = _printed(_import_of(request, now)["next_fires"])
    assert imported == _in_seconds(preview)[:3]


def _import_of(request: RequestView, now: datetime) -> dict[str, Any]:
    draft = ProcessDraft(name=request.process, command="true")
    one = Imported(place=1, process=draft, process_is_new=True, request=request)
    result = ImportResult(imported=(one,), refusals=(), notes=())
    record = import_record(result, now, is_dry=True, show_secrets=False)
    return dict(record["requests"][0])


def test_the_scheduler_does_what_was_foretold(
    services: Services, clock: FakeClock, asked: Plan, now: datetime
) -> None:
    expected = forecast(asked, now, ASKED).fires
    request = scheduled(services, asked, misfire=MisfirePolicy.ALL)
    claimed: list[datetime] = []
    while request.next_fire is not None and len(claimed) < ASKED:
        assert (
            fires_of_request(request, clock.now(), ASKED - len(claimed)) == expected[len(claimed) :]
        )
        claimed.append(request.next_fire)
        clock.advance(seconds=max(0.0, (request.next_fire - clock.now()).total_seconds()))
        for claim in services.dispatch.claim():
            end(services, claim, clock, after=timedelta())
        request = services.requests.get(request.id)
    assert tuple(claimed) == expected


@pytest.mark.parametrize(
    ("misfire", "hours"), [(MisfirePolicy.ONCE, [13, 16, 17]), (MisfirePolicy.ALL, [13, 14, 15])]
)
def test_what_was_missed_comes_as_often_as_it_will_be_run(
    services: Services, clock: FakeClock, misfire: MisfirePolicy, hours: list[int]
) -> None:
    request = scheduled(services, plan(Frequency.HOURLY, "2026-03-02T13:00"), misfire=misfire)
    services.controls.hold()
    clock.advance(hours=3, minutes=30)
    now = clock.now()
    coming = fires_of_request(services.requests.get(request.id), now, 3)
    assert [fire.hour for fire in coming] == hours
    assert tuple(fire.at for fire in upcoming(now, coming[-1])) == coming
    services.controls.release()
    ran = 0
    while claims := services.dispatch.claim():
        ran += len(claims)
        for claim in claims:
            end(services, claim, clock, after=timedelta())
    assert ran == len([fire for fire in coming if fire <= now])


def test_later_than_a_moment_a_plan_goes_on_as_it_began() -> None:
    hourly = plan(Frequency.HOURLY, "2026-03-02T12:00", repetitions=3)
    assert [fire.hour for fire in forecast_after(hourly, NOON, 10).fires] == [13, 14]
    assert forecast_after(hourly, NOON + timedelta(hours=3), 10).fires == ()


def test_what_fires_at_once_does_not_fire_later_than_now() -> None:
    assert forecast_after(PLANS["now"], NOON, 10).fires == ()


def test_a_plan_that_is_over_has_no_fires() -> None:
    over = plan(Frequency.DAILY, "2026-01-01T08:00", finish="2026-02-01T08:00")
    assert forecast(over, NOON, 10).fires == ()


def test_no_fire_is_told_of_a_request_that_is_not_scheduled(services: Services) -> None:
    assert fires_of_request(a_request(services, PLANS["hourly"]), NOON, ASKED) == ()


def test_the_stored_fire_is_the_truth_even_of_a_plan_that_cannot_be_read(
    services: Services,
) -> None:
    request = scheduled(services, plan(Frequency.DAILY, timezone=MADRID))
    Request.update(next_fire=NOON + timedelta(minutes=7)).execute()
    first, second = fires_of_request(services.requests.get(request.id), NOON, 2)
    assert first == NOON + timedelta(minutes=7)
    assert second.astimezone(ZoneInfo(MADRID)).isoformat() == "2026-03-03T13:00:00+01:00"
