"""Editing many requests at once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from tui_scheduler.runtime import Runtime
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.many import Edit
from tui_scheduler.services.queries.forecast import forecast
from tui_scheduler.services.requests import draft_of
from tui_scheduler.tui.screens.forms.filling import request_name
from tui_scheduler.tui.screens.forms.many import Changed, CommonField, ManySpec
from tui_scheduler.tui.screens.requests.form_layout import MISFIRES
from tui_scheduler.tui.screens.requests.form_values import PLAN_FIELDS, asked, read, values_of
from tui_scheduler.wording import countdown, moments_below_each_other

_FIRES = 10
_MOST_FIRES = 50
_FIELDS = (
    CommonField(name="description", label="Description"),
    CommonField(name="finish", label="Finish", classes="-apart"),
    CommonField(name="repetitions", label="Repetitions", unit="runs", classes="-short"),
    CommonField(
        name="spread",
        label="Spread",
        unit="later at most, such as 30m",
        classes="-short",
        nothing="on time",
    ),
    CommonField(name="except_", label="Except", nothing="no day"),
    CommonField(name="timezone", label="Time zone", is_zone=True, classes="-apart"),
    CommonField(name="misfire", label="Missed runs", options=MISFIRES),
    CommonField(name="misfire_limit", label="At most", unit="late, such as 3h", classes="-short"),
    CommonField(
        name="silent_after",
        label="Silent after",
        unit="no success, such as 26h",
        classes="-short",
        nothing="off",
    ),
)
_NAMES = frozenset(field.name for field in _FIELDS)


def many_requests(runtime: Runtime) -> ManySpec[RequestDraft]:
    """What the form for many must know of requests."""
    requests = runtime.services.requests

    def outlook(edits: Sequence[Edit[RequestDraft]], now: datetime) -> list[str]:
        return coming(edits, now, runtime.zone)

    return ManySpec(
        nouns="requests",
        fields=_FIELDS,
        get=requests.get,
        draft_of=draft_of,
        name_of=request_name,
        values_of=lambda draft: asdict(values_of(draft)),
        asked=lambda draft: asked(values_of(draft)) & _NAMES,
        change=change,
        problems=lambda edit: requests.problems(edit.draft, edit.id),
        update=requests.update,
        outlook=outlook,
    )


def change(draft: RequestDraft, changes: Mapping[str, Any], now: datetime) -> Changed[RequestDraft]:
    """Returns ``draft`` with those of the changes that its plan has a field for.

    All else is what it was, to the letter.
    """
    values = replace(values_of(draft), **changes)
    names = asked(values).intersection(changes)
    reading = read(values, now)
    on_plan = {name: getattr(reading.draft.plan, name) for name in names & set(PLAN_FIELDS)}
    others = {name: getattr(reading.draft, name) for name in names - set(PLAN_FIELDS)}
    return Changed(
        draft=replace(draft, plan=replace(draft.plan, **on_plan), **others),
        names=names,
        problems=tuple(problem for problem in reading.problems if problem.field in names),
    )


def coming(edits: Sequence[Edit[RequestDraft]], now: datetime, zone: str) -> list[str]:
    """Returns the next runs of all requests in one order, below a heading that names the zone.

    Each has as many as the others, so that none is lost among those of a frequent one.
    """
    each = max(1, _FIRES // max(1, len(edits)))
    fires = sorted(
        (fire, edit.name) for edit in edits for fire in forecast(edit.draft.plan, now, each).fires
    )[:_MOST_FIRES]
    moments = moments_below_each_other([fire for fire, _ in fires], zone, now)
    waits = [countdown(fire, now) for fire, _ in fires]
    longest = max(map(len, waits), default=0)
    lines = [
        f"{moment}  {wait:<{longest}}  {name}"
        for moment, wait, (_, name) in zip(moments, waits, fires, strict=True)
    ]
    runs = "next run" if each == 1 else f"next {each} runs"
    return [f"The {runs} of each, in {zone}", *lines] if lines else []
