"""A log on the screen together with the work in the background: line count and search."""

from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical

from tui_scheduler.services.logs.log_search import Match, pattern
from tui_scheduler.tui.widgets.log.lines import LogLines
from tui_scheduler.tui.widgets.log.prompt import LogPrompt, Purpose
from tui_scheduler.tui.widgets.log.window import Top
from tui_scheduler.tui.widgets.log.work import LogWork


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
    _match: Match | None = None
    _number: int | None = None
    _origin = 0
    _asked = 0
    _is_working = False
    _is_behind = False

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
            match=self._number,
            matches=0 if search is None else search.found,
            is_searching=search is not None and not search.is_complete,
        )

    def open(self, path: Path | None) -> None:
        """Begin to count another log; a search goes on in it."""
        self.work = None if path is None else LogWork(path)
        self._match, self._number = None, None
        self.search(self._text)

    def search(self, text: str) -> None:
        """Mark all matches of a text, and go to the nearest; an empty text ends the search."""
        self._text, self._match, self._number = text, None, None
        wanted = pattern(text) if text else None
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
        """Be told that the status may have changed."""

    def action_search(self) -> None:
        """Ask what to search for, and search while it is typed."""
        self._origin = self.view.top.start
        self.prompt.ask(Purpose.SEARCH)

    def action_find(self, direction: int) -> None:
        """Go to the next match (1) or the one before (-1)."""
        if self._text and self.work is not None:
            self._asked += 1
            self.run_worker(self._find(direction), name="find", group="find", exclusive=True)

    def on_log_prompt_typed(self, event: LogPrompt.Typed) -> None:
        """Search while typing, always from where the search began."""
        if event.purpose is Purpose.SEARCH:
            self.search(event.text)
            self.action_find(0)

    async def _find(self, direction: int) -> None:
        work, mine = self.work, self._asked
        if work is None:
            return
        if direction and self._match is not None:
            found = await work.find(self._match, direction, lambda: self._asked != mine)
        else:
            found = await work.nearest(self._origin, lambda: self._asked != mine)
        if mine != self._asked or work is not self.work:
            return
        if found is None:
            if not direction:
                self.return_to_origin()
            return
        self._match, self._number = found, None
        self.view.following = False
        self.view.highlight(pattern(self._text), found)
        self.view.reveal(found)
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
