"""The fields of a form together: what they hold, and which of them show a problem."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import AwaitMount
from textual.widgets import Input

from tui_scheduler.errors import Problem
from tui_scheduler.tui.widgets.form.field import Field, whole_sentence
from tui_scheduler.tui.widgets.form.secrets import Secretive


class FormFields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The fields, scrolled as needed; up, down and enter go from field to field.

    Problems are shown at fields that were filled in ("touched"); those of others have to wait.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "up",
            "app.focus_previous",
            "Previous field",
            show=False,
            id="form.previous",
            tooltip="Go to the field above",
        ),
        Binding(
            "down,enter",
            "app.focus_next",
            "Next field",
            show=False,
            id="form.next",
            tooltip="Go to the field below",
        ),
        Binding(
            "pageup",
            "page_up",
            "Page up",
            show=False,
            id="form.page_up",
            tooltip="Scroll the fields up",
        ),
        Binding(
            "pagedown",
            "page_down",
            "Page down",
            show=False,
            id="form.page_down",
            tooltip="Scroll the fields down",
        ),
    ]

    def __init__(self, fields: Iterable[Field]) -> None:
        self._fields = {field.name or "": field for field in fields}
        self._touched: set[str] = set()
        super().__init__()

    def __getitem__(self, name: str) -> Field:
        return self._fields[name]

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields.values())

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """Enter in a line goes to the next field, as it does elsewhere."""
        event.stop()
        self.screen.focus_next()

    def values(self) -> dict[str, Any]:
        """What each field holds, by name."""
        return {name: field.value for name, field in self._fields.items()}

    def secretive(self) -> list[Secretive]:
        """The controls that hide what looks secret."""
        controls = [field.control for field in self]
        return [control for control in controls if isinstance(control, Secretive)]

    def exchange(self, old: Iterable[str], new: Iterable[Field], before: str) -> None:
        """Have ``new`` fields in the place of ``old`` ones, before the one of that name.

        They are mounted when they are shown for the first time, as all are.
        """
        for name in old:
            field = self._fields.pop(name)
            self._touched.discard(name)
            if field.is_attached:
                field.remove()
        names = list(self._fields)
        below = {name: self._fields.pop(name) for name in names[names.index(before) :]}
        self._fields |= {field.name or "": field for field in new} | below

    def fill(self, values: dict[str, Any]) -> None:
        """Have the fields hold these values; that is no change by hand."""
        for name, value in values.items():
            self._fields[name].value = value

    def show_only(self, names: Iterable[str]) -> AwaitMount:
        """Show the fields of these names and hide the others.

        A field is mounted when it is shown for the first time: a form opens as fast as it is small.
        Wait for what is returned before anything in it is used.
        """
        visible_names = frozenset(names)
        mounted: list[Field] = []
        waiting: list[Field] = []  # those that are mounted together, as that costs least
        for name, field in self._fields.items():
            field.display = name in visible_names
            if field.display and not field.is_attached:
                waiting.append(field)
            elif waiting and field.is_attached:
                self.mount(*waiting, before=field)
                mounted += waiting
                waiting.clear()
        if waiting:
            self.mount(*waiting)
        return AwaitMount(self, mounted + waiting)

    def show_all(self) -> AwaitMount:
        """Show every field."""
        return self.show_only(self._fields)

    def touch(self, names: Iterable[str]) -> None:
        """Count these fields as filled in."""
        self._touched.update(names)

    def touch_all(self) -> None:
        """Count every field as filled in."""
        self.touch(self._fields)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Put each problem at its field, if that was filled in already; of several the first."""
        texts = {problem.field: problem.text for problem in reversed(problems)}
        for name, field in self._fields.items():
            field.problem = texts.get(name, "") if name in self._touched else ""

    def waiting(self, problems: Sequence[Problem]) -> list[str]:
        """Returns, in words, the problems of fields that were not filled in yet."""
        placed = [(problem, self._fields.get(problem.field)) for problem in problems]
        return [
            _sentence(field.label, problem.text)
            for problem, field in placed
            if field is not None and field.display and not field.problem
        ]

    def marked(self, problems: Sequence[Problem]) -> list[str]:
        """Returns the labels of the fields that show a problem."""
        wrong = {problem.field for problem in problems}
        shown_fields = (field for name, field in self._fields.items() if name in wrong)
        return [field.label for field in shown_fields if field.display and field.problem]

    def unplaced(self, problems: Sequence[Problem]) -> list[str]:
        """In words, the problems of what has no field at the moment."""
        visible_names = {name for name, field in self._fields.items() if field.display}
        return [str(problem) for problem in problems if problem.field not in visible_names]

    def go_to_problem(self) -> None:
        """Focus the first field that shows a problem."""
        for field in self._fields.values():
            if field.problem and field.display:
                field.control.focus()
                self.call_after_refresh(field.scroll_visible, animate=False)
                return


def _sentence(label: str, problem: str) -> str:
    """Returns a problem as it is shown far from its field: with its label."""
    sentence = whole_sentence(label, problem)
    return sentence if sentence != problem else f"{label}: {problem}"
