"""The throw-away database: what it shows, and that nothing of it is left behind."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from tests.services.notices.telling import OPS
from tests.support.clock import FakeClock
from tests.support.patience import PATIENCE
from tui_scheduler.demo import seed, throw_away
from tui_scheduler.models import RequestStatus, RunStatus
from tui_scheduler.runtime import open_runtime
from tui_scheduler.schedules import Frequency, Timing
from tui_scheduler.services import Services
from tui_scheduler.services.views.requests import RequestView
from tui_scheduler.settings import Settings

ZONE = "Asia/Tokyo"


@pytest.fixture
def seeded(services: Services, clock: FakeClock) -> Services:
    seed(services, ZONE, clock.now())
    return services


def test_many_things_happen_within_the_first_seconds(seeded: Services, clock: FakeClock) -> None:
    assert len(seeded.dispatch.claim()) >= 8
    clock.advance(seconds=20)
    statuses = {run.status for run in seeded.runs.open()}
    assert RunStatus.QUEUED in statuses


def test_every_status_of_a_request_is_to_be_seen(seeded: Services) -> None:
    seeded.dispatch.claim()
    assert {request.status for request in seeded.requests.all()} == set(RequestStatus)


def test_every_kind_of_timing_is_to_be_seen(seeded: Services) -> None:
    plans = [request.plan for request in seeded.requests.all()]
    assert {plan.timing for plan in plans} == set(Timing)
    assert {plan.frequency for plan in plans} >= set(Frequency) - {Frequency.HOURLY}


def across_the_change(services: Services) -> RequestView:
    (request,) = [view for view in services.requests.all() if view.plan.timezone != ZONE]
    return request


@pytest.mark.parametrize(
    ("now", "first_fire"),
    [
        (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 28, 1, 30, tzinfo=UTC)),
        (datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 10, 24, 0, 30, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2027, 3, 27, 1, 30, tzinfo=UTC)),
    ],
)
def test_one_plan_begins_the_night_before_the_clocks_change(
    services: Services, clock: FakeClock, now: datetime, first_fire: datetime
) -> None:
    clock.jump(seconds=(now - clock.now()).total_seconds())
    seed(services, ZONE, now)
    request = across_the_change(services)
    assert (request.plan.timezone, request.next_fire) == ("Europe/Madrid", first_fire)


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which demos make their own."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_nobody_is_told_of_what_fails_in_it(tmp_path: Path) -> None:
    """Who has receivers for the own database does not want to hear of an example."""
    settings = Settings(database=tmp_path / "mine.db", notifying=OPS)
    with throw_away(settings, ZONE, datetime.now(UTC)) as own:
        assert own.notifying.by_default == ()
        assert own.notifying.receivers == OPS.receivers


def test_it_is_gone_at_the_end(demo: Path) -> None:
    with throw_away(Settings(database=Path("never.db")), ZONE, datetime.now(UTC)) as settings:
        assert settings.database.parent.parent == demo
        assert settings.database.exists()
    assert list(demo.iterdir()) == []


def test_it_is_gone_after_an_error_too(demo: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        throw_away(Settings(database=Path("never.db")), ZONE, datetime.now(UTC)),
    ):
        raise ZeroDivisionError
    assert list(demo.iterdir()) == []


async def _running(settings: Settings, number: int) -> list[int]:
    """Schedule until ``number`` runs are processes at the same time; returns their pids."""
    async with open_runtime(settings) as runtime:
        async with asyncio.timeout(PATIENCE):
            while True:
                runs = await runtime.read(runtime.services.runs.open)
                pids = [run.pid for run in runs if run.pid is not None]
                if len(pids) >= number:
                    return pids
                await asyncio.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Whether a process is there; one that only waits to be reaped is not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_whatever_still_runs_is_stopped(demo: Path) -> None:
    with throw_away(Settings(database=Path("never.db")), ZONE, datetime.now(UTC)) as settings:
        pids = asyncio.run(_running(settings, 4))
        assert any(map(is_alive, pids))
    assert not any(map(is_alive, pids))
    assert list(demo.iterdir()) == []


def test_nothing_beside_the_users_own_database_is_touched(tmp_path: Path) -> None:
    settings = Settings(database=tmp_path / "real.db", spelled=tmp_path / "link.db")
    with throw_away(settings, ZONE, datetime.now(UTC)) as own:
        assert not any(path.is_relative_to(tmp_path) for path in own.lock_files)
        assert own.former_log_folder is None
