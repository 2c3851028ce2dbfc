"""The list of keys that help, palette and settings are built from."""

import re

import pytest
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tests.services.drafts import a_request
from tests.tui.conftest import Show
from tests.tui.on_screen import keys, press, screenful, until
from tui_scheduler.tui.commands import commands_of
from tui_scheduler.tui.keymap import keymap_problems, usual_keys
from tui_scheduler.tui.keys import SHARED_KEYS, declared, keys_of
from tui_scheduler.tui.screens.main_screen import MainScreen
from tui_scheduler.tui.screens.processes.form import ProcessForm


class _Base(Widget):
    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("a,b", "first", "First", id="thing.first", tooltip="Do the first"),
        Binding("z", "nameless", "Nameless"),
    ]


class _Derived(_Base):
    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("c", "second", "Second", id="thing.second"),
    ]


def _display(binding: Binding) -> str:
    return f"<{binding.key}>"


def test_keys_of_base_classes_are_found_and_nameless_ones_left_out() -> None:
    assert {binding.id for binding in declared(_Derived)} == {"thing.first", "thing.second"}


def test_all_keys_of_an_action_stand_in_one_line() -> None:
    second, first = keys_of([_Derived()], {}, _display)
    assert first.keys == ("<a>", "<b>")
    assert (first.section, first.tooltip) == ("Thing", "Do the first")
    assert second.tooltip == "Second"


def test_the_users_own_keys_replace_the_usual_ones() -> None:
    lines = keys_of([_Derived()], {"thing.first": "f5, x"}, _display)
    assert next(line.keys for line in lines if line.id == "thing.first") == ("<f5>", "<x>")


def test_unknown_ids_are_found_whatever_screen_they_could_be_of() -> None:
    keymap = {"request.new": "n", "run.stpo": "r", "app.quit": "q", "": "x"}
    empty, wrong = keymap_problems(keymap)
    assert empty[0] == "No key has the id ''"
    assert empty[1].startswith("Some that exist: ")
    assert wrong == ("No key has the id 'run.stpo'", "Did you mean run.stop?")


@pytest.mark.parametrize(
    ("keymap", "key", "ids"),
    [
        ({"request.new": "s"}, "s", "request.new and request.schedule"),
        ({"request.new": "n,p"}, "p", "app.hold and request.new"),
        ({"request.new": "f7", "request.edit": "e, f7"}, "f7", "request.edit and request.new"),
        ({"table.sort": "?"}, "?", "app.help and table.sort"),
        ({"app.hold": "o"}, "o", "app.hold and table.sort"),
        ({"details.down": "c"}, "c", "details.down and run.compare"),
        ({"run.stop": "w"}, "w", "log.wrap and run.stop"),
        ({"notice.log": "M"}, "M", "app.notices and notice.log"),
        ({"monitor.failed": "t"}, "t", "monitor.failed and run.trigger"),
        ({"form.save": "escape"}, "escape", "form.leave and form.save"),
        ({"choice.choose": "f3"}, "f3", "choice.choose and form.secrets"),
        ({"request.new": "space"}, "space", "request.new and table.mark"),
    ],
)
def test_a_key_of_two_actions_that_work_together_is_told(
    keymap: dict[str, str], key: str, ids: str
) -> None:
    [problem] = keymap_problems(keymap)
    both = f"'{key}' is the key of both {ids}, so one of them does not work"
    assert problem == (both, "Give one of them another key")


@pytest.mark.parametrize(
    "keymap",
    [
        {"request.new": "s", "request.schedule": "n"},  # they change places
        {"request.new": "n,a", "process.new": "n"},
        {"request.new": "w"},  # which a log has
        {"form.save": "p,s"},  # which only other screens have
        {"log.search": "/,f9"},  # as it is: within the log the log is searched
        {"request.new": "", "request.edit": ","},
    ],
)
def test_keys_that_work_elsewhere_or_were_given_away_are_no_conflict(
    keymap: dict[str, str],
) -> None:
    assert keymap_problems(keymap) == []


def test_no_main_screen_is_forgotten_where_conflicts_are_looked_for() -> None:
    usual_keys()  # loads every screen
    kinds: list[type[object]] = [MainScreen]
    while kinds:
        kind = kinds.pop()
        kinds.extend(kind.__subclasses__())
        if not kind.__subclasses__() and kind.__module__.startswith("tui_scheduler."):
            for binding in declared(kind):
                assert keymap_problems({str(binding.id): "p"}), binding.id


def _all_ours() -> list[Binding]:
    usual_keys()  # loads every screen
    bindings: list[Binding] = []
    kinds: list[type[object]] = [Widget]
    while kinds:
        kind = kinds.pop()
        kinds.extend(kind.__subclasses__())
        if kind.__module__.startswith("tui_scheduler."):
            bindings.extend(_own(kind.__dict__.get("BINDINGS", [])))
    return bindings + _own(SHARED_KEYS)


def _own(bindings: list[BindingType]) -> list[Binding]:
    return [binding for binding in bindings if isinstance(binding, Binding)]


def test_every_binding_has_an_id_a_label_and_an_explanation() -> None:
    for binding in _all_ours():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", str(binding.id)), binding
        assert binding.description, binding
        assert binding.tooltip, binding


@pytest.mark.parametrize(
    "key", ["ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+left_square_bracket"]
)
def test_keys_that_terminals_confuse_are_not_used(key: str) -> None:
    for binding in _all_ours():
        assert key not in binding.key.split(","), binding


async def test_the_palette_lists_every_action_with_its_key(show: Show) -> None:
    async with show(size=(120, 60)) as ui:
        await press(ui, ":")
        await until(ui, lambda: "Hold or release" in screenful(ui))
        lines = [line for line in screenful(ui).splitlines() if "Hold or release" in line]
        (line,) = lines
        words = line[line.index("Hold or release") :].split()
        assert words[:5] == ["Hold", "or", "release", "p", "Hold"]


async def test_the_palette_names_the_object_of_an_action(show: Show) -> None:
    async with show(a_request) as ui:
        await until(ui, lambda: "Edit" in keys(ui))
        listed = commands_of(ui.app.screen)
        assert {"New request", "Edit request", "Trigger request with parameters"} <= set(listed)
        assert listed["New request"].keys == "n a"
        await press(ui, "3")
        await until(ui, lambda: "Clone" in keys(ui))
        assert {"New process", "Clone process"} <= set(commands_of(ui.app.screen))


async def test_an_action_chosen_in_the_palette_acts_on_the_screen_beneath(show: Show) -> None:
    async with show() as ui:
        await press(ui, "3", ":", *"new proc", "enter")
        await until(ui, lambda: isinstance(ui.app.screen, ProcessForm))
        await press(ui, "escape")
        await until(ui, lambda: ui.app.current_mode == "processes")


async def test_the_palette_has_the_keys_and_the_help_of_a_dialog(show: Show) -> None:
    async with show() as ui:
        await press(ui, "ctrl+p")
        await until(ui, lambda: keys(ui) == ["Back", "Choose", "Help"])
        await press(ui, *"zzz", "enter")
        await until(ui, lambda: "Nothing matches." in screenful(ui))
        await press(ui, "escape")
        await until(ui, lambda: keys(ui)[-1] == "Quit")


async def test_the_palette_finds_and_does(show: Show) -> None:
    async with show() as ui:
        await press(ui, "ctrl+p", *"processes")
        await until(ui, lambda: "Go to the processes" in screenful(ui))
        await press(ui, "enter")
        await until(ui, lambda: ui.app.current_mode == "processes")


async def test_the_bottom_line_explains_and_presses_its_keys_by_mouse(show: Show) -> None:
    async with show() as ui:
        await until(ui, lambda: keys(ui) == ["New", "Help", "Quit"])
        bar = ui.app.screen.query_one("KeyBar")
        x = str(bar.render()).index("Help")
        await ui.pilot.hover(bar, offset=(x, 0))
        assert bar.tooltip == "Show every key of this screen"
        await ui.pilot.click(bar, offset=(x, 0))
        await until(ui, lambda: "Everywhere" in screenful(ui))
