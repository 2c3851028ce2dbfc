"""A process is picked by some of its letters, or made on the way."""

import asyncio

import pytest
from textual.events import Key, Paste
from textual.widgets import OptionList

from tests.services.drafts import a_process, a_request
from tests.services.groups import a_group
from tests.tui.conftest import OpenRuntime
from tests.tui.screens.forms.filling import FormPilot, opened_form, request_form
from tui_scheduler.services import Services
from tui_scheduler.tui.screens.dialogs.picker import Picker, ZonePicker
from tui_scheduler.tui.screens.forms.form import Saved
from tui_scheduler.tui.screens.forms.process_picker import ProcessPicker
from tui_scheduler.tui.screens.processes.form import ProcessForm
from tui_scheduler.tui.widgets.form.inputs import LineEntry
from tui_scheduler.tui.widgets.plain_text import Words

pytestmark = pytest.mark.usefixtures("_no_pause")


def some(services: Services) -> None:
    for name in ("mail", "backup", "backup of [all]\x1b[2J", "vacuum"):
        a_process(services, name)
    a_process(services, "switched off", active=False)


def listed(form: FormPilot) -> list[str]:
    """The names, without what is said behind them."""
    return [line.split("  ")[0] for line in lines(form)]


def lines(form: FormPilot) -> list[str]:
    picker = form.top
    assert isinstance(picker, Picker)
    return [str(option.prompt) for option in picker.query_one(OptionList).options]


def count(form: FormPilot) -> str:
    assert isinstance(form.top, Picker)
    return form.top.query_one("#picker-count", Words).text


async def test_enter_opens_the_list_of_active_processes(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, some) as form:
        await form.press("enter")
        assert isinstance(form.top, ProcessPicker)
        assert listed(form) == ["backup", "backup of [all]␛[2J", "mail", "vacuum"]
        assert count(form) == "4 of 4"


async def test_typing_opens_it_too_and_filters(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, some) as form:
        await form.press("a", "l")
        assert listed(form) == ["backup of [all]␛[2J", "mail"]
        assert count(form) == "2 of 4"


async def test_what_is_typed_before_the_list_is_there_is_not_lost(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, some) as form:
        for key in "vacuum":
            form.pilot.app.post_message(Key(key, key))
        await form.settle()
        assert isinstance(form.top, ProcessPicker)
        assert form.top.query_text == "vacuum"
        await form.press("enter")
        assert form.field("process").value == "vacuum"


@pytest.mark.parametrize(
    ("keys", "expected"), [(["enter"], "mail"), (["down", "down", "up", "enter"], "make")]
)
async def test_keys_before_the_names_are_there_count_when_they_come(
    a_runtime: OpenRuntime, keys: list[str], expected: str
) -> None:
    async with opened_form(a_runtime, request_form, some) as form:
        come = asyncio.Event()

        async def names() -> list[str]:
            await come.wait()
            return ["backup", "mail", "make", "mailer"]

        picked: list[str | None] = []
        picker = Picker("Process", names, typed="ma")
        await form.pilot.app.push_screen(picker, picked.append)
        await form.type(*keys)
        assert picked == []
        come.set()
        await form.settle()
        assert picked == [expected]


async def test_arrows_choose_among_what_is_left(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, some) as form:
        await form.press("b", "down", "enter")
        assert form.field("process").value == "backup of [all]\x1b[2J"
        assert form.form.focused is form.field("description").control


async def test_escape_picks_nothing(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, some) as form:
        await form.press("b", "escape")
        assert form.is_open
        assert form.field("process").value == ""
        assert form.form.focused is form.field("process").control


async def test_a_click_picks(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, some) as form:
        await form.pilot.click(form.field("process").control)
        await form.settle()
        await form.pilot.click(OptionList, offset=(3, 2))
        await form.settle()
        assert form.field("process").value == "mail"


async def test_the_one_that_is_chosen_has_the_cursor(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, some) as form:
        form.put({"process": "mail"})
        await form.press("enter")
        assert isinstance(form.top, Picker)
        assert form.top.query_one(OptionList).highlighted == 2


async def test_when_nothing_matches_it_says_what_to_do_and_enter_does_it(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, request_form, some) as form:
        await form.press(*"zzz")
        assert isinstance(form.top, Picker)
        words = form.top.query_one("#picker-empty", Words).text
        assert words == "No process matches. Press enter to make a new one."
        await form.press("enter")
        assert isinstance(form.top, ProcessForm)
        assert form.top.form["name"].value == "zzz"
        assert form.top.form["command"].value == ""


def of_all_kinds(services: Services) -> None:
    a_process(services, "dump", command="pg_dump --all | gzip")
    a_process(services, "mirror", command="rsync -a\n/a /b")
    a_group(services, "dump", "mirror")


async def test_a_process_shows_what_it_runs_and_a_group_that_it_is_one(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, request_form, of_all_kinds) as form:
        await form.press("enter")
        assert lines(form) == [
            "≡ nightly  group: dump → mirror",
            "dump       pg_dump --all | gzip",
            "mirror     rsync -a␊/a /b",
        ]


@pytest.mark.parametrize(
    ("typed", "first"), [("pgdmp", "dump"), ("rsync", "mirror"), ("mir", "mirror")]
)
async def test_what_it_runs_is_searched_too(a_runtime: OpenRuntime, typed: str, first: str) -> None:
    async with opened_form(a_runtime, request_form, of_all_kinds) as form:
        await form.press(*typed, "enter")
        assert form.field("process").value == first


async def test_what_was_used_last_comes_first(a_runtime: OpenRuntime) -> None:
    def used(services: Services) -> None:
        some(services)
        for name in ("mail", "vacuum"):
            a_request(services, process=name)

    async with opened_form(a_runtime, request_form, used) as form:
        await form.press("enter")
        assert listed(form) == ["vacuum", "mail", "backup", "backup of [all]␛[2J"]


@pytest.mark.parametrize("where", ["field", "picker"])
@pytest.mark.parametrize(
    ("pasted", "name", "command"),
    [
        ("/usr/bin/rsync -a /x /y", "rsync", "/usr/bin/rsync -a /x /y"),
        ("LEVEL=1 python report.py\necho done\n", "python", "LEVEL=1 python report.py\necho done"),
        ("report", "report", ""),
    ],
)
async def test_a_pasted_command_becomes_the_command_of_a_new_process(
    a_runtime: OpenRuntime, where: str, pasted: str, name: str, command: str
) -> None:
    async with opened_form(a_runtime, request_form, some) as form:
        if where == "picker":
            await form.press("enter")
        form.pilot.app.post_message(Paste(pasted))
        await form.settle()
        assert isinstance(form.top, ProcessPicker)
        await form.press("enter")
        assert isinstance(form.top, ProcessForm)
        assert form.top.form["name"].value == name
        assert form.top.form["command"].value == command


async def test_a_new_process_is_named_as_was_typed_and_picked_at_once(
    a_runtime: OpenRuntime,
) -> None:
    async with opened_form(a_runtime, request_form) as form:
        await form.press("n", "e", "w", "ctrl+n")
        process_form = form.top
        assert isinstance(process_form, ProcessForm)
        assert process_form.form["name"].value == "new"
        process_form.form["command"].value = "true"
        await form.press("ctrl+s")
        assert form.top is form.form
        assert form.field("process").value == "new"
        await form.press("ctrl+s")
        assert form.saved == Saved(1)


async def test_a_new_process_that_is_not_saved_leaves_the_list(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, some) as form:
        await form.press("enter")
        picker = form.top
        await form.press("ctrl+n", "escape")
        assert form.top is picker


async def test_zones_are_found_by_the_place(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form, some) as form:
        form.put({"timing": "later"})
        await form.go_to("timezone")
        await form.press(*"york")
        assert isinstance(form.top, ZonePicker)
        assert listed(form) == ["America/New_York"]
        await form.press("enter")
        assert form.field("timezone").value == "America/New_York"


async def test_places_come_before_technical_zones(a_runtime: OpenRuntime) -> None:
    async with opened_form(a_runtime, request_form) as form:
        form.put({"timing": "later"})
        await form.go_to("timezone")
        await form.press("enter")
        assert isinstance(form.top, ZonePicker)
        form.top.query_one(LineEntry).value = "utc"
        await form.settle()
        assert listed(form)[0] == "UTC"
