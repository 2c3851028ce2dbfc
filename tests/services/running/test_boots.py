"""Requests that await a boot: once in each, when scheduling begins in it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.services.drafts import a_request, run_all, scheduled
from tests.services.test_calendars import named, put_in_force
from tests.support.clock import NOON, FakeClock
from tui_scheduler.identity import Boot, machine_boot
from tui_scheduler.models import MisfirePolicy, Request, RequestStatus, RunStatus
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.schedules import Plan, Timing, parse_exceptions
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context

HOUR = timedelta(hours=1)


class Machine:
    """A machine that boots when it is told to."""

    def __init__(self) -> None:
        self.boot = Boot("first", NOON - HOUR)

    def boots(self, at: datetime, name: str = "second") -> None:
        self.boot = Boot(name, at)

    def __call__(self, _now: datetime) -> Boot:
        return self.boot


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def services(new_database: Path, clock: FakeClock, machine: Machine) -> Iterator[Services]:
    context = Context(
        actor="ann", log_folder=new_database.with_name("logs"), clock=clock, boot=machine
    )
    with open_database(new_database):
        yield services_on(context)


def at_boot(delay: timedelta | None = None, left_out: str = "") -> Plan:
    except_ = parse_exceptions(left_out)
    return Plan(timing=Timing.BOOT, timezone="UTC", delay=delay, except_=except_)


def test_it_is_scheduled_without_a_next_fire(services: Services) -> None:
    request = scheduled(services, at_boot())
    assert (request.status, request.next_fire) == (RequestStatus.SCHEDULED, None)
    assert request.awaits == "at boot"
    assert services.dispatch.next_wakeup() is None


def test_not_in_the_boot_in_which_it_was_scheduled(services: Services, clock: FakeClock) -> None:
    scheduled(services, at_boot())
    assert services.dispatch.note_boot() == 0
    assert run_all(services, clock) == []


def test_once_in_the_next_one(services: Services, clock: FakeClock, machine: Machine) -> None:
    request = scheduled(services, at_boot())
    clock.advance(hours=1)
    machine.boots(clock.now() - timedelta(seconds=20))
    assert services.dispatch.note_boot() == 1
    [run] = run_all(services, clock)
    assert (run.status, run.missed) == (RunStatus.SUCCESS, 0)
    assert run.scheduled_for == clock.now() - timedelta(seconds=20)
    stored = services.requests.get(request.id)
    assert (stored.status, stored.next_fire) == (RequestStatus.SCHEDULED, None)
    assert services.dispatch.note_boot() == 0  # as for whoever schedules next in this boot
    assert len(run_all(services, clock)) == 1


def test_once_in_each_though_machines_take_turns(
    services: Services, clock: FakeClock, machine: Machine
) -> None:
    scheduled(services, at_boot())
    clock.advance(hours=1)
    boots = [Boot("of one 1", clock.now()), Boot("of one 12", clock.now())]
    for machine.boot in (*boots, *boots):
        services.dispatch.note_boot()
        run_all(services, clock)
    assert len(run_all(services, clock)) == 2


def test_in_each(services: Services, clock: FakeClock, machine: Machine) -> None:
    scheduled(services, at_boot())
    for number in range(3):
        clock.advance(hours=1)
        machine.boots(clock.now(), f"boot {number}")
        services.dispatch.note_boot()
        run_all(services, clock)
    assert len(run_all(services, clock)) == 3


def test_also_when_scheduling_begins_hours_later(
    services: Services, clock: FakeClock, machine: Machine
) -> None:
    scheduled(services, at_boot())
    clock.advance(hours=5)
    machine.boots(clock.now() - 3 * HOUR)
    services.dispatch.note_boot()
    [run] = run_all(services, clock)
    assert (run.status, run.note) == (RunStatus.SUCCESS, "Late by 3 h")


@pytest.mark.parametrize("policy", MisfirePolicy)
def test_unless_the_boot_is_longer_ago_than_the_limit(
    services: Services, clock: FakeClock, machine: Machine, policy: MisfirePolicy
) -> None:
    scheduled(services, at_boot(), misfire=policy, misfire_limit=2 * HOUR)
    clock.advance(hours=5)
    machine.boots(clock.now() - 3 * HOUR)
    services.dispatch.note_boot()
    [run] = run_all(services, clock)
    assert (run.status, run.missed) == (RunStatus.MISFIRED, 1)
    assert "by more than 2 h" in run.note


def test_after_a_delay(services: Services, clock: FakeClock, machine: Machine) -> None:
    request = scheduled(services, at_boot(timedelta(minutes=5)))
    assert request.awaits == "5 minutes after boot"
    clock.advance(hours=1)
    machine.boots(clock.now())
    services.dispatch.note_boot()
    due = clock.now() + timedelta(minutes=5)
    assert run_all(services, clock) == []
    assert services.requests.get(request.id).next_fire == services.dispatch.next_wakeup() == due
    clock.advance(minutes=5)
    [run] = run_all(services, clock)
    assert run.scheduled_for == due


def test_a_boot_that_came_before_the_delay_was_over_is_in_the_history(
    services: Services, clock: FakeClock, machine: Machine
) -> None:
    scheduled(services, at_boot(timedelta(minutes=5)))
    for name in ("second", "third"):
        clock.advance(minutes=1)
        machine.boots(clock.now(), name)
        services.dispatch.note_boot()
    [row] = run_all(services, clock)
    assert (row.status, row.note) == (
        RunStatus.MISFIRED,
        "The machine was started again before it ran",
    )


def test_what_falls_into_a_hold_runs_once_that_is_released(
    services: Services, clock: FakeClock, machine: Machine
) -> None:
    scheduled(services, at_boot())
    services.controls.hold()
    clock.advance(hours=1)
    machine.boots(clock.now())
    services.dispatch.note_boot()
    assert run_all(services, clock) == []
    clock.advance(hours=1)
    services.controls.release()
    [run] = run_all(services, clock)
    assert run.note == "Late by 1 h"


def test_what_is_not_scheduled_awaits_nothing(
    services: Services, clock: FakeClock, machine: Machine
) -> None:
    a_request(services, at_boot())
    gone = scheduled(services, at_boot())
    services.requests.unschedule(gone.id)
    machine.boots(clock.now())
    assert services.dispatch.note_boot() == 0


def test_scheduled_again_it_awaits_the_next_one(
    services: Services, clock: FakeClock, machine: Machine
) -> None:
    request = scheduled(services, at_boot())
    services.requests.unschedule(request.id)
    machine.boots(clock.now())
    services.requests.schedule(request.id)
    assert services.dispatch.note_boot() == 0


def test_a_clock_that_was_ahead_does_not_keep_it(
    services: Services, clock: FakeClock, machine: Machine
) -> None:
    request = scheduled(services, at_boot())
    clock.advance(hours=1)
    machine.boots(clock.now())
    services.dispatch.note_boot()
    far = clock.now() + timedelta(days=400)
    Request.update(next_fire=far).where(Request.id == request.id).execute()
    services.dispatch.plan_anew()
    clock.advance(minutes=5)
    assert len(run_all(services, clock)) == 1


def test_the_boot_of_this_machine_is_told_by_it() -> None:
    here = machine_boot(NOON)
    assert here.at <= NOON
    assert here.id == machine_boot(NOON + HOUR).id != ""


def test_a_boot_on_a_day_that_is_left_out_leaves_a_row(
    services: Services, clock: FakeClock, machine: Machine
) -> None:
    request = scheduled(services, at_boot(left_out="2026-03-03"))
    clock.advance(days=1)
    machine.boots(clock.now())
    services.dispatch.note_boot()
    [run] = run_all(services, clock)
    assert (run.status, run.note) == (RunStatus.SKIPPED, "Left out: 2026-03-03")
    stored = services.requests.get(request.id)
    assert (stored.status, stored.executions) == (RequestStatus.SCHEDULED, 0)
    clock.advance(days=1)
    machine.boots(clock.now(), "third")
    services.dispatch.note_boot()
    assert [run.status for run in run_all(services, clock)] == [
        RunStatus.SUCCESS,
        RunStatus.SKIPPED,
    ]


@pytest.mark.parametrize("was_noted", [False, True])
def test_a_boot_while_a_calendar_is_gone_fires_once_it_is_back(
    services: Services, clock: FakeClock, machine: Machine, *, was_noted: bool
) -> None:
    put_in_force(named("company"))
    request = scheduled(services, at_boot(HOUR, left_out="company"))
    clock.advance(days=1)
    machine.boots(clock.now())
    if was_noted:
        services.dispatch.note_boot()
    put_in_force()
    services.dispatch.plan_by_calendars()
    services.dispatch.note_boot()
    clock.advance(hours=2)
    assert run_all(services, clock) == []
    assert services.requests.get(request.id).status is RequestStatus.SCHEDULED
    put_in_force(named("company"))
    for _ in range(2):
        services.dispatch.plan_by_calendars()
        assert len(run_all(services, clock)) == 1


def test_a_boot_in_a_pause_leaves_its_row(
    services: Services, clock: FakeClock, machine: Machine
) -> None:
    request = scheduled(services, at_boot(delay=HOUR))
    services.requests.pause(request.id, clock.now() + 5 * HOUR)
    clock.advance(hours=3)
    machine.boots(clock.now())
    services.dispatch.note_boot()
    clock.advance(hours=4)  # the pause is over: the fire was within it
    [row] = run_all(services, clock)
    assert (row.status, row.scheduled_for) == (RunStatus.SKIPPED, clock.now() - 3 * HOUR)
    assert row.note.startswith("Paused by ann until ")
    machine.boots(clock.now(), "third")
    services.dispatch.note_boot()
    clock.advance(hours=1)
    assert run_all(services, clock)[0].status is RunStatus.SUCCESS


def test_only_the_next_boot_is_skipped(
    services: Services, clock: FakeClock, machine: Machine
) -> None:
    request = scheduled(services, at_boot())
    services.requests.skip_next(request.id)
    outcomes = []
    for name in ("second", "third"):
        clock.advance(hours=1)
        machine.boots(clock.now(), name)
        services.dispatch.note_boot()
        outcomes.append(run_all(services, clock)[0].status)
    assert outcomes == [RunStatus.SKIPPED, RunStatus.SUCCESS]
