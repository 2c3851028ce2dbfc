"""How a request looks in one line of the list."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.clock import NOON, WHILE_TIME_GOES_ON, FakeClock
from tui_scheduler.models import MisfirePolicy, ProcessKind, RequestStatus, RunStatus
from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services.views.requests import Pause, RequestView
from tui_scheduler.tui.screens.requests.columns import (
    last_cell,
    next_cell,
    phase_of,
    request_columns,
    vital_cells,
)
from tui_scheduler.tui.widgets.table.columns import fit

_USUAL: dict[str, Any] = {
    "id": 1,
    "process": "backup",
    "process_id": 1,
    "kind": ProcessKind.COMMAND,
    "command": "true",
    "declared": (),
    "description": "",
    "status": RequestStatus.SCHEDULED,
    "plan": Plan(timing=Timing.IMMEDIATE, timezone="UTC"),
    "schedule_text": "Immediately, once",
    "misfire": MisfirePolicy.ONCE,
    "misfire_limit": None,
    "silent_after": None,
    "parameters": {},
    "next_fire": None,
    "previous_fire": None,
    "scheduled_at": NOON,
    "scheduled_by": "ann",
    "executions": 0,
    "created_at": NOON,
    "last_run_id": None,
    "last_status": None,
    "last_start": None,
    "last_end": None,
}


def _request(**fields: Any) -> RequestView:
    return RequestView(**{**_USUAL, **fields})


@pytest.mark.parametrize(
    ("width", "missing"),
    [
        (76, {"At", "Runs", "State", "Description"}),
        (116, {"At", "Description"}),
        (200, set()),
    ],
)
def test_the_least_important_columns_give_way(width: int, missing: set[str]) -> None:
    columns = request_columns(FakeClock(), "UTC")
    taken = {"process": 12, "schedule": 26, "description": 30}
    titles = {placed.column.title for placed in fit(columns, width, gap=2, taken=taken)}
    assert {column.title for column in columns} - titles == missing


@pytest.mark.parametrize(
    ("words", "frequency", "vital"),
    [
        ("1st Sun of the month 04:00, until Thu 31 Dec 2026 12:00", Frequency.MONTHLY, 26),
        ("Every 5 minutes", Frequency.MINUTELY, 15),
        ("Every 30 minutes between 08:00 and 18:59 on weekdays", Frequency.CRON, 26),
        ("Unreadable plan: what is stored in it cannot be read at all", None, 26),
    ],
)
def test_of_a_schedule_the_days_and_the_time_are_vital(
    words: str, frequency: Frequency | None, vital: int
) -> None:
    plan = Plan(timing=Timing.SCHEDULE, timezone="UTC", frequency=frequency)
    assert vital_cells(_request(schedule_brief=words, plan=plan), 2026) == vital


def test_the_next_run_is_counted_down() -> None:
    assert next_cell(_request(), NOON).plain == "\N{EN DASH}"
    assert next_cell(_request(next_fire=NOON + timedelta(minutes=2)), NOON).plain == "in 2m00s"
    overdue = next_cell(_request(next_fire=NOON - timedelta(minutes=2)), NOON)
    assert (overdue.plain, overdue.style) == ("now", "accent")


def test_what_is_held_is_not_counted_down() -> None:
    next_fire = NOON + timedelta(minutes=2)
    assert next_cell(_request(next_fire=next_fire), NOON, is_held=True).plain == "held"
    assert next_cell(_request(), NOON, is_held=True).plain == "\N{EN DASH}"


@pytest.mark.parametrize(
    ("fields", "written"),
    [
        ({}, "never ran"),
        ({"last_status": RunStatus.QUEUED}, "◌ queued"),
        (
            {"last_status": RunStatus.PROCESSING, "last_start": NOON - timedelta(seconds=70)},
            "► 1m10s",
        ),
        ({"last_status": RunStatus.ERROR, "last_end": NOON - timedelta(hours=3)}, "✗ 3h ago"),
        ({"last_status": RunStatus.LOST}, "? lost"),
    ],
)
def test_the_last_outcome_is_told_with_its_age(fields: dict[str, Any], written: str) -> None:
    assert last_cell(_request(**fields), NOON).plain == written


def test_every_cell_of_a_bare_request_can_be_drawn() -> None:
    for column in request_columns(FakeClock(), "UTC"):
        assert column.render(_request()).plain is not None


def test_what_waits_for_a_calendar_says_so() -> None:
    assert next_cell(_request(waiting_for="there is none"), NOON).plain == "waits"


@pytest.mark.parametrize(
    "fields",
    [
        {"next_fire": NOON},
        {"next_fire": NOON + timedelta(hours=5, seconds=7), "last_end": NOON},
        {"last_status": RunStatus.PROCESSING, "last_start": NOON, "next_fire": NOON},
        {"last_status": RunStatus.SUCCESS, "last_end": NOON + timedelta(milliseconds=300)},
        {
            "next_fire": NOON + timedelta(days=3),
            "last_pause": Pause(at=NOON - timedelta(days=3), by="ada", until=NOON),
        },
    ],
)
def test_all_that_is_shown_of_a_request_is_the_same_while_its_phase_is(
    fields: dict[str, Any],
) -> None:
    request = _request(**fields)
    looks: dict[object, Any] = {}
    for passed in WHILE_TIME_GOES_ON:
        columns = request_columns(FakeClock(NOON + passed), "Europe/Madrid")
        cells = [(cell.plain, cell.style) for cell in (each.render(request) for each in columns)]
        phase = phase_of(request, NOON + passed, "Europe/Madrid", is_held=False)
        assert looks.setdefault(phase, cells) == cells


def test_what_is_far_away_has_the_same_phase_for_a_minute() -> None:
    request = _request(next_fire=NOON + timedelta(hours=2, seconds=59))
    later = NOON + timedelta(seconds=59)
    phases = {phase_of(request, now, "UTC", is_held=False) for now in (NOON, later)}
    assert len(phases) == 1
    assert phase_of(request, later, "UTC", is_held=True) not in phases
