"""The form of a process: what is executed, and how."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from textual.widget import AwaitMount

from tui_scheduler.errors import Problem
from tui_scheduler.models import Overlap
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.processes import draft_of
from tui_scheduler.tui.screens.field_text import all_problems
from tui_scheduler.tui.screens.form import Form
from tui_scheduler.tui.screens.overlap_choice import OVERLAPS
from tui_scheduler.tui.screens.process_fields import ProcessValues, Reading, read, values_of
from tui_scheduler.tui.widgets.choice import OneOf
from tui_scheduler.tui.widgets.entry import LineEntry, LinesEntry
from tui_scheduler.tui.widgets.field import Field
from tui_scheduler.tui.widgets.variables_entry import VariablesEntry

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


class ProcessForm(Form):
    """Makes a process, edits the one with ``process_id``, or with ``clone`` begins from it."""

    def __init__(
        self,
        runtime: Runtime,
        process_id: int | None = None,
        clone: bool = False,
        *,
        name: str = "",
    ) -> None:
        own_id = None if clone else process_id
        super().__init__(runtime, "New process" if own_id is None else "Edit process")
        self._source_id = process_id
        self._own_id = own_id
        self._proposed_name = name

    def fields(self) -> Iterable[Field]:
        """The fields, in their order on the screen."""
        new = ProcessValues()
        yield Field("name", "Name", LineEntry(self._proposed_name, placeholder="Must be unique"))
        yield Field("command", "Command", LinesEntry(placeholder="Run by /bin/sh -c"))
        yield Field("description", "Description", LineEntry())
        yield Field(
            "working_directory", "Directory", LineEntry(placeholder="Empty: your home directory")
        )
        yield Field("environment", "Environment", VariablesEntry())
        yield Field("overlap", "Overlap", OneOf(OVERLAPS, new.overlap), classes="-apart")
        yield Field(
            "timeout",
            "Timeout",
            LineEntry(placeholder="none"),
            classes="-short",
            unit="such as 90s, 10m or 2h",
        )
        yield Field(
            "retries",
            "Retries",
            LineEntry(new.retries),
            classes="-short",
            unit="times after an error or timeout",
        )
        yield Field("retry_delay", "Retry after", LineEntry(new.retry_delay), classes="-short")
        yield Field("active", "Active", OneOf({True: "Yes", False: "No"}, True), classes="-apart")

    async def load(self) -> None:
        """Fill the fields with the process that is edited or cloned."""
        if self._source_id is None:
            return
        view = await self.runtime.read(self.runtime.services.processes.get, self._source_id)
        self.form.fill(asdict(values_of(draft_of(view))))
        self.form.touch_all()

    def values(self) -> ProcessValues:
        """What the fields hold."""
        return ProcessValues(**self.form.values())

    def reading(self) -> Reading:
        """What the fields mean."""
        return read(self.values())

    async def judge(self) -> Sequence[Problem]:
        """Every problem of what the fields hold."""
        reading = self.reading()
        refused = await self.runtime.read(
            self.runtime.services.processes.problems, reading.draft, self._own_id
        )
        return all_problems(reading.problems, refused)

    async def store(self) -> int:
        """Store the process and give its id; raises InvalidInput."""
        processes = self.runtime.services.processes
        draft = self.reading().draft
        if self._own_id is None:
            return (await self.runtime.write(processes.create, draft)).id
        return (await self.runtime.write(processes.update, self._own_id, draft)).id

    def adapt(self) -> AwaitMount:
        """Say what the chosen options mean."""
        values = self.values()
        self.form["overlap"].note = _OVERLAP_NOTES[values.overlap]
        self.form["active"].note = _ACTIVE_NOTES[values.active]
        return super().adapt()
