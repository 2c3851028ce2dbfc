"""Leaving the application: what becomes of runs that are going is asked first."""

from textual.app import App

from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.views import RunView
from tui_scheduler.tui.screens.dialogs.quit import Leaving, QuitQuestion
from tui_scheduler.tui.screens.dialogs.stopping import StoppingDialog


async def may_leave(app: App[None], runtime: Runtime) -> bool:
    """Whether to quit now; waits until runs are stopped if that is wanted."""
    if isinstance(app.screen, QuitQuestion | StoppingDialog):
        return False
    runs = await _open_runs(runtime)
    if not runs:
        return True
    answer = await app.push_screen_wait(QuitQuestion(runs, runtime.clock.now()))
    if answer is Leaving.STOP:
        return await app.push_screen_wait(StoppingDialog(runtime, runs))
    return answer is Leaving.LEAVE_RUNNING


async def _open_runs(runtime: Runtime) -> list[RunView]:
    """What is going; nothing if the database cannot say, so that one can always leave."""
    try:
        return await runtime.read(runtime.services.runs.open)
    except SchedulerError:
        return []
