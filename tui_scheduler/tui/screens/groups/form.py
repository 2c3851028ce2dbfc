"""The form of a group: which processes, in which order, and what a failure means."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from textual import on, work
from textual.widget import AwaitMount

from tui_scheduler.errors import Problem
from tui_scheduler.members import names_of
from tui_scheduler.models import Overlap
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.groups import draft_of
from tui_scheduler.tui.screens.forms.field_text import OVERLAPS, all_problems
from tui_scheduler.tui.screens.forms.filling import NewProcess
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.forms.meanwhile import store_changed
from tui_scheduler.tui.screens.forms.notifying import note_on_notify, notifying_fields, unasked
from tui_scheduler.tui.screens.forms.process_picker import ProcessPicker
from tui_scheduler.tui.screens.groups.form_values import read, values_of
from tui_scheduler.tui.widgets.form.choice import OneOf
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.inputs import LineEntry
from tui_scheduler.tui.widgets.form.members import MembersEntry

_OVERLAP_NOTES: Mapping[Overlap, str] = {
    Overlap.SKIP: "If the group still runs, the new run is noted as skipped.",
    Overlap.ALLOW: "Any number of runs of the group may go on side by side.",
    Overlap.QUEUE: "If the group still runs, one new run waits for its end.",
    Overlap.REPLACE: "If the group still runs, it is stopped and the new run starts.",
}
_FAILURE_NOTES: Mapping[bool, str] = {
    False: "The others run all the same; then the group has failed.",
    True: "The rest is noted as skipped; then the group has failed.",
}
_MEMBERS_NOTE = """\
enter adds · shift+↑↓ moves · delete takes out
space runs it together with the one above"""


class GroupForm(Form):
    """Makes a group, edits the one with ``group_id``, or with ``clone`` begins from it."""

    def __init__(
        self,
        runtime: Runtime,
        group_id: int | None = None,
        clone: bool = False,
        *,
        new_process: NewProcess,
    ) -> None:
        self._source_id = group_id
        self._own_id = None if clone else group_id
        self._stored: GroupDraft | None = None
        self._new_process = new_process
        super().__init__(runtime, "New group" if self._own_id is None else "Edit group")

    def fields(self) -> Iterable[Field]:
        """The fields, in their order on the screen."""
        yield Field("name", "Name", LineEntry(placeholder="Must be unique"))
        yield Field("description", "Description", LineEntry())
        yield Field("members", "Members", MembersEntry(), classes="-apart")
        yield Field(
            "stop_on_failure",
            "On failure",
            OneOf({False: "Go on", True: "Stop"}, False),
            classes="-apart",
        )
        yield Field("overlap", "Overlap", OneOf(OVERLAPS, Overlap.SKIP), classes="-apart")
        yield from notifying_fields(self.runtime.settings)

    async def load(self) -> None:
        """Fill the fields with the group that is edited or cloned."""
        if self._source_id is None:
            return
        view = await self.runtime.read(self.runtime.services.groups.get, self._source_id)
        draft = draft_of(view)
        if self._own_id is not None:
            self._stored = draft
        self.form.fill(values_of(draft))
        self.form.touch_all()

    def draft(self) -> GroupDraft:
        """What the fields mean."""
        return read(self.form.values())[0]

    async def validate(self) -> Sequence[Problem]:
        """Every problem of what the fields hold."""
        draft, unreadable = read(self.form.values())
        problems = self.runtime.services.groups.problems
        return all_problems(unreadable, await self.runtime.read(problems, draft, self._own_id))

    async def store(self) -> int | None:
        """Store the group and give its id, or None if the user chose not to."""
        if self._stored is not None:
            return await store_changed(self, self._stored, self.draft(), self._update)
        create = self.runtime.services.groups.create
        return (await self.runtime.write(create, self.draft())).id

    async def _update(self, draft: GroupDraft, edited: GroupDraft) -> int:
        update = partial(self.runtime.services.groups.update, edited=edited)
        return (await self.runtime.write(update, self._own_id, draft)).id

    def update_fields(self) -> AwaitMount:
        """Show the fields that the choices ask for, and say what the chosen options mean."""
        draft = self.draft()
        self.form["members"].note = _MEMBERS_NOTE
        self.form["stop_on_failure"].note = _failure_note(draft)
        self.form["overlap"].note = _OVERLAP_NOTES[draft.overlap]
        self.form["notify"].note = note_on_notify(draft.notify, self.runtime.settings)
        return self.form.show_only(self.form.values().keys() - unasked(draft.notify))

    @on(MembersEntry.Asked)
    def ask(self, event: MembersEntry.Asked) -> None:
        """Open the list of processes."""
        if self.is_active:
            picker = ProcessPicker(self.runtime, self._new_process, typed=event.typed)
            self.pick(event.entry, picker)

    @work(exclusive=True, group="pick")
    async def pick(self, entry: MembersEntry, picker: ProcessPicker) -> None:
        """Add what is picked."""
        picked = await self.app.push_screen_wait(picker)
        if picked is not None:
            entry.insert(picked)


def _failure_note(draft: GroupDraft) -> str:
    """Return what follows if a member fails: those that run together with it are not stopped."""
    note = _FAILURE_NOTES[draft.stop_on_failure]
    is_stepped = len(draft.members) < len(names_of(draft.members))
    return f"Its step runs to its end. {note}" if draft.stop_on_failure and is_stepped else note
