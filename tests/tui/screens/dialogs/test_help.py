"""The help: what has the focus first, one notation for keys, a filter, and what the signs mean."""

from collections.abc import Mapping

import pytest
from textual.content import Content

from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import keys, press, screenful, until, words
from tui_scheduler.models import RequestStatus, RunStatus
from tui_scheduler.tui.format import REQUEST_LOOKS, RUN_LOOKS
from tui_scheduler.tui.screens.dialogs.help import HelpScreen
from tui_scheduler.tui.screens.dialogs.legend import legend
from tui_scheduler.tui.screens.dialogs.picker import Picker
from tui_scheduler.tui.screens.forms.form import Form
from tui_scheduler.tui.screens.groups.form import GroupForm


async def _help(ui: Ui, key: str = "f1") -> None:
    await press(ui, key)
    await until(ui, lambda: isinstance(ui.app.screen, HelpScreen))


def _headings(ui: Ui) -> list[str]:
    return words(ui, ".help-heading").splitlines()


async def test_what_can_be_done_with_a_row_comes_before_moving_about(show: Show) -> None:
    async with show() as ui:
        await _help(ui)
        assert _headings(ui)[:3] == ["Request", "List", "Table"]


async def test_what_has_the_focus_comes_first(show: Show) -> None:
    async with show() as ui:
        await press(ui, "2", "tab")
        await _help(ui)
        log_first = _headings(ui)
        await press(ui, "escape", "shift+tab")
        await _help(ui)
        assert log_first[0] == "Log"
        assert _headings(ui)[0] == "Run"
        assert sorted(log_first) == sorted(_headings(ui))


async def test_a_form_has_help_that_begins_with_its_field_and_a_line_of_its_keys(
    show: Show,
) -> None:
    async with show() as ui:
        await press(ui, "4", "n")
        await until(ui, lambda: keys(ui) == ["Save", "Cancel", "Help"])
        form = ui.app.screen
        assert isinstance(form, GroupForm)
        form.form["members"].control.focus()
        await until(ui, lambda: "Join" in keys(ui))
        await _help(ui)
        assert _headings(ui) == ["Members", "Form", "Choice", "Everywhere"]
        assert "Go to the requests" not in screenful(ui)  # that key does nothing in a form
        await press(ui, "f1")
        assert ui.app.screen is form


async def test_f1_works_where_text_is_typed_and_a_question_mark_is_text_there(show: Show) -> None:
    async with show() as ui:
        await press(ui, "3", "n", "?")
        form = ui.app.screen
        assert isinstance(form, Form)
        assert form.form["name"].value == "?"
        await _help(ui)
        assert "Save and close the form" in screenful(ui)


async def test_a_picker_has_help_and_a_line_of_its_keys(show: Show) -> None:
    async with show() as ui:
        await press(ui, "n", "enter")
        await until(ui, lambda: isinstance(ui.app.screen, Picker))
        await until(ui, lambda: keys(ui) == ["Back", "Choose", "New process", "Help"])
        await _help(ui)
        assert _headings(ui)[0] == "Picker"


async def test_a_question_has_help_and_a_line_of_its_keys(show: Show) -> None:
    async with show() as ui:
        await press(ui, "3", "n", "x", "escape")
        await until(ui, lambda: keys(ui) == ["Before", "Next", "Cancel", "Help"])
        await _help(ui)
        assert _headings(ui)[0] == "Answers"


@pytest.mark.parametrize(
    ("typed", "left"),
    [("ctrl+d", "Go half a screen down"), ("skip", "» skipped"), ("hold rel", "Hold all")],
)
async def test_the_filter_finds_keys_signs_and_labels(show: Show, typed: str, left: str) -> None:
    async with show(size=(120, 40)) as ui:
        await _help(ui)
        assert "Make a request" in screenful(ui)
        await press(ui, "/", *typed)
        await until(ui, lambda: "Make a request, and" not in screenful(ui))
        assert left in screenful(ui)
        await press(ui, "escape")
        await until(ui, lambda: "Make a request" in screenful(ui))
        await press(ui, "escape")
        assert not isinstance(ui.app.screen, HelpScreen)


async def test_nothing_that_matches_is_told(show: Show) -> None:
    async with show() as ui:
        await _help(ui)
        await press(ui, "/", *"zzz")
        await until(ui, lambda: "0/" in screenful(ui))
        assert _headings(ui) == []


async def test_keys_are_written_one_way(show: Show) -> None:
    async with show(size=(120, 100)) as ui:
        await _help(ui)
        screen = screenful(ui)
        assert "ctrl+d" in screen
        assert "enter" in screen
        assert "^" not in screen
        assert "⏎" not in screen


def test_every_state_has_its_sign_in_its_colour_and_a_meaning() -> None:
    runs, requests, _words = legend().values()
    _covers(runs, {RUN_LOOKS[status].word: status for status in RunStatus})
    _covers(requests, {REQUEST_LOOKS[status].word: status for status in RequestStatus})
    assert all(sign.spans for sign, _ in runs)


def _covers(signs: list[tuple[Content, str]], states: Mapping[str, object]) -> None:
    assert {sign.plain[2:] for sign, meaning in signs if meaning} >= set(states)
