"""The form of a request: which process runs, when, and what the plan comes to."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import DescendantBlur, DescendantFocus
from textual.widget import AwaitMount
from textual.widgets import Button

from tui_scheduler.errors import Problem
from tui_scheduler.models import RequestStatus
from tui_scheduler.runtime import Runtime
from tui_scheduler.schedules import Plan, awaited, summary, to_words
from tui_scheduler.schedules.english import listed
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.parameters.parameters import Parameter
from tui_scheduler.services.queries.forecast import Forecast, fires_of_request, forecast
from tui_scheduler.services.requests import draft_of
from tui_scheduler.services.views.requests import Pause, RequestView
from tui_scheduler.tui.screens.dialogs.picker import Picker, ZonePicker
from tui_scheduler.tui.screens.forms.field_text import all_problems
from tui_scheduler.tui.screens.forms.filling import NewProcess
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.forms.meanwhile import store_changed
from tui_scheduler.tui.screens.forms.parameter_fields import ParameterFields
from tui_scheduler.tui.screens.forms.process_picker import ProcessPicker
from tui_scheduler.tui.screens.requests.form_layout import (
    note_on_misfire,
    note_on_start,
    request_fields,
    unit_of,
)
from tui_scheduler.tui.screens.requests.form_values import (
    PLAN_FIELDS,
    EditedRequest,
    ParsedForm,
    RequestValues,
    SpokenPlan,
    asked,
    plan_fields,
    values_of,
)
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.inputs import PickEntry, SuggestingEntry
from tui_scheduler.tui.widgets.plan_preview import PlanPreview, Sayings
from tui_scheduler.wording import planned_moment

_FIRES = 10


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
        new_process: NewProcess,
        process: str = "",
    ) -> None:
        own_id = None if clone else request_id
        title = "New request" if own_id is None else f"Edit request {own_id}"
        super().__init__(runtime, title)
        self._source_id = request_id
        self._own_id = own_id
        self._stored: RequestDraft | None = None
        self._view: RequestView | None = None
        self._new_process = new_process
        self._parameters = ParameterFields(lambda: self.form)
        self._edited = EditedRequest(RequestValues(timezone=runtime.zone, process=process))
        self._answers = _Answers(self._edited.read(runtime.clock.now()).draft)

    def fields(self) -> Iterable[Field]:
        """The fields, in their order on the screen."""
        return request_fields(self._edited.values)

    def aside(self) -> ComposeResult:
        """The preview."""
        yield PlanPreview(self.runtime.zone, self.runtime.clock.now)

    def buttons(self) -> Iterable[Button]:
        """What can be done with the form, by mouse."""
        yield Button(
            "Save and schedule", id="form-schedule", action="screen.save_and_schedule",
            variant="primary", compact=True,
        )  # fmt: skip
        yield from super().buttons()

    async def load(self) -> None:
        """Fill the fields with the request that is edited or cloned."""
        if self._source_id is not None:
            await self._load_request(self._source_id)
        elif process := self._edited.values.process:
            declared = await self.runtime.read(self.runtime.services.requests.declared, process)
            self._parameters.follow(declared)
        spoken = None
        if (view := self._view) is not None:
            spoken = SpokenPlan(self.form["when"].value.strip(), view.plan.timezone, view.plan)
        self._edited = EditedRequest(self.values(), spoken)

    async def _load_request(self, request_id: int) -> None:
        view = await self.runtime.read(self.runtime.services.requests.get, request_id)
        draft = draft_of(view)
        if self._own_id is not None:
            self._stored = draft
        words = to_words(view.plan)
        values = replace(values_of(draft), when=words)
        self.form.fill(asdict(values))
        self._parameters.begin(view.declared, view.parameters)
        self.form.touch(asked(values))
        self._view = view
        self.query_one("#form-schedule").display = not self._is_scheduled

    @property
    def _is_scheduled(self) -> bool:
        """Whether what is edited is scheduled already."""
        status = None if self._view is None else self._view.status
        return self._own_id is not None and status is RequestStatus.SCHEDULED

    def values(self) -> RequestValues:
        """What the fields hold."""
        own = set(self._parameters.names)
        held = self.form.values().items()
        return RequestValues(**{name: value for name, value in held if name not in own})

    def reading(self) -> ParsedForm:
        """What the fields mean now; the parameters are those of the lines alone."""
        self._take_values()
        return self._edited.read(self.runtime.clock.now())

    def draft(self) -> RequestDraft:
        """The request that the fields describe."""
        return self._with_parameters(self.reading().draft)

    def _with_parameters(self, draft: RequestDraft) -> RequestDraft:
        """``draft`` with what the fields of the parameters give, beside the lines it has."""
        return replace(draft, parameters=self._parameters.given(draft.parameters))

    async def validate(self) -> Sequence[Problem]:
        """Every problem of what the fields hold."""
        not_understood = await self._follow_words()
        reading = await self._ask()
        is_current = reading.draft.process == self.form["process"].value
        if is_current and self._parameters.follow(self._answers.declared):
            self.show_fields()
            reading = await self._ask()
        placed = self._parameters.placed(self._answers.problems, reading.draft.parameters)
        return [*not_understood, *all_problems(reading.problems, placed)]

    async def store(self) -> int | None:
        """Store the request and give its id, or None if the user chose not to."""
        draft = self.draft()
        if self._stored is None:
            create = self.runtime.services.requests.create
            return (await self.runtime.write(create, draft)).id
        return await store_changed(self, self._stored, draft, self._update)

    async def _update(self, draft: RequestDraft, edited: RequestDraft) -> int:
        update = partial(self.runtime.services.requests.update, edited=edited)
        return (await self.runtime.write(update, self._own_id, draft)).id

    def update_fields(self) -> AwaitMount:
        """Show the fields that the choices made so far ask for, and what they mean."""
        values = self.values()
        self.form["interval"].unit = unit_of(values)
        self.form["start"].note = note_on_start(values)
        self.form["misfire"].note = note_on_misfire(values)
        self.offer_sayings()
        return self.form.show_only([*asked(values), *self._parameters.names])

    @on(DescendantFocus)
    @on(DescendantBlur)
    def offer_sayings(self) -> None:
        """Show what could be said where one is about to say it."""
        when, preview = self._when, self.query_one(PlanPreview)
        is_about_to = when.has_focus or (preview.has_focus and preview.is_offering)
        preview.offer(when.sayings if is_about_to and not when.value else ())

    @on(Sayings.Taken)
    def take_saying(self, event: Sayings.Taken) -> None:
        """Say what was clicked."""
        self._when.take(event.saying)
        self._when.focus()

    @property
    def _when(self) -> SuggestingEntry:
        return cast("SuggestingEntry", self.form["when"].control)

    def first_field(self) -> str | None:
        """When it runs, if what it runs is given already."""
        return "when" if self._view is None and self._edited.values.process else None

    @on(Field.Changed)
    def drop_words(self) -> None:
        """Drop the words when a field is changed to anything else than they say."""
        self._take_values()

    @on(PlanPreview.Outdated)
    def preview_again(self) -> None:
        """Say what happens from now on."""
        self.review()

    async def preview(self, problems: Sequence[Problem]) -> None:
        """Show what the plan that was validated comes to, or what it lacks."""
        plan = self._answers.draft.plan
        wrong = {problem.field for problem in problems}
        is_planned = not wrong & {"when", *PLAN_FIELDS}
        outlook = Forecast("" if "when" in wrong else summary(plan))
        notes = self.form.waiting(problems)
        if is_planned:
            outlook = await asyncio.to_thread(self._outlook, plan, self.runtime.clock.now())
            notes += self._replanned(plan, outlook)
        elif not notes:
            marked = self.form.marked(problems) or ["the plan"]
            are = "is" if len(marked) == 1 else "are"
            notes.append(f"The next runs appear here once {listed(marked)} {are} right.")
        self.query_one(PlanPreview).show(outlook, plan.timezone, notes)

    def _outlook(self, plan: Plan, now: datetime) -> Forecast:
        """What happens if it is saved and scheduled; to what stands, and stays, what it is at."""
        stands = None if self._view is None else self._view.plan
        if stands is not None and self._own_id is not None and stands.spread == plan.spread:
            plan = replace(plan, spread_by=stands.spread_by)
        outlook = forecast(
            plan,
            now,
            _FIRES,
            self._answers.usual_duration,
            overlap=self._answers.overlap,
            is_for_cluster=self._answers.is_for_cluster,
            usual_end=self._answers.usual_end,
            is_start_known=stands is not None and _start(stands) == _start(plan),
            pause=self._pause(now),
        )
        if self._is_scheduled and self._view is not None and plan == stands:
            return replace(outlook, fires=fires_of_request(self._view, now, _FIRES))
        return outlook

    def _pause(self, now: datetime) -> Pause | None:
        """The pause that what is edited is in."""
        return self._view.pause(now) if self._is_scheduled and self._view else None

    def _replanned(self, plan: Plan, outlook: Forecast) -> Iterator[str]:
        """What saving a changed plan does to a request that is scheduled, or that it is paused."""
        now = self.runtime.clock.now()
        pause = self._pause(now)
        if pause is not None and not pause.skips_next:
            yield f"It is {pause.words(plan.timezone, now)}, also once it is saved."
        if self._is_scheduled and self._view is not None and plan != self._view.plan:
            if plan.awaits_event and pause is None:
                yield f"It is scheduled: once it is saved, it runs next {awaited(plan)}."
            elif outlook.fires:
                first = outlook.fires[0]
                when = planned_moment(first, plan.timezone, now)
                yield f"It is scheduled: once it is saved, it runs next: {when}."
            elif pause is None:
                yield "It is scheduled: once it is saved, it never runs again."

    @work(exclusive=True, group="save")
    async def action_save_and_schedule(self) -> None:
        """Store, close, and have the request scheduled; saving a scheduled one does that anyway."""
        await self.save(schedule=not self._is_scheduled)

    @on(PickEntry.Asked)
    def ask(self, event: PickEntry.Asked) -> None:
        """Open the dialog that the field asks for."""
        if self.is_active:
            self.pick(event.entry, self._picker(event))

    @work(exclusive=True, group="pick")
    async def pick(self, entry: PickEntry, picker: Picker) -> None:
        """Take what is picked."""
        picked = await self.app.push_screen_wait(picker)
        if picked is not None:
            entry.value = picked
            self.focus_next()

    def _picker(self, event: PickEntry.Asked) -> Picker:
        if event.entry in (self.form["process"].control, self.form["follows"].control):
            return ProcessPicker(
                self.runtime, self._new_process, event.entry.value, event.typed, groups=True
            )
        return ZonePicker(event.entry.value, event.typed)

    def _take_values(self) -> None:
        """Take over what a hand changed in the fields; words that do not say it any more go."""
        self._edited = self._edited.changed(self.values())
        if self.form["when"].value != self._edited.values.when:
            self.form["when"].value = self._edited.values.when

    async def _follow_words(self) -> list[Problem]:
        """Show in the fields what the words mean; returns the problem of words that mean nothing.

        They are parsed in a thread: naming a zone or a cron expression for the first time takes
        longer than the event loop may wait.
        """
        self._take_values()
        words = self._edited.words
        if not words or self._edited.says_plan:
            return []
        try:
            plan = await asyncio.to_thread(
                _parse, words, self._edited.zone, self.runtime.clock.now()
            )
        except ValueError as refused:
            return [Problem("when", str(refused))]
        self._take_values()
        if words == self._edited.words:  # else they changed meanwhile, and are followed anew
            self.form.fill(plan_fields(plan))
            self._edited = self._edited.with_spoken_plan(plan, self.values())
            self.show_fields()
        return []

    async def _ask(self) -> ParsedForm:
        """Keep what the database answers to what the fields mean, which is returned."""
        reading = self.reading()
        draft = self._with_parameters(reading.draft)
        self._answers = await self.runtime.read(_answer, self.runtime.services, draft, self._own_id)
        return reading


@dataclass(frozen=True, slots=True)
class _Answers:
    """What is asked about ``draft``, a request as it was edited so far, in one question."""

    draft: RequestDraft
    declared: tuple[Parameter, ...] = ()
    problems: Sequence[Problem] = ()
    usual_duration: timedelta | None = None
    overlap: str = ""
    is_for_cluster: bool = False
    usual_end: time | None = None


def _start(plan: Plan) -> tuple[datetime | None, str]:
    return plan.start, plan.timezone


def _answer(services: Services, draft: RequestDraft, own_id: int | None) -> _Answers:
    return _Answers(
        draft,
        services.requests.declared(draft.process),
        services.requests.problems(draft, own_id),
        services.processes.usual_duration(draft.process),
        services.processes.overlap(draft.process),
        services.processes.is_for_cluster(draft.process),
        services.requests.usual_end(draft.plan),
    )


def _parse(words: str, zone: str, now: datetime) -> Plan:
    # Importing it takes 30 ms, for which the event loop need not wait.
    from tui_scheduler.schedules.words import parse

    return parse(words, zone, now)
