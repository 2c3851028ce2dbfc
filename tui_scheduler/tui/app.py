"""The application: which screens there are, and what every one of them can do."""

import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.actions import ActionParseResult
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.driver import Driver
from textual.events import Event, InputEvent
from textual.screen import Screen
from textual.widget import AwaitMount
from textual.worker import WorkerFailed

from tui_scheduler.errors import Replaced, SchedulerError, Unexpected
from tui_scheduler.program import was_replaced
from tui_scheduler.runtime import Runtime
from tui_scheduler.tui import themes
from tui_scheduler.tui.commands import commands_of
from tui_scheduler.tui.drivers.terminal import NonBlockingDriver
from tui_scheduler.tui.keys import SHARED_KEYS, displayed, keys_of, places_of
from tui_scheduler.tui.quitting import Quitting
from tui_scheduler.tui.screens.list_pane import ListState
from tui_scheduler.tui.tabs import GROUPS, MONITOR, PROCESSES, REQUESTS, TABS, TIMELINE
from tui_scheduler.tui.terminal.clipboard import give_to_tmux, is_in_tmux
from tui_scheduler.tui.terminal.signals import TerminalSignals
from tui_scheduler.tui.toasts import explain, say
from tui_scheduler.tui.type_ahead import TypeAheadApp
from tui_scheduler.wording import zone_problem

if TYPE_CHECKING:
    from tui_scheduler.tui.screens.processes.form import ProcessForm
    from tui_scheduler.tui.screens.requests.form import RequestForm

_WIDTHS = [(0, "-narrow"), (110, "-normal"), (150, "-wide")]
_HEIGHTS = [(0, "-tiny"), (18, "-short"), (32, "-tall")]

_OUTDATED = "This program is outdated"
_log = logging.getLogger(__name__)


class SchedulerApp(TypeAheadApp[None], inherit_bindings=False):
    """Shows one runtime; whoever opened that closes it."""

    TITLE = "tui-scheduler"
    ENABLE_COMMAND_PALETTE = False  # its key has no id; ours has
    DEFAULT_MODE = REQUESTS
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = SHARED_KEYS

    def __init__(
        self,
        runtime: Runtime,
        driver_class: type[Driver] = NonBlockingDriver,
        *,
        may_keep: bool = True,
    ) -> None:
        """``may_keep``: whether it may have the scheduling kept in the background when it is left.

        It may not where whoever began it is there for that.
        """
        if not os.environ.get("NO_COLOR"):  # Textual takes one that is empty for a wish
            os.environ.pop("NO_COLOR", None)
        super().__init__(driver_class=driver_class)
        self.runtime = runtime
        self.settings = runtime.settings
        self.failure: BaseException | None = None
        """What ended the application, for whoever runs it to tell."""
        self._signals: asyncio.Task[None] | None = None
        self._seen_modes = {self.DEFAULT_MODE}
        self.quitting = Quitting(self, runtime, may_keep=may_keep)
        for theme in themes.THEMES:
            self.register_theme(theme)
        theme_name = self.settings.theme
        self.theme = theme_name if theme_name in self.available_themes else themes.DARK
        requests = ListState()
        for tab in TABS:
            self.add_mode(tab.mode, partial(open_screen, tab.mode, runtime, requests))

    def on_mount(self) -> None:
        """Apply the user's keys, and say what of the settings cannot be applied."""
        settings = self.settings
        if settings.theme and settings.theme not in self.available_themes:
            known = ", ".join(sorted(self.available_themes))
            say(self, f"There is no theme {settings.theme!r}. Known: {known}", is_warning=True)
        if problem := zone_problem():
            say(self, f"{problem}.", title="Time zone", is_warning=True)
        self.quitting.watch()
        if settings.keymap:
            self.set_keymap(dict(settings.keymap))
            self._check_keymap()
        signals = TerminalSignals(self.runtime, self._write, lambda: self.app_focus)
        self._signals = asyncio.create_task(signals.run())

    def on_unmount(self) -> None:
        """Tell nothing any more."""
        if self._signals is not None:
            self._signals.cancel()

    @work(thread=True)
    def _check_keymap(self) -> None:
        """Warn of what the user's keys cannot do, in a thread because it loads every screen."""
        from tui_scheduler.tui.keymap import keymap_problems

        for text, remedy in keymap_problems(self.settings.keymap):
            message = f"{self.settings.config}: keymap: {text}. {remedy}"
            self.call_from_thread(say, self, message, title="Your keys", is_warning=True)

    def action_show(self, mode: str) -> None:
        """Go to a main screen; leaves what lies over it if it is the present one."""
        if mode == self.current_mode:
            while len(self.screen_stack) > 1:
                self.screen.dismiss()
        self.switch_mode(mode)

    def action_step_screen(self, step: int) -> None:
        """Go to the next main screen, or with -1 to the one before."""
        modes = [tab.mode for tab in TABS]
        self.switch_mode(modes[(modes.index(self.current_mode) + step) % len(modes)])

    def action_help(self) -> None:
        """Show every key of the screen."""
        from tui_scheduler.tui.screens.dialogs.help import HelpScreen

        keys = keys_of(places_of(self.screen), self.settings.keymap, displayed)
        self.push_screen(HelpScreen(keys, has_legend=not self.screen.is_modal))

    def action_manual(self) -> None:
        """Show the manual."""
        from tui_scheduler.tui.screens.dialogs.manual import ManualScreen

        if not isinstance(self.screen, ManualScreen):
            self.push_screen(ManualScreen())

    def action_notices(self) -> None:
        """Show who was told of what."""
        from tui_scheduler.tui.screens.notices.list import NoticesScreen

        if not isinstance(self.screen, NoticesScreen):
            self.push_screen(NoticesScreen(self.runtime))

    def get_key_display(self, binding: Binding) -> str:
        """The key as people read it, the same everywhere."""
        return displayed(binding)

    @work
    async def _choose_command(self) -> None:
        from tui_scheduler.tui.finding import Finder
        from tui_scheduler.tui.screens.dialogs.palette import Palette

        commands, finder = commands_of(self.screen), Finder(self, self.runtime)
        details = {label: command.detail for label, command in commands.items()}
        label = await self.push_screen_wait(Palette(details, finder.find))
        if label in commands:
            await self.run_action(commands[label].action, commands[label].node)
        elif label is not None:
            await finder.go_to(label)

    def action_command_palette(self) -> None:
        """Show every action of the screen and all there is, and do or go to what is chosen."""
        self._choose_command()

    @work
    async def action_hold(self) -> None:
        """Hold all scheduling, or release it."""
        controls = self.runtime.services.controls
        try:
            hold = await self.runtime.read(controls.state)
            if not hold.is_held and not await self._may_hold():
                return
            hold = await self.runtime.write(controls.release if hold.is_held else controls.hold)
        except SchedulerError as error:
            explain(self, "Cannot hold or release", error)
            return
        if hold.is_held:
            say(self, "Nothing starts until it is released. What runs goes on.")
        else:
            say(self, "Scheduling goes on. What fell due meanwhile counts as missed.")

    async def _may_hold(self) -> bool:
        """Ask: it is one bare key, and stops everything that is planned."""
        from tui_scheduler.tui.screens.dialogs.question import ConfirmDialog

        text = "Nothing starts until p releases it. What runs goes on."
        question = ConfirmDialog("Hold all scheduling?", text, yes="Hold", no="Go on")
        return await self.push_screen_wait(question)

    def _write(self, text: str) -> None:
        """Give the terminal what it does not show."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(text)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy by the terminal, and by tmux if that keeps the terminal from us."""
        super().copy_to_clipboard(text)
        if is_in_tmux():
            self._give_to_tmux(text)

    @work(thread=True, group="clipboard")
    def _give_to_tmux(self, text: str) -> None:
        if not give_to_tmux(text):
            message = "The clipboard may not have it: tmux did not take it."
            self.call_from_thread(say, self, message, is_warning=True)

    def switch_mode(self, mode: str) -> AwaitMount:
        """Go to a main screen, unless that was never seen and is of another version by now."""
        if mode not in self._seen_modes and was_replaced():
            explain(self, _OUTDATED, Replaced())
            return AwaitMount(self.screen, [])
        self._seen_modes.add(mode)
        return super().switch_mode(mode)

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key or the palette asks for, unless that is of another version by now."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except Replaced as error:
            explain(self, _OUTDATED, error)
            return True

    async def on_event(self, event: Event) -> None:
        """Show at once what a key or the mouse leads to, whatever is about to begin."""
        if isinstance(event, InputEvent):
            self.runtime.calm.hurry()
        await super().on_event(event)

    async def action_quit(self) -> None:
        """Leave, after a question if runs are going."""
        self._quit()

    @work
    async def _quit(self) -> None:
        try:
            if not await self.quitting.may_quit():
                return
        except Replaced:  # so nothing can be asked: as a window that is closed
            self.quitting.close_window()
            return
        self.workers.cancel_all()
        self.exit()

    def action_schedule_here(self) -> None:
        """End the scheduler in the background, so that this program takes over."""
        self.quitting.end_background()

    def _handle_exception(self, error: Exception) -> None:
        """Go on where a worker failed: nothing that is done for the screen ends the scheduling."""
        if not isinstance(error, WorkerFailed):
            super()._handle_exception(error)
        elif self._exit:
            _log.info("failed while leaving", exc_info=error.error)
        else:
            explain(self, "That failed", self._sentence_of(error.error))

    def _sentence_of(self, error: BaseException) -> SchedulerError:
        if isinstance(error, SchedulerError):
            return error
        _log.error("a worker failed", exc_info=error)
        return Unexpected(error)

    def _fatal_error(self) -> None:
        """Leave; Textual would print what every variable holds, also what is secret."""
        if self._exit:  # what is still being built finds that its screen is gone
            _log.info("failed while leaving", exc_info=sys.exception())
        else:
            self.failure = self.failure or self._exception or sys.exception()
            self.quitting.fail()
        self._close_messages_no_wait()


def open_screen(mode: str, runtime: Runtime, requests: ListState) -> Screen[None]:
    """Returns a new main screen; its module is imported when it is first seen.

    ``requests`` is what all lists of requests have in common.
    """
    new_process = partial(_new_process, runtime)
    new_request = partial(_new_request, runtime)
    if mode == MONITOR:
        from tui_scheduler.tui.screens.runs.monitor import MonitorScreen

        return MonitorScreen(runtime)
    if mode == PROCESSES:
        from tui_scheduler.tui.screens.processes.list import ProcessesScreen

        return ProcessesScreen(runtime, new_request)
    if mode == GROUPS:
        from tui_scheduler.tui.screens.groups.list import GroupsScreen

        return GroupsScreen(runtime, new_request, new_process)
    if mode == TIMELINE:
        from tui_scheduler.tui.screens.timeline.list import TimelineScreen

        return TimelineScreen(runtime, partial(_edit_request, runtime), requests)
    from tui_scheduler.tui.screens.requests.list import RequestsScreen

    return RequestsScreen(runtime, new_process, requests)


def _edit_request(runtime: Runtime, request_id: int) -> "RequestForm":
    """Returns the form of a request, for the timeline."""
    from tui_scheduler.tui.screens.requests.form import RequestForm

    return RequestForm(runtime, request_id, new_process=partial(_new_process, runtime))


def _new_process(runtime: Runtime, name: str, command: str = "") -> "ProcessForm":
    """Returns the form of a new process, for the pickers of requests and groups."""
    from tui_scheduler.tui.screens.processes.form import ProcessForm

    return ProcessForm(runtime, name=name, command=command)


def _new_request(runtime: Runtime, process: str) -> "RequestForm":
    """Returns the form of a new request, for the lists of what it can run."""
    from tui_scheduler.tui.screens.requests.form import RequestForm

    new_process = partial(_new_process, runtime)
    return RequestForm(runtime, process=process, new_process=new_process)
