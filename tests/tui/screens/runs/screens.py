"""A database of runs and the monitor on it; nothing schedules, so nothing happens by itself."""

from datetime import timedelta
from typing import Any

from textual.content import Content

from tests.services.drafts import a_request
from tests.support.clock import NOON
from tests.tui.conftest import Ui
from tests.tui.on_screen import press, until
from tui_scheduler.models import Channel, Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.tui.screens.runs.monitor import MonitorScreen
from tui_scheduler.tui.screens.runs.pane import RunPane

_NEVER_TAKEN = (RunStatus.QUEUED, RunStatus.MISFIRED, RunStatus.SKIPPED)


def add_run(services: Services, process: str = "backup", **fields: Any) -> int:
    """Store a run of a request of ``process``: successful, at noon, but for ``fields``."""
    known = [request for request in services.requests.all() if request.process == process]
    request = known[0] if known else a_request(services, process=process)
    usual = {
        "request": request.id,
        "process": request.process_id,
        "channel": Channel.SCHEDULER,
        "status": RunStatus.SUCCESS,
        "scheduled_for": NOON,
        "start_time": NOON,
        "end_time": NOON + timedelta(seconds=1.5),
        "exit_code": 0,
        "host": "" if fields.get("status") in _NEVER_TAKEN else "here",
    }
    return int(Run.insert(**(usual | fields)).execute())


def a_running_run(services: Services, process: str = "backup", **fields: Any) -> int:
    """Store a run that is under way since noon."""
    going = {"status": RunStatus.PROCESSING, "end_time": None, "exit_code": None}
    return add_run(services, process, **(going | fields))


def three_runs(services: Services) -> None:
    """A success, a failure, and one that is under way."""
    add_run(services, "backup")
    add_run(services, "import", status=RunStatus.ERROR, exit_code=3)
    a_running_run(services, "report")


async def monitor(ui: Ui, count: int | None = None) -> MonitorScreen:
    """Go to the monitor; wait until it shows ``count`` rows (default: any)."""
    await press(ui, "2")
    screen = ui.app.screen
    assert isinstance(screen, MonitorScreen)
    wanted = (lambda: lines(screen)) if count is None else (lambda: len(lines(screen)) == count)
    await until(ui, wanted)
    return screen


def lines(screen: MonitorScreen) -> list[str]:
    """What the table shows below its header."""
    table = screen.list_pane.table
    drawn = [table.render_line(y).text.strip("▌ ") for y in range(1, table.size.height)]
    return [line for line in drawn if line]


def line_at(screen: MonitorScreen, index: int) -> str:
    """A line of the table; empty while there is no such line."""
    return "".join(lines(screen)[index : index + 1])


def run_title(ui: Ui) -> str:
    """How the run over the log is described in the frame."""
    return Content.from_markup(ui.app.screen.query_one(RunPane).border_title or "").plain


def count(ui: Ui) -> str:
    """How many runs there are, as told in the frame."""
    return str(ui.app.screen.query_one("#list-pane").border_subtitle)
