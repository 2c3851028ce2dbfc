"""The columns of the list of requests."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from rich.text import Text

from tui_scheduler.models import OPEN_STATUSES
from tui_scheduler.schedules import Frequency, without_year
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.views.requests import RequestRow
from tui_scheduler.tui.format import GROUP, REQUEST_LOOKS, RUN_LOOKS, cell, strip
from tui_scheduler.tui.widgets.table.table import Column
from tui_scheduler.wording import PAUSED, ago, compact_duration, countdown, local, planned_moment

NOTHING = "\N{EN DASH}"
_STRIP = 10
_TIME = re.compile(r"\b\d\d:\d\d(:\d\d)?")
_ENOUGH = 26


def request_columns(
    clock: Clock, zone: str, is_held: Callable[[], bool] = lambda: False
) -> Sequence[Column[RequestRow]]:
    """The columns, the most important ones with the lowest priority number."""

    def next_fire(row: RequestRow) -> Text:
        return next_cell(row, clock.now(), is_held=is_held())

    def next_at(row: RequestRow) -> Text:
        return cell(planned_moment(row.next_fire, zone, clock.now()) if row.next_fire else "")

    def schedule(row: RequestRow) -> Text:
        return cell(schedule_words(row, local(clock.now(), zone).year))

    def up_to_the_time(row: RequestRow) -> int:
        return vital_cells(row, local(clock.now(), zone).year)

    def glyph(row: RequestRow) -> Text:
        look = REQUEST_LOOKS[row.state(clock.now())]
        return Text(look.glyph, style=look.tone)

    def state(row: RequestRow) -> Text:
        return Text(REQUEST_LOOKS[row.state(clock.now())].word, style="muted")

    def last(row: RequestRow) -> Text:
        return last_cell(row, clock.now())

    return (
        Column("status", "", glyph, width=1),
        Column("process", "Process", _process, min_width=24, ticks=False, is_searched=True),
        Column(
            "schedule",
            "Schedule",
            schedule,
            min_width=56,
            vital=up_to_the_time,
            priority=2,
            ticks=False,
        ),
        Column("next", "Next run", next_fire, width=10, priority=1),
        Column("at", "At", next_at, width=21, priority=5, sortable=False),
        Column("last", "Last", last, width=13, priority=2),
        Column(
            "recent",
            "Runs",
            _recent,
            width=_STRIP,
            align="right",
            priority=3,
            sortable=False,
            ticks=False,
        ),
        Column("state", "State", state, width=11, priority=4, sortable=False),
        Column(
            "description",
            "Description",
            _description,
            min_width=16,
            priority=6,
            sortable=False,
            ticks=False,
            is_searched=True,
        ),
    )


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
