"""How much later a request fires is drawn once, kept in its row, and never copied."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.services.drafts import a_request, every, run_all, wall
from tests.support.clock import NOON, FakeClock
from tui_scheduler.models import Request
from tui_scheduler.schedules import Frequency, Plan
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import random_delay
from tui_scheduler.services.definitions.applying import apply, export, plan_apply
from tui_scheduler.services.queries.forecast import fires_of_request
from tui_scheduler.services.queries.upcoming import upcoming
from tui_scheduler.services.requests import draft_of

HALF_AN_HOUR = timedelta(minutes=30)
NIGHTLY = every(Frequency.DAILY, start=wall("2026-03-01T02:00"), spread=HALF_AN_HOUR)


@pytest.fixture
def drawing(services: Services) -> Services:
    """Services that draw 1, 2, 3 minutes and so on."""
    minutes: Iterator[int] = iter(range(1, 100))
    return services_on(
        replace(services.context, draw=lambda _spread: timedelta(minutes=next(minutes)))
    )


def spread_by(services: Services, request_id: int) -> timedelta | None:
    return services.requests.get(request_id).plan.spread_by


def test_it_is_drawn_once(drawing: Services, clock: FakeClock) -> None:
    request = a_request(drawing, NIGHTLY)
    scheduled = drawing.requests.schedule(request.id)
    first = NOON.replace(day=3, hour=2, minute=1)
    assert scheduled.next_fire == first
    assert fires_of_request(scheduled, NOON, 2) == (first, first + timedelta(days=1))
    assert [fire.at for fire in upcoming(NOON, NOON + timedelta(days=1))] == [first]
    clock.advance(days=1)
    [run] = run_all(drawing, clock)
    assert (run.scheduled_for, run.missed) == (first, 1)
    drawing.requests.unschedule(request.id)
    assert drawing.requests.schedule(request.id).next_fire == first + timedelta(days=1)


def test_whoever_edits_it_keeps_it(drawing: Services) -> None:
    request = drawing.requests.schedule(a_request(drawing, NIGHTLY).id)
    earlier = replace(NIGHTLY, start=wall("2026-03-01T01:00"))  # as a form gives it
    edited = drawing.requests.update(
        request.id, replace(draft_of(request), plan=earlier), edited=draft_of(request)
    )
    assert edited.next_fire == NOON.replace(day=3, hour=1, minute=1)


def test_another_spread_is_drawn_anew(drawing: Services) -> None:
    request = drawing.requests.schedule(a_request(drawing, NIGHTLY).id)
    longer = replace(NIGHTLY, spread=timedelta(hours=1))
    edited = drawing.requests.update(request.id, replace(draft_of(request), plan=longer))
    assert edited.next_fire == NOON.replace(day=3, hour=2, minute=2)
    none = replace(draft_of(request), plan=replace(NIGHTLY, spread=None))
    assert drawing.requests.update(request.id, none).next_fire == NOON.replace(day=3, hour=2)
    assert Request.get().spread_by is None


def test_a_copy_draws_anew(drawing: Services) -> None:
    request = a_request(drawing, NIGHTLY)
    copy = drawing.requests.create(draft_of(drawing.requests.get(request.id)))
    assert [spread_by(drawing, each.id) for each in (request, copy)] == [
        timedelta(minutes=1),
        timedelta(minutes=2),
    ]


def test_a_file_has_the_spread_and_what_it_adds_draws_anew(drawing: Services) -> None:
    request = drawing.requests.schedule(a_request(drawing, NIGHTLY).id)
    text = export(has_secrets=False)
    assert 'spread = "30m"' in text
    assert "spread_by" not in text
    comparison = plan_apply(drawing, text.encode(), is_kept=False).comparison
    assert comparison.differences == ()
    drawing.requests.unschedule(request.id)
    while drawing.requests.remove_step(request.id):
        pass
    apply(drawing, plan_apply(drawing, text.encode(), is_kept=False))
    [again] = drawing.requests.all()
    assert again.next_fire == NOON.replace(day=3, hour=2, minute=2)


def test_what_applying_does_not_change_keeps_it(drawing: Services) -> None:
    a_request(drawing, NIGHTLY)
    text = export(has_secrets=False).replace("02:00:00", "04:00:00")
    apply(drawing, plan_apply(drawing, text.encode(), is_kept=False))
    [request] = drawing.requests.all()
    assert request.plan.spread_by == timedelta(minutes=1)


@pytest.mark.parametrize("plan", [replace(NIGHTLY, spread=None)])
def test_without_a_spread_nothing_is_drawn(drawing: Services, plan: Plan) -> None:
    assert spread_by(drawing, a_request(drawing, plan).id) is None


def test_whole_seconds_up_to_the_spread_are_drawn() -> None:
    drawn = {random_delay(timedelta(seconds=2.5)) for _ in range(200)}
    assert drawn == {timedelta(seconds=seconds) for seconds in range(3)}
