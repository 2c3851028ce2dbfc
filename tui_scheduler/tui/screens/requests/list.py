"""The requests: what runs when, what comes next, and how it went."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.events import ScreenResume

from tui_scheduler.models import OPEN_STATUSES, RequestStatus, RunStatus
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.queries import request_list
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.requests import RequestRow, RequestView
from tui_scheduler.services.waiting import still_to_come
from tui_scheduler.tui.batch import Batch
from tui_scheduler.tui.screens.forms.filling import (
    NewProcess,
    fill_in_request,
    first_run,
    request_name,
)
from tui_scheduler.tui.screens.list_pane import ListState
from tui_scheduler.tui.screens.list_screen import LIST_KEYS, DetailedListSpec, ListScreen
from tui_scheduler.tui.screens.requests.columns import phase_of, request_columns
from tui_scheduler.tui.screens.requests.details import (
    details_phase,
    details_text,
    is_in_row,
    load_details,
)
from tui_scheduler.tui.screens.row_actions import Removal
from tui_scheduler.tui.tabs import REQUESTS
from tui_scheduler.tui.toasts import say
from tui_scheduler.tui.widgets.table.table import Order, RowTable
from tui_scheduler.wording import plural

if TYPE_CHECKING:
    from tui_scheduler.services.views.runs import RunView


def _key(key: str, action: str, label: str, tooltip: str, *, show: bool = True) -> Binding:
    name = action.removesuffix("_request")
    return Binding(key, action, label, show=show, id=f"request.{name}", tooltip=tooltip)


REQUEST_KEYS: list[BindingType] = [
    _key("n,a", "new", "New", "Make a request, and a process for it if need be"),
    _key("s", "schedule", "Schedule", "Start the plan of the request, or start it again"),
    _key("u", "unschedule", "Unschedule", "Stop future runs; what runs goes on"),
    _key("S", "pause", "Pause", "Skip its next run, or pause it for a while; asks for how long"),
    _key("S", "resume", "Resume", "Let it go on, which is paused or to skip its next run"),
    _key("t", "trigger", "Trigger", "Run it now; its plan does not move"),
    _key("e", "edit", "Edit", "Change the request, or all that are marked"),
    _key("x", "stop", "Stop", "Ask what runs of it to end; asks first"),
    _key("l", "log", "Log", "Show the output of its latest run"),
    _key("T", "trigger_with", "Trigger with", "Run it now; asks for its parameters", show=False),
    _key("X", "kill", "Kill", "End what runs of it at once, by KILL; asks first", show=False),
    _key("C", "clone", "Clone", "Make a request that begins as a copy of this one", show=False),
    _key("D", "delete", "Delete", "Delete it with its runs and logs; asks first", show=False),
    _key("y", "copy", "Copy", "Copy its process, id, schedule or description", show=False),
]


ROW_ACTIONS = frozenset(
    {
        "edit", "schedule", "unschedule", "pause", "resume", "trigger", "trigger_with", "clone",
        "stop", "kill", "delete", "log", "copy",
    }
)  # fmt: skip
"""The actions that need a request."""

MANY_ACTIONS = ROW_ACTIONS - {"trigger_with", "clone", "log"}
"""Those that are done to all marked ones."""

_EMPTY = """\
No requests yet

A request says when a process runs.
Press n to make one: you can define its process on the way.
Then press s to schedule it."""


class RequestsScreen(ListScreen[RequestRow]):
    """The list of all requests; ``new_process`` makes the form of a process that is missing.

    ``state`` is what the timeline has in common with it.
    """

    MODE = REQUESTS
    BINDINGS: ClassVar[list[BindingType]] = [*REQUEST_KEYS, *LIST_KEYS]

    def __init__(
        self, runtime: Runtime, new_process: NewProcess, state: ListState | None = None
    ) -> None:
        super().__init__(runtime, _spec(runtime, lambda: self.is_held, state or ListState()))
        self._new_process = new_process

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Show what was filtered, sorted or marked in the timeline."""
        self.list_pane.take_over()

    @work
    async def action_new(self) -> None:
        """Make a request."""
        await self._fill_in()

    @on(RowTable.RowActivated)
    @work
    async def action_edit(self) -> None:
        """Change the request at the cursor, or all that are marked."""
        from tui_scheduler.tui.screens.requests.many import many_requests

        match self.list_pane.target_ids:
            case []:
                return
            case [request_id]:
                await self._fill_in(request_id)
                self.list_pane.unmark()
            case _:
                await self.row_actions.edit_many(many_requests(self.runtime))

    @work
    async def action_clone(self) -> None:
        """Make a request that begins as a copy of the one at the cursor."""
        if self.list_pane.table.cursor_id is not None:
            await self._fill_in(self.list_pane.table.cursor_id, clone=True)

    @work
    async def action_schedule(self) -> None:
        """Start the plans."""
        schedule = self.runtime.services.requests.schedule
        batch = await self.row_actions.write_each(request_name, schedule)
        note = self._next_run(batch.done[0][1]) if len(batch.done) == 1 else ""
        self.row_actions.tell("schedule", "Scheduled", batch, note)

    @work
    async def action_unschedule(self) -> None:
        """Stop future fires."""
        unschedule = self.runtime.services.requests.unschedule
        batch = await self.row_actions.write_each(request_name, unschedule)
        queued: list[RunView] = []
        for _, request in batch.done:
            queued += await self.runtime.read(self.runtime.services.runs.queued_of, request.id)
        notes = [still_to_come(queued, self.runtime.clock.now()), _way_back(batch)]
        self.row_actions.tell("unschedule", "Unscheduled", batch, " ".join(filter(None, notes)))

    @work
    async def action_pause(self) -> None:
        """Ask for how long, and pause them; of marked ones that are all paused, end that."""
        rows = await self.list_pane.targets()
        now = self.runtime.clock.now()
        if rows and all(row.pause(now) for row in rows):
            await self._resume()
        elif rows:
            await self._pause(rows)

    @work
    async def action_resume(self) -> None:
        """Let them go on."""
        await self._resume()

    @work
    async def action_trigger(self) -> None:
        """Run now."""
        trigger = self.runtime.services.runs.trigger
        batch = await self.row_actions.write_each(request_name, trigger)
        skipped = [run for _, run in batch.done if run.status is RunStatus.SKIPPED]
        if len(batch.done) == len(skipped) == 1:
            say(self.app, skipped[0].note, title=f"Skipped {skipped[0].process}", is_warning=True)
            return
        note = f"{plural(len(skipped), 'run')} skipped." if skipped else ""
        self.row_actions.tell("trigger", "Triggered", batch, note)

    @work
    async def action_trigger_with(self) -> None:
        """Ask what one run is to be given, and run it now."""
        from tui_scheduler.tui.screens.runs.actions import RunActions

        if self.list_pane.table.cursor_id is not None:
            await RunActions(self, self.runtime).run_with(self.list_pane.table.cursor_id)

    @work
    async def action_stop(self) -> None:
        """Ask runs to end."""
        await self._stop()

    @work
    async def action_kill(self) -> None:
        """End runs at once."""
        await self._stop(force=True)

    @work
    async def action_delete(self) -> None:
        """Delete with runs and logs."""
        requests = self.runtime.services.requests
        removal = Removal(requests.check_removal, requests.remove_step)
        await self.row_actions.delete(request_name, _runs_of, removal)

    @work
    async def action_log(self) -> None:
        """Show the output of the latest run."""
        from tui_scheduler.tui.screens.runs.log_view import LogView

        row = self.list_pane.table.cursor_row
        if row is not None and row.last_run_id is not None:
            await self.app.push_screen(LogView(self.runtime, row.last_run_id))

    @work
    async def action_copy(self) -> None:
        """Copy what the request is called, or when it runs."""
        await self.row_actions.copy(
            lambda row: [
                ("y", "process", row.process),
                ("i", "id", str(row.id)),
                ("s", "schedule", row.schedule_text),
                ("d", "description", row.description),
            ]
        )

    async def _pause(self, rows: Sequence[RequestRow]) -> None:
        from tui_scheduler.tui.screens.requests.pausing import Pausing, ask_how_long

        requests, nouns = self.runtime.services.requests, self.list_pane.spec.nouns
        name = request_name(rows[0]) if len(rows) == 1 else f"{len(rows)} {nouns}"
        how, until = await ask_how_long(self.app, self.runtime, name, rows)
        if how is Pausing.NOT:
            return
        zones = {row.id: row.plan.timezone for row in rows}

        def pause(request_id: int) -> RequestView:
            if how is Pausing.NEXT:
                return requests.skip_next(request_id)
            return requests.pause(request_id, until(zones[request_id]))

        batch = await self.row_actions.write_each(request_name, pause)
        note = "Press S to let it go on."
        if len(batch.done) == 1:
            note = f"{self._next_run(batch.done[0][1])} {note}".strip()
        self.row_actions.tell("pause", "Paused", batch, note)

    async def _resume(self) -> None:
        resume = self.runtime.services.requests.resume
        batch = await self.row_actions.write_each(request_name, resume)
        note = self._next_run(batch.done[0][1]) if len(batch.done) == 1 else ""
        self.row_actions.tell("resume", "Resumed", batch, note)

    def _next_run(self, row: RequestRow) -> str:
        return first_run(row, self.runtime, is_held=self.is_held)

    async def _fill_in(self, request_id: int | None = None, *, clone: bool = False) -> None:
        from tui_scheduler.tui.screens.requests.form import RequestForm

        form = RequestForm(self.runtime, request_id, clone, new_process=self._new_process)
        saved_id = await fill_in_request(self.app, self.runtime, form)
        if saved_id is not None and saved_id != request_id:
            self.list_pane.reveal(saved_id)

    async def _stop(self, *, force: bool = False) -> None:
        from tui_scheduler.tui.screens.runs.actions import RunActions

        runs: list[RunView] = []
        for row in await self.list_pane.targets():
            wanted = replace(_runs_of(row), statuses=frozenset(OPEN_STATUSES))
            runs += await self.runtime.read(self.runtime.services.runs.latest, wanted)
        if not runs:
            say(self.app, "Nothing of it is running.")
        elif await RunActions(self, self.runtime).stop(runs, force=force):
            self.list_pane.table.clear_marks()


def possible(row: RequestRow, now: datetime) -> frozenset[str]:
    """What the state of a request allows."""
    actions = {"edit", "trigger", "trigger_with", "clone", "delete", "copy"}
    if row.status is RequestStatus.SCHEDULED:
        actions |= {"unschedule", "resume" if row.pause(now) else "pause"}
    else:
        actions.add("schedule")
    statuses = [row.last_status, *(run.status for run in row.recent)]
    if any(status in OPEN_STATUSES for status in statuses):
        actions |= {"stop", "kill"}
    if row.last_run_id is not None:
        actions.add("log")
    return frozenset(actions)


def _way_back(batch: Batch[RequestView]) -> str:
    """How to undo unscheduling, and what begins again then."""
    is_counted = any(request.plan.repetitions is not None for _, request in batch.done)
    count = ", and its runs are counted from the first" if is_counted else ""
    return f"Press s to schedule it again: its plan then begins anew{count}."


def _runs_of(row: RequestRow) -> RunFilter:
    return RunFilter(request_id=row.id)


def _spec(
    runtime: Runtime, is_held: Callable[[], bool], state: ListState
) -> DetailedListSpec[RequestRow]:
    clock, zone = runtime.clock, runtime.zone
    return DetailedListSpec(
        noun="request",
        nouns="requests",
        empty_text=_EMPTY,
        columns=request_columns(clock, zone, is_held),
        phase=lambda row: phase_of(row, clock.now(), zone, is_held=is_held()),
        own_order=Order("process"),
        page=request_list.page,
        one=request_list.one,
        row_actions=ROW_ACTIONS,
        many_actions=MANY_ACTIONS,
        looks=frozenset({"log"}),
        state=state,
        possible=lambda row: possible(row, clock.now()),
        details=partial(load_details, runtime.services),
        details_text=lambda details: details_text(details, clock.now(), zone, is_held=is_held()),
        is_in_row=is_in_row,
        details_phase=lambda details: details_phase(details, clock.now(), zone, is_held=is_held()),
    )
