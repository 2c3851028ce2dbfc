"""A dialog to pick one name out of many by typing some of its letters."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList

from tui_scheduler.errors import SchedulerError
from tui_scheduler.tui.screens.dialogs.fuzzy import Hit, search
from tui_scheduler.tui.widgets.form.inputs import LineEntry, visible
from tui_scheduler.tui.widgets.plain_text import Words

_SHOWN = 200

Names = Callable[[], Awaitable[Sequence[str]]]


class Picker(ModalScreen[str | None]):
    """Lists names, best match first; enter picks one, escape none."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="picker.back", tooltip="Pick nothing"),
        Binding(
            "up",
            "list('cursor_up')",
            "Up",
            show=False,
            id="picker.up",
            tooltip="Go to the line before",
        ),
        Binding(
            "down",
            "list('cursor_down')",
            "Down",
            show=False,
            id="picker.down",
            tooltip="Go to the next line",
        ),
        Binding(
            "pageup",
            "list('page_up')",
            "Page up",
            show=False,
            id="picker.page_up",
            tooltip="Go a page up",
        ),
        Binding(
            "pagedown",
            "list('page_down')",
            "Page down",
            show=False,
            id="picker.page_down",
            tooltip="Go a page down",
        ),
    ]
    NOTHING: ClassVar[str] = "Nothing matches."

    def __init__(self, title: str, names: Names, *, chosen: str = "", typed: str = "") -> None:
        super().__init__()
        self._title = title
        self._load = names
        self._chosen = chosen
        self._typed = typed
        self._entry = LineEntry(placeholder="Type to search")
        self._names: Sequence[str] | None = None
        self._is_picked = False
        self._hits: list[Hit] = []

    @property
    def query_text(self) -> str:
        """What was typed."""
        return self._entry.value

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with Vertical(id="picker") as frame:
            frame.border_title = self._title
            yield self._entry
            yield OptionList(markup=False, compact=True)
            yield Words(id="picker-empty")
            with Horizontal(id="picker-foot"):
                yield Words(id="picker-count")
                yield from self.actions()

    def actions(self) -> ComposeResult:
        """More buttons, for dialogs that can do more."""
        yield Button("Cancel  esc", id="picker-cancel", action="screen.back", compact=True)

    def on_mount(self) -> None:
        """Have the names fetched."""
        self.query_one(OptionList).can_focus = False
        self._entry.value = self._typed
        self.fetch()

    def type_ahead(self, text: str) -> None:
        """Take what was typed while the dialog was about to open."""
        if self.is_mounted:
            self._entry.insert_text_at_cursor(text)
        else:
            self._typed += text

    def on_key(self, event: Key) -> None:
        """Take what is typed before the entry has the focus."""
        if event.is_printable and event.character is not None:
            event.stop()
            self.type_ahead(event.character)

    @work(exclusive=True, group="fetch")
    async def fetch(self) -> None:
        """Fetch the names, then show them."""
        try:
            self._names = await self._load()
        except SchedulerError as error:
            self.notify(str(error), severity="error", markup=False)
        self.filter()
        if self._is_picked:
            self.pick_highlighted()

    @on(Input.Changed)
    def filter(self) -> None:
        """Show the names that match what was typed."""
        names = self._names or ()
        self._hits = search(self.query_text, names)
        shown = self._hits[:_SHOWN]
        options = self.query_one(OptionList)
        options.set_options([self._prompt(hit) for hit in shown])
        found = [hit.name for hit in shown]
        is_listed = not self.query_text and self._chosen in found
        options.highlighted = found.index(self._chosen) if is_listed else (0 if found else None)
        options.display = bool(found)
        is_empty = not found and self._names is not None
        self.query_one("#picker-empty", Words).text = self.NOTHING if is_empty else ""
        self.query_one("#picker-count", Words).text = f"{len(self._hits)} of {len(names)}"

    def action_list(self, action: str) -> None:
        """Move the cursor of the list while one types."""
        getattr(self.query_one(OptionList), f"action_{action}")()

    @on(Input.Submitted)
    def pick_highlighted(self) -> None:
        """Pick the name under the cursor, as soon as the names are there."""
        self._is_picked = self._names is None
        if (place := self.query_one(OptionList).highlighted) is not None:
            self.close_with(self._hits[place].name)

    @on(OptionList.OptionSelected)
    def pick_clicked(self, event: OptionList.OptionSelected) -> None:
        """Pick the name that was clicked."""
        self.close_with(self._hits[event.option_index].name)

    def action_back(self) -> None:
        """Pick nothing."""
        self.close_with(None)

    def close_with(self, name: str | None) -> None:
        """Close; names that come now would look for a list that is gone."""
        self.workers.cancel_group(self, "fetch")
        self.dismiss(name)

    def _prompt(self, hit: Hit) -> Content:
        prompt = Content(visible(hit.name))
        for place in hit.places:
            prompt = prompt.stylize("bold underline", place, place + 1)
        return prompt
