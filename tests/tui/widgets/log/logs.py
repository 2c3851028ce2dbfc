"""An application with one log pane, and ways to look at it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.tui.textual_inside import strips
from tui_scheduler.tui.widgets.log.pane import LogPane, LogStatus

WIDTH, HEIGHT = 40, 10


class LogApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.pane = LogPane()
        self.statuses: list[LogStatus] = []

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_log_pane_status_changed(self, event: LogPane.StatusChanged) -> None:
        self.statuses.append(event.status)

    @property
    def lines(self) -> list[str]:
        """What is on the screen, line by line, without the scroll bar."""
        return [strip.crop(0, WIDTH - 1).text.rstrip() for strip in strips(self.screen)]


async def settle(pilot: Pilot[None]) -> None:
    """Wait until counting and searching have come to their end."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@asynccontextmanager
async def log_app(
    path: Path, data: bytes | None = None, *, live: bool = True, height: int = HEIGHT
) -> AsyncIterator[tuple[LogApp, Pilot[None]]]:
    """Show a log; the pane looks at it only when a test says so."""
    if data is not None:
        put(path, data)
    app = LogApp()
    async with app.run_test(size=(WIDTH, height), notifications=True) as pilot:
        app.pane.show(path, live)
        if app.pane.view._timer is not None:
            app.pane.view._timer.pause()
        app.pane.focus()
        await settle(pilot)
        yield app, pilot


def put(path: Path, data: bytes) -> None:
    """Write a log anew."""
    path.write_bytes(data)


def append(path: Path, data: bytes) -> None:
    """Write on."""
    with path.open("ab") as file:
        file.write(data)


async def write(pilot: Pilot[None], app: LogApp, path: Path, data: bytes) -> None:
    """Append to the log, and let the pane look."""
    append(path, data)
    app.pane.view.look()
    await settle(pilot)


def numbered(count: int, first: int = 1) -> bytes:
    return b"".join(b"line %d\n" % number for number in range(first, first + count))
