"""A dialog to pick one name out of many by typing some of its letters."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import ClassVar
from zoneinfo import available_timezones

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Paste
from textual.widgets import Button, Input, OptionList

from tui_scheduler.errors import SchedulerError
from tui_scheduler.services.queries.page import words_of
from tui_scheduler.tui.dialog import Dialog
from tui_scheduler.tui.widgets.form.inputs import LineEntry, visible
from tui_scheduler.tui.widgets.plain_text import Words

_SHOWN = 200
_TECHNICAL = ("Etc/", "SystemV/", "posix/", "right/")
_WORD_START, _INSIDE, _IN_DETAIL, _SCATTERED, _SCATTERED_IN_DETAIL = range(5)
_GAP = 2
_WIDEST_NAME = 36


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A name that was found; hits sort best first."""

    distance: tuple[int, int, int]
    """How good each kind of match is, then where it stands, then how much else there is."""
    name: str
    places: tuple[int, ...]
    """The letters of the name that were asked for."""


def search(query: str, names: Iterable[str], details: Mapping[str, str] | None = None) -> list[Hit]:
    """The names that hold every word of ``query``, whole or as scattered letters, best first.

    What a name does not hold may stand in its details, scattered at most over a word of them. With
    an empty query all names, in their own order.
    """
    words = words_of(query.casefold())
    if not words:
        return [Hit((0, 0, 0), name, ()) for name in names]
    details = details or {}
    hits = (_hit(words, name, details.get(name, "")) for name in names)
    return sorted(hit for hit in hits if hit is not None)


def _hit(words: list[str], name: str, detail: str) -> Hit | None:
    # Lowering letter by letter keeps places true where folding would lengthen the text.
    folded = "".join(letter.lower()[:1] for letter in name)
    matches: list[tuple[int, Sequence[int]]] = []
    for word in words:
        match = _find(word, folded) or _find_in_detail(word, detail.casefold())
        if match is None:
            return None
        matches.append(match)
    places = sorted({place for _, letters in matches for place in letters})
    kind = max(kind for kind, _ in matches)
    spread = sum(letters[-1] - letters[0] for _, letters in matches if letters)
    first = places[0] if places else 0
    distance = (kind, first + spread if kind == _SCATTERED else first, len(name))
    return Hit(distance, name, tuple(places))


def _find_in_detail(word: str, detail: str) -> tuple[int, tuple[int, ...]] | None:
    if word in detail:
        return _IN_DETAIL, ()
    is_scattered = any(_find(word, part) is not None for part in detail.split())
    return (_SCATTERED_IN_DETAIL, ()) if is_scattered else None


def _find(word: str, name: str) -> tuple[int, range | tuple[int, ...]] | None:
    start = re.search(rf"(?<![^\W_]){re.escape(word)}", name)
    if start:
        return _WORD_START, range(*start.span())
    inside = name.find(word)
    if inside >= 0:
        return _INSIDE, range(inside, inside + len(word))
    places: list[int] = []
    for letter in word:
        place = name.find(letter, places[-1] + 1 if places else 0)
        if place < 0:
            return None
        places.append(place)
    return _SCATTERED, tuple(places)


Names = Callable[[], Awaitable[Sequence[str]]]


class SearchEntry(LineEntry):
    """What is searched for; knows all of what was pasted as the beginning of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Choose", id="picker.choose", tooltip="Choose what is lit up"),
    ]
    pasted = ""

    def on_paste(self, event: Paste) -> None:
        """Keep what does not fit into one line."""
        if not self.value:
            self.pasted = event.text

    def begin(self, text: str) -> None:
        """Begin with what was typed, or pasted, elsewhere."""
        self.pasted = text if len(text) > 1 else ""
        self.value = first_line(text)

    @property
    def pasted_text(self) -> str:
        """All that was pasted, as long as nothing was typed to it."""
        return self.pasted if self.pasted and first_line(self.pasted) == self.value else ""


def first_line(text: str) -> str:
    """The part of ``text`` that a line can show."""
    return next(iter(text.splitlines()), "")


class Picker(Dialog[str | None]):
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
    HINT: ClassVar[str] = "Type to search"

    def __init__(self, title: str, names: Names, *, chosen: str = "", typed: str = "") -> None:
        super().__init__()
        self._title = title
        self._load = names
        self._chosen = chosen
        self._typed = typed
        self._entry = SearchEntry(placeholder=self.HINT)
        self._names: Sequence[str] | None = None
        self.details: Mapping[str, str] = {}
        """What is said of a name behind it, and searched too."""
        self._waiting: list[Callable[[], object]] = []
        self._hits: list[Hit] = []
        self._name_width = 0

    @property
    def query_text(self) -> str:
        """What was typed."""
        return self._entry.value

    @property
    def searched_text(self) -> str:
        """What names are searched for."""
        return self.query_text

    @property
    def pasted_text(self) -> str:
        """What was pasted and not typed, with all its lines; empty if it was typed."""
        return self._entry.pasted_text

    def compose_body(self) -> ComposeResult:
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
        yield Button("Cancel", id="picker-cancel", action="screen.back", compact=True)

    async def begin(self) -> None:
        """Have the names fetched."""
        self.query_one(OptionList).can_focus = False
        self._entry.begin(self._typed)
        self.fetch()

    @work(exclusive=True, group="fetch")
    async def fetch(self) -> None:
        """Fetch the names, then show them."""
        try:
            self._names = await self._load()
        except SchedulerError as error:
            self.notify(str(error), severity="error", markup=False)
        self.show_names(self._names)

    def show_names(self, names: Sequence[str] | None) -> None:
        """Show those of the names that match; do what a quick hand asked for meanwhile."""
        self._names = names
        self.filter()
        if names is None or self.is_listed:
            waiting, self._waiting = self._waiting, []
            for act in waiting:
                act()

    @property
    def is_listed(self) -> bool:
        """Whether the names for what was typed are there."""
        return self._names is not None

    def name_at(self, index: int) -> str:
        """The name in a line of the list; empty if there is none (any more)."""
        return self._hits[index].name if index < len(self._hits) else ""

    @on(Input.Changed)
    def filter(self) -> None:
        """Show the names that match what was typed."""
        names = self._names or ()
        self._hits = search(self.searched_text, names, self.details)
        widest = max((len(hit.name) for hit in self._hits), default=0)
        self._name_width = min(widest, _WIDEST_NAME) + _GAP
        hits = self._hits[:_SHOWN]
        options = self.query_one(OptionList)
        options.set_options([self._prompt(hit) for hit in hits])
        listed = [hit.name for hit in hits]
        is_listed = not self.query_text and self._chosen in listed
        options.highlighted = listed.index(self._chosen) if is_listed else (0 if listed else None)
        options.display = bool(listed)
        is_empty = not listed and self._names is not None
        self.query_one("#picker-empty", Words).text = self.NOTHING if is_empty else ""
        self.query_one("#picker-count", Words).text = f"{len(self._hits)} of {len(names)}"

    def action_list(self, action: str) -> None:
        """Move the cursor of the list while one types."""
        self._when_listed(getattr(self.query_one(OptionList), f"action_{action}"))

    @on(Input.Submitted)
    def pick_highlighted(self) -> None:
        """Pick the name under the cursor."""
        self._when_listed(self._pick)

    def _pick(self) -> None:
        if (place := self.query_one(OptionList).highlighted) is not None:
            self.close_with(self._hits[place].name)
        else:
            self.pick_nothing_that_matches()

    def pick_nothing_that_matches(self) -> None:
        """Be told that enter was pressed where nothing matches."""

    def _when_listed(self, act: Callable[[], object]) -> None:
        """Do what a quick hand asked for as soon as the names are there."""
        if self.is_listed:
            act()
        else:
            self._waiting.append(act)

    @on(OptionList.OptionSelected)
    def pick_clicked(self, event: OptionList.OptionSelected) -> None:
        """Pick the name that was clicked."""
        self.close_with(self._hits[event.option_index].name)

    def action_back(self) -> None:
        """Pick nothing."""
        self.close_with(None)

    def close_with(self, name: str | None) -> None:
        """Close; ``name`` is what was picked, if anything was."""
        self.dismiss(name)

    def _prompt(self, hit: Hit) -> Content:
        prompt = Content(visible(hit.name))
        for place in hit.places:
            prompt = prompt.stylize("bold underline", place, place + 1)
        detail = visible(self.details.get(hit.name, ""))
        if not detail:
            return prompt
        space = " " * max(_GAP, self._name_width - prompt.cell_length)
        return Content.assemble(prompt, space, (detail, "$text-muted"))


class ZonePicker(Picker):
    """Lists the IANA time zones."""

    NOTHING = "No time zone matches."

    def __init__(self, chosen: str, typed: str = "") -> None:
        super().__init__("Time zone", _zones, chosen=chosen, typed=typed)


async def _zones() -> Sequence[str]:
    """Every zone, places first; reading their names walks a folder, so not in the event loop."""
    return await asyncio.to_thread(_sorted_zones)


@lru_cache(maxsize=1)
def _sorted_zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones(), key=_rank))


def _rank(zone: str) -> tuple[bool, bool, str]:
    return zone.startswith(_TECHNICAL), "/" not in zone and zone != "UTC", zone
