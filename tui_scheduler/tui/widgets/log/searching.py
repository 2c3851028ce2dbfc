"""A log on the screen together with the work in the background: line count and search.

What is proportional to the size of a log is done in a thread and in slices (``breathing``).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical

from tui_scheduler.services.logs.error_lines import USUAL, ErrorLines
from tui_scheduler.services.logs.log_file import Change, LogFile
from tui_scheduler.services.logs.log_lines import LineIndex
from tui_scheduler.services.logs.log_search import LogSearch, Match, Wanted, pattern
from tui_scheduler.tui.breathing import breathing, go_on
from tui_scheduler.tui.widgets.log.lines import LogLines
from tui_scheduler.tui.widgets.log.prompt import LogPrompt, Purpose
from tui_scheduler.tui.widgets.log.window import Top


class LogWork:
    """Counts the lines of a log and its matches; finds the next match."""

    def __init__(self, path: Path) -> None:
        self.lines: int | None = None
        self.search: LogSearch | None = None
        self._log = LogFile(path)
        self._index = LineIndex(self._log)
        self._alone = asyncio.Lock()

    def look_for(self, wanted: Wanted | None) -> None:
        """Begin another search, or none."""
        self.search = None if wanted is None else LogSearch(self._log, wanted)

    async def advance(self) -> bool:
        """Do a slice of what is left; False when nothing is."""
        async with self._alone:
            is_more = await asyncio.to_thread(self._slice)
        self.lines = self._index.lines if self._index.lines is not None else self.lines
        return is_more

    async def find(self, match: Match, direction: int, stop: Callable[[], bool]) -> Match | None:
        """Find the match after (1) or before (-1) another; past the last one comes the first."""
        async with self._alone:
            return await asyncio.to_thread(self._find, match, direction, breathing(stop))

    async def nearest(self, start: int, stop: Callable[[], bool]) -> Match | None:
        """Find the first match from a line on, or else the last one before it."""
        async with self._alone:
            return await asyncio.to_thread(self._nearest, start, breathing(stop))

    async def number(self, match: Match) -> int | None:
        """Return which match it is, from 1; None while that is still unknown."""
        async with self._alone:
            search = self.search
            return None if search is None else await asyncio.to_thread(search.number, match)

    def _slice(self) -> bool:
        if self._log.refresh() in (Change.REPLACED, Change.MISSING):
            self._index, self.lines = LineIndex(self._log), None
            self.look_for(self.search.pattern if self.search is not None else None)
        return go_on(self._step)

    def _step(self) -> bool:
        """Search a little more, which somebody waits for, and when that is done count lines."""
        search = self.search
        return (search is not None and search.step()) or self._index.step()

    def _find(self, match: Match, direction: int, stop: Callable[[], bool]) -> Match | None:
        search = self.search
        if search is None:
            return None
        if direction > 0:
            return search.after(match, stop) or search.after(Match(0, -1), stop)
        return search.before(match, stop) or search.before(Match(self._log.size, 0), stop)

    def _nearest(self, start: int, stop: Callable[[], bool]) -> Match | None:
        search = self.search
        if search is None:
            return None
        self._log.refresh()
        return search.after(Match(start, -1), stop) or search.before(Match(start, 0), stop)


@dataclass(frozen=True, slots=True)
class LogStatus:
    """What a screen may say about the log that it shows."""

    following: bool = False
    live: bool = False
    wrap: bool = False
    size: int = 0
    """Bytes."""
    lines: int | None = None
    """None while they are being counted."""
    search: str = ""
    """What is searched for; ``errors`` says that it is error lines instead."""
    errors: bool = False
    match: int | None = None
    """Which match is the current one, from 1; None if there is none, or while it is unknown."""
    matches: int = 0
    """How many were found so far."""
    is_searching: bool = False
    """Whether more may be found."""


class SearchingPane(Vertical):
    """A log and the line under it; knows how far counting and searching have come."""

    work: LogWork | None = None
    _text = ""
    _wanted: Wanted | None = None
    _errors = USUAL
    _match: Match | None = None
    _number: int | None = None
    _origin = 0
    _asked = 0
    _is_working = False
    _is_behind = False
    _is_vain = False

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - the name that every Textual widget gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.view = LogLines()
        self.prompt = LogPrompt()

    def compose(self) -> ComposeResult:
        """Put the prompt under the log."""
        yield self.view
        yield self.prompt

    def on_mount(self) -> None:
        """Begin with what was to be shown before there was a screen."""
        self.work_on()

    @property
    def status(self) -> LogStatus:
        """How the log is shown, and what is known of it."""
        view, work = self.view, self.work
        search = None if work is None else work.search
        return LogStatus(
            following=view.following,
            live=view.live,
            wrap=view.window is not None and view.window.wrap,
            size=0 if view.window is None else view.window.log.size,
            lines=None if work is None else work.lines,
            search=self._text,
            errors=self.seeks_errors,
            match=self._number,
            matches=0 if search is None else search.match_count,
            is_searching=search is not None and not search.is_complete,
        )

    @property
    def seeks_errors(self) -> bool:
        """Whether error lines are searched for."""
        return isinstance(self._wanted, ErrorLines)

    def open(self, path: Path | None, errors: ErrorLines = USUAL) -> None:
        """Begin to count another log, with its own ``errors``; a search goes on in it."""
        self.work = None if path is None else LogWork(path)
        self._errors = errors
        self.view.mark_errors(errors)
        self._look_for(errors if self.seeks_errors else self._wanted, self._text)

    def search(self, text: str) -> None:
        """Mark all matches of a text, and go to the nearest; an empty text ends the search."""
        self._look_for(pattern(text) if text else None, text)

    def _look_for(self, wanted: Wanted | None, text: str = "") -> None:
        could_find, self._is_vain = self._can_find, False
        self._wanted, self._text, self._match, self._number = wanted, text, None, None
        self._show_keys(could_find)
        self.view.highlight(wanted, None)
        if self.work is not None:
            self.work.look_for(wanted)
            self.work_on()

    def work_on(self) -> None:
        """Let the background catch up with the log."""
        self.tell()
        self._is_behind = True
        if not self._is_working and self.work is not None and self.is_mounted:
            self._is_working = True
            self.run_worker(self._advance(), name="log", group="log")

    def tell(self) -> None:
        """Be told that the status may have changed.

        All was searched in vain once; that a log grows alone does not make it worth a key again.
        """
        could_find, status = self._can_find, self.status
        self._is_vain = not status.matches and (self._is_vain or not status.is_searching)
        self._show_keys(could_find)

    def action_search(self) -> None:
        """Ask what to search for, and search while it is typed."""
        self._origin = self.view.top.start
        self.prompt.ask(Purpose.SEARCH)

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Go from match to match only while a search stands, and not where there is none."""
        return action != "find" or self._can_find

    @property
    def _can_find(self) -> bool:
        return self._wanted is not None and not self._is_vain

    def _show_keys(self, could_find: bool) -> None:
        if self.is_mounted and could_find != self._can_find:
            self.screen.refresh_bindings()

    def action_find(self, direction: int) -> None:
        """Go to the next match (1) or the one before (-1)."""
        self._go_and_find(direction, self._match)

    def action_find_error(self, direction: int) -> None:
        """Go to the next error line (1) or the one before (-1), from what is on the screen."""
        if not self.seeks_errors:
            self._origin = self.view.top.start
            self._look_for(self._errors)
        at_end = Match(self.view.bottom, 0) if direction < 0 else None
        self._go_and_find(direction, self._match or at_end)

    def on_log_prompt_typed(self, event: LogPrompt.Typed) -> None:
        """Search while typing, always from where the search began."""
        if event.purpose is Purpose.SEARCH:
            self.search(event.text)
            self.action_find(0)

    def _go_and_find(self, direction: int, start: Match | None) -> None:
        if self._wanted is not None and self.work is not None:
            self._asked += 1
            search = self._find(direction, start)
            self.run_worker(search, name="find", group="find", exclusive=True)

    async def _find(self, direction: int, start: Match | None) -> None:
        work, mine = self.work, self._asked
        if work is None:
            return
        if direction and start is not None:
            match = await work.find(start, direction, lambda: self._asked != mine)
        else:
            match = await work.nearest(self._origin, lambda: self._asked != mine)
        if mine != self._asked or work is not self.work:
            return
        if match is None:
            if not direction:
                self.return_to_origin()
            return
        self._match, self._number = match, None
        self.view.following = False
        self.view.highlight(self._wanted, match)
        self.view.reveal(match)
        await self._number_match(work)

    async def _number_match(self, work: LogWork) -> None:
        if self._match is not None and self._number is None:
            self._number = await work.number(self._match)
        self.tell()

    async def _advance(self) -> None:
        try:
            while self._is_behind and (work := self.work) is not None:
                self._is_behind = False  # what is asked for from now on needs another round
                while await work.advance():
                    await self._number_match(work)
                await self._number_match(work)
        finally:
            self._is_working = False

    def return_to_origin(self) -> None:
        """Go back to where the search began."""
        self.view.move_to(Top(self._origin))
