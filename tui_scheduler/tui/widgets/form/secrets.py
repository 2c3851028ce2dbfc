"""What every control has that hides what is secret, and a line of which all is secret."""

from typing import Protocol, runtime_checkable

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
