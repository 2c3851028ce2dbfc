"""The log of a run: followed while it is written, searched, saved, copied, opened in a pager.

Reading is in ``window``, drawing in ``painter``, movement in ``lines``
and searching in ``searching``.
"""

import asyncio
import os
import shutil
from pathlib import Path
from typing import ClassVar, Self

from textual.actions import SkipAction
from textual.binding import BindingType
from textual.message import Message

from tui_scheduler.errors import Refused
from tui_scheduler.permissions import FILE_MODE
from tui_scheduler.services.logs.error_lines import USUAL, ErrorLines
from tui_scheduler.services.logs.log_file import Change
from tui_scheduler.text import plain
from tui_scheduler.tui.terminal.pager import show_in_pager
from tui_scheduler.tui.widgets.log.lines import LogLines, log_key
from tui_scheduler.tui.widgets.log.prompt import LogPrompt, Purpose
from tui_scheduler.tui.widgets.log.searching import LogStatus, SearchingPane
from tui_scheduler.wording import plural

__all__ = ["LogPane", "LogStatus"]

PLACEHOLDER = "No output yet"


class LogPane(SearchingPane):
    """Shows a log of any size; ``show`` says which."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text(encoding="utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        log_key("slash", "search", "search", "Search in the log", show=True),
        log_key("n", "find(1)", "next_match", "Go to the next match", label="Next", show=True),
        log_key(
            "N",
            "find(-1)",
            "previous_match",
            "Go to the match before",
            label="Previous",
            show=True,
        ),
        log_key(
            "e",
            "find_error(1)",
            "next_error",
            "Go to the next error line",
            label="Error",
            show=True,
        ),
        log_key("E", "find_error(-1)", "previous_error", "Go to the error line before"),
        log_key("escape", "clear", "clear_search", "Forget the search"),
        log_key("y", "copy", "copy", "Copy the selected text, or what is on the screen"),
        log_key("Y", "copy_line", "copy_line", "Copy the line of the match, or the last line"),
        log_key("ctrl+s", "save", "save", "Save the log to a file", show=True),
        log_key("v", "pager", "pager", "Open the log in $PAGER", show=True),
    ]

    class StatusChanged(Message):
        """What can be said about the log has changed."""

        def __init__(self, pane: "LogPane", status: LogStatus) -> None:
            super().__init__()
            self.pane = pane
            self.status = status

        @property
        def control(self) -> "LogPane":
            """The pane, for ``@on(LogPane.StatusChanged, "#log")``."""
            return self.pane

    _reported: LogStatus | None = None
    _path: Path | None = None

    def show(
        self,
        path: Path | None,
        live: bool,
        placeholder: str = PLACEHOLDER,
        errors: ErrorLines = USUAL,
    ) -> None:
        """Show a log from its end, or ``placeholder`` while there is nothing in it.

        ``live`` says that the log is being written. The log need not exist yet. Showing the same
        log again leaves the reader where he is.
        """
        is_other = path != self._path or errors != self._errors
        self._path = path
        self.view.show(path, live=live, placeholder=plain(placeholder))
        if is_other:
            self.open(path, errors)
        self.tell()  # it may have ended since

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the keys to the log."""
        self.view.focus(scroll_visible)
        return self

    def tell(self) -> None:
        """Tell the screen what has changed since it was last told."""
        super().tell()
        status = self.status
        if status != self._reported:
            self._reported = status
            self.post_message(self.StatusChanged(self, status))

    def on_log_follower_changed(self, event: LogLines.Changed) -> None:
        """Count and search what is new."""
        event.stop()
        if event.change is Change.NONE:
            self.tell()
        else:
            self.work_on()

    def action_clear(self) -> None:
        """Forget the search; without one the key belongs to the screen."""
        if self._wanted is None:
            raise SkipAction
        self.search("")

    def action_copy(self) -> None:
        """Copy the selected text, or what is on the screen."""
        text = self.screen.get_selected_text()
        if text is None:
            text = "\n".join(self.view.text_at(y) for y in range(len(self.view.parts)))
        self._copy(text)

    def action_copy_line(self) -> None:
        """Copy the line of the match, or the last line on the screen, whole."""
        window, parts = self.view.window, self.view.parts
        if window is not None and parts:
            start = parts[-1].line.start if self._match is None else self._match.start
            self._copy(window.wrapped(window.log.line_from(start))[0].text)

    def action_save(self) -> None:
        """Ask for a file to save the log to."""
        if self._path is not None:
            self.prompt.ask(Purpose.SAVE, str(Path.home() / self._path.name))

    def action_pager(self) -> None:
        """Open the log in ``$PAGER``, or else in less."""
        self.run_worker(self._page(self._path), name="pager", group="pager", exclusive=True)

    def on_log_prompt_entered(self, event: LogPrompt.Entered) -> None:
        """Save, or stay where the search has led."""
        self.view.focus()
        if event.purpose is Purpose.SAVE and self._path is not None:
            self.run_worker(self._save(self._path, event.text), name="save", group="save")

    def on_log_prompt_cancelled(self, event: LogPrompt.Cancelled) -> None:
        """Go back to where the search began."""
        self.view.focus()
        if event.purpose is Purpose.SEARCH:
            self.search("")
            self.return_to_origin()

    def _copy(self, text: str) -> None:
        if not text:
            self._complain("There is nothing to copy.")
            return
        self.app.copy_to_clipboard(text)
        lines = text.count("\n") + 1
        self.notify(f"Copied {plural(lines, 'line')}", markup=False)

    def _complain(self, text: str) -> None:
        self.notify(plain(text), severity="error", markup=False)

    async def _save(self, source: Path, name: str) -> None:
        try:
            target = await asyncio.to_thread(_copy_file, source, name)
        except FileExistsError:
            self._complain(f"{name} is already there: choose another name")
        except (OSError, ValueError, RuntimeError) as error:  # no such user, no possible name
            reason = getattr(error, "strerror", None) or error
            self._complain(f"Cannot save to {name}: {reason}")
        else:
            self.notify(f"Saved to {target}", markup=False)

    async def _page(self, path: Path | None) -> None:
        if path is None or not await asyncio.to_thread(path.exists):
            self._complain("There is no output to show.")
            return
        try:
            await show_in_pager(self.app, path)
        except Refused as refused:
            self._complain(str(refused))


def _copy_file(source: Path, name: str) -> Path:
    target = Path(name).expanduser()
    with source.open("rb") as log, target.open("xb") as copy:
        os.fchmod(copy.fileno(), FILE_MODE)
        shutil.copyfileobj(log, copy, 256 * 1024)
    return target
