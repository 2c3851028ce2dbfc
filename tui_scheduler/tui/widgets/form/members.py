"""The members of a group in their order: added, moved and removed by keys or mouse."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key, Paste
from textual.message import Message
from textual.widgets import OptionList

from tui_scheduler.tui.widgets.form.inputs import visible

_ADD = "+ add a member"


def _key(keys: str, action: str, label: str, name: str, tooltip: str, *, show: bool) -> Binding:
    return Binding(keys, action, label, show=show, id=f"members.{name}", tooltip=tooltip)


class MembersEntry(OptionList):
    """Holds names; below the last one is a line that asks for another."""

    DEFAULT_CSS: ClassVar[str] = """
    MembersEntry, MembersEntry.-textual-compact {
        & > .option-list--option-highlighted {
            background: transparent;
            color: $foreground;
            text-style: none;
        }
        &:focus > .option-list--option-highlighted {
            background: $primary;
            color: $background;
            text-style: bold;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("enter", "add", "Add", "add", "Add a member after this one", show=True),
        _key("shift+up", "shift(-1)", "Move up", "up", "Run the member earlier", show=True),
        _key("shift+down", "shift(1)", "Move down", "down", "Run the member later", show=True),
        _key("delete,backspace", "remove", "Remove", "remove", "Take the member out", show=True),
    ]

    class Changed(Message):
        """The members are others, or in another order."""

        def __init__(self, entry: "MembersEntry") -> None:
            self.entry = entry
            super().__init__()

    class Asked(Message):
        """Another member is wanted; ``typed`` is what was typed already."""

        def __init__(self, entry: "MembersEntry", typed: str) -> None:
            self.entry = entry
            self.typed = typed
            super().__init__()

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._members = tuple(names)
        super().__init__(*self._prompts(), markup=False, compact=True)
        self.highlighted = 0

    @property
    def value(self) -> tuple[str, ...]:
        """The names, in their order."""
        return self._members

    @value.setter
    def value(self, names: Sequence[str]) -> None:
        self._take(tuple(names), 0)

    def insert(self, name: str) -> None:
        """Add a member after the one at the cursor, and go there."""
        place = min(self._cursor_place + 1, len(self._members))
        self._take((*self._members[:place], name, *self._members[place:]), place)

    def action_add(self) -> None:
        """Ask for another member."""
        self.post_message(self.Asked(self, ""))

    def action_remove(self) -> None:
        """Take the member at the cursor out."""
        place = self._cursor_place
        if place < len(self._members):
            self._take((*self._members[:place], *self._members[place + 1 :]), place)

    def action_shift(self, step: int) -> None:
        """Let the member at the cursor and its neighbour change places."""
        place, other = self._cursor_place, self._cursor_place + step
        if place < len(self._members) and 0 <= other < len(self._members):
            names = list(self._members)
            names[place], names[other] = names[other], names[place]
            self._take(tuple(names), other)

    def action_cursor_up(self) -> None:
        """Go to the member before; from the first one to the field before."""
        if self._cursor_place == 0:
            self.screen.focus_previous()
        else:
            super().action_cursor_up()

    def action_cursor_down(self) -> None:
        """Go to the next member; from the last line to the next field."""
        if self._cursor_place == len(self._members):
            self.screen.focus_next()
        else:
            super().action_cursor_down()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask for another member when the last line is clicked."""
        event.stop()
        if event.option_index == len(self._members):
            self.action_add()

    def on_paste(self, event: Paste) -> None:
        """Ask for a member that is called so, or runs that."""
        event.stop()
        self.post_message(self.Asked(self, event.text))

    def on_key(self, event: Key) -> None:
        """Ask for a member whose name begins with what is typed."""
        if event.character is not None and event.is_printable and event.character != " ":
            event.stop()
            event.prevent_default()
            self.post_message(self.Asked(self, event.character))

    @property
    def _cursor_place(self) -> int:
        return self.highlighted or 0

    def _take(self, names: tuple[str, ...], place: int) -> None:
        is_other = names != self._members
        self._members = names
        self.set_options(self._prompts())
        self.highlighted = place
        if is_other:
            self.post_message(self.Changed(self))

    def _prompts(self) -> list[Content]:
        width = len(str(len(self._members)))
        named = [
            Content(f"{number:>{width}} {visible(name)}")
            for number, name in enumerate(self._members, 1)
        ]
        return [*named, Content(_ADD)]
