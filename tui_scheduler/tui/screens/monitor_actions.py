"""What can be done with runs: asked for where it cannot be taken back, and told afterwards."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import ParamSpec, TypeVar

from textual.screen import Screen

from tui_scheduler.errors import NotFound, SchedulerError
from tui_scheduler.models import RunStatus
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.views import RunView
from tui_scheduler.tui.format import RUN_LOOKS, duration, plural, rough
from tui_scheduler.tui.screens.confirm import ConfirmDialog
from tui_scheduler.tui.toasts import explain, say

P = ParamSpec("P")
T = TypeVar("T")

_MOST_NAMED = 6


class RunActions:
    """Asks, does and tells, on behalf of the screen that shows the runs."""

    def __init__(self, screen: Screen[None], runtime: Runtime) -> None:
        self._screen = screen
        self._runtime = runtime
        self._runs = runtime.services.runs

    async def load(self, run_ids: Sequence[int]) -> list[RunView]:
        """Return the runs as they are now; those that are gone are left out."""
        found = []
        for run_id in run_ids:
            try:
                found.append(await self._runtime.read(self._runs.get, run_id))
            except NotFound:
                continue
        return found

    async def stop(self, runs: Sequence[RunView], *, force: bool = False) -> bool:
        """Ask, then have the runs stopped that are open; returns whether that was wanted."""
        still_open = [run for run in runs if run.is_open]
        if not still_open:
            say(self._screen.app, f"{named(runs)} has ended already.", is_warning=True)
            return False
        grace = self._runtime.settings.kill_grace
        if not await self._confirmed(stop_question(still_open, grace, force=force)):
            return False
        for run in still_open:
            failure = f"Run {run.id} was not stopped"
            await self._attempt(failure, self._runs.kill, run.id, force=force)
        return True

    async def delete(self, runs: Sequence[RunView]) -> bool:
        """Ask, then delete the runs with their logs; returns whether that was wanted."""
        question = ConfirmDialog(
            f"Delete {named(runs)}?",
            f"{listed(runs)}\n\nWhat happened, and the log, cannot be brought back.",
            yes="Delete",
            no="Keep",
        )
        if not await self._confirmed(question):
            return False
        for run in runs:
            await self._attempt(f"Run {run.id} was not deleted", self._runs.delete, run.id)
        return True

    async def run_again(self, runs: Sequence[RunView]) -> None:
        """Trigger the request of each run, once."""
        for request_id in dict.fromkeys(run.request_id for run in runs):
            born = await self._attempt("It was not run again", self._runs.trigger, request_id)
            if born is not None and born.status is RunStatus.SKIPPED:
                say(self._screen.app, born.note, title=f"{named([born])} skipped", is_warning=True)
            elif born is not None:
                say(self._screen.app, f"{named([born])} will start now.")

    def copy(self, runs: Sequence[RunView]) -> None:
        """Copy what the runs are to the clipboard, a line each."""
        now = self._runtime.clock.now()
        lines = [
            " · ".join(
                [named([run]), RUN_LOOKS[run.status].word, duration(run.duration(now)), run.note]
            )
            for run in runs
        ]
        self._screen.app.copy_to_clipboard("\n".join(lines))
        say(self._screen.app, f"Copied {named(runs)}.")

    async def _confirmed(self, question: ConfirmDialog) -> bool:
        return await self._screen.app.push_screen_wait(question)

    async def _attempt(
        self, failure: str, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Call a use case; if it is refused, tell why under the title ``failure``."""
        try:
            return await self._runtime.write(use_case, *args, **kwargs)
        except SchedulerError as error:
            explain(self._screen.app, failure, error)
            return None


def named(runs: Sequence[RunView]) -> str:
    """Name one run by its number and process, several by their count."""
    if len(runs) == 1:
        return f"Run {runs[0].id} of {runs[0].process}"
    return plural(len(runs), "run")


def listed(runs: Sequence[RunView]) -> str:
    """List runs a line each; of many only the first."""
    lines = [f"{run.process}, run {run.id}, {RUN_LOOKS[run.status].word}" for run in runs]
    if len(lines) > _MOST_NAMED:
        lines[_MOST_NAMED:] = [f"and {len(lines) - _MOST_NAMED} more"]
    return "\n".join(lines)


def stop_question(runs: Sequence[RunView], grace: timedelta, *, force: bool) -> ConfirmDialog:
    """Ask before runs are stopped; say what will happen to them."""
    if force:
        what = "Everything it has started gets KILL at once, without a chance to clean up."
    else:
        what = f"Everything it has started gets TERM. What is left after {rough(grace)} gets KILL."
    verb = "Force to end" if force else "Stop"
    return ConfirmDialog(
        f"{verb}: {named(runs)}?", f"{listed(runs)}\n\n{what}", yes=verb, no="Let it run"
    )
