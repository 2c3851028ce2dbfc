"""What can be done with runs: asked for where it cannot be taken back, and told afterwards."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from textual import work
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui_scheduler.errors import NotFound, Refused
from tui_scheduler.models import RunStatus
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.views.runs import Branch, RunRow, RunView
from tui_scheduler.tui.batch import Batch, on_each, summary
from tui_scheduler.tui.format import RUN_LOOKS
from tui_scheduler.tui.screens.dialogs.delete_question import DeleteQuestion
from tui_scheduler.tui.screens.dialogs.question import ConfirmDialog
from tui_scheduler.tui.screens.list_screen import LIST_KEYS
from tui_scheduler.tui.screens.main_screen import MainScreen
from tui_scheduler.tui.toasts import explain, say
from tui_scheduler.wording import SUBMITTED, exact_duration, plural, rounded_duration, several

_MOST_NAMED = 6


def _key(
    keys: str, action: str, label: str, name: str, tooltip: str, *, show: bool = False
) -> Binding:
    return Binding(keys, action, label, show=show, tooltip=tooltip, id=name)


RUN_KEYS: list[BindingType] = [
    _key("t", "run_again", "Run again", "run.trigger", "Run its request again, now", show=True),
    _key("c", "compare", "Compare", "run.compare", "Compare its log with the last good run's"),
    _key("T", "run_with", "Run with", "run.trigger_with", "Run it again; asks for its parameters"),
    _key("x", "stop", "Stop", "run.stop", "Stop the run; asks first", show=True),
    _key("X", "kill", "Kill", "run.kill", "End the run at once, by KILL; asks first"),
    _key("D", "delete", "Delete", "run.delete", "Delete the run and its log; asks first"),
]
"""What can be done with a run, wherever it is shown."""

_DETAILS = _key(
    "i", "details", "Details", "run.details", "Show all of the run, and what its processes use now"
)

MONITOR_KEYS: list[BindingType] = [
    _key("f", "full_log", "Full log", "run.log", "Show the log on the whole screen", show=True),
    _key("l", "log_pane", "Log pane", "run.log_pane", "Go to the log of the run", show=True),
    *RUN_KEYS,
    _DETAILS,
    _key("ctrl+f", "search_logs", "Search logs", "monitor.search_logs", "Search all these logs"),
    _key("right", "open_group", "Open", "monitor.open", "Show what was run for the group"),
    _key("left", "close_group", "Close", "monitor.close", "Hide what was run for the group"),
    _key("y", "copy", "Copy", "run.copy", "Copy what the run is, and how it went"),
    _key("E", "turn_over('failed')", "Failed", "monitor.failed", "Show only runs that failed"),
    _key("R", "turn_over('running')", "Running", "monitor.running", "Show only what runs or waits"),
    _key("H", "turn_over('lately')", "Last 24 h", "monitor.lately", "Show only the last 24 hours"),
    *LIST_KEYS,
    _key("escape", "leave_log", "To the list", "monitor.leave_log", "Go back to the history"),
]

ON_RUNS = frozenset(
    {
        "full_log", "log_pane", "compare", "details", "run_again", "run_with", "stop", "kill",
        "delete", "copy", "open_group", "close_group",
    }
)  # fmt: skip
"""Actions that need a run to work on."""

ON_MANY_RUNS = frozenset({"run_again", "stop", "kill", "delete", "copy"})
"""Those that are done to all marked runs."""

LOG_VIEW_KEYS: list[BindingType] = [
    *RUN_KEYS,
    _DETAILS,
    _key("escape,f", "go_back", "Back", "log.back", "Go back to where you came from", show=True),
]
"""The keys of a log on the whole screen, besides those of the log itself."""

DETAILS_VIEW_KEYS: list[BindingType] = [
    *RUN_KEYS,
    _key("escape,i", "go_back", "Back", "run.back", "Go back to where you came from", show=True),
]
"""The keys of all that is known of a run."""


class RunActions:
    """Asks, does and tells, on behalf of the screen that shows the runs."""

    def __init__(self, screen: Screen[None], runtime: Runtime) -> None:
        self._screen = screen
        self._runtime = runtime
        self._runs = runtime.services.runs

    async def load(self, run_ids: Sequence[int]) -> list[RunView]:
        """Return the runs as they are now; those that are gone are left out."""
        runs = []
        for run_id in run_ids:
            try:
                runs.append(await self._runtime.read(self._runs.get, run_id))
            except NotFound:
                continue
        return runs

    async def stop(self, runs: Sequence[RunView], *, force: bool = False) -> bool:
        """Ask, then have the runs stopped that are open; returns whether that was wanted."""
        still_open = [run for run in runs if run.is_open]
        if runs and not still_open:
            say(self._screen.app, "Nothing of it is running.", is_warning=True)
        grace = self._runtime.settings.kill_grace
        question = stop_question(still_open, grace, force=force)
        if not still_open or not await self._screen.app.push_screen_wait(question):
            return False

        async def kill(run: RunView) -> RunView:
            return await self._runtime.write(self._runs.kill, run.id, force=force)

        self._tell_refusals("stop", await on_each(still_open, named, kill))
        return True

    async def delete(self, runs: Sequence[RunView]) -> bool:
        """Ask, then delete the runs with their logs; returns whether that was wanted.

        What still runs is not asked for.
        """

        async def look_at(run: RunView) -> RunView:
            try:
                return await self._runtime.read(self._runs.check_removal, run.id)
            except Refused as error:
                raise Refused(f"{error} Press x to stop it.") from error

        async def delete(run: RunView) -> None:
            await self._runtime.write(self._runs.delete, run.id)

        looked = await on_each(runs, named, look_at)
        doomed = [run for _, run in looked.done]
        if not doomed:
            self._tell_refusals("delete", looked)
            return False
        if not await self._screen.app.push_screen_wait(delete_question(doomed)):
            return False
        batch = await on_each(doomed, named, delete)
        refused = (*looked.refused, *batch.refused)
        self._tell_refusals("delete", Batch(batch.done, refused))
        return True

    async def run_again(self, runs: Sequence[RunView]) -> list[RunView]:
        """Trigger the request of each run, once; returns the new runs."""
        requests = {run.request_id: run for run in runs}.values()

        async def trigger(run: RunView) -> RunView:
            return await self._runtime.write(self._runs.trigger, run.request_id)

        batch = await on_each(requests, named, trigger)
        self._tell_refusals("repeat", batch)
        for _, created in batch.done:
            self._tell_created(created)
        return [created for _, created in batch.done]

    async def run_with(
        self, request_id: int, given: Mapping[str, str] | None = None
    ) -> list[RunView]:
        """Ask what a run of the request is given, beginning with ``given``, and run it.

        Returns the new run, if there is one.
        """
        from tui_scheduler.tui.screens.runs.trigger_form import TriggerForm

        form = TriggerForm(self._runtime, request_id, given)
        saved = await self._screen.app.push_screen_wait(form)
        new_runs = [] if saved is None else await self.load([saved.id])
        for created in new_runs:
            self._tell_created(created)
        return new_runs

    async def run_like(self, run: RunView) -> list[RunView]:
        """The same, beginning with what ``run`` was given, or the group that it was run for."""
        for asked in await self.load([run.parent_id or run.id]):
            return await self.run_with(asked.request_id, asked.parameters)
        return []

    def copy(self, runs: Sequence[RunView]) -> None:
        """Copy what the runs are to the clipboard, a line each."""
        if runs:
            now = self._runtime.clock.now()
            self._screen.app.copy_to_clipboard("\n".join(_line(run, now) for run in runs))
            say(self._screen.app, f"Copied {named(*runs)}.")

    def _tell_created(self, run: RunView) -> None:
        if run.status is RunStatus.SKIPPED:
            title = f"Skipped {named(run)}"
            say(self._screen.app, run.note, title=title, is_warning=True)
        else:
            say(self._screen.app, f"Triggered {named(run)}.")

    def _tell_refusals(self, verb: str, batch: Batch[Any]) -> None:
        if len(batch.refused) == 1 and not batch.done:
            name, error = batch.refused[0]
            explain(self._screen.app, f"Cannot {verb} {name}", error)
        elif batch.refused:
            title = f"Cannot {verb} all of them"
            say(self._screen.app, summary(batch, "runs"), title=title, is_warning=True)


def named(*runs: RunView) -> str:
    """Name one run by its number and process, several by their count; within a sentence."""
    if len(runs) == 1:
        return f"run {runs[0].id} of {runs[0].process}"
    return plural(len(runs), "run")


def stop_question(runs: Sequence[RunView], grace: timedelta, *, force: bool) -> ConfirmDialog:
    """Ask before runs are stopped; say what will happen to them."""
    if force:
        consequence = "Everything it has started gets KILL at once, without a chance to clean up."
    else:
        left = f"What is left after {rounded_duration(grace)} gets KILL."
        consequence = f"Everything it has started gets TERM. {left}"
    waiting = [run for run in runs if run.state == SUBMITTED]
    if waiting:
        clusters = several(sorted({run.cluster for run in waiting}))
        begun = "" if len(waiting) == len(runs) else f"{consequence} "
        consequence = f"{begun}{_taken_back(len(waiting), len(runs))} of {clusters}."
    if any(run.is_group for run in runs):
        consequence += " The rest of a group is not run then."
    verb, at_once = ("Kill", " at once") if force else ("Stop", "")
    title = f"{verb} {named(*runs)}{at_once}?"
    return ConfirmDialog(title, f"{_listed(runs)}\n\n{consequence}", yes=verb, no="Let it run")


def _taken_back(number: int, of: int) -> str:
    """Say what it means to stop that many of so many runs, which wait in a queue."""
    if number == 1:
        what = "It has" if of == 1 else "One has"
        return f"{what} not begun, and is taken out of the queue"
    what = "They have" if of == number else f"{number} of them have"
    return f"{what} not begun, and are taken out of the queue"


def delete_question(runs: Sequence[RunView]) -> DeleteQuestion:
    """Ask before runs are deleted."""
    return DeleteQuestion(
        named(*runs),
        [f"{_described(run)}{', with what was run for it' * run.is_group}" for run in runs],
    )


def _described(run: RunView) -> str:
    where = f" on {run.place}" if run.place else ""
    return f"{run.process}, run {run.id}, {RUN_LOOKS[run.state].word}{where}"


def _listed(runs: Sequence[RunView]) -> str:
    lines = [_described(run) for run in runs]
    if len(lines) > _MOST_NAMED:
        lines[_MOST_NAMED:] = [f"and {len(lines) - _MOST_NAMED} more"]
    return "\n".join(lines)


def _line(run: RunView, now: datetime) -> str:
    looks = RUN_LOOKS[run.state].word
    parts = [named(run), looks, run.where, exact_duration(run.duration(now)), run.own_note]
    return " · ".join(part for part in parts if part)


class RunScreen(MainScreen):
    """A screen whose actions work on runs; subclasses say on which ones."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self._run_actions = RunActions(self, runtime)

    def target_ids(self) -> Sequence[int]:
        """Return the numbers of the runs that a key acts on now."""
        return ()

    def looked_at(self) -> Sequence[int]:
        """Return the number of the run that is looked at, whatever is marked."""
        return self.target_ids()

    def acted(self) -> None:
        """Be told that an action was carried out on the targets."""

    def created(self, runs: Sequence[RunView]) -> None:
        """Be told which runs an action has made."""

    @work
    async def action_compare(self) -> None:
        """Show what is new in its log, and what is missing, beside the last good run."""
        from tui_scheduler.tui.screens.runs.compare_view import CompareView

        for run in await self._run_actions.load(list(self.looked_at())):
            await self.app.push_screen(CompareView(self.runtime, run))

    @work
    async def action_run_again(self) -> None:
        """Trigger the requests of the runs."""
        self.created(await self._run_actions.run_again(await self._targets()))
        self.acted()

    @work
    async def action_run_with(self) -> None:
        """Ask what the request of the run is to be given, beginning with what the run was given."""
        for run in (await self._targets())[:1]:
            self.created(await self._run_actions.run_like(run))

    @work
    async def action_stop(self) -> None:
        """Ask, and have the runs stopped."""
        if await self._run_actions.stop(await self._targets()):
            self.acted()

    @work
    async def action_kill(self) -> None:
        """Ask, and have the runs killed at once."""
        if await self._run_actions.stop(await self._targets(), force=True):
            self.acted()

    @work
    async def action_delete(self) -> None:
        """Ask, and delete the runs."""
        if await self._run_actions.delete(await self._targets()):
            self.acted()

    @work
    async def action_copy(self) -> None:
        """Copy what the runs are."""
        self._run_actions.copy(await self._targets())

    async def _targets(self) -> list[RunView]:
        return await self._run_actions.load(self.target_ids())


def possible(run: RunRow) -> frozenset[str]:
    """Return the actions that the state of ``run`` allows."""
    always = {"details", "full_log", "log_pane", "run_again", "run_with", "copy", "delete"}
    state = {"stop", "kill"} if run.is_open else set()
    if run.was_taken:
        state.add("compare")
    return frozenset(always | state | _BRANCHES.get(run.branch, set()))


_BRANCHES: Mapping[Branch | None, set[str]] = {
    Branch.CLOSED: {"open_group"},
    Branch.OPENED: {"close_group"},
    Branch.BENEATH: {"close_group"},
}
