"""Filling in a form as a person does: by keys alone, and waiting until it has judged."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast

from textual.events import Paste
from textual.pilot import Pilot
from textual.widget import Widget

from tests.tui.conftest import OpenRuntime
from tests.tui.quiet import press_keys, quiet
from tui_scheduler.receivers import EVERYBODY, NOBODY
from tui_scheduler.runtime import Runtime
from tui_scheduler.services import Services
from tui_scheduler.tui.screens.dialogs.question import Question
from tui_scheduler.tui.screens.forms.form import Form, Saved
from tui_scheduler.tui.screens.forms.process_picker import ProcessPicker
from tui_scheduler.tui.screens.groups.form import GroupForm
from tui_scheduler.tui.screens.processes.form import ProcessForm
from tui_scheduler.tui.screens.requests.form import RequestForm
from tui_scheduler.tui.type_ahead import TypeAheadApp
from tui_scheduler.tui.widgets.form.choice import AnyOf, OneOf
from tui_scheduler.tui.widgets.form.field import Control, Field
from tui_scheduler.tui.widgets.form.inputs import LineEntry, LinesEntry, PickEntry
from tui_scheduler.tui.widgets.form.receivers import ReceiverChoice
from tui_scheduler.tui.widgets.plain_text import Words
from tui_scheduler.tui.widgets.plan_preview import Fires

_NOTHING = Saved(-1)


def process_form(runtime: Runtime, name: str = "", command: str = "") -> ProcessForm:
    """The form of a new process."""
    return ProcessForm(runtime, name=name, command=command)


def request_form(
    runtime: Runtime, request_id: int | None = None, clone: bool = False, *, process: str = ""
) -> RequestForm:
    """The form of a request; a process can be made on the way."""
    new_process = partial(process_form, runtime)
    return RequestForm(runtime, request_id, clone, process=process, new_process=new_process)


def group_form(runtime: Runtime, group_id: int | None = None, clone: bool = False) -> GroupForm:
    """The form of a group; a process can be made on the way."""
    return GroupForm(runtime, group_id, clone, new_process=partial(process_form, runtime))


class FormPilot:
    """A form on the screen and the keys pressed into it."""

    def __init__(self, pilot: Pilot[None], form: Form) -> None:
        self.pilot = pilot
        self.form = form
        self.saved: Saved | None = _NOTHING

    @property
    def is_open(self) -> bool:
        return self.form.is_attached and self.form in self.pilot.app.screen_stack

    @property
    def top(self) -> object:
        """The screen in front."""
        return self.pilot.app.screen

    def keep(self, saved: Saved | None) -> None:
        """Remember what the form gave."""
        self.saved = saved

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until all that follows from them is done."""
        await self.type(*keys)
        await self.settle()

    async def type(self, *keys: str) -> None:
        """Press keys, and wait for no more than what the screen does of itself."""
        await press_keys(self.pilot.app, *keys, is_seen=False)

    async def settle(self) -> None:
        """Wait until the form was judged and what it stores is stored, or until it asks."""
        await self._rest()
        while self._is_at_work():
            await self._rest()
        await self._rest()

    def _is_at_work(self) -> bool:
        """Whether anything goes on that does not wait for an answer in a dialog over the form."""
        groups = {"review"}
        if not isinstance(self.top, Question):
            groups |= {"save", "leave"}
        if self.top is self.form:
            groups.add("pick")
        if isinstance(self.top, ProcessPicker):
            groups.add("make")
        return any(
            worker.group in groups or worker.name == "fetch"
            for worker in self.pilot.app.workers
            if not worker.is_finished
        )

    async def _rest(self) -> None:
        await quiet(self.pilot.app, is_seen=False)

    async def fill(self, values: Mapping[str, object]) -> None:
        """Go to each field and give it its value by keys."""
        for name, value in values.items():
            await self.go_to(name)
            await self.enter(self.field(name).control, value)
            await self.settle()

    def put(self, values: Mapping[str, Any]) -> None:
        """Change what controls hold at once, as a hand does one by one."""
        for name, value in values.items():
            cast("Control", self.field(name).control).value = value

    async def go_to(self, name: str) -> None:
        """Move to a field, forwards or backwards, whichever is nearer."""
        key = self._way_to(self.field(name).control)
        for _ in range(30):
            if self.form.focused is self.field(name).control:
                return
            await self.type(key)
        raise AssertionError(f"{key} never reaches {name}")

    def _way_to(self, control: Widget) -> str:
        chain = self.form.focus_chain
        if self.form.focused not in chain or control not in chain:
            return "tab"
        steps = (chain.index(control) - chain.index(self.form.focused)) % len(chain)
        return "tab" if steps <= len(chain) // 2 else "shift+tab"

    async def enter(self, control: Widget, value: Any) -> None:
        match control:
            case OneOf():
                await self.type("home", *["right"] * control.options.index(value))
            case AnyOf():
                wrong = [
                    (option in control.value) != (option in value) for option in control.options
                ]
                keys = [key for is_wrong in wrong for key in [*["space"] * is_wrong, "right"]]
                await self.type("home", *keys)
            case ReceiverChoice():
                wanted = {None: [EVERYBODY], (): [NOBODY]}.get(value, value)
                await self.type("home", "space")  # those of the configuration, and no name
                for name in wanted:
                    right = ["right"] * control.options.index(name)
                    await self.type("home", *right, "space")
            case PickEntry():
                await self.press(*value)
                await self.type("enter")
            case LineEntry() | LinesEntry():
                control.select_all()
                self.pilot.app.post_message(Paste(value))

    def field(self, name: str) -> Field:
        return self.form.form[name]

    @property
    def visible_fields(self) -> set[str]:
        """The fields that can be seen."""
        return {field.name or "" for field in self.form.form if field.display}

    @property
    def problems(self) -> dict[str, str]:
        """What is shown to be wrong, by field."""
        return {field.name or "": field.problem for field in self.form.form if field.problem}

    def text_of(self, selector: str) -> str:
        """The text of a part of the form; nothing if it is hidden."""
        return self.form.query_one(selector, Words).text

    @property
    def fires(self) -> list[str]:
        """The fires of the preview, line by line."""
        return [
            "  ".join(filter(None, (line.wall, line.wait.strip(), line.here)))
            for line in self.form.query_one(Fires).lines
        ]


@asynccontextmanager
async def opened_form(
    a_runtime: OpenRuntime,
    make: Callable[[Runtime], Form],
    prepare: Callable[[Services], object] | None = None,
    *,
    size: tuple[int, int] = (100, 30),
) -> AsyncIterator[FormPilot]:
    """Open a form over an empty application, and give the keys to it."""
    async with a_runtime() as runtime:
        if prepare is not None:
            await runtime.write(prepare, runtime.services)
        app = TypeAheadApp[None]()
        async with app.run_test(size=size, notifications=True) as pilot:
            form = make(runtime)
            filled = FormPilot(pilot, form)
            await app.push_screen(form, filled.keep)
            await filled.settle()
            yield filled
            await quiet(app)  # it can be drawn
