"""Picking a process, or making the one that is missing."""

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button

from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.tui.format import GROUP
from tui_scheduler.tui.screens.dialogs.picker import Picker
from tui_scheduler.tui.screens.forms.filling import NewForm


class ProcessPicker(Picker):
    """Lists the active processes; a new one can be made, and is picked at once.

    ``new_process`` makes its form. With ``groups`` it lists the groups before them.
    """

    NOTHING = "No process matches. Press ctrl+n to make a new one."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+n",
            "make",
            "New process",
            id="picker.new",
            tooltip="Make a new process and pick it",
        ),
    ]

    def __init__(
        self,
        runtime: Runtime,
        new_process: NewForm,
        chosen: str = "",
        typed: str = "",
        *,
        groups: bool = False,
    ) -> None:
        self._groups: dict[str, str] = {}
        title = "Process or group" if groups else "Process"
        names = self._all_names if groups else self._process_names
        super().__init__(title, names, chosen=chosen, typed=typed)
        self._runtime = runtime
        self._new_process = new_process

    async def _process_names(self) -> list[str]:
        return await self._runtime.read(self._runtime.services.processes.names)

    async def _all_names(self) -> list[str]:
        """Processes, and groups with their glyph."""
        groups = await self._runtime.read(self._runtime.services.groups.names)
        self._groups = {f"{GROUP} {name}": name for name in groups}
        return [*self._groups, *await self._process_names()]

    def actions(self) -> ComposeResult:
        """Buttons to make a process and to leave."""
        yield Button("New process", id="picker-new", action="screen.make", compact=True)
        yield from super().actions()

    def close_with(self, name: str | None) -> None:
        """Close with the bare name of a group."""
        super().close_with(self._groups.get(name, name) if name else name)

    @work(exclusive=True, group="make")
    async def action_make(self) -> None:
        """Open the form of a process, named as was typed, and pick what it saves."""
        form = self._new_process(self.query_text.strip())
        saved = await self.app.push_screen_wait(form)
        if saved is None:
            return
        try:
            made = await self._runtime.read(self._runtime.services.processes.get, saved.id)
        except SchedulerError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self.close_with(made.name)
