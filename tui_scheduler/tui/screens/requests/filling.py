"""Filling in the form of a request from any screen, and saying what came of it."""

from tui_scheduler.errors import SchedulerError
from tui_scheduler.models import RequestStatus
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.views import RequestView
from tui_scheduler.tui.format import countdown
from tui_scheduler.tui.screens.main_screen import MainScreen
from tui_scheduler.tui.toasts import explain, say


async def fill_in_request(
    screen: MainScreen, request_id: int | None = None, *, clone: bool = False, process: str = ""
) -> int | None:
    """Show the form, schedule if that was asked for; the id of what was saved, or None."""
    from tui_scheduler.tui.screens.requests.form import RequestForm

    runtime = screen.runtime
    form = RequestForm(runtime, request_id, clone, process=process)
    saved = await screen.app.push_screen_wait(form)
    if saved is None:
        return None
    try:
        if saved.schedule:
            await runtime.write(runtime.services.requests.schedule, saved.id)
        row = await runtime.read(runtime.services.requests.get, saved.id)
    except SchedulerError as error:
        explain(screen.app, f"Saved request {saved.id}, but did not schedule it", error)
    else:
        say(screen.app, _outcome(row, runtime))
    return saved.id


def request_name(row: RequestView) -> str:
    """What messages call a request."""
    return f"{row.process} (request {row.id})"


def first_run(row: RequestView, runtime: Runtime) -> str:
    """When it runs next, as a sentence; empty if it does not."""
    if row.next_fire is None:
        return ""
    return f"It runs {countdown(row.next_fire, runtime.clock.now())}."


def _outcome(row: RequestView, runtime: Runtime) -> str:
    if row.status is RequestStatus.SCHEDULED:
        return f"Scheduled {request_name(row)}. {first_run(row, runtime)}"
    hint = " Press s to schedule it." if row.status is RequestStatus.NEW else ""
    return f"Saved {request_name(row)}.{hint}"
