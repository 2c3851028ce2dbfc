"""Entry of variables, a line each; the values that look secret are hidden until one asks."""

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui_scheduler.services.secrets import MASK, looks_secret
from tui_scheduler.tui.widgets.entry import LinesEntry


class VariablesEntry(LinesEntry):
    """Lines of NAME=VALUE; its value is always the true one, whatever it shows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f3",
            "toggle_secrets",
            "Show secrets",
            show=False,
            id="entry.secrets",
            tooltip="Show or hide the values of variables that look secret",
        ),
    ]

    def __init__(self, value: str = "") -> None:
        self._secrets: dict[str, str] = {}
        self._is_revealed = False
        super().__init__(placeholder="NAME=VALUE, one a line")
        self.value = value

    @property
    def value(self) -> str:
        """The true text: a value that is hidden, and left as it is, stands for the true one."""
        return "\n".join(map(self._true, super().value.split("\n")))

    @value.setter
    def value(self, text: str) -> None:
        self._secrets = dict(_secrets(text))
        self.show(text if self._is_revealed else "\n".join(map(_hidden, text.split("\n"))))

    @property
    def hint(self) -> str:
        """What can be done about the values that look secret; empty if there are none."""
        if not self._secrets:
            return ""
        return "f3 hides what looks secret." if self._is_revealed else "f3 shows what is hidden."

    def action_toggle_secrets(self) -> None:
        """Show what is hidden, or hide it again."""
        place, text = self.cursor_location, self.value
        self._is_revealed = not self._is_revealed
        self.value = text
        self.move_cursor(place)

    def _true(self, line: str) -> str:
        name, _, value = line.partition("=")
        return f"{name}={self._secrets[name]}" if value == MASK and name in self._secrets else line


def _secrets(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        name, _, value = line.partition("=")
        if value and looks_secret(name):
            yield name, value


def _hidden(line: str) -> str:
    name, _, value = line.partition("=")
    return f"{name}={MASK}" if value and looks_secret(name) else line
