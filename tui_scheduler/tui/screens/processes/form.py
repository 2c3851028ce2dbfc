"""The form of a process: what is executed, and how.

A Python callable is tried before it is stored, by an import in a child that may take seconds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial

from textual.widget import AwaitMount

from tui_scheduler.errors import Problem
from tui_scheduler.models import Overlap, ProcessKind
from tui_scheduler.runtime import Runtime, python_problems
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.parameters.python_targets import IMPORT_TIME
from tui_scheduler.services.processes import draft_of
from tui_scheduler.services.validation import refuse
from tui_scheduler.tui.screens.forms.field_text import OVERLAPS, all_problems
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.forms.meanwhile import store_changed
from tui_scheduler.tui.screens.forms.notifying import note_on_notify, notifying_fields
from tui_scheduler.tui.screens.processes.form_values import (
    ParsedForm,
    ProcessValues,
    asked,
    field_of,
    read,
    values_of,
)
from tui_scheduler.tui.screens.processes.where import Where
from tui_scheduler.tui.toasts import say
from tui_scheduler.tui.widgets.form.choice import OneOf
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.inputs import (
    DeclarationsEntry,
    LineEntry,
    LinesEntry,
    VariablesEntry,
)

_NEW = ProcessValues()
_KINDS: Mapping[ProcessKind, str] = {
    ProcessKind.COMMAND: "Command",
    ProcessKind.PYTHON: "Python callable",
}
_OVERLAP_NOTES: Mapping[Overlap, str] = {
    Overlap.SKIP: "If it still runs, the new run is noted as skipped.",
    Overlap.ALLOW: "Any number of runs may go on side by side.",
    Overlap.QUEUE: "If it still runs, one new run waits for its end.",
    Overlap.REPLACE: "If it still runs, it is killed and the new run starts.",
}
_ACTIVE_NOTES: Mapping[bool, str] = {
    True: "",
    False: "It cannot be chosen, scheduled or triggered until it is active again.",
}
_TRYING = f"Importing it to see that it can be called (at most {IMPORT_TIME:.0f} s) …"


class ProcessForm(Form):
    """Makes a process, edits the one with ``process_id``, or with ``clone`` begins from it."""

    def __init__(
        self,
        runtime: Runtime,
        process_id: int | None = None,
        clone: bool = False,
        *,
        name: str = "",
        command: str = "",
    ) -> None:
        own_id = None if clone else process_id
        super().__init__(runtime, "New process" if own_id is None else "Edit process")
        self._source_id = process_id
        self._own_id = own_id
        self._proposed_name, self._proposed_command = name, command
        self._stored: ProcessDraft | None = None
        self._where = Where(runtime)
        self._tried: tuple[object, ...] = ()
        self._failures: Sequence[Problem] = ()

    def fields(self) -> Iterable[Field]:
        """The fields, in their order on the screen."""
        yield from self._what_it_runs()
        yield from self._where_it_runs()
        yield from self._where.fields()
        yield from self._how_it_runs()
        yield from notifying_fields(self.runtime.settings)
        yield Field(
            "error_words",
            "Error words",
            LinesEntry(placeholder="Empty: those of most programs"),
            about="What error lines of its logs have in them, a line each; or none.",
        )
        yield Field(
            "active",
            "Active",
            OneOf({True: "Yes", False: "No"}, True),
            classes="-apart",
            about="It can be chosen, scheduled and triggered.",
        )

    def _what_it_runs(self) -> Iterator[Field]:
        yield Field("kind", "Runs", OneOf(_KINDS, _NEW.kind))
        yield Field(
            "name",
            "Name",
            LineEntry(self._proposed_name, placeholder="Must be unique"),
            about="What lists, requests and groups call it.",
        )
        yield Field(
            "command",
            "Command",
            LinesEntry(self._proposed_command, placeholder="Run by /bin/sh -c"),
            about="One line, or a script of several, for /bin/sh.",
        )
        yield Field(
            "target",
            "Callable",
            LineEntry(placeholder="package.module:callable"),
            about="It is called with the parameters by their names.",
        )
        yield Field(
            "python",
            "Interpreter",
            LineEntry(placeholder="Empty: the one of this program; or a virtual environment"),
            about="The file of an interpreter, or the folder of a virtual environment.",
        )
        yield Field(
            "parameters",
            "Parameters",
            DeclarationsEntry(),
            about="What each request, or run, can give it: a name, a type and a default.",
        )

    def _where_it_runs(self) -> Iterator[Field]:
        yield Field("description", "Description", LineEntry(), about="What it does, for people.")
        yield Field(
            "working_directory",
            "Directory",
            LineEntry(placeholder="Empty: your home directory"),
            about="Where it runs; relative paths begin there.",
        )
        yield Field(
            "environment",
            "Environment",
            VariablesEntry(),
            about="Set beside the variables that the scheduler has.",
        )

    def _how_it_runs(self) -> Iterator[Field]:
        yield Field("overlap", "Overlap", OneOf(OVERLAPS, _NEW.overlap), classes="-apart")
        yield Field(
            "locks",
            "Locks",
            LineEntry(placeholder="none"),
            about="Names, with commas between them: who shares one never runs at the same time.",
        )
        yield Field(
            "timeout",
            "Timeout",
            LineEntry(placeholder="none"),
            classes="-short",
            unit="such as 90s, 10m or 2h",
            about="A run that takes longer is ended.",
        )
        yield Field(
            "retries",
            "Retries",
            LineEntry(_NEW.retries),
            classes="-short",
            unit="times after a failure or timeout",
        )
        yield Field(
            "retry_delay",
            "Retry after",
            LineEntry(_NEW.retry_delay),
            classes="-short",
            unit="such as 30s or 5m",
            about="How long it waits before it tries again.",
        )

    def first_field(self) -> str | None:
        """The name, as most processes are commands."""
        return "name"

    async def load(self) -> None:
        """Fill the fields with the process that is edited or cloned."""
        if self._source_id is None:
            return
        view = await self.runtime.read(self.runtime.services.processes.get, self._source_id)
        draft = draft_of(view)
        if self._own_id is not None:
            self._stored = draft
        self._where.begin(draft, self._stored)
        self.form.fill(asdict(values_of(draft)))
        self.form.touch_all()

    def values(self) -> ProcessValues:
        """What the fields hold."""
        return ProcessValues(**self.form.values())

    def reading(self) -> ParsedForm:
        """What the fields mean."""
        return read(self.values())

    async def validate(self) -> Sequence[Problem]:
        """Returns every problem of what the fields hold."""
        reading = self.reading()
        refused = await self.runtime.read(
            self.runtime.services.processes.problems, reading.draft, self._own_id
        )
        is_known = self._tried == reading.draft.import_inputs
        failures = self._failures if is_known else ()
        problems = [*refused, *failures, *self._where.problems(reading.draft)]
        return all_problems(reading.problems, problems)

    async def preview(self, problems: Sequence[Problem]) -> None:
        """Say what the cluster says of what is chosen."""
        draft = self.reading().draft
        if await self._where.look_ahead(draft, frozenset(problem.field for problem in problems)):
            self.show_problems([*problems, *self._where.problems(draft)])

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Put each problem at its field."""
        kind = self.values().kind
        super().show_problems([field_of(problem, kind) for problem in problems])

    async def save(self, *, schedule: bool = False) -> None:
        """Store and close; what could not be called before may have been repaired meanwhile."""
        self._failures = ()
        self._where.forget()
        await super().save(schedule=schedule)

    async def store(self) -> int | None:
        """Store the process and give its id, or None if the user chose not to."""
        draft = self.reading().draft
        if self._stored is not None:
            return await store_changed(self, self._stored, draft, self._update)
        await self._try(draft)
        return (await self.runtime.write(self.runtime.services.processes.create, draft)).id

    async def _update(self, draft: ProcessDraft, edited: ProcessDraft) -> int:
        await self._try(draft)
        update = partial(self.runtime.services.processes.update, edited=edited)
        return (await self.runtime.write(update, self._own_id, draft)).id

    def update_fields(self) -> AwaitMount:
        """Show the fields that kind and retries ask for, and say what the chosen options mean."""
        values = self.values()
        self.form["target"].note = ""
        self.form["overlap"].note = _OVERLAP_NOTES[values.overlap]
        self.form["notify"].note = note_on_notify(values.notify, self.runtime.settings)
        self.form["active"].note = _ACTIVE_NOTES[values.active]
        self._where.show(self.reading().draft)
        return self.form.show_only(asked(values) - self._where.unoffered)

    async def _try(self, draft: ProcessDraft) -> None:
        """Refuse what cannot be called, or a cluster refuses, with something to see meanwhile."""
        self.form["target"].note = _TRYING
        self._failures = await python_problems(draft, self._stored)
        self._tried = draft.import_inputs
        self.form["target"].note = ""
        refuse(list(self._failures))
        outlook = await self._where.try_out(draft)
        refuse(outlook.problems)
        if not outlook.is_certain:
            say(self.app, outlook.words, is_warning=True)
