"""Entry of variables, a line each; the values that look secret are hidden until one asks."""

from collections.abc import Iterator

from tui_scheduler.services.secrets import MASK, looks_secret
from tui_scheduler.tui.widgets.entry import LinesEntry


class VariablesEntry(LinesEntry):
    """Lines of NAME=VALUE; its value is always the true one, whatever it shows."""

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
        self._secrets = {}
        self._begin(text)

    @property
    def has_secrets(self) -> bool:
        """Whether there is anything to hide."""
        return any(_secrets(self.value))

    @property
    def is_revealed(self) -> bool:
        """Whether it shows what looks secret."""
        return self._is_revealed

    @is_revealed.setter
    def is_revealed(self, is_revealed: bool) -> None:
        place, text = self.cursor_location, self.value
        self._is_revealed = is_revealed
        self._begin(text)
        self.move_cursor(place)

    def _begin(self, text: str) -> None:
        """Show ``text``; the secret of a name that is mistyped at the moment is not forgotten."""
        self._secrets.update(_secrets(text))
        self.show(text if self._is_revealed else "\n".join(map(_hidden, text.split("\n"))))

    def _true(self, line: str) -> str:
        name, _, value = line.partition("=")
        secret = self._secrets.get(name.strip()) if value == MASK else None
        return line if secret is None else f"{name}={secret}"


def _secrets(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        name, _, value = line.partition("=")
        if value and value != MASK and looks_secret(name):
            yield name.strip(), value


def _hidden(line: str) -> str:
    name, _, value = line.partition("=")
    return f"{name}={MASK}" if value and looks_secret(name) else line
