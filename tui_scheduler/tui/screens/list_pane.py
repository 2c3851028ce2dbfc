"""A list on a screen: a table, the line that filters it, and what it counts in its frame."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from tui_scheduler.errors import NotFound, SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.text import plain
from tui_scheduler.tui.saying import subtitle
from tui_scheduler.tui.toasts import explain_unread
from tui_scheduler.tui.widgets.filter_line import FilterLine
from tui_scheduler.tui.widgets.key_bar import KeyBar
from tui_scheduler.tui.widgets.table.columns import R
from tui_scheduler.tui.widgets.table.table import Column, Order, RowTable
from tui_scheduler.wording import plural

if TYPE_CHECKING:
    from tui_scheduler.services.queries.filter_completion import Completion


@dataclass(slots=True)
class ListState:
    """Order, filter and marks, of all lists that show the same rows."""

    sort: str | None = None
    reverse: bool = False
    text: str = ""
    marked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSpec(Generic[R]):
    """What a list is about; ``page`` and ``one`` are called on the reading thread."""

    noun: str
    nouns: str
    empty_text: str
    columns: Sequence[Column[R]]
    own_order: Order
    """How ``page`` has the rows if it is not told otherwise."""
    page: Callable[[Window], Page[R]]
    one: Callable[[int], R]
    row_actions: frozenset[str]
    """The actions that need a row which allows them."""
    many_actions: frozenset[str]
    """Those of them that are done to all marked rows."""
    possible: Callable[[R], frozenset[str]]
    """The actions that the state of a row allows."""
    filter_words: Callable[[str], "Completion"] | None = None
    """What the end of a filter may become, if there are words for it; on the reading thread."""
    no_match: str = ""
    """What is told where the filter leaves nothing, after that."""
    phase: Callable[[R], object] = lambda _row: object()
    """What all that is shown of a row changes with while the row does not."""
    looks: frozenset[str] = frozenset()
    """Those that only show the row at the cursor, whatever is marked."""
    state: ListState = field(default_factory=ListState)
    """What it has in common with other lists; of its own if it is alone."""


class ListPane(Vertical, Generic[R]):
    """Shows the rows of ``spec`` and filters them; ``above`` stands over the table.

    ``table`` is the one to use, if it is of a kind of its own.

    What happens in the table is told to whoever holds the pane by the table's own messages.
    """

    def __init__(
        self,
        runtime: Runtime,
        spec: ListSpec[R],
        above: Iterable[Widget] = (),
        table: RowTable[R] | None = None,
    ) -> None:
        super().__init__(id="list-pane", classes="pane")
        self.border_title = spec.nouns.capitalize()
        self.spec = spec
        self.table: RowTable[R] = table or RowTable(
            spec.columns,
            own_order=spec.own_order,
            empty_text=spec.empty_text,
            phase=spec.phase,
        )
        self.table.no_match = spec.no_match
        self._runtime = runtime
        self._above = tuple(above)
        self._filter_line = FilterLine(self._complete if spec.filter_words else None)
        self._counts: tuple[int, int] | None = None
        self._is_unread = False
        self._remarks: tuple[str, ...] = ()
        self._offered: tuple[str, frozenset[str], frozenset[str]] = ("", frozenset(), frozenset())
        self._awaited_id: int | None = None

    def compose(self) -> ComposeResult:
        """Put the filter below the table."""
        yield from self._above
        yield self.table
        yield self._filter_line

    def on_mount(self) -> None:
        """Begin to load."""
        self.start_anew()

    def start_anew(self) -> None:
        """Load the rows from the beginning of the list."""
        self.table.set_source(self._read_page)

    def take_over(self) -> None:
        """Have the order, the filter and the marks that another list left."""
        state, query = self.spec.state, self.table.wanted
        if (query.sort, query.reverse) != (state.sort, state.reverse):
            self.table.sort_by(state.sort, reverse=state.reverse)
        self.table.mark_only(state.marked)
        if self.table.filter != state.text:
            self.table.filter = state.text
            self.call_after_refresh(self._filter_line.take, state.text)

    # What keys of the screen do with it.

    @property
    def can_filter(self) -> bool:
        """Whether there is anything to filter, and no filter is being typed."""
        return bool(self._counts and self._counts[1]) and not self._filter_line.has_focus_within

    def filter(self) -> None:
        """Type a filter."""
        self._filter_line.open()

    @property
    def is_filtered(self) -> bool:
        """Whether a filter stands."""
        return bool(self.table.filter) or self._filter_line.has_class("-open")

    def clear(self) -> None:
        """Take the filter away."""
        self._filter_line.clear()

    def unmark(self) -> None:
        """Take the marks away."""
        self.table.clear_marks()

    def allows(self, action: str) -> bool:
        """Whether ``action`` can be asked for now.

        The state of the row at the cursor decides; with marks each row does when it is done, and
        what can only be done to one row is not there.
        """
        if action == "clear":
            return self.is_filtered
        if action == "unmark":
            return bool(self.table.marked) and not self.is_filtered
        if action not in self.spec.row_actions:
            return True
        if self.table.marked and action not in self.spec.looks:
            return action in self.spec.many_actions
        return action in self._allowed()

    @property
    def target_ids(self) -> list[int]:
        """The keys of the marked rows, or the one of the row at the cursor."""
        at_cursor = self.table.cursor_id
        return sorted(self.table.marked) or ([] if at_cursor is None else [at_cursor])

    async def targets(self) -> list[R]:
        """Returns the marked rows as they are now, or the one at the cursor as it is shown."""
        if not self.table.marked:
            return [] if self.table.cursor_row is None else [self.table.cursor_row]
        rows = []
        for row_id in self.target_ids:
            try:
                rows.append(await self._runtime.read(self.spec.one, row_id))
            except NotFound:
                continue
        return rows

    def reveal(self, row_id: int) -> None:
        """Take the cursor to a row that was just added, once it is in the list."""
        self._awaited_id = row_id
        self.table.refresh_rows()

    def go_to(self, row_id: int) -> None:
        """Take the cursor to a row, and away what hides it."""
        self.clear()
        self.table.filter = self.spec.state.text = ""
        self.table.focus()
        self.reveal(row_id)

    def remark(self, *remarks: str) -> None:
        """Say more in the frame, after the counts."""
        self._remarks = remarks
        self._show_frame()

    # What happens in it.

    def on_filter_line_changed(self, message: FilterLine.Changed) -> None:
        """Filter while typing."""
        message.stop()
        was_filtered = bool(self.table.filter)
        self.table.filter = self.spec.state.text = message.text
        if was_filtered != bool(message.text):
            self.refresh_bindings()

    def on_filter_line_left(self, message: FilterLine.Left) -> None:
        """Go back to the list."""
        message.stop()
        self.table.focus()

    @on(RowTable.CursorMoved)
    @on(RowTable.RowUpdated)
    @on(RowTable.Loaded)
    @on(RowTable.MarksChanged)
    def offer_other_keys(self) -> None:
        """Have the footer show the keys that the row at the cursor, or all marked ones, allow."""
        marked = self.table.marked_rows
        lead = f"{len(self.table.marked):,} marked:" if marked else ""
        offered = (lead, self._allowed(), self._allowed_by_all() if marked else frozenset())
        if offered != self._offered:
            self._offered = offered
            self.post_message(KeyBar.OfferWanted(lead, offered[2]))
            self.refresh_bindings()

    @on(RowTable.MarksChanged)
    def count_marks(self) -> None:
        """Count the marks."""
        self.spec.state.marked = self.table.marked
        self._show_frame()

    @on(RowTable.SortChanged)
    def remember_order(self, message: RowTable.SortChanged) -> None:
        """Have other lists of the same rows sorted likewise."""
        self.spec.state.sort, self.spec.state.reverse = message.key, message.reverse

    @on(RowTable.Counted)
    def show_counts(self, message: RowTable.Counted) -> None:
        """Show how many rows there are."""
        self._counts, self._is_unread = (message.total, message.overall), False
        self._filter_line.show_count(message.total, message.overall)
        self._show_frame()
        self.refresh_bindings()

    @on(RowTable.Loaded)
    def let_engine_begin(self) -> None:
        """Have it loaded when the rows are shown: before that it would keep them from it."""
        if not self._runtime.begun.is_set():
            self.call_after_refresh(self._runtime.begun.set)

    @on(RowTable.Loaded)
    async def find_awaited(self) -> None:
        """Find the row that was just added, which may have come while a form was in front."""
        if self._awaited_id is None or self.table.is_behind:
            return
        row_id, self._awaited_id = self._awaited_id, None
        query = self.table.query_shown
        window = Window(0, 0, row_id, query.sort, query.reverse, query.text)
        try:
            page = await self._read_page(window)
        except SchedulerError:  # the table says so, of the same rows
            return
        if page.anchor_index is None or not self.is_mounted:
            return
        if page.total == self.table.place.total:
            self.table.go(self.table.place.moved_to(page.anchor_index))
        else:  # the table has not seen it yet
            self.reveal(row_id)

    @on(RowTable.LoadFailed)
    def explain_failure(self, message: RowTable.LoadFailed) -> None:
        """Say why there are no new rows, and in the frame that those in sight are older."""
        self._is_unread = True
        self._show_frame()
        explain_unread(self.app, f"The {self.spec.nouns} cannot be read", message.error)

    def _allowed(self) -> frozenset[str]:
        row = self.table.cursor_row
        return frozenset() if row is None else self.spec.possible(row)

    def _allowed_by_all(self) -> frozenset[str]:
        possible = map(self.spec.possible, self.table.marked_rows)
        return self.spec.many_actions.intersection(*possible) | {"clear", "unmark"}

    def _show_frame(self) -> None:
        """Say in the frame how many rows there are, once that is known."""
        parts = ["! cannot be read"] if self._is_unread else []
        if self._counts is not None:
            total, overall = self._counts
            of_all = "" if total == overall else f"{total:,} of "
            parts.append(f"{of_all}{plural(overall, self.spec.noun)}")
        if not parts:
            return
        if self.table.marked:
            parts.append(f"{len(self.table.marked):,} marked")
        subtitle(self, Content(" · ".join([*parts, *self._remarks])))

    async def _complete(self, text: str) -> tuple[str, str | None]:
        """Returns what to tell of the word that is being typed, and the line it may become."""
        if self.spec.filter_words is None:
            return "", None
        with suppress(SchedulerError):  # the list says why nothing can be read
            end = await self._runtime.read(self.spec.filter_words, text)
            return plain("  ".join(end.words) or end.hint), end.line
        return "", None

    async def _read_page(self, window: Window) -> Page[R]:
        page = await self._runtime.read_calmly(self.spec.page, window)
        await self._runtime.calm.wait()  # to draw it takes as long
        return page
