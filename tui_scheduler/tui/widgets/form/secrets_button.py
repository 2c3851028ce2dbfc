"""The button that shows and hides the values that look secret."""

from collections.abc import Sequence

from textual.widgets import Button

from tui_scheduler.tui.widgets.form.secrets import Secretive


class SecretsButton(Button):
    """Does by mouse what the key does; away while there is nothing to hide."""

    def __init__(self) -> None:
        super().__init__("", id="form-secrets", action="screen.toggle_secrets", compact=True)
        self.display = False

    def offer(self, entries: Sequence[Secretive]) -> None:
        """Say what the key does now to ``entries``."""
        self.display = any(entry.has_secrets for entry in entries)
        is_revealed = any(entry.is_revealed for entry in entries)
        self.label = "Hide secrets  f3" if is_revealed else "Show secrets  f3"
