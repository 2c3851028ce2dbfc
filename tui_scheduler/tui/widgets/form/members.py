"""The members of a group in their order: added, moved, joined and removed by keys or mouse."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key, Paste
from textual.message import Message
from textual.widgets import OptionList

from tui_scheduler.members import Members, members_of, names_of, numbered, steps_of
from tui_scheduler.tui.widgets.form.inputs import visible

_ADD = "+ add a member"


def _key(keys: str, action: str, label: str, name: str, tooltip: str, *, show: bool) -> Binding:
    return Binding(keys, action, label, show=show, id=f"members.{name}", tooltip=tooltip)


class MembersEntry(OptionList):
    """Holds names, some of them joined in a step; below is a line that asks for another."""

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
        _key("shift+up", "shift(-1)", "Up", "up", "Run the member earlier", show=True),
        _key("shift+down", "shift(1)", "Down", "down", "Run the member later", show=True),
        _key(
            "space",
            "join",
            "Join",
            "join",
            "Run the member together with the one above, or after it again",
            show=True,
        ),
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

    def __init__(self, members: Members = ()) -> None:
        self._members = members
        super().__init__(*self._prompts(), markup=False, compact=True)
        self.highlighted = 0

    @property
    def value(self) -> Members:
        """The names, in their order; those of a step of several are a tuple of their own."""
        return self._members

    @value.setter
    def value(self, members: Members) -> None:
        self._take(steps_of(members), 0)

    def insert(self, name: str) -> None:
        """Add a member after the step at the cursor, and go there."""
        steps = list(self._steps)
        index = min(self._at(self._cursor_place)[0] + 1, len(steps))
        steps.insert(index, (name,))
        self._take(steps, _places_before(steps, index))

    def action_add(self) -> None:
        """Ask for another member."""
        self.post_message(self.Asked(self, ""))

    def action_remove(self) -> None:
        """Take the member at the cursor out."""
        if self._is_on_member:
            steps = list(self._steps)
            index, within = self._at(self._cursor_place)
            steps[index] = steps[index][:within] + steps[index][within + 1 :]
            self._take(steps, self._cursor_place)

    def action_shift(self, step: int) -> None:
        """Move the member at the cursor by one: within its step, out of it, or past another one."""
        if not self._is_on_member:
            return
        steps = [list(each) for each in self._steps]
        index, within = self._at(self._cursor_place)
        own, other = steps[index], index + step
        if 0 <= within + step < len(own):
            own.insert(within + step, own.pop(within))
            place = self._cursor_place + step
        elif len(own) > 1:
            steps.insert(max(index, other), [own.pop(within)])
            place = self._cursor_place
        elif 0 <= other < len(steps):
            steps[index], steps[other] = steps[other], own
            place = _places_before(steps, other)
        else:
            return
        self._take(steps, place)

    def action_join(self) -> None:
        """Let the member at the cursor run together with the one above, or after it again."""
        if not self._is_on_member or self._cursor_place == 0:
            return
        steps = list(self._steps)
        index, within = self._at(self._cursor_place)
        if within:
            steps[index : index + 1] = [steps[index][:within], steps[index][within:]]
        else:
            steps[index - 1 : index + 1] = [steps[index - 1] + steps[index]]
        self._take(steps, self._cursor_place)

    def action_cursor_up(self) -> None:
        """Go to the member before; from the first one to the field before."""
        if self._cursor_place == 0:
            self.screen.focus_previous()
        else:
            super().action_cursor_up()

    def action_cursor_down(self) -> None:
        """Go to the next member; from the last line to the next field."""
        if not self._is_on_member:
            self.screen.focus_next()
        else:
            super().action_cursor_down()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask for another member when the last line is clicked."""
        event.stop()
        if event.option_index == len(names_of(self._members)):
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

    @property
    def _is_on_member(self) -> bool:
        return self._cursor_place < len(names_of(self._members))

    @property
    def _steps(self) -> Sequence[tuple[str, ...]]:
        return steps_of(self._members)

    def _at(self, place: int) -> tuple[int, int]:
        """Return in which step a place is, and where in it; behind the last one is another step."""
        for index, step in enumerate(self._steps):
            if place < len(step):
                return index, place
            place -= len(step)
        return len(self._steps), 0

    def _take(self, steps: Sequence[Sequence[str]], place: int) -> None:
        members = members_of(steps)
        is_other = members != self._members
        self._members = members
        self.set_options(self._prompts())
        self.highlighted = place
        if is_other:
            self.post_message(self.Changed(self))

    def _prompts(self) -> list[Content]:
        named = [Content(f"{number} {visible(name)}") for number, name in numbered(self._members)]
        return [*named, Content(_ADD)]


def _places_before(steps: Sequence[Sequence[str]], index: int) -> int:
    return sum(len(step) for step in steps[:index])
