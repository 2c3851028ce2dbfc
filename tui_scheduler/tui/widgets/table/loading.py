"""Fills a view of rows from a source that may take its time."""

import logging
from dataclasses import replace
from time import monotonic
from typing import ClassVar, Generic

from textual import work
from textual.reactive import reactive
from textual.timer import Timer

from tui_scheduler.errors import SchedulerError, Unexpected
from tui_scheduler.services.queries.page import Window
from tui_scheduler.tui.sure_timers import SureTimers
from tui_scheduler.tui.widgets.table.columns import R
from tui_scheduler.tui.widgets.table.place import Place
from tui_scheduler.tui.widgets.table.rows import Asked, Query, Rows, Source, carry
from tui_scheduler.tui.widgets.table.view import RowView

LEAST_INTERVAL = 0.1
"""Seconds between two loads of rows that were marked stale."""

_log = logging.getLogger(__name__)


class LoadingRows(SureTimers, RowView[R], Generic[R]):
    """Asks its source for what is in view; shows what it has until the answer is there.

    One request is on its way at a time. When it returns and something else is wanted by then,
    that is asked for next; what was wanted in between is never asked for.
    """

    filter: reactive[str] = reactive("", repaint=False, init=False)
    """Only rows that contain this text are shown."""

    margin: ClassVar[int | None] = None
    """How many rows beyond those in view are asked for; None for as many as a quick key needs."""

    _source: Source[R] | None = None
    _query = Query()
    _cursor_row: R | None = None
    _asked: Window | None = None
    _loading = False
    _ticks_with_rows = False
    _stale = False
    _loaded_at = 0.0
    _has_failed = False
    _reload: Timer | None = None

    @property
    def cursor_row(self) -> R | None:
        """The row at the cursor as it was last seen; None when it has not been loaded yet."""
        return self._cursor_row

    @property
    def cursor_id(self) -> int | None:
        """The key of the row at the cursor."""
        return None if self._cursor_row is None else self._cursor_row.id

    @property
    def is_behind(self) -> bool:
        """Whether the rows that were asked for are still to come."""
        if self._has_failed or self.place.height <= 0 or not self.is_seen:
            return False
        return self._rows is None or self._rows.query != self._query

    @property
    def wanted(self) -> Query:
        """Which rows are asked for, and in which order."""
        return self._query

    def tick(self) -> None:
        """Draw again what changes with time, with the rows that are under way if they come soon."""
        if self._loading and not self._ticks_with_rows:
            self._ticks_with_rows = True
        else:
            super().tick()

    def set_source(self, source: Source[R]) -> None:
        """Take rows from another source, from their beginning."""
        self._source, self._rows, self._cursor_row = source, None, None
        self._painter.begin_anew()
        self.go(Place(height=self.place.height))

    def refresh_rows(self) -> None:
        """Say that rows have changed: they are loaded again soon, at most ten times a second."""
        if self._reload is not None or not self.is_mounted:
            return
        delay = self._loaded_at + LEAST_INTERVAL - monotonic()
        if delay <= 0:
            self._mark_stale()
        else:
            self._reload = self.set_timer(delay, self._mark_stale)

    def reload(self) -> None:
        """Load the rows again at once, as somebody asked for them and waits."""
        if self._reload is not None:
            self._reload.stop()
        if self.is_mounted:
            self._mark_stale()

    def sort_by(self, key: str | None, *, reverse: bool = False) -> None:
        """Sort by a column, or in the list's own order; the cursor stays on its row."""
        self._change(replace(self._query, sort=key, reverse=reverse))

    def go(self, place: Place) -> None:
        """Show another part of the list, and load what of it is missing."""
        moved = place.cursor != self.place.cursor
        super().go(place)
        if moved:
            self._cursor_row = None if self._rows is None else self._rows.row(place.cursor)
        self.changed()
        self._load_soon()

    def changed(self) -> None:
        """Be told that the cursor, its row or the counts may have changed."""

    def loaded(self) -> None:
        """Be told that rows have come, be they others or the same."""

    def mark_only(self, marks: frozenset[int]) -> None:
        """Have these rows marked, and no others."""
        self._marks = marks

    def failed(self, error: SchedulerError) -> None:
        """Be told that the source could not answer; the rows in hand stay."""

    def on_mount(self) -> None:
        """Begin to load, and go on whenever the screen is seen again."""
        self.watch(self.screen, "stack_updates", self._load_soon)

    def watch_filter(self, text: str) -> None:
        """Ask for the rows that match."""
        self._change(replace(self._query, text=text))

    def _change(self, query: Query) -> None:
        self._query = query
        self._load_soon()

    def _mark_stale(self) -> None:
        self._reload = None
        self._stale = True
        self._load_soon()

    def _load_soon(self) -> None:
        if not self._loading and self._is_wanted():
            self._loading = True
            self._load()

    def _is_wanted(self) -> bool:
        """Whether a request would bring anything, and somebody sees it."""
        if self._source is None or self.place.height <= 0 or not self.is_seen:
            return False
        rows = self._rows
        if rows is None or self._stale or rows.query != self._query:
            return True
        missing = self._query.window(self.place, self.cursor_id, self._marks, self.margin)
        return not rows.covers(self.place) and missing != self._asked

    @work(name="rows", group="rows")
    async def _load(self) -> None:
        try:
            while self._is_wanted():
                await self._load_once()
        except SchedulerError as error:
            self._has_failed = True
            self.failed(error)
        except Exception as error:  # a look never ends the program
            _log.exception("rows cannot be loaded")
            self.failed(Unexpected(error))
        finally:
            self._loading = self._ticks_with_rows = False

    async def _load_once(self) -> None:
        """Load what is in view; once more if the cursor's row turns out to be somewhere else."""
        query, place = self._query, self.place
        self._stale, self._loaded_at, self._has_failed = False, monotonic(), False
        for _ in range(2):
            asked = await self._ask(query, place)
            if asked is None:
                return
            rows, place = asked
            if rows.covers(place):
                break
        self._take(rows, place)

    async def _ask(self, query: Query, place: Place) -> tuple[Rows[R], Place] | None:
        source = self._source
        if source is None:
            return None
        window = query.window(place, self.cursor_id, self._marks, self.margin)
        asked = Asked(window, query, self.place.cursor)
        self._asked = asked.window
        page = await source(asked.window)
        if query != self._query or source is not self._source:
            return None
        rows = Rows(page, query)
        same = self._rows is not None and self._rows.query == query
        return rows, carry(self.place, self.cursor_id, asked, rows, same=same)

    def _take(self, rows: Rows[R], place: Place) -> None:
        known = self.cursor_id
        vanished = rows.page.anchor_index is None and rows.index_of(known) is None
        self._rows, self.query_shown = rows, rows.query
        self._painter.take(rows.page, self.order_shown.key, rows.query.text)
        row = rows.row(place.cursor)
        if known is None or vanished or (row is not None and row.id == known):
            self._cursor_row = row
        self.place = replace(self.place, cursor=place.cursor)
        self.mark_only(self._marks - rows.page.vanished)
        if self._ticks_with_rows:
            self.draw_now()
        self.go(place)
        self.loaded()
