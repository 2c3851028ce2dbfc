"""A machine that sleeps, and clocks that are set: every fire is accounted for all the same."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.chaos.killing import settle
from tests.chaos.victims.victim import Victim
from tests.chaos.world import a_world, world_database
from tests.services.drafts import ALL_RUNS, every, run_all, scheduled, wall
from tests.support.clock import FakeClock
from tui_scheduler.models import MisfirePolicy
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services
from tui_scheduler.settings import config_file

MADRID = "Europe/Madrid"
BEFORE_SPRING = datetime(2026, 3, 25, 12, tzinfo=UTC)
BEFORE_AUTUMN = datetime(2026, 10, 24, 12, tzinfo=UTC)


def test_a_scheduler_that_stands_still_makes_up_for_it(tmp_path: Path) -> None:
    config_file().parent.mkdir(parents=True)
    config_file().write_text("misfire_grace = 1")
    with a_world(tmp_path, requests=3) as world:
        with Victim(world_database(tmp_path)) as sleeper:
            sleeper.until_it_schedules()
            sleeper.until_it_is_dead(1.5)
            sleeper.pause()
            sleeper.until_it_is_dead(4)
            sleeper.go_on()
            sleeper.until_it_is_dead(1.5)
        assert settle(world) == []
        late = {run.request_id for run in world.runs() if run.missed >= 3}
        assert len(late) == 3  # each has one run that stands for all that was slept through


def missed_and_rows(services: Services) -> tuple[int, int]:
    """How many fires all runs stand for, and how many runs that are."""
    runs = services.runs.latest(ALL_RUNS, 1000)
    return sum(max(run.missed, 1) for run in runs), len(runs)


@pytest.mark.parametrize(
    ("policy", "rows"), [(MisfirePolicy.ONCE, 1), (MisfirePolicy.SKIP, 1), (MisfirePolicy.ALL, 7)]
)
def test_a_week_off_that_holds_a_night_without_half_past_two(
    services: Services, clock: FakeClock, policy: MisfirePolicy, rows: int
) -> None:
    clock.jump(seconds=(BEFORE_SPRING - clock.now()).total_seconds())
    plan = every(Frequency.DAILY, timezone=MADRID, start=wall("2026-03-01 02:30"))
    scheduled(services, plan, misfire=policy)
    clock.advance(days=7)
    run_all(services, clock)
    assert missed_and_rows(services) == (7, rows)
    at = {run.scheduled_for for run in services.runs.latest(ALL_RUNS)}
    if policy is MisfirePolicy.ALL:
        assert datetime(2026, 3, 29, 1, 0, tzinfo=UTC) in at  # 03:00, where 02:30 should be


def test_a_day_off_that_has_25_hours(services: Services, clock: FakeClock) -> None:
    clock.jump(seconds=(BEFORE_AUTUMN - clock.now()).total_seconds())
    plan = every(Frequency.CRON, timezone=MADRID, cron="0 * * * *")
    scheduled(services, plan, misfire=MisfirePolicy.ALL)
    clock.advance(days=1)
    run_all(services, clock)
    assert missed_and_rows(services) == (25, 25)  # at both ends of 24 hours
    fixed = every(Frequency.CRON, timezone=MADRID, cron="30 2 * * *")
    scheduled(services, fixed, misfire=MisfirePolicy.ALL, process="fixed")
    clock.advance(days=1)
    run_all(services, clock)
    assert len([run for run in services.runs.latest(ALL_RUNS) if run.process == "fixed"]) == 1


@pytest.mark.parametrize("hours", [-30, -5, -1])
def test_a_clock_that_is_set_back_repeats_nothing_and_loses_nothing(
    services: Services, clock: FakeClock, hours: int
) -> None:
    scheduled(services, every(Frequency.MINUTELY))
    run_all(services, clock)
    clock.advance(minutes=1)
    run_all(services, clock)
    clock.jump(hours=hours)
    run_all(services, clock)
    clock.jump(hours=-hours)
    clock.advance(minutes=1)
    run_all(services, clock)
    runs = services.runs.latest(ALL_RUNS)
    assert len({run.scheduled_for for run in runs}) == len(runs) == 3


@pytest.mark.parametrize("hours", [1, 5, 30])
def test_a_clock_that_is_set_forward_counts_what_it_passed_over(
    services: Services, clock: FakeClock, hours: int
) -> None:
    scheduled(services, every(Frequency.MINUTELY))
    run_all(services, clock)
    clock.jump(hours=hours)
    run_all(services, clock)
    assert missed_and_rows(services) == (60 * hours + 1, 2)


def test_a_week_of_seconds_is_one_late_run(services: Services, clock: FakeClock) -> None:
    plan = every(Frequency.CRON, cron="* * * * * ?")
    scheduled(services, plan)
    clock.advance(days=7)
    run_all(services, clock)
    assert missed_and_rows(services) == (7 * 86_400 + 1, 1)
