"""Choosing who is told: those of the configuration, nobody, or any of the receivers by name."""

from collections.abc import Iterable

from textual.reactive import reactive

from tui_scheduler.receivers import EVERYBODY, NOBODY, RESERVED
from tui_scheduler.text import plain
from tui_scheduler.tui.widgets.form.choice import AnyOf, Choice, OneOf

_WORDS = {EVERYBODY: "Default", NOBODY: "None"}


class ReceiverChoice(Choice[str]):
    """Holds names, of which none is nobody; None stands for those of the configuration.

    A name that is not configured (any more) is offered as long as the form is open, once it was
    among them.
    """

    value: reactive[tuple[str, ...] | None] = reactive(None)

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(_WORDS | {name: plain(name) for name in names})

    def is_chosen(self, option: str) -> bool:
        """Whether ``option`` is told, or is what stands for those who are."""
        if option in RESERVED:
            return self.value == (None if option == EVERYBODY else ())
        return option in (self.value or ())

    def choose(self, option: str) -> None:
        """Have what stands for others alone; put a name in, or take it out."""
        if option in RESERVED:
            self.value = None if option == EVERYBODY else ()
        else:
            chosen = {*(self.value or ())} ^ {option}
            self.value = tuple(name for name in self.options if name in chosen)

    def mark(self, option: str) -> str:
        """One of the first two is chosen alone, of the names any number."""
        marks = OneOf.MARKS if option in RESERVED else AnyOf.MARKS
        return marks[self.is_chosen(option)]

    def watch_value(self, names: tuple[str, ...] | None) -> None:
        """Tell that others are chosen, of whom all are offered."""
        unknown = [name for name in names or () if name not in self.options]
        if unknown:
            self.offer({name: f"{plain(name)} (not configured)" for name in unknown})
        self.post_message(self.Changed(self))
