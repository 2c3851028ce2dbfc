"""A field says what it is, what is wrong with it, and that it changed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from tui_scheduler.errors import Problem
from tui_scheduler.tui.widgets.form.choice import AnyOf, OneOf
from tui_scheduler.tui.widgets.form.field import Control, Field
from tui_scheduler.tui.widgets.form.fieldset import FormFields
from tui_scheduler.tui.widgets.form.inputs import LineEntry, LinesEntry, PickEntry, VariablesEntry
from tui_scheduler.tui.widgets.form.members import MembersEntry
from tui_scheduler.tui.widgets.form.secrets import SecretEntry
from tui_scheduler.tui.widgets.plain_text import Words


class FieldApp(App[None]):
    """Shows fields and remembers which of them changed."""

    def __init__(self, *fields: Field) -> None:
        super().__init__()
        self.fields = FormFields(fields)
        self.changed: list[str | None] = []

    def compose(self) -> ComposeResult:
        yield self.fields

    def on_mount(self) -> None:
        self.fields.show_all()

    def on_field_changed(self, event: Field.Changed) -> None:
        self.changed.append(event.field.name)


@asynccontextmanager
async def field_app(*fields: Field) -> AsyncIterator[tuple[FieldApp, Pilot[None]]]:
    app = FieldApp(*fields)
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        yield app, pilot


def below(field: Field) -> str:
    return "\n".join(words.text for words in field.query(Words) if words.display)


def controls() -> list[tuple[Widget, object]]:
    """Every kind of control, and another value than it begins with."""
    return [
        (LineEntry(), "x"),
        (LinesEntry(), "x\ny"),
        (PickEntry(), "x"),
        (OneOf({1: "One", 2: "Two"}, 1), 2),
        (AnyOf({1: "One", 2: "Two"}), frozenset({2})),
        (VariablesEntry(), "A=1\nTOKEN=x"),
        (SecretEntry(), "x"),
        (MembersEntry(), ("a", "b")),
    ]


@pytest.mark.parametrize(("control", "value"), controls(), ids=lambda value: type(value).__name__)
async def test_every_control_holds_a_value_and_tells_changes(
    control: Widget, value: object
) -> None:
    field = Field("it", "It", control)
    async with field_app(field) as (app, pilot):
        cast("Control", control).value = value
        await pilot.pause()
        assert app.fields.values() == {"it": value}
        assert app.changed == ["it"]


async def test_what_the_program_sets_is_no_change() -> None:
    fields = [Field(type(control).__name__, "It", control) for control, _ in controls()]
    async with field_app(*fields) as (app, pilot):
        values = {type(control).__name__: value for control, value in controls()}
        app.fields.fill(values)
        await pilot.pause()
        assert app.fields.values() == values
        assert app.changed == []


async def test_what_a_control_begins_with_is_no_change() -> None:
    fields = [Field(type(control).__name__, "It", control) for control, _ in controls()]
    async with field_app(*fields) as (app, _):
        assert app.changed == []


async def test_what_is_changed_and_set_back_at_once_is_no_change() -> None:
    field = Field("it", "It", LineEntry())
    async with field_app(field) as (app, pilot):
        control = cast("Control", field.control)
        control.value = "y"
        control.value = ""
        await pilot.pause()
        assert app.changed == []


async def test_a_problem_takes_the_place_of_the_note() -> None:
    field = Field("it", "It", LineEntry())
    async with field_app(field) as (_, pilot):
        field.note = "what it means"
        await pilot.pause()
        assert below(field) == "what it means"
        field.problem = "is [wrong]\x1b"
        assert below(field) == "✗ It is [wrong]\x1b"
        assert field.has_class("-invalid")
        field.problem = ""
        assert below(field) == "what it means"
        assert not field.has_class("-invalid")


async def test_what_is_said_before_a_field_is_shown_is_shown_with_it() -> None:
    noted, wrong = Field("one", "One", LineEntry()), Field("two", "Two", LineEntry())
    noted.note, wrong.problem = "what it means", "is wrong"
    async with field_app(noted, wrong):
        assert (below(noted), below(wrong)) == ("what it means", "✗ Two is wrong")


async def test_a_click_on_the_label_goes_to_the_control() -> None:
    field = Field("it", "It", LineEntry())
    async with field_app(Field("other", "Other", LineEntry()), field) as (app, pilot):
        await pilot.click("#it", offset=(5, 0))
        assert app.focused is field.control


async def test_the_label_of_the_current_field_stands_out() -> None:
    one, two = Field("one", "One", LineEntry()), Field("two", "Two", LineEntry())
    async with field_app(one, two) as (_, pilot):
        one.control.focus()
        await pilot.press("tab")
        assert [field.has_class("-current") for field in (one, two)] == [False, True]


PROBLEMS = [Problem("one", "is bad"), Problem("one", "is worse"), Problem("gone", "is lost")]


async def test_problems_wait_until_a_field_was_filled_in() -> None:
    one, two = Field("one", "One", LineEntry()), Field("two", "Two", LineEntry())
    async with field_app(one, two) as (app, _):
        app.fields.show_problems(PROBLEMS)
        assert one.problem == ""
        assert app.fields.waiting(PROBLEMS) == ["One is bad", "One is worse"]
        app.fields.touch(["one"])
        app.fields.show_problems(PROBLEMS)
        assert (one.problem, two.problem) == ("is bad", "")
        assert app.fields.waiting(PROBLEMS) == []


async def test_a_problem_without_a_field_is_told_apart() -> None:
    one = Field("one", "One", LineEntry())
    async with field_app(one) as (app, _):
        assert app.fields.unplaced(PROBLEMS) == ["gone: is lost"]
        app.fields.show_only([])
        assert app.fields.unplaced(PROBLEMS[:1]) == ["one: is bad"]


async def test_going_to_the_problem_focuses_its_control() -> None:
    one, two = Field("one", "One", LineEntry()), Field("two", "Two", LineEntry())
    async with field_app(one, two) as (app, pilot):
        app.fields.touch_all()
        app.fields.show_problems([Problem("two", "is bad")])
        app.fields.go_to_problem()
        await pilot.pause()
        assert app.focused is two.control


async def test_label_and_unit_stand_around_a_short_control() -> None:
    field = Field("it", "Every", LineEntry(), unit="minutes", classes="-short")
    async with field_app(field):
        assert str(field.render()) == "        Every              minutes"
        field.unit = "hours"
        assert str(field.render()).endswith(" hours")
        assert field.control.region.x == 14
        assert field.control.region.width == 12


async def test_a_hint_that_is_too_long_ends_in_an_ellipsis() -> None:
    entry = LineEntry(placeholder="2026-03-29 02:30; empty: never")
    async with field_app(Field("finish", "Finish", entry)) as (_, pilot):
        assert entry.placeholder == "2026-03-29 02:30; empty: never"
        await pilot.resize_terminal(36, 12)
        await pilot.pause()
        assert entry.placeholder == "2026-03-29 02:30; e…"
        await pilot.resize_terminal(60, 12)
        await pilot.pause()
        assert entry.placeholder == "2026-03-29 02:30; empty: never"
