"""What the palette finds beside actions, and how one gets there."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from textual.app import App

from tui_scheduler.runtime import Runtime
from tui_scheduler.services.queries.finding import Found, find
from tui_scheduler.settings import SETTINGS, setting_text
from tui_scheduler.tui.screens.dialogs.palette import THEME
from tui_scheduler.tui.screens.main_screen import MainScreen
from tui_scheduler.tui.tabs import GROUPS, MONITOR, PROCESSES, REQUESTS
from tui_scheduler.tui.toasts import say

_SETTING = "Setting "
_SCREENS: Mapping[str, str] = {
    "request": REQUESTS,
    "process": PROCESSES,
    "group": GROUPS,
    "run": MONITOR,
}


class Finder:
    """Finds for ``app`` what is stored and configured."""

    def __init__(self, app: App[Any], runtime: Runtime) -> None:
        self._app = app
        self._runtime = runtime
        self._matches: dict[str, Found] = {}

    async def find(self, text: str) -> dict[str, str]:
        """Returns the labels of what matches ``text``, with a remark about each."""
        matches = await self._runtime.read(partial(find, text, self._runtime.clock.now()))
        self._matches = {each.label: each for each in matches}
        settings, worn = self._runtime.settings, self._app.theme
        return {
            **{label: each.about for label, each in self._matches.items()},
            **{
                f"{_SETTING}{name}": f"{setting_text(settings, name)}: {meaning}"
                for name, meaning in SETTINGS.items()
            },
            **{
                f"{THEME}{name}": "as it is now" if name == worn else ""
                for name in sorted(self._app.available_themes)
            },
        }

    async def go_to(self, label: str) -> None:
        """Go to the match with this ``label``, or say where a setting is changed for good."""
        config = self._runtime.settings.config
        if (match := self._matches.get(label)) is not None:
            await self._show(match)
        elif label.startswith(THEME):
            name = label.removeprefix(THEME)
            say(self._app, f'Until you leave. For good: theme = "{name}" in {config}', title=label)
        else:
            name = label.removeprefix(_SETTING)
            value = setting_text(self._runtime.settings, name)
            text = f"{name} is {value}: {SETTINGS[name]}. Change it in {config}, and begin again."
            say(self._app, text, title="Setting")

    async def _show(self, match: Found) -> None:
        """Show the row of a match on its screen; close what covers it, and undo what hides it."""
        await self._app.switch_mode(_SCREENS[match.kind])
        while len(self._app.screen_stack) > 1:
            await self._app.screen.dismiss()
        screen = self._app.screen
        if isinstance(screen, MainScreen):
            await screen.reveal(match.id)
