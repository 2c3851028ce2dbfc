"""The application: which screens there are, and what every one of them can do."""

from functools import partial
from typing import ClassVar

from textual import work
from textual.app import App
from textual.binding import BindingType

from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.tui import themes
from tui_scheduler.tui.commands import ScreenCommands
from tui_scheduler.tui.keys import SHARED_KEYS
from tui_scheduler.tui.tabs import REQUESTS, TABS, open_screen
from tui_scheduler.tui.toasts import explain, say


class SchedulerApp(App[None], inherit_bindings=False):
    """Shows one runtime; whoever opened that closes it."""

    TITLE = "tui-scheduler"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False  # its key has no id; ours has
    COMMANDS = {ScreenCommands}  # noqa: RUF012 - declared so by Textual
    DEFAULT_MODE = REQUESTS
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [
        (0, "-narrow"),
        (110, "-normal"),
        (150, "-wide"),
    ]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [(0, "-short"), (32, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = SHARED_KEYS

    def __init__(self, runtime: Runtime) -> None:
        super().__init__()
        self.runtime = runtime
        for tab in TABS:
            self.add_mode(tab.mode, partial(open_screen, tab.mode, runtime))
        for theme in themes.THEMES:
            self.register_theme(theme)
        wanted = runtime.settings.theme
        self.theme = wanted if wanted in self.available_themes else themes.DARK

    def on_mount(self) -> None:
        """Apply the user's keys, and say what of the settings cannot be applied."""
        settings = self.runtime.settings
        if settings.theme and settings.theme not in self.available_themes:
            known = ", ".join(sorted(self.available_themes))
            say(self, f"There is no theme {settings.theme!r}. Known: {known}", is_warning=True)
        if settings.keymap:
            self.set_keymap(dict(settings.keymap))

    def action_step_screen(self, step: int) -> None:
        """Go to the next main screen, or with -1 to the one before."""
        modes = [tab.mode for tab in TABS]
        self.switch_mode(modes[(modes.index(self.current_mode) + step) % len(modes)])

    @work
    async def action_hold(self) -> None:
        """Hold all scheduling, or release it."""
        controls = self.runtime.services.controls
        try:
            hold = await self.runtime.read(controls.state)
            hold = await self.runtime.write(controls.release if hold.is_held else controls.hold)
        except SchedulerError as error:
            explain(self, "Cannot hold or release", error)
            return
        if hold.is_held:
            say(self, "Nothing starts until it is released. Running executions go on.")
        else:
            say(self, "Scheduling goes on. What fell due meanwhile counts as missed.")

    async def action_quit(self) -> None:
        """Leave, after a question if runs are going."""
        self.exit()
