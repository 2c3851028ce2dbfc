"""The form of a request: which process runs, when, and what the plan comes to."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import AwaitMount
from textual.widgets import Button

from tui_scheduler.errors import Problem
from tui_scheduler.models import RequestStatus
from tui_scheduler.runtime import Runtime
from tui_scheduler.schedules import Plan, summary, to_words
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.queries.forecast import Forecast, forecast
from tui_scheduler.services.requests import draft_of
from tui_scheduler.tui.screens.dialogs.picker import Picker, ZonePicker
from tui_scheduler.tui.screens.forms.field_text import all_problems
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.forms.parameter_fields import ParameterFields
from tui_scheduler.tui.screens.processes.picker import ProcessPicker
from tui_scheduler.tui.screens.requests.form_layout import note_on_misfire, request_fields, unit_of
from tui_scheduler.tui.screens.requests.form_values import (
    Reading,
    RequestValues,
    asked,
    read,
    values_of,
)
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.fieldset import FormFields
from tui_scheduler.tui.widgets.form.inputs import LineEntry, PickEntry
from tui_scheduler.tui.widgets.plan_preview import PlanPreview

_FIRES = 10
_REPLANS = "It is scheduled: saving a changed plan starts it anew."
_MEND = "The next runs appear here once the marked fields are right."


class RequestForm(Form):
    """Makes a request, edits the one with ``request_id``, or with ``clone`` begins from it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f2,ctrl+r",
            "save_and_schedule",
            "Save and schedule",
            id="form.save_and_schedule",
            tooltip="Save, close the form and schedule the request",
        ),
    ]

    def __init__(
        self,
        runtime: Runtime,
        request_id: int | None = None,
        clone: bool = False,
        *,
        process: str = "",
    ) -> None:
        own_id = None if clone else request_id
        title = "New request" if own_id is None else f"Edit request {own_id}"
        super().__init__(runtime, title)
        self._source_id = request_id
        self._own_id = own_id
        self._is_scheduled = False
        self._open_picker: Picker | None = None
        self._words = WordsOfPlan(lambda: self.form, runtime.clock.now)
        self._parameters = ParameterFields(lambda: self.form)
        self._new_values = RequestValues(timezone=runtime.zone, process=process)

    def fields(self) -> Iterable[Field]:
        """The fields, in their order on the screen."""
        return request_fields(self._new_values)

    def aside(self) -> ComposeResult:
        """The preview."""
        yield PlanPreview(self.runtime.zone, self.runtime.clock.now)

    def buttons(self) -> Iterable[Button]:
        """What can be done with the form, by mouse."""
        yield Button(
            "Save and schedule  f2", id="form-schedule", action="screen.save_and_schedule",
            variant="primary", compact=True,
        )  # fmt: skip
        yield from super().buttons()

    async def load(self) -> None:
        """Fill the fields with the request that is edited or cloned."""
        if self._source_id is not None:
            view = await self.runtime.read(self.runtime.services.requests.get, self._source_id)
            values = values_of(draft_of(view))
            self.form.fill(asdict(values))
            self._parameters.begin(view.declared, view.parameters)
            self.form.touch(asked(values))
            self.query_one("#when LineEntry", LineEntry).placeholder = to_words(view.plan)
            is_scheduled = view.status is RequestStatus.SCHEDULED
            self._is_scheduled = self._own_id is not None and is_scheduled
            self.query_one("#form-schedule").display = not self._is_scheduled
        await self._follow_process()
        self._words.remember()

    def values(self) -> RequestValues:
        """What the fields hold."""
        own = set(self._parameters.names)
        held = self.form.values().items()
        return RequestValues(**{name: value for name, value in held if name not in own})

    def reading(self) -> Reading:
        """What the fields mean now; the parameters are those of the lines alone."""
        return read(self.values(), self.runtime.clock.now())

    def draft(self) -> RequestDraft:
        """The request that the fields describe."""
        lines = self.reading().draft
        return replace(lines, parameters=self._parameters.given(lines.parameters))

    async def validate(self) -> Sequence[Problem]:
        """Every problem of what the fields hold."""
        unheard = await self._words.follow()
        await self._follow_process()
        reading = self.reading()
        refused = await self.runtime.read(self.runtime.services.requests.problems, self.draft())
        placed = self._parameters.placed(refused, reading.draft.parameters)
        return [*unheard, *all_problems(reading.problems, placed)]

    async def store(self) -> int:
        """Store the request and give its id; raises InvalidInput."""
        requests = self.runtime.services.requests
        draft = self.draft()
        if self._own_id is None:
            return (await self.runtime.write(requests.create, draft)).id
        return (await self.runtime.write(requests.update, self._own_id, draft)).id

    def update_fields(self) -> AwaitMount:
        """Show the fields that the choices made so far ask for, and what they mean."""
        values = self.values()
        self.form["interval"].unit = unit_of(values)
        self.form["misfire"].note = note_on_misfire(values)
        return self.form.show_only([*asked(values), *self._parameters.names])

    @on(Field.Changed)
    def drop_words(self, event: Field.Changed) -> None:
        """Drop the words when a field is changed to anything else than they say."""
        self._words.give_way(event.field.name or "")

    @on(PlanPreview.Outdated)
    def preview_again(self) -> None:
        """Say what happens from now on."""
        self.review()

    async def preview(self, problems: Sequence[Problem]) -> None:
        """Show what the plan comes to, or what it lacks."""
        plan = self.reading().draft.plan
        wrong = {problem.field for problem in problems}
        is_planned = not wrong & {"when", *PLAN_FIELDS}
        told = Forecast("" if "when" in wrong else summary(plan))
        if is_planned:
            told = await self._forecast(plan)
        notes = self.form.waiting(problems)
        if not is_planned and not notes:
            notes.append(_MEND)
        if self._is_scheduled:
            notes.append(_REPLANS)
        self.query_one(PlanPreview).show(told, plan.timezone, notes)

    @work(exclusive=True, group="save")
    async def action_save_and_schedule(self) -> None:
        """Store, close, and have the request scheduled; saving a scheduled one does that anyway."""
        await self.save(schedule=not self._is_scheduled)

    @on(PickEntry.Asked)
    def ask(self, event: PickEntry.Asked) -> None:
        """Open the dialog that the field asks for; what is typed meanwhile goes there too."""
        if self._open_picker is not None:
            self._open_picker.type_ahead(event.typed)
            return
        self._open_picker = self._picker(event)
        self.pick(event.entry, self._open_picker)

    @work(exclusive=True, group="pick")
    async def pick(self, entry: PickEntry, picker: Picker) -> None:
        """Take what is picked."""
        picked = await self.app.push_screen_wait(picker)
        self._open_picker = None
        if picked is not None:
            entry.value = picked
            self.focus_next()

    def _picker(self, event: PickEntry.Asked) -> Picker:
        if event.entry is self.form["process"].control:
            return ProcessPicker(self.runtime, event.entry.value, event.typed, groups=True)
        return ZonePicker(event.entry.value, event.typed)

    async def _follow_process(self) -> None:
        """Have a field for each parameter that the chosen process declares."""
        process = self.form["process"].value
        declared = await self.runtime.read(self.runtime.services.requests.declared, process)
        if process == self.form["process"].value and self._parameters.follow(declared):
            self.update_fields()

    async def _forecast(self, plan: Plan) -> Forecast:
        process = self.form["process"].value
        usual = await self.runtime.read(self.runtime.services.processes.usual_duration, process)
        return await asyncio.to_thread(forecast, plan, self.runtime.clock.now(), _FIRES, usual)


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
