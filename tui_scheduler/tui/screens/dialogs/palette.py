"""The command palette: what can be done now, and whatever there is to go to, by some letters."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence

from textual import on, work
from textual.widgets import Input, OptionList

from tui_scheduler.errors import SchedulerError
from tui_scheduler.tui.screens.dialogs.picker import Picker

Find = Callable[[str], Awaitable[Mapping[str, str]]]
"""Gives what there is for a text, each by its label with what is said about it."""

_NUMBER_SIGN = re.compile("#(?=[0-9])")
THEME = "Theme "
"""How the label of a theme begins."""


class Palette(Picker):
    """Lists ``commands``, each with its details, and for what is typed all that ``find`` gives.

    Closes with the label of what was chosen. A theme is worn as long as it is lit up; it stays if
    it is chosen.
    """

    NOTHING = "Nothing matches."
    HINT = "Find an action, request, process, run, setting or theme"

    def __init__(self, commands: Mapping[str, str], find: Find) -> None:
        super().__init__("Commands", self._labels)
        self.details = commands
        self._commands = commands
        self._find = find
        self._found_for = ""
        self._worn = ""
        self._has_moved = False

    async def begin(self) -> None:
        """Keep in mind which theme was worn before."""
        self._worn = self.app.theme
        await super().begin()

    async def _labels(self) -> Sequence[str]:
        return list(self._commands)

    @property
    def searched_text(self) -> str:
        """What was typed; a number may have its sign, which no name has."""
        return _NUMBER_SIGN.sub("", self.query_text)

    @property
    def is_listed(self) -> bool:
        """Whether all that there is for what was typed is in the list."""
        return super().is_listed and self._found_for == self.query_text.strip()

    @on(Input.Changed)
    def look(self) -> None:
        """Look for what was typed, beside what is known already."""
        self._has_moved = False
        self.look_for(self.query_text.strip())

    @work(exclusive=True, group="look")
    async def look_for(self, text: str) -> None:
        """List what there is for ``text``."""
        matches: Mapping[str, str] = {}
        try:
            matches = await self._find(text) if text else {}
        except SchedulerError as error:
            self.notify(str(error), severity="error", markup=False)
        self.details = {**self._commands, **matches}
        self._found_for = text
        self.show_names(list(self.details))

    @on(OptionList.OptionHighlighted)
    def wear(self, event: OptionList.OptionHighlighted) -> None:
        """Show how a theme looks, unless one is still looking for any."""
        looks_for_any = THEME.lower().startswith(self.query_text.strip().lower())
        is_meant = self._has_moved or not looks_for_any
        self._wear(self.name_at(event.option_index) if is_meant else "")

    def action_list(self, action: str) -> None:
        """Move the cursor of the list while one types."""
        self._has_moved = True
        super().action_list(action)

    def close_with(self, name: str | None) -> None:
        """Close, in the theme that was chosen, or else in the one that was worn before."""
        self._wear(name or "")
        super().close_with(name)

    def _wear(self, label: str) -> None:
        theme = label.removeprefix(THEME) if label.startswith(THEME) else self._worn
        if theme in self.app.available_themes and theme != self.app.theme:
            self.app.theme = theme
