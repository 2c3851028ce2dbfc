"""The command palette: every action that works on the screen now, found by some letters."""

from collections.abc import Mapping, Sequence

from tui_scheduler.tui.commands import Command
from tui_scheduler.tui.screens.dialogs.picker import Picker


class Palette(Picker):
    """Lists ``commands``, each in a line with its keys and what it does; gives the label of one."""

    NOTHING = "No command matches."

    def __init__(self, commands: Mapping[str, Command]) -> None:
        async def labels() -> Sequence[str]:
            return list(commands)

        super().__init__("Commands", labels)
        self.details = {label: command.detail for label, command in commands.items()}
