"""The field of a request in which one says in plain words when it runs."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from tui_scheduler.errors import Problem
from tui_scheduler.schedules import Plan
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.tui.screens.requests.form_values import values_of
from tui_scheduler.tui.widgets.form.fieldset import FormFields

PLAN_FIELDS = frozenset(item.name for item in fields(Plan))
_FIELD = "when"


@dataclass(frozen=True, slots=True)
class _Heard:
    """Words that were understood, and the zone they were said in."""

    words: str
    zone: str


class WordsOfPlan:
    """Has the fields of the plan follow the words, until one of them is changed by hand.

    The words are read in a thread: naming a zone or a cron expression for the first time takes
    longer than the event loop may wait.
    """

    def __init__(self, form: Callable[[], FormFields], now: Callable[[], datetime]) -> None:
        self._form = form
        self._now = now
        self._heard: _Heard | None = None
        self._held: dict[str, Any] = {}

    def remember(self) -> None:
        """Know what the fields of the plan hold: a change is any other value."""
        self._held = {name: self._form()[name].value for name in PLAN_FIELDS}

    async def follow(self) -> list[Problem]:
        """Fill the fields with what the words mean; the problem of words that mean nothing."""
        words = self._words
        if not words:
            self._heard = None
            return []
        if self._heard is not None and self._heard.words == words:
            return []
        zone = self._heard.zone if self._heard is not None else self._form()["timezone"].value
        try:
            plan = await asyncio.to_thread(_understood, words, zone, self._now())
        except ValueError as refused:
            return [Problem(_FIELD, str(refused))]
        if words == self._words:  # else they changed meanwhile, and are followed anew
            self._heard = _Heard(words, zone)
            self._held = _shown(plan)
            self._form().fill(self._held)
        return []

    def give_way(self, name: str) -> None:
        """Clear the words if the field of that name is one of the plan and was changed by hand."""
        if name not in PLAN_FIELDS or self._form()[name].value == self._held[name]:
            return
        self._heard = None
        self._form()[_FIELD].value = ""
        self.remember()

    @property
    def _words(self) -> str:
        return str(self._form()[_FIELD].value).strip()


def _understood(words: str, zone: str, now: datetime) -> Plan:
    # Importing it takes 30 ms, for which the event loop need not wait.
    from tui_scheduler.schedules.words import parse

    return parse(words, zone, now)


def _shown(plan: Plan) -> dict[str, Any]:
    """The content of every field of the plan."""
    values = asdict(values_of(RequestDraft(process="", plan=plan)))
    return {name: value for name, value in values.items() if name in PLAN_FIELDS}
