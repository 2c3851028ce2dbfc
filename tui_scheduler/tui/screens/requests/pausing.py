"""What is asked before requests are paused: one fire, until when, or for good."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import Enum, auto
from typing import Any, ClassVar

from textual.app import App

from tui_scheduler.errors import Problem
from tui_scheduler.runtime import Runtime
from tui_scheduler.schedules import wall_to_instant
from tui_scheduler.services.views.requests import RequestRow
from tui_scheduler.tui.screens.dialogs.question import Answer, Question
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.inputs import LineEntry
from tui_scheduler.wording import countdown, planned_moment

_UNTIL = "until"
_MISSING = "it is missing; write 2026-03-29 02:30, 18:30, tomorrow at 8:00 or 2h"


class Pausing(Enum):
    """How long something is to be paused."""

    NOT = auto()
    NEXT = auto()
    UNTIL = auto()
    FOR_GOOD = auto()


class PauseQuestion(Question[Pausing]):
    """Asks for how long requests, called ``name``, are to be paused; not at all is safe.

    ``next_fire`` is that of the only one.
    """

    def __init__(self, name: str, next_fire: datetime | None, zone: str, now: datetime) -> None:
        when = f"Next: {planned_moment(next_fire, zone, now)}\n\n" if next_fire else ""
        text = (
            f"{when}What falls due meanwhile does not run, and is not made up for. What runs goes"
            " on; t runs it by hand all the same. S again lets it go on."
        )
        answers = [
            Answer("c", "Cancel", Pausing.NOT),
            Answer("n", "Skip the next run", Pausing.NEXT),
            Answer("u", "Until …", Pausing.UNTIL),
            Answer("g", "For good", Pausing.FOR_GOOD),
        ]
        super().__init__(f"Pause {name}?", text, answers, safe=Pausing.NOT)


class UntilForm(Form):
    """Asks until when ``rows`` are paused: a moment on the clock of each one's own zone."""

    SAVE: ClassVar[str] = "Pause"

    def __init__(self, runtime: Runtime, name: str, rows: Sequence[RequestRow]) -> None:
        super().__init__(runtime, f"Pause {name}")
        self._zones = sorted({row.plan.timezone for row in rows})
        self._typed = ""

    @property
    def _in_zone(self) -> str:
        return self._zones[0] if len(self._zones) == 1 else "each one's own zone"

    def until(self, zone: str) -> datetime:
        """Returns the moment that was typed, for a request in ``zone``; raises ValueError."""
        from tui_scheduler.schedules.words import parse_until  # slow to import

        now = self.runtime.clock.now()
        return wall_to_instant(parse_until(self._typed, zone, now), zone)

    def fields(self) -> Iterable[Field]:
        """The one field."""
        entry = LineEntry(placeholder="2026-03-29 02:30, 18:30, tomorrow at 8:00 or 2h")
        yield Field(_UNTIL, "Until", entry)

    async def validate(self) -> Sequence[Problem]:
        """Returns a problem unless a moment to come was typed."""
        self._typed = self.form[_UNTIL].value.strip()
        try:
            moments = await asyncio.to_thread(lambda: list(map(self.until, self._zones)))
        except ValueError as error:
            return [Problem(_UNTIL, str(error) if self._typed else _MISSING)]
        is_over = min(moments) <= self.runtime.clock.now()
        return [Problem(_UNTIL, "it is over; use a later moment")] if is_over else []

    async def preview(self, problems: Sequence[Problem]) -> None:
        """Say on which clock the moment is, and how far off."""
        note, zone, now = f"The time in {self._in_zone}", self._zones[0], self.runtime.clock.now()
        if not problems:
            moment = self.until(zone)
            note += f": {planned_moment(moment, zone, now)}, {countdown(moment, now)}"
        self.form[_UNTIL].note = note

    async def store(self) -> int:
        """Nothing yet: whoever asked pauses them."""
        return len(self._zones)


async def ask_how_long(
    app: App[Any], runtime: Runtime, name: str, rows: Sequence[RequestRow]
) -> tuple[Pausing, Callable[[str], datetime | None]]:
    """Ask for how long ``rows`` are to be paused; gives that, and until when by their zones."""
    now, first = runtime.clock.now(), rows[0]
    next_fire = first.next_fire if len(rows) == 1 else None
    question = PauseQuestion(name, next_fire, first.plan.timezone, now)
    how = await app.push_screen_wait(question)
    if how is not Pausing.UNTIL:
        return how, lambda _zone: None
    form = UntilForm(runtime, name, rows)
    if await app.push_screen_wait(form) is None:
        return Pausing.NOT, lambda _zone: None
    return how, form.until
