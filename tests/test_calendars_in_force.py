"""Calendars of the configuration file: at the start, and when it is written anew meanwhile."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.services.drafts import process_draft, wall
from tests.support.clock import NOON, FakeClock
from tests.test_runtime import Listener, is_trouble
from tui_scheduler.runtime import Runtime, RuntimeEvent, config_watch, open_runtime
from tui_scheduler.schedules import Frequency, Plan, Timing, parse_exceptions
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.events import RequestSaved
from tui_scheduler.services.views.requests import RequestView
from tui_scheduler.settings import Settings, load_settings

DAILY = Plan(
    timing=Timing.SCHEDULE,
    timezone="UTC",
    frequency=Frequency.DAILY,
    start=wall("2026-03-02T18:00"),
    except_=parse_exceptions("company"),
)
DUE = NOON + timedelta(hours=6)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(config_watch, "POLL", 0.01)
    monkeypatch.setattr("tui_scheduler.runtime.attending._LOCK_POLL", 0.01)
    file = tmp_path / "config.toml"
    file.write_text('[calendar.company]\ndates = ["2026-12-24"]\n')
    return file


def settings(config: Path, database: Path) -> Settings:
    return replace(load_settings(database, config), config=config)


async def a_request(runtime: Runtime) -> RequestView:
    services = runtime.services
    await runtime.write(services.processes.create, process_draft())
    draft = RequestDraft(process="backup", plan=DAILY)
    request = await runtime.write(services.requests.create, draft)
    return await runtime.write(services.requests.schedule, request.id)


async def stored(runtime: Runtime) -> RequestView:
    return await runtime.read(runtime.services.requests.get, 1)


def write(config: Path, text: str) -> None:
    """As editors do: another file in the place of the old one."""
    new = config.with_name("config.new")
    new.write_text(text)
    new.replace(config)


def is_saved(event: RuntimeEvent) -> bool:
    return isinstance(event, RequestSaved)


async def test_the_next_start_plans_anew_by_another_calendar(
    config: Path, database_file: Path, clock: FakeClock
) -> None:
    async with open_runtime(settings(config, database_file), clock=clock, may_schedule=False) as it:
        assert (await a_request(it)).next_fire == DUE
    write(config, '[calendar.company]\ndates = ["2026-03-02"]\n')
    async with open_runtime(settings(config, database_file), clock=clock) as runtime:
        listener = Listener()
        runtime.subscribe(listener)
        await listener.wait_for(is_saved)
        assert (await stored(runtime)).next_fire == DUE + timedelta(days=1)


async def test_a_file_that_is_written_meanwhile_is_followed(
    config: Path, database_file: Path, clock: FakeClock
) -> None:
    async with open_runtime(settings(config, database_file), clock=clock) as runtime:
        await a_request(runtime)
        listener = Listener()
        runtime.subscribe(listener)
        write(config, '[calendar.company]\ndates = ["2026-03-02..2026-03-04"]\n')
        await listener.wait_for(is_saved)
        assert (await stored(runtime)).next_fire == DUE + timedelta(days=3)


async def test_one_that_is_gone_is_told_and_comes_back(
    config: Path, database_file: Path, clock: FakeClock
) -> None:
    async with open_runtime(settings(config, database_file), clock=clock) as runtime:
        await a_request(runtime)
        listener = Listener()
        runtime.subscribe(listener)
        write(config, "")
        await listener.wait_for(is_trouble)
        assert runtime.scheduler.trouble == (
            f"Request 1 waits: there is no [calendar.company] in {config}: add it, or leave it out"
        )
        assert runtime.scheduler.headline == ""  # others go on
        assert (await stored(runtime)).next_fire is None
        listener.events.clear()
        write(config, '[calendar.company]\ndates = ["2026-12-24"]\n')
        await listener.wait_for(lambda _: runtime.scheduler.trouble == "")
        assert (await stored(runtime)).next_fire == DUE


async def test_one_that_cannot_be_read_changes_nothing_and_is_told(
    config: Path, database_file: Path, clock: FakeClock
) -> None:
    async with open_runtime(settings(config, database_file), clock=clock) as runtime:
        await a_request(runtime)
        listener = Listener()
        runtime.subscribe(listener)
        write(config, "[calendar.company]\ndates = 7\n")
        await listener.wait_for(is_trouble)
        assert f"{config}: calendar.company: dates must be a list" in runtime.scheduler.trouble
        assert "Calendars stay as they were" in runtime.scheduler.trouble
        assert (await stored(runtime)).next_fire == DUE


async def test_a_viewer_follows_it_too(config: Path, database_file: Path, clock: FakeClock) -> None:
    known = settings(config, database_file)
    async with open_runtime(known, clock=clock, may_schedule=False) as runtime:
        await a_request(runtime)
        listener = Listener()
        runtime.subscribe(listener)
        listener.events.clear()
        write(config, "")
        await listener.wait_for(lambda event: not is_saved(event))
        assert "there is no [calendar.company]" in (await stored(runtime)).waiting_for
