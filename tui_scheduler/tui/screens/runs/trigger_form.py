"""The form that asks what one run is given, and runs it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual.content import Content

from tui_scheduler.errors import Problem
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.validation import parameter_problems
from tui_scheduler.text import plain
from tui_scheduler.tui.screens.forms.field_text import Reader, all_problems, read_variables
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.forms.parameter_fields import FREE, ParameterFields
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.inputs import VariablesEntry


class TriggerForm(Form):
    """Runs a request once with what the fields hold; gives the run.

    They begin with ``given``, or with what the request gives.
    """

    SAVE: ClassVar[str] = "Run now"

    def __init__(
        self, runtime: Runtime, request_id: int, given: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(runtime, f"Run request {request_id} now")
        self._request_id = request_id
        self._given = given
        self._process = ""
        self._parameters = ParameterFields(lambda: self.form)

    def fields(self) -> Iterable[Field]:
        """The field of what is not declared; those of what is come with the request."""
        yield Field(FREE, "Parameters", VariablesEntry())

    async def load(self) -> None:
        """Fill the fields."""
        view = await self.runtime.read(self.runtime.services.requests.get, self._request_id)
        self._process = view.process
        title = plain(f"Run {view.process} now, once, with")
        self.query_one("#form").border_title = Content(title)
        given = view.parameters if self._given is None else self._given
        self._parameters.begin(view.declared, given)
        self.form.touch_all()

    async def validate(self) -> Sequence[Problem]:
        """Every problem of what the fields hold."""
        lines, unreadable = self._lines()
        given = self._parameters.given(lines)
        refused = await self.runtime.read(parameter_problems, self._process, given)
        return all_problems(unreadable, self._parameters.placed(refused, lines))

    async def store(self) -> int:
        """Trigger the run and give its id; raises InvalidInput, or Refused."""
        given = self._parameters.given(self._lines()[0])
        trigger, process = self.runtime.services.runs.trigger, self._process
        run = await self.runtime.write(
            trigger, self._request_id, given, only_these=True, process=process
        )
        return run.id

    def _lines(self) -> tuple[dict[str, str], list[Problem]]:
        """What the lines say, and why they cannot be read."""
        reader = Reader()
        return reader.read(FREE, self.form[FREE].value, read_variables, {}), reader.problems
