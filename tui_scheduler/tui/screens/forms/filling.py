"""Filling in the form of a request from any screen, and saying what came of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from textual.app import App

from tui_scheduler.errors import SchedulerError
from tui_scheduler.models import RequestStatus
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.views.requests import RequestRow
from tui_scheduler.tui.toasts import explain, say
from tui_scheduler.wording import countdown

if TYPE_CHECKING:  # a list shows before any form is needed
    from tui_scheduler.tui.screens.forms.form import Form

NewForm = Callable[[str], "Form"]
"""Makes the form of a new request, for the process or group called so.

Nouns do not know each other's forms: who puts the screens together gives them.
"""


class NewProcess(Protocol):
    """Makes the form of a new process, called so and running that, as far as it is known."""

    def __call__(self, name: str, command: str = "") -> "Form":
        """Return the form."""
        ...


async def fill_in_request(app: App[Any], runtime: Runtime, form: "Form") -> int | None:
    """Show the form, schedule if that was asked for; the id of what was saved, or None."""
    saved = await app.push_screen_wait(form)
    if saved is None:
        return None
    try:
        if saved.schedule:
            await runtime.write(runtime.services.requests.schedule, saved.id)
        row = await runtime.read(runtime.services.requests.get, saved.id)
        hold = await runtime.read(runtime.services.controls.state)
    except SchedulerError as error:
        explain(app, f"Saved request {saved.id}, but did not schedule it", error)
    else:
        say(app, _outcome(row, runtime, is_held=hold.is_held))
    return saved.id


def request_name(row: RequestRow) -> str:
    """What messages call a request."""
    return f"{row.process} (request {row.id})"


def first_run(row: RequestRow, runtime: Runtime, *, is_held: bool) -> str:
    """When it runs next, as a sentence, unless all scheduling is held; empty if it does not."""
    if row.waiting_for:
        return f"It waits: {row.waiting_for}."
    now = runtime.clock.now()
    if row.next_fire is None:
        return f"It runs {row.awaits}." if row.awaits and not row.pause(now) else ""
    if is_held:
        return "It runs once p releases scheduling."
    return f"It runs {countdown(row.next_fire, now)}."


def _outcome(row: RequestRow, runtime: Runtime, *, is_held: bool) -> str:
    if row.status is RequestStatus.SCHEDULED:
        return f"Scheduled {request_name(row)}. {first_run(row, runtime, is_held=is_held)}"
    hint = " Press s to schedule it." if row.status is RequestStatus.NEW else ""
    return f"Saved {request_name(row)}.{hint}"
