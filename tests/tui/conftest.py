"""What tests of the screens share: a runtime on a database of its own, with a clock they move."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.clock import FakeClock
from tests.tui.quiet import press_keys, quiet
from tests.tui.textual_inside import (
    count_parameters_once,
    find_handlers_once,
    find_styles_of_parts_when_drawn,
    keep_lines_cheaply,
    let_pilots_wait,
    match_rules_once,
    mix_colors_once,
    parse_styles_once,
    stop_clocks,
    tell_rules_apart_quickly,
)
from tui_scheduler.runtime import Runtime, open_runtime
from tui_scheduler.settings import Settings
from tui_scheduler.tui.app import SchedulerApp
from tui_scheduler.tui.tabs import REQUESTS


@dataclass(frozen=True, slots=True)
class Ui:
    """A running application and what is beneath it."""

    app: SchedulerApp
    pilot: Pilot[None]
    runtime: Runtime


Show = Callable[..., AbstractAsyncContextManager[Ui]]
OpenRuntime = Callable[..., AbstractAsyncContextManager[Runtime]]


@pytest.fixture(autouse=True)
def _no_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pilots wait for the application instead of an idle processor, and nothing for a time."""

    begun: set[Pilot[Any]] = set()

    async def rest(pilot: Pilot[Any]) -> bool:
        await quiet(pilot.app, is_seen=pilot in begun)  # at first, a pilot waits for the start
        begun.add(pilot)
        return True

    async def press(pilot: Pilot[Any], *keys: str) -> None:
        await press_keys(pilot.app, *keys)

    stop_clocks(monkeypatch)
    let_pilots_wait(monkeypatch, rest, press)


@pytest.fixture(autouse=True)
def _no_fault_unseen(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Fail where something failed that does not end the application, unless that is the test."""
    yield
    if request.node.get_closest_marker("faults") is None:
        faults = [text for record in caplog.get_records("call") if (text := _fault(record))]
        assert not faults


def _fault(record: logging.LogRecord) -> str:
    is_ours = record.name.startswith("tui_scheduler.") and record.levelno >= logging.ERROR
    return logging.Formatter().format(record) if is_ours else ""


@pytest.fixture(scope="session", autouse=True)
def _found_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        find_handlers_once(patch)
        mix_colors_once(patch)
        parse_styles_once(patch)
        match_rules_once(patch)
        find_styles_of_parts_when_drawn(patch)
        keep_lines_cheaply(patch)
        tell_rules_apart_quickly(patch)
        count_parameters_once(patch)
        yield


@pytest.fixture
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let forms judge what was typed at once."""
    monkeypatch.setattr("tui_scheduler.tui.screens.forms.form._PAUSE", 0)


@pytest.fixture
def settings(new_database: Path) -> Settings:
    return Settings(database=new_database)


@pytest.fixture
def a_runtime(settings: Settings, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> OpenRuntime:
    """Opens a runtime in the test's own task: nothing schedules, and the machine's zone is UTC."""
    monkeypatch.setattr("tui_scheduler.machine_zone.zone_name", lambda: "UTC")

    @asynccontextmanager
    async def opened(may_schedule: bool = False, **options: Any) -> AsyncIterator[Runtime]:
        options = {"clock": clock, **options}
        async with open_runtime(settings, may_schedule=may_schedule, **options) as runtime:
            yield runtime

    return opened


@pytest.fixture
def first_screen() -> str:
    """Which of the main screens there is at first; what is about another one opens no others."""
    return REQUESTS


@pytest.fixture
def show(a_runtime: OpenRuntime, first_screen: str, monkeypatch: pytest.MonkeyPatch) -> Show:
    """Shows the application on a runtime, after ``prepare(runtime.services)`` filled the database.

    ``async with show(prepare, size=(80, 24)) as ui: await ui.pilot.press("n")``
    """
    monkeypatch.setattr(SchedulerApp, "DEFAULT_MODE", first_screen)

    @asynccontextmanager
    async def running(
        prepare: Callable[[Any], object] | None = None,
        *,
        size: tuple[int, int] = (120, 35),
        **options: Any,
    ) -> AsyncIterator[Ui]:
        async with a_runtime(**options) as runtime:
            if prepare is not None:
                await runtime.write(prepare, runtime.services)
            app = SchedulerApp(runtime)
            async with app.run_test(size=size, notifications=True) as pilot:
                await quiet(app, is_seen=False)
                yield Ui(app, pilot, runtime)
                if app.is_running:
                    await quiet(app)  # it can be drawn

    return running
