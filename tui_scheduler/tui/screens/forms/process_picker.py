"""Picking a process, or making the one that is missing."""

import re
from pathlib import PurePosixPath
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button

from tui_scheduler.errors import SchedulerError
from tui_scheduler.members import listed
from tui_scheduler.runtime import Runtime
from tui_scheduler.tui.format import GROUP
from tui_scheduler.tui.screens.dialogs.picker import Picker
from tui_scheduler.tui.screens.forms.filling import NewProcess

_COMMAND = re.compile(r"[/|&;<>$=*\"']|\s-")
_VARIABLE = re.compile(r"\w+=")


class ProcessPicker(Picker):
    """Lists the active processes; a new one can be made, and is picked at once.

    ``new_process`` makes its form. With ``groups`` it lists the groups before them.
    """

    NOTHING = "No process matches. Press enter to make a new one."
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
        new_process: NewProcess,
        chosen: str = "",
        typed: str = "",
        *,
        groups: bool = False,
    ) -> None:
        self._groups: dict[str, str] = {}
        self._has_groups = groups
        title = "Process or group" if groups else "Process"
        super().__init__(title, self._all_names, chosen=chosen, typed=typed)
        self._runtime = runtime
        self._new_process = new_process

    async def _all_names(self) -> list[str]:
        """Groups, with their glyph, and processes; what they are is said behind them."""
        services = self._runtime.services
        groups = await self._runtime.read(services.groups.all) if self._has_groups else []
        processes = await self._runtime.read(services.processes.choices)
        self._groups = {f"{GROUP} {group.name}": group.name for group in groups}
        members = (f"group: {listed(group.members, ' → ')}" for group in groups)
        self.details = {**dict(zip(self._groups, members, strict=True)), **dict(processes)}
        return list(self.details)

    def actions(self) -> ComposeResult:
        """Buttons to make a process and to leave."""
        yield Button("New process", id="picker-new", action="screen.make", compact=True)
        yield from super().actions()

    def close_with(self, name: str | None) -> None:
        """Close with the bare name of a group."""
        super().close_with(self._groups.get(name, name) if name else name)

    def pick_nothing_that_matches(self) -> None:
        """Make what is missing."""
        if self.query_text.strip():
            self.action_make()

    @work(exclusive=True, group="make")
    async def action_make(self) -> None:
        """Open the form of a process, named as was typed, and pick what it saves."""
        form = self._new_process(*name_and_command(self.query_text, self.pasted_text))
        saved = await self.app.push_screen_wait(form)
        if saved is None:
            return
        try:
            made = await self._runtime.read(self._runtime.services.processes.get, saved.id)
        except SchedulerError as error:
            self.notify(str(error), severity="error", markup=False)
        else:
            self.close_with(made.name)


def name_and_command(typed: str, pasted: str) -> tuple[str, str]:
    """What a new process is called and runs: a command is called as its first word.

    What was pasted is a command if it is more than a word, and what was typed if it looks so.
    """
    text = pasted.strip() or typed.strip()
    is_command = len(text.split()) > 1 if pasted else _COMMAND.search(text) is not None
    if not is_command:
        return text, ""
    words = [word for word in text.split() if not _VARIABLE.match(word)]
    return PurePosixPath(words[0] if words else text).name, text
