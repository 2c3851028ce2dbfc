"""The columns of the list of requests."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from rich.text import Text

from tui_scheduler.models import OPEN_STATUSES
from tui_scheduler.schedules import Frequency, without_year
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.views.requests import RequestRow
from tui_scheduler.tui.format import GROUP, REQUEST_LOOKS, RUN_LOOKS, cell, distances, strip
from tui_scheduler.tui.widgets.table.table import Column
from tui_scheduler.wording import PAUSED, ago, compact_duration, countdown, local, planned_moment

NOTHING = "\N{EN DASH}"
_STRIP = 10
_TIME = re.compile(r"\b\d\d:\d\d(:\d\d)?")
_ENOUGH = 26


@dataclass(frozen=True, slots=True)
class _Cells:
    """What a request looks like at the moment, in a zone."""

    clock: Clock
    zone: str
    is_held: Callable[[], bool]

    def next_fire(self, row: RequestRow) -> Text:
        return next_cell(row, self.clock.now(), is_held=self.is_held())

    def next_at(self, row: RequestRow) -> Text:
        now = self.clock.now()
        return cell(planned_moment(row.next_fire, self.zone, now) if row.next_fire else "")

    def schedule(self, row: RequestRow) -> Text:
        return cell(schedule_words(row, self._year))

    def up_to_the_time(self, row: RequestRow) -> int:
        return vital_cells(row, self._year)

    def glyph(self, row: RequestRow) -> Text:
        look = REQUEST_LOOKS[row.state(self.clock.now())]
        return Text(look.glyph, style=look.tone)

    def state(self, row: RequestRow) -> Text:
        return Text(REQUEST_LOOKS[row.state(self.clock.now())].word, style="muted")

    def last(self, row: RequestRow) -> Text:
        return last_cell(row, self.clock.now())

    @property
    def _year(self) -> int:
        return local(self.clock.now(), self.zone).year


def request_columns(
    clock: Clock, zone: str, is_held: Callable[[], bool] = lambda: False
) -> Sequence[Column[RequestRow]]:
    """The columns, the most important ones with the lowest priority number."""
    of = _Cells(clock, zone, is_held)
    still = partial(Column, ticks=False)
    return (
        Column("status", "", of.glyph, width=1),
        still("process", "Process", _process, min_width=24, is_searched=True),
        still(
            "schedule", "Schedule", of.schedule, min_width=56, vital=of.up_to_the_time, priority=2
        ),
        Column("next", "Next run", of.next_fire, width=10, priority=1),
        Column("at", "At", of.next_at, width=21, priority=5, sortable=False),
        Column("last", "Last", of.last, width=13, priority=2),
        still("recent", "Runs", _recent, width=_STRIP, align="right", priority=3, sortable=False),
        Column("state", "State", of.state, width=11, priority=4, sortable=False),
        still(
            "description",
            "Description",
            _description,
            min_width=16,
            priority=6,
            sortable=False,
            is_searched=True,
        ),
    )


def phase_of(row: RequestRow, now: datetime, zone: str, *, is_held: bool) -> object:
    """Returns what all that is shown of a request changes with while the row does not."""
    pause_end = None if row.last_pause is None else row.last_pause.until
    moments = (row.next_fire, row.last_start, row.last_end, pause_end)
    return local(now, zone).date(), is_held, distances(moments, now)


def schedule_words(row: RequestRow, year: int) -> str:
    """When it runs, in the words of a list in ``year``."""
    return without_year(row.schedule_brief or row.schedule_text, year)


def vital_cells(row: RequestRow, year: int) -> int:
    """How many cells of these words say the days and the time of day, or most of a long sentence.

    Cron expressions are said in sentences, which begin with the time.
    """
    words = schedule_words(row, year)
    time = None if row.plan.frequency is Frequency.CRON else _TIME.search(words)
    return time.end() if time else min(len(words), _ENOUGH)


def next_cell(row: RequestRow, now: datetime, *, is_held: bool = False) -> Text:
    """The countdown to the next fire, unless held, paused or waiting; what it awaits; a dash."""
    if row.is_paused(now):
        return Text(PAUSED, style="warning")
    if row.waiting_for:
        return Text("waits", style="warning")
    if row.next_fire is None:
        return cell(row.awaits or NOTHING, "muted")
    if is_held:
        return Text("held", style="warning")
    return cell(countdown(row.next_fire, now), "" if row.next_fire > now else "accent")


def last_cell(row: RequestRow, now: datetime) -> Text:
    """The last outcome observed and how long ago, or how long it has been running."""
    if row.last_status is None:
        return Text("never ran", style="muted")
    look = RUN_LOOKS[row.last_status]
    if row.last_status in OPEN_STATUSES:
        since = compact_duration(now - row.last_start) if row.last_start else look.word
    else:
        since = ago(row.last_end, now) if row.last_end else look.word
    return cell(f"{look.glyph} {since}", look.tone)


def _process(row: RequestRow) -> Text:
    return cell(f"{GROUP} {row.process}" if row.is_group else row.process, "strong")


def _recent(row: RequestRow) -> Text:
    return strip(row.recent, _STRIP)


def _description(row: RequestRow) -> Text:
    return cell(row.description, "muted")
