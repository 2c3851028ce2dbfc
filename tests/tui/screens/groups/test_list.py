"""The catalogue of groups: what it shows, and what each key does."""

import pytest

from tests.services.drafts import a_request
from tests.services.groups import a_group, triggered
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import answer, details, keys, press, question, rows, toasts, until
from tui_scheduler.services import Services
from tui_scheduler.tui.screens.groups.form import GroupForm
from tui_scheduler.tui.screens.groups.list import GroupsScreen
from tui_scheduler.tui.screens.requests.form import RequestForm


def _nightly(services: Services) -> None:
    a_group(services, "extract", "load", "report", stop_on_failure=True)
    a_request(services, process="nightly")


def _running(services: Services) -> None:
    _nightly(services)
    triggered(services)
    services.dispatch.claim()


async def _groups(ui: Ui) -> None:
    await press(ui, "4")
    await until(ui, lambda: len(rows(ui)) == 1 and details(ui).strip())


async def test_an_empty_catalogue_says_what_to_press(show: Show) -> None:
    async with show() as ui:
        await press(ui, "4")
        await until(ui, lambda: rows(ui))
        assert "No groups yet" in rows(ui)[0]


async def test_a_group_is_told_in_one_line(show: Show) -> None:
    async with show(_running, size=(160, 40)) as ui:
        await _groups(ui)
        for part in ("►", "nightly", "3  extract → load → report", "running", "stop", "skip"):
            assert part in rows(ui)[0]


async def test_the_details_number_the_members(show: Show) -> None:
    async with show(_nightly) as ui:
        await _groups(ui)
        for part in (" 1 extract", " 2 load", " 3 report", "stop: skip the rest"):
            assert part in details(ui)


async def test_a_group_without_members_cannot_be_requested(show: Show) -> None:
    async with show(a_group) as ui:
        await _groups(ui)
        assert "none yet" in rows(ui)[0]
        assert "Schedule" not in keys(ui)


@pytest.mark.parametrize("key", ["n", "a", "e", "enter", "C"])
async def test_forms_open_for_new_edit_and_clone(show: Show, key: str) -> None:
    async with show(_nightly) as ui:
        await _groups(ui)
        await press(ui, key)
        await until(ui, lambda: isinstance(ui.app.screen, GroupForm))
        await until(ui, lambda: not _is_busy(ui))
        await press(ui, "escape")
        await until(ui, lambda: isinstance(ui.app.screen, GroupsScreen))


async def test_s_makes_a_request_for_it(show: Show) -> None:
    async with show(_nightly) as ui:
        await _groups(ui)
        await press(ui, "s")
        await until(ui, lambda: isinstance(ui.app.screen, RequestForm))
        form = ui.app.screen
        assert isinstance(form, RequestForm)
        await until(ui, lambda: form.is_mounted and form.values().process == "nightly")


def _is_busy(ui: Ui) -> bool:
    return any(worker.group == "review" and not worker.is_finished for worker in ui.app.workers)


async def test_deleting_says_that_members_stay(show: Show) -> None:
    async with show(_nightly) as ui:
        await _groups(ui)
        await press(ui, "D")
        assert "nightly (its members stay), with 1 request" in await question(ui)
        await answer(ui, "y")
        await until(ui, lambda: "No groups yet" in rows(ui)[0])
        assert len(await ui.runtime.read(ui.runtime.services.processes.all)) == 3


async def test_a_group_that_runs_is_not_deleted(show: Show) -> None:
    async with show(_running) as ui:
        await _groups(ui)
        await press(ui, "D")
        await until(ui, lambda: any("still running" in toast for toast in toasts(ui)))


@pytest.mark.parametrize(
    ("letter", "copied"), [("y", "nightly"), ("i", "4"), ("m", "extract, load, report")]
)
async def test_y_copies_a_part_of_choice(show: Show, letter: str, copied: str) -> None:
    async with show(_nightly) as ui:
        await _groups(ui)
        await press(ui, "y")
        await question(ui)
        await answer(ui, letter)
        await until(ui, lambda: toasts(ui))
        assert ui.app.clipboard == copied
