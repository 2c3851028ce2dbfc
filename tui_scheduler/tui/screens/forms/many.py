"""The form for many: what several objects have in common is changed in all of them at once.

A field holds what all of them have. Where they differ it is empty, and what nobody changes stays
in each of them as it is.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from tui_scheduler.errors import ChangedMeanwhile, Problem
from tui_scheduler.receivers import EVERYBODY, NOBODY, names_said
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.codecs import USUAL
from tui_scheduler.services.drafts import Draft
from tui_scheduler.services.many import Edit, OneOfMany, update_all
from tui_scheduler.tui.screens.dialogs.picker import ZonePicker
from tui_scheduler.tui.screens.forms.field_text import read_names
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.forms.meanwhile import Choice, meanwhile_question
from tui_scheduler.tui.screens.forms.notifying import ONCE, SLOW_UNIT
from tui_scheduler.tui.widgets.form.choice import OneOf
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.inputs import LineEntry, PickEntry
from tui_scheduler.tui.widgets.plain_text import Words

NONE = "-"
"""What one types into a field to leave it empty in all of them."""

_AS_THEY_ARE = "As they are"
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonField:
    """A field that several objects have: a line of text, one of ``options``, or a time zone."""

    name: str
    label: str
    options: Mapping[Any, str] | None = None
    is_zone: bool = False
    unit: str = ""
    classes: str = ""
    nothing: str = "none"
    """What it means that it is empty."""
    about: str = ""

    def field(self, values: Sequence[Any]) -> Field:
        """Returns the field of a form for objects that hold these ``values``."""
        control = self._control(values[0], is_shared=len(set(values)) == 1)
        return Field(
            self.name, self.label, control, unit=self.unit, about=self.about, classes=self.classes
        )

    def _control(self, value: Any, *, is_shared: bool) -> Widget:
        if self.options is not None:
            choices = dict(self.options) if is_shared else {None: _AS_THEY_ARE, **self.options}
            return OneOf(choices, value if is_shared else None)
        if self.is_zone:
            return PickEntry(value if is_shared else "", placeholder=_AS_THEY_ARE)
        different = f"as they are; {NONE} for {self.nothing}"
        placeholder = self.nothing if is_shared else different
        return LineEntry(value if is_shared else "", placeholder=placeholder)

    def words(self, value: Any) -> str:
        """Returns a value as the preview says it."""
        return self.options[value] if self.options is not None else str(value) or self.nothing


NOTIFYING = (
    CommonField(
        name="notify",
        label="Notify",
        classes="-apart",
        nothing=NOBODY,
        about=f"{EVERYBODY.capitalize()}, {NOBODY}, or receivers with commas between them.",
    ),
    CommonField(
        name="notify_after",
        label="Notify after",
        unit="failures in a row",
        classes="-short",
        nothing=ONCE,
    ),
    CommonField(
        name="slow_after", label="Slow after", unit=SLOW_UNIT, classes="-short", nothing=USUAL
    ),
)
"""Who is told of the runs of processes or groups, and when; the names are one text."""


def names_as_text(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns values of which those who are told are a text."""
    return {**values, "notify": names_said(values["notify"])}


def names_from_text(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the same values, if they are among them, as the form for one has them."""
    return {**values, "notify": read_names(values["notify"])} if "notify" in values else {**values}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(Generic[Draft]):
    """What the fields make of one object; ``names`` are those of the fields that it has."""

    draft: Draft
    names: frozenset[str]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ManySpec(Generic[Draft]):
    """What the form for many must know of a kind of object.

    All that reads, changes or tells is called in threads.
    """

    nouns: str
    fields: Sequence[CommonField]
    get: Callable[[int], Any]
    draft_of: Callable[[Any], Draft]
    name_of: Callable[[Any], str]
    values_of: Callable[[Draft], Mapping[str, Any]]
    asked: Callable[[Draft], frozenset[str]]
    """The names of the fields that such an object has."""
    change: Callable[[Draft, Mapping[str, Any], datetime], Changed[Draft]]
    problems: Callable[[Edit[Draft]], Sequence[Problem]]
    update: Callable[..., Any]
    outlook: Callable[[Sequence[Edit[Draft]], datetime], Sequence[str]] = lambda _edits, _now: ()
    """Lines that say what will happen; the first is their heading."""


class ManyPreview(VerticalScroll):
    """Says what the form would change, and what all objects together would do then."""

    BORDER_TITLE = "What will change"
    DEFAULT_CSS = """
    ManyPreview {
        height: 1fr;
        padding: 0 1;
        border: round $border-blurred;
        border-title-color: $text-muted;
        scrollbar-size-vertical: 1;

        #many-heading { color: $text-muted; margin-top: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Words(id="many-changes")
        yield Words(id="many-heading")
        yield Words(id="many-outlook")

    def show(self, changes: Sequence[str], outlook: Sequence[str]) -> None:
        """Show lines of changes, and the outlook below its heading."""
        texts = {"changes": changes, "heading": outlook[:1], "outlook": outlook[1:]}
        for name, lines in texts.items():
            self.query_one(f"#many-{name}", Words).text = "\n".join(lines)


class ManyForm(Form):
    """Edits several objects, of which ``views`` are what is stored; all are saved, or none."""

    def __init__(self, runtime: Runtime, spec: ManySpec[Any], views: Sequence[Any]) -> None:
        super().__init__(runtime, f"Edit {len(views)} {spec.nouns}")
        self._spec = spec
        self._edited: dict[int, Any] = {view.id: spec.draft_of(view) for view in views}
        self._names = {view.id: spec.name_of(view) for view in views}
        self._first: dict[str, Any] = {}
        self._changed: Mapping[int, Changed[Any]] = {}
        self.saved_count = 0

    def fields(self) -> Iterable[Field]:
        """The fields that any of the objects has."""
        drafts = list(self._edited.values())
        asked = frozenset().union(*map(self._spec.asked, drafts))
        values = list(map(self._spec.values_of, drafts))
        for field in self._spec.fields:
            if field.name in asked:
                yield field.field([value[field.name] for value in values])

    def aside(self) -> ComposeResult:
        """The preview."""
        yield ManyPreview()

    async def load(self) -> None:
        """Remember what the fields begin with: the rest is what is changed."""
        self._first = self.form.values()
        self.form.touch_all()

    def changes(self) -> dict[str, Any]:
        """What is to be changed, by field; texts that stand for nothing are empty."""
        values = self.form.values()
        changed = {name: value for name, value in values.items() if value != self._first[name]}
        return {name: "" if value == NONE else value for name, value in changed.items()}

    async def validate(self) -> Sequence[Problem]:
        """Every problem of any of the objects, as they would be."""
        changes, now = self.changes(), self.runtime.clock.now()
        self._changed = await asyncio.to_thread(self._change, changes, now)
        misread = [problem for each in self._changed.values() for problem in each.problems]
        if misread:
            return list(dict.fromkeys(misread))
        return await self.runtime.read(self._problems, self._edits())

    async def preview(self, problems: Sequence[Problem]) -> None:
        """Say what changes, and what comes of it if nothing is wrong."""
        edits = self._edits()
        outlook: Sequence[str] = ()
        if not problems:
            outlook = await asyncio.to_thread(self._spec.outlook, edits, self.runtime.clock.now())
        for preview in self.query(ManyPreview):
            preview.show(self._change_lines(), outlook)

    async def store(self) -> int | None:
        """Store all of them, with the user's choice where others changed one meanwhile."""
        edits = [edit for edit in self._edits() if edit.is_change]
        while edits:
            try:
                await self.runtime.write(update_all, self._spec.update, edits)
                break
            except OneOfMany as refused:
                at = next(n for n, edit in enumerate(edits) if edit.id == refused.id)
                reason = refused.reason
            if not isinstance(reason, ChangedMeanwhile):  # it was deleted
                del edits[at]
                continue
            settled = await self._settle(edits[at], reason.stored)
            if settled is None:
                return None
            edits[at : at + 1] = settled
        self.saved_count = len(edits)
        return int(next(iter(self._edited)))

    async def _settle(self, edit: Edit[Any], stored: Any) -> list[Edit[Any]] | None:
        """Ask what becomes of an object that others changed; None to go back to the form."""
        from tui_scheduler.services.definitions.meanwhile import both, conflict

        changes = await self.runtime.read(conflict, edit.edited, stored, edit.draft)
        question = meanwhile_question(changes, self.form, edit.name)
        choice = await self.app.push_screen_wait(question)
        if choice is Choice.BACK:
            return None
        if choice is Choice.THEIRS:
            return []
        mine = edit.draft
        draft = both(edit.edited, stored, mine) if choice is Choice.BOTH else mine
        return [replace(edit, edited=stored, draft=draft)]

    def _change(self, changes: Mapping[str, Any], now: datetime) -> Mapping[int, Changed[Any]]:
        edited = self._edited.items()
        return {key: self._spec.change(draft, changes, now) for key, draft in edited}

    def _edits(self) -> list[Edit[Any]]:
        return [
            Edit(id=key, name=self._names[key], edited=self._edited[key], draft=changed.draft)
            for key, changed in self._changed.items()
        ]

    def _problems(self, edits: Sequence[Edit[Any]]) -> list[Problem]:
        """Returns the problems of what would be stored, each with the names of whose it is."""
        of_whom: dict[Problem, list[str]] = {}
        for edit in edits:
            for problem in self._spec.problems(edit) if edit.is_change else ():
                of_whom.setdefault(problem, []).append(edit.name)
        return [
            replace(problem, text=f"{problem.text} ({_listed(names)})")
            for problem, names in of_whom.items()
        ]

    def _change_lines(self) -> list[str]:
        changes = self.changes()
        if not changes:
            return ["Nothing yet: what is left as it is stays in each of them."]
        labels = {field.name: field for field in self._spec.fields}
        return [self._change_line(labels[name], value) for name, value in changes.items()]

    def _change_line(self, field: CommonField, value: Any) -> str:
        without = [
            self._names[key] for key, each in self._changed.items() if field.name not in each.names
        ]
        count = len(self._changed) - len(without)
        line = f"{field.label}: {field.words(value)}, in {count} of {len(self._changed)}"
        return f"{line}; not in {_listed(without)}" if without and count else line

    @on(PickEntry.Asked)
    def ask(self, event: PickEntry.Asked) -> None:
        """Open the list of time zones."""
        if self.is_active:
            self.pick(event.entry, ZonePicker(event.entry.value, event.typed))

    @work(exclusive=True, group="pick")
    async def pick(self, entry: PickEntry, picker: ZonePicker) -> None:
        """Take what is picked."""
        picked = await self.app.push_screen_wait(picker)
        if picked is not None:
            entry.value = picked
            self.focus_next()


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
