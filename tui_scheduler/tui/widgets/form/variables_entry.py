"""Entry of variables, a line each; the values that look secret are hidden until one asks."""

from collections.abc import Iterator
from typing import ClassVar

from tui_scheduler.services.parameters.lines import EXAMPLE, secret_default
from tui_scheduler.services.parameters.secrets import MASK, looks_secret
from tui_scheduler.tui.widgets.form.inputs import LinesEntry


class VariablesEntry(LinesEntry):
    """Lines of NAME=VALUE; its value is always the true one, whatever it shows."""

    PLACEHOLDER: ClassVar[str] = "NAME=VALUE, one a line"

    def __init__(self, value: str = "") -> None:
        self._secrets: dict[str, str] = {}
        self._is_revealed = False
        super().__init__(placeholder=self.PLACEHOLDER)
        self.value = value

    @staticmethod
    def secret_in(line: str) -> tuple[str, int, int] | None:
        """The name in ``line``, and from where to where in it a value stands that looks secret."""
        name, equals, _ = line.partition("=")
        if not equals or not looks_secret(name):
            return None
        return name.strip(), len(name) + 1, len(line)

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
        return any(self._secrets_in(self.value))

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
        self._secrets.update(self._secrets_in(text))
        self.show(text if self._is_revealed else "\n".join(map(self._hidden, text.split("\n"))))

    def _true(self, line: str) -> str:
        name, value = self._secret(line)
        return self._with(line, self._secrets.get(name, MASK)) if value == MASK else line

    def _hidden(self, line: str) -> str:
        return self._with(line, MASK) if self._secret(line)[1] else line

    def _secrets_in(self, text: str) -> Iterator[tuple[str, str]]:
        for name, value in map(self._secret, text.split("\n")):
            if value and value != MASK:
                yield name, value

    def _secret(self, line: str) -> tuple[str, str]:
        """Name and value of what looks secret in ``line``; both empty if nothing does."""
        if (found := self.secret_in(line)) is None:
            return "", ""
        name, start, end = found
        return name, line[start:end]

    def _with(self, line: str, value: str) -> str:
        """``line`` with another value in the place of the secret."""
        found = self.secret_in(line)
        return line if found is None else line[: found[1]] + value + line[found[2] :]


class DeclarationsEntry(VariablesEntry):
    """Lines that declare parameters, as ``services.parameter_lines`` has them."""

    PLACEHOLDER: ClassVar[str] = f"One a line, such as {EXAMPLE}"

    @staticmethod
    def secret_in(line: str) -> tuple[str, int, int] | None:
        """The name in ``line``, and from where to where in it a secret default stands."""
        return secret_default(line)
