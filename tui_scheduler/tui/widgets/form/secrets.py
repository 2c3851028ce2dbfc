"""What hides secrets: what each such control has, a line of dots, and the button for them."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from textual.widgets import Button

from tui_scheduler.tui.widgets.form.inputs import LineEntry


@runtime_checkable
class Secretive(Protocol):
    """A control whose value is always the true one, whatever it shows."""

    is_revealed: bool
    """Whether it shows what is secret."""

    @property
    def has_secrets(self) -> bool:
        """Whether there is anything to hide."""
        ...


class SecretEntry(LineEntry):
    """One line of which only dots are seen, also while one types."""

    def __init__(self, value: str = "", *, placeholder: str = "") -> None:
        super().__init__(value, placeholder=placeholder)
        self.password = True

    @property
    def has_secrets(self) -> bool:
        """Whether there is anything to hide."""
        return bool(self.value)

    @property
    def is_revealed(self) -> bool:
        """Whether it shows what it holds."""
        return not self.password

    @is_revealed.setter
    def is_revealed(self, is_revealed: bool) -> None:
        self.password = not is_revealed


class SecretsButton(Button):
    """Does by mouse what the key does; away while there is nothing to hide."""

    def __init__(self) -> None:
        super().__init__("", id="form-secrets", action="screen.toggle_secrets", compact=True)
        self.display = False

    def offer(self, entries: Sequence[Secretive]) -> None:
        """Say what the key does now to ``entries``."""
        self.display = any(entry.has_secrets for entry in entries)
        is_revealed = any(entry.is_revealed for entry in entries)
        self.label = "Hide secrets" if is_revealed else "Show secrets"
