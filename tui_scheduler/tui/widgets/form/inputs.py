"""Text entry that shows any character harmlessly and gives back what it was given.

Textual's own fields send control characters of a stored text on to the terminal, and a text area
loses unusual line ends. Lines of variables hide the values that look secret until one asks.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Key, Paste
from textual.message import Message
from textual.reactive import reactive
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui_scheduler.services.parameters.lines import EXAMPLE, secret_default
from tui_scheduler.services.parameters.secrets import MASK, secret_part
from tui_scheduler.text import plain
from tui_scheduler.wording import cut


def visible(text: str) -> str:
    """``text`` made printable, character by character, so that places in it stay the same."""
    return plain(text.replace("\t", " "))


class _Visible(Highlighter):
    def highlight(self, text: Text) -> None:
        text.plain = visible(text.plain)


class LineEntry(Input):
    """One line of text."""

    def __init__(self, value: str = "", *, placeholder: str = "") -> None:
        super().__init__(
            value, placeholder=placeholder, highlighter=_Visible(), compact=True,
            select_on_focus=False,
        )  # fmt: skip
        self._hint = placeholder

    def on_resize(self) -> None:
        """Let a hint that is too long end in an ellipsis, and not as if that were all."""
        self.placeholder = cut(self._hint, self.content_size.width)


class SuggestingEntry(LineEntry):
    """One line that offers the rest of one of some ``sayings``; right takes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right",
            "take_suggestion",
            "Take suggestion",
            id="entry.take",
            tooltip="Take what is suggested behind the cursor, or go right",
        ),
        Binding("right", "cursor_right", "Right", show=False, id="entry.right", tooltip="Go right"),
    ]

    def __init__(self, value: str = "", *, placeholder: str = "", sayings: Sequence[str]) -> None:
        super().__init__(value, placeholder=placeholder)
        self.sayings = tuple(sayings)
        self.suggester = SuggestFromList(self.sayings, case_sensitive=False)
        self._was_offered = self._is_offered

    @property
    def _is_offered(self) -> bool:
        """Whether there is something to take."""
        typed = self.value.casefold()
        return any(
            len(each) > len(typed) and each.casefold().startswith(typed) for each in self.sayings
        )

    def watch_value(self) -> None:
        """Have the bottom line offer to take something only while there is something."""
        if self._is_offered != self._was_offered:
            self._was_offered = self._is_offered
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Returns whether a suggestion can be taken; all else always can."""
        if action == "take_suggestion":
            return self._is_offered
        return super().check_action(action, parameters)

    def action_take_suggestion(self) -> None:
        """Take the suggestion; in an empty line the first saying."""
        if self.value:
            self.action_cursor_right()
        else:
            self.take(self.sayings[0])

    def take(self, saying: str) -> None:
        """Have ``saying`` in place of what was typed."""
        self.value = saying
        self.action_end()


class LinesEntry(TextArea):
    """Lines of text; tab leaves it, and so do up and down at its ends."""

    def __init__(self, value: str = "", *, placeholder: str = "") -> None:
        super().__init__(value, placeholder=placeholder, compact=True, highlight_cursor_line=False)
        self._given = value
        self._loaded = self.text

    @property
    def value(self) -> str:
        """The text; exactly as it was given as long as nobody edited it."""
        return self._given if self.text == self._loaded else self.text

    @value.setter
    def value(self, text: str) -> None:
        self.show(text)

    def show(self, text: str) -> None:
        """Begin anew with ``text``."""
        self.load_text(text)
        self._given = text
        self._loaded = self.text

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up; from the first line to the field above."""
        if self.cursor_at_first_line and not select:
            self.screen.focus_previous()
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down; from the last line to the field below."""
        if self.cursor_at_last_line and not select:
            self.screen.focus_next()
        else:
            super().action_cursor_down(select)

    def get_line(self, line_index: int) -> Text:
        """A line as it is drawn."""
        line = self.document.get_line(line_index)
        tabs_kept = "\t".join(map(plain, line.split("\t")))
        return Text(tabs_kept, end="", no_wrap=True)


class PickEntry(Widget, can_focus=True):
    """A value that is chosen in a dialog, which opens with enter or as soon as one types."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,space",
            "pick",
            "Choose",
            show=False,
            id="entry.pick",
            tooltip="Choose from a list",
        ),
    ]

    value = reactive("")

    class Changed(Message):
        """Another value was chosen."""

        def __init__(self, entry: "PickEntry") -> None:
            self.entry = entry
            super().__init__()

        @property
        def control(self) -> "PickEntry":
            """The widget that sent this."""
            return self.entry

    class Asked(Message):
        """The dialog is wanted; ``typed`` is what was typed already."""

        def __init__(self, entry: "PickEntry", typed: str) -> None:
            self.entry = entry
            self.typed = typed
            super().__init__()

        @property
        def control(self) -> "PickEntry":
            """The widget that sent this."""
            return self.entry

    def __init__(self, value: str = "", *, placeholder: str = "") -> None:
        super().__init__()
        self.set_reactive(PickEntry.value, value)
        self.set_class(not value, "-empty")
        self._placeholder = placeholder

    def render(self) -> Content:
        """The value, or what to do while there is none."""
        return Content(f"{visible(self.value) or self._placeholder} ▾")

    def watch_value(self) -> None:
        """Tell that there is another value."""
        self.set_class(not self.value, "-empty")
        self.post_message(self.Changed(self))

    def action_pick(self) -> None:
        """Ask for the dialog."""
        self.post_message(self.Asked(self, ""))

    def on_click(self, event: Click) -> None:
        """Ask for the dialog."""
        event.stop()
        self.action_pick()

    def on_paste(self, event: Paste) -> None:
        """Ask for the dialog with what is pasted."""
        event.stop()
        self.post_message(self.Asked(self, event.text))

    def on_key(self, event: Key) -> None:
        """Ask for the dialog with the first character typed."""
        if event.character is not None and event.is_printable and event.character != " ":
            event.stop()
            event.prevent_default()
            self.post_message(self.Asked(self, event.character))


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
        name, equals, value = line.partition("=")
        if not equals or (part := secret_part(name, value)) is None:
            return None
        start = len(name) + len(equals)
        return name.strip(), start + part[0], start + part[1]

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
        if (secret := self.secret_in(line)) is None:
            return "", ""
        name, start, end = secret
        return name, line[start:end]

    def _with(self, line: str, value: str) -> str:
        """``line`` with another value in the place of the secret."""
        secret = self.secret_in(line)
        return line if secret is None else line[: secret[1]] + value + line[secret[2] :]


class DeclarationsEntry(VariablesEntry):
    """Lines that declare parameters, as ``services.parameter_lines`` has them."""

    PLACEHOLDER: ClassVar[str] = f"One a line, such as {EXAMPLE}"

    @staticmethod
    def secret_in(line: str) -> tuple[str, int, int] | None:
        """The name in ``line``, and from where to where in it a secret default stands."""
        return secret_default(line)
