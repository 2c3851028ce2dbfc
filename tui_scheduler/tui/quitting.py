"""Leaving, and what becomes of the scheduling then: asked, kept in the background, and found."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from textual.app import App

from tui_scheduler import __version__
from tui_scheduler.errors import SchedulerError
from tui_scheduler.models import RunStatus
from tui_scheduler.runtime import (
    Runtime,
    RuntimeEvent,
    SchedulerChanged,
    SchedulerState,
    background,
)
from tui_scheduler.services.views.overview import Upcoming
from tui_scheduler.signs_of_life import Background, Why
from tui_scheduler.tui.toasts import explain, say
from tui_scheduler.tui.whole_screen import WholeScreen
from tui_scheduler.wording import day_and_time

if TYPE_CHECKING:
    from tui_scheduler.services.views.runs import RunView
    from tui_scheduler.tui.screens.dialogs.question import QuitQuestion

_MOST_NAMED = 4
_NOTHING = Upcoming(0, ())
_log = logging.getLogger(__name__)


class Quitting:
    """How ``app`` is left, by a key or by the loss of its window."""

    def __init__(self, app: App[Any], runtime: Runtime, *, may_keep: bool = True) -> None:
        self._app = app
        self._runtime = runtime
        self._may_keep = may_keep
        self._is_settled = False
        self._is_closed = False
        self._is_keeping = False
        self._announced: set[tuple[str, int]] = set()

    def watch(self) -> None:
        """Tell of a scheduler in the background, and of one of another version, once of each."""
        self._runtime.subscribe(self._hear)
        self._tell_of(self._runtime.scheduler)

    def close_window(self) -> None:
        """End the application because its window is gone."""
        self._is_closed = not self._is_settled
        self._app.exit()

    def fail(self) -> None:
        """Have the scheduling kept as for a window that is closed: a fault ends the application."""
        self._is_closed = True

    async def settle(self) -> None:
        """Have the scheduling kept if the window was closed; call it when the screen is gone."""
        wants_to = self._is_closed and self._runtime.settings.when_closed == "keep"
        if not (wants_to and self._can_keep and await self._has_something_to_begin()):
            return
        try:
            await self._keep(Why.CLOSED)
        except SchedulerError as error:
            _log.error("the window was closed, and nobody schedules now: %s", error)
        else:
            _log.info("the window was closed; a process in the background schedules")

    async def may_quit(self) -> bool:
        """Whether to quit now; waits until that which is wanted of it is done."""
        from tui_scheduler.tui.screens.dialogs.progress import StoppingDialog
        from tui_scheduler.tui.screens.dialogs.question import DiscardQuestion, QuitQuestion

        app = self._app
        if isinstance(app.screen, DiscardQuestion | QuitQuestion | StoppingDialog):
            return False
        screens = [screen for screen in app.screen_stack if isinstance(screen, WholeScreen)]
        is_changed = any(each.is_changed for each in screens)
        if is_changed and not await app.push_screen_wait(DiscardQuestion()):
            return False
        runs, upcoming = await self._open_runs(), await self._upcoming()
        if self._is_keeping:
            return False
        if runs or upcoming.count:
            now, zone = self._runtime.clock.now(), self._runtime.zone
            question = QuitQuestion(runs, upcoming, now, zone, can_keep=self._can_keep)
            if not await self._is_answered(question, runs):
                return False
        self._is_settled = True
        return True

    def end_background(self) -> None:
        """End a scheduler in the background; whoever sees the lock next takes over: we."""
        self._app.run_worker(self._end_background(), group="background")

    async def _is_answered(self, question: "QuitQuestion", runs: "list[RunView]") -> bool:
        from tui_scheduler.tui.screens.dialogs.progress import StoppingDialog
        from tui_scheduler.tui.screens.dialogs.question import QuitAnswer as Answer

        match await self._app.push_screen_wait(question):
            case Answer.STOP:
                return await self._app.push_screen_wait(StoppingDialog(self._runtime, runs))
            case Answer.KEEP_SCHEDULING:
                return await self._is_kept()
            case answer:
                return answer is Answer.LEAVE_RUNNING

    async def _is_kept(self) -> bool:
        """Begin to schedule in the background; where that fails, one stays and is told why."""
        say(self._app, "Beginning to schedule in the background…")
        self._is_keeping = True
        try:
            await self._keep(Why.ASKED)
        except SchedulerError as error:
            explain(self._app, "Scheduling cannot go on in the background", error)
            return False
        finally:
            self._is_keeping = False
        return True

    async def _keep(self, why: Why) -> None:
        kept = Background(why, self._runtime.clock.now())
        await asyncio.to_thread(background.begin, self._runtime.settings, kept)

    async def _end_background(self) -> None:
        state = self._runtime.scheduler
        if state.pid is None or state.background is None:
            say(self._app, "Nobody schedules in the background.")
            return
        try:
            await asyncio.to_thread(background.end, self._runtime.settings, state.pid)
        except SchedulerError as error:
            explain(self._app, "It cannot be ended", error)
        else:
            say(self._app, f"{state.who} ends. What it runs goes on.")

    def _hear(self, event: RuntimeEvent) -> None:
        if isinstance(event, SchedulerChanged):
            self._app.call_later(self._tell_of, event.state)

    def _tell_of(self, state: SchedulerState) -> None:
        if state.pid is None or (state.host, state.pid) in self._announced:
            return
        if words := self._words(state):
            self._announced.add((state.host, state.pid))
            say(self._app, words, title="Scheduling", is_warning=bool(state.other_version))

    def _words(self, state: SchedulerState) -> str:
        """What is to be known of somebody else who schedules; empty if that is nothing special."""
        sentences = []
        if (kept := state.background) is not None:
            now = self._runtime.clock.now()
            since = day_and_time(kept.since, self._runtime.zone, now)
            how = (
                f"The window was closed at {since}. {state.who} schedules in the background since"
                " then."
                if kept.why is Why.CLOSED
                else f"{state.who} schedules in the background, since {since}."
            )
            sentences.append(how)
        if state.other_version:
            sentences.append(f"{_version_of(state)}; this one is {__version__}.")
        if kept is not None and not state.host:
            sentences.append("B ends it, and schedules here.")
        return " ".join(sentences)

    @property
    def _can_keep(self) -> bool:
        """Whether there is something to be kept: nobody else schedules, and it is no demo."""
        is_lasting = self._may_keep and not self._runtime.settings.is_demo
        return is_lasting and self._runtime.scheduler.pid is None

    async def _has_something_to_begin(self) -> bool:
        """Whether anything is scheduled, or waits to be run."""
        waits = (run.status is RunStatus.QUEUED for run in await self._open_runs())
        return any(waits) or bool((await self._upcoming()).count)

    async def _upcoming(self) -> Upcoming:
        """What nobody would schedule if we ended; nothing in a demo."""
        if not self._can_keep:
            return _NOTHING
        try:
            return await self._runtime.read(self._runtime.services.requests.upcoming, _MOST_NAMED)
        except SchedulerError:
            return _NOTHING  # one can always leave

    async def _open_runs(self) -> "list[RunView]":
        """What is going on this machine; nothing if the database cannot say."""
        try:
            runs = await self._runtime.read(self._runtime.services.runs.open)
        except SchedulerError:
            return []
        return [run for run in runs if not run.is_elsewhere]


def _version_of(state: SchedulerState) -> str:
    known = state.other_version != "?"
    what = f"version {state.other_version}" if known else "an earlier version"
    return f"{state.who} is of {what}"
