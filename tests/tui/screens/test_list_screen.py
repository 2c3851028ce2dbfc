"""What the lists of requests and processes do alike: filter, marks, deleting, hostile names."""

import threading
from functools import partial
from typing import Any

import pytest
from textual.events import Paste

from tests.services.drafts import a_process, a_request, every
from tests.support.patience import PATIENCE
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import (
    answer,
    details,
    keys,
    press,
    question,
    rows,
    screenful,
    table,
    toasts,
    until,
    words,
)
from tests.tui.screens.names import HARMLESS, HOSTILE
from tests.tui.screens.runs.screens import a_running_run, add_run
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.models import Process, Request, RequestStatus
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services
from tui_scheduler.services.removal import STEP
from tui_scheduler.tui.screens import list_screen
from tui_scheduler.tui.screens.dialogs.progress import DeletingDialog
from tui_scheduler.tui.screens.list_pane import ListPane
from tui_scheduler.tui.widgets.filter_line import FilterText

HOURLY = every(Frequency.HOURLY)


def _three(services: Services) -> None:
    for process in ("backup", "import", "report"):
        a_request(services, HOURLY, process)


async def _listed(ui: Ui, count: int = 3) -> None:
    await until(ui, lambda: len(rows(ui)) == count and details(ui).strip())


async def _statuses(ui: Ui) -> list[str]:
    every_request = await ui.runtime.read(ui.runtime.services.requests.all)
    return [request.status.value for request in every_request]


async def test_a_filter_is_live_and_counts(show: Show) -> None:
    async with show(_three) as ui:
        await _listed(ui)
        await press(ui, "/", "r", "t")
        await until(ui, lambda: words(ui, "#filter-count") == "1/3" or len(rows(ui)) == 2)
        await press(ui, "backspace", "e", "p")
        await until(ui, lambda: len(rows(ui)) == 1 and "report" in rows(ui)[0])
        await until(ui, lambda: words(ui, "#filter-count") == "1/3")
        assert keys(ui)[:2] == ["To the list", "Clear"]


@pytest.mark.parametrize("leave", ["enter", "down"])
async def test_enter_keeps_the_filter_and_escape_takes_it_away(show: Show, leave: str) -> None:
    async with show(_three) as ui:
        await _listed(ui)
        await press(ui, "/", "b", "a", "c", leave)
        await until(ui, lambda: len(rows(ui)) == 1)
        assert ui.app.focused is table(ui)
        await press(ui, "escape")
        await until(ui, lambda: len(rows(ui)) == 3)


async def test_escape_while_typing_takes_the_filter_away(show: Show) -> None:
    async with show(_three) as ui:
        await _listed(ui)
        await press(ui, "/", "b", "escape")
        await until(ui, lambda: ui.app.focused is table(ui))
        await until(ui, lambda: len(rows(ui)) == 3)
        assert not ui.app.screen.query_one("FilterLine").has_class("-open")


async def test_nothing_that_matches_is_told(show: Show) -> None:
    async with show(_three) as ui:
        await _listed(ui)
        await press(ui, "/", "z", "z")
        await until(ui, lambda: rows(ui) == ["Nothing matches “zz”"])


async def test_actions_apply_to_all_marked_and_are_told_once(show: Show) -> None:
    async with show(_three) as ui:
        await _listed(ui)
        await press(ui, "space", "j", "j", "space", "s")
        await until(ui, lambda: toasts(ui))
        assert toasts(ui) == ["Scheduled 2 requests."]
        assert sorted(await _statuses(ui)) == ["new", "scheduled", "scheduled"]
        assert not table(ui).marked


async def test_one_that_is_refused_does_not_stop_the_others(show: Show) -> None:
    def one_is_scheduled(services: Services) -> None:
        _three(services)
        services.requests.schedule(1)

    async with show(one_is_scheduled) as ui:
        await _listed(ui)
        await press(ui, "space", "j", "space", "s")
        await until(ui, lambda: toasts(ui))
        message = "Scheduled 1 of 2 requests.\nbackup (request 1): Request 1 is scheduled already."
        assert toasts(ui)[0].startswith(message)


def _is_queued(ui: Ui, request_id: int) -> bool:
    return "queued" in rows(ui)[request_id - 1]


async def test_details_that_stay_the_same_are_seldom_read(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_screen, "_SELDOM", PATIENCE * 10)
    async with show(_three) as ui:
        await _listed(ui)
        trigger, read = ui.runtime.services.runs.trigger, ui.runtime.read
        uses: list[str] = []

        def noted(use_case: Any, *args: Any) -> Any:
            uses.append(getattr(use_case, "func", use_case).__name__)
            return read(use_case, *args)

        monkeypatch.setattr(ui.runtime, "read", noted)
        for request_id in (3, 2):
            await ui.runtime.write(trigger, request_id)
            await until(ui, partial(_is_queued, ui, request_id))
        assert uses.count("load_details") <= 1
        await ui.runtime.write(trigger, 1)
        await until(ui, lambda: "queued" in details(ui))


async def test_marks_are_counted_and_escape_takes_them_away(show: Show) -> None:
    async with show(_three) as ui:
        await _listed(ui)
        await press(ui, "space")
        await until(ui, lambda: " · 1 marked" in screenful(ui))
        await press(ui, "escape")
        await until(ui, lambda: "marked" not in screenful(ui))


def _footer(ui: Ui) -> str:
    """The bottom line as it is drawn."""
    return str(ui.app.screen.query_one("KeyBar").render())


async def test_the_footer_begins_with_the_marks_and_offers_what_applies_to_all(show: Show) -> None:
    def one_is_scheduled(services: Services) -> None:
        _three(services)
        services.requests.schedule(1)

    async with show(one_is_scheduled, size=(120, 35)) as ui:
        await _listed(ui)
        await press(ui, "j", "space", "j", "space")
        await until(ui, lambda: _footer(ui).startswith(" 2 marked:  esc Unmark"))
        assert keys(ui) == ["Unmark", "Schedule", "Trigger", "Edit", "Help", "Quit"]
        await press(ui, "g", "space")
        await until(ui, lambda: _footer(ui).startswith(" 3 marked:  esc Unmark"))
        assert keys(ui) == ["Unmark", "Trigger", "Edit", "Help", "Quit"]
        await ui.runtime.write(ui.runtime.services.requests.unschedule, 1)
        await until(ui, lambda: "Schedule" in keys(ui))
        await press(ui, "escape")
        await until(ui, lambda: "marked" not in _footer(ui))
        assert "New" in keys(ui)


async def test_what_is_done_to_one_row_is_not_done_while_others_are_marked(show: Show) -> None:
    async with show(_three) as ui:
        await _listed(ui)
        await press(ui, "space", "j", "C", "T")
        assert table(ui).has_focus
        assert len(await _statuses(ui)) == 3


async def test_while_a_filter_stands_the_footer_says_how_it_goes(show: Show) -> None:
    async with show(_three, size=(80, 24)) as ui:
        await _listed(ui)
        await press(ui, "space", "/", "b", "a", "c", "enter")
        await until(ui, lambda: len(rows(ui)) == 1 and "Clear" in keys(ui))
        assert "Unmark" not in keys(ui)
        await press(ui, "escape")
        await until(ui, lambda: len(rows(ui)) == 3 and "Unmark" in keys(ui))
        assert "Clear" not in keys(ui)


async def test_the_mark_is_not_the_glyph_of_a_state(show: Show) -> None:
    async with show(_three) as ui:
        await _listed(ui)
        await press(ui, "space")
        await until(ui, lambda: rows(ui)[0].startswith("◆○"))


async def test_what_is_copied_of_many_is_a_line_each(show: Show) -> None:
    async with show(_three) as ui:
        await _listed(ui)
        await press(ui, "space", "j", "space", "y")
        await question(ui)
        await answer(ui, "y")
        await until(ui, lambda: toasts(ui))
        assert ui.app.clipboard == "backup\nimport"


@pytest.mark.parametrize("screen", ["1", "3"])
async def test_marks_of_rows_that_vanish_are_no_longer_counted(show: Show, screen: str) -> None:
    def archive_goes(services: Services) -> None:
        while services.processes.remove_step(services.processes.named("archive").id):
            pass

    async with show(_two_more) as ui:
        await press(ui, screen)
        await until(ui, lambda: len(rows(ui)) == 2)
        await press(ui, "space", "j", "space")
        await until(ui, lambda: " · 2 marked" in screenful(ui))
        await press(ui, "slash", *"backup", "enter")
        await until(ui, lambda: "1 of 2 " in screenful(ui))
        assert " · 2 marked" in screenful(ui)  # hidden, but there
        await ui.runtime.write(archive_goes, ui.runtime.services)
        await until(ui, lambda: " · 1 marked" in screenful(ui))


def _two_more(services: Services) -> None:
    for name in ("archive", "backup"):
        a_request(services, process=name)


async def test_deleting_asks_names_and_counts(show: Show) -> None:
    def with_runs(services: Services) -> None:
        _three(services)
        for _ in range(3):
            add_run(services, "backup")

    async with show(with_runs) as ui:
        await _listed(ui)
        await press(ui, "D")
        assert "backup (request 1), with 3 runs" in await question(ui)
        await answer(ui, "enter")
        assert len(await _statuses(ui)) == 3
        await press(ui, "D")
        await question(ui)
        await answer(ui, "y")
        await until(ui, lambda: len(rows(ui)) == 2)
        await until(ui, lambda: toasts(ui) == ["Deleted backup (request 1)."])


async def test_what_runs_is_not_deleted(show: Show) -> None:
    async with show(lambda services: a_running_run(services, "backup")) as ui:
        await _listed(ui, 1)
        screen = ui.app.screen
        await press(ui, "D")
        await until(ui, lambda: toasts(ui))
        assert toasts(ui)[0].startswith("Cannot delete backup (request 1) Run 1 of this")
        assert ui.app.screen is screen
        assert len(await _statuses(ui)) == 1


async def test_a_long_deletion_can_be_stopped_between_its_steps(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    may_go_on = threading.Event()

    def endless(request_id: int) -> bool:
        steps.append(request_id)
        if len(steps) > 3:
            assert may_go_on.wait(PATIENCE)
        return True

    async with show(_three) as ui:
        await _listed(ui)
        monkeypatch.setattr(ui.runtime.services.requests, "remove_step", endless)
        await press(ui, "D")
        await question(ui)
        await answer(ui, "y")
        await until(ui, lambda: isinstance(ui.app.screen, DeletingDialog) and len(steps) > 3)
        await press(ui, "escape")
        may_go_on.set()
        await until(ui, lambda: toasts(ui))
        assert toasts(ui)[0].startswith("Cannot delete backup (request 1) Stopped before")
        assert steps == [1] * 4


async def test_a_big_history_goes_in_steps(show: Show) -> None:
    def big(services: Services) -> None:
        for _ in range(STEP + 1):
            add_run(services, "backup")

    async with show(big) as ui:
        await _listed(ui, 1)
        await press(ui, "D")
        assert f"with {STEP + 1} runs" in await question(ui)
        await answer(ui, "y")
        await until(ui, lambda: toasts(ui) == ["Deleted backup (request 1)."])


async def test_a_database_that_cannot_be_read_is_told(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with show(_three) as ui:
        await _listed(ui)

        def busy(row_id: int) -> object:
            raise DatabaseUnusable("The database is busy. Try again.")

        monkeypatch.setattr("tui_scheduler.services.queries.request_list.one", busy)
        await press(ui, "j")
        wanted = "The request cannot be read: The database is busy. Try again."
        await until(ui, lambda: wanted in " ".join(details(ui).split()))
        monkeypatch.undo()
        await press(ui, "k")
        await until(ui, lambda: "cannot be read" not in details(ui))


@pytest.mark.faults
async def test_a_list_that_cannot_be_read_says_so_and_the_program_goes_on(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with show(_three) as ui:
        await _listed(ui)

        def broken(*_: object, **__: object) -> object:
            raise RecursionError("too deep")

        with monkeypatch.context() as patch:
            patch.setattr("tui_scheduler.services.queries.request_list.page_of_all", broken)
            await press(ui, "/", "b")
            await until(ui, lambda: "! cannot be read" in screenful(ui))
            message = "unexpected happened: RecursionError: too deep."
            await until(ui, lambda: message in " ".join(toasts(ui)))
        await press(ui, "a")
        await until(ui, lambda: len(rows(ui)) == 1 and "backup" in rows(ui)[0])
        await until(ui, lambda: "! cannot be read" not in screenful(ui))


@pytest.mark.faults
async def test_a_use_case_that_fails_does_not_end_the_program(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with show(_three) as ui:
        await _listed(ui)

        def broken(_request_id: int) -> object:
            raise OverflowError("too large")

        monkeypatch.setattr(ui.runtime.services.requests, "schedule", broken)
        await press(ui, "s")
        await until(ui, lambda: any("OverflowError: too large" in toast for toast in toasts(ui)))
        assert "Cannot schedule" in toasts(ui)[0]


@pytest.mark.parametrize("screen", "1234")
async def test_of_a_pasted_page_only_the_first_words_are_looked_for(
    show: Show, screen: str
) -> None:
    async with show(_three) as ui:
        await press(ui, screen)
        await until(ui, lambda: table(ui).has_focus)
        ui.app.screen.query_one(ListPane).filter()
        await until(ui, lambda: isinstance(ui.app.focused, FilterText))
        ui.app.post_message(Paste("word " * 700))
        message = "only the first 20 words, 500 characters count"
        await until(ui, lambda: words(ui, "#filter-count") == message)
        await press(ui, "escape")
        await until(ui, lambda: table(ui).has_focus)


def _hostile(services: Services) -> None:
    a_process(services, "x")
    request = a_request(services, HOURLY, "x", description="x", parameters={"A": HOSTILE[:-2]})
    services.requests.schedule(request.id)
    Process.update(name=HOSTILE, command=HOSTILE, description=HOSTILE).execute()
    Request.update(description=HOSTILE, scheduled_by=HOSTILE).execute()


@pytest.mark.parametrize("screen", ["1", "3"])
async def test_hostile_names_are_text_on_the_screen(show: Show, screen: str) -> None:
    async with show(_hostile, size=(200, 50)) as ui:
        await press(ui, screen)
        await until(ui, lambda: rows(ui) and HARMLESS in details(ui))
        assert HARMLESS[:12] in rows(ui)[0]
        assert "\x1b" not in screenful(ui)
        assert "\x00" not in screenful(ui)


@pytest.mark.parametrize(("screen", "key"), [("1", "D"), ("3", "D"), ("1", "y"), ("3", "y")])
async def test_hostile_names_are_text_in_questions(show: Show, screen: str, key: str) -> None:
    async with show(_hostile) as ui:
        await press(ui, screen)
        await until(ui, lambda: HARMLESS in details(ui))
        await press(ui, key)
        assert HARMLESS in await question(ui)
        assert "\x1b" not in screenful(ui)
        await answer(ui, "escape")


async def test_hostile_names_are_text_in_messages(show: Show) -> None:
    async with show(_hostile) as ui:
        await until(ui, lambda: HARMLESS in details(ui))
        await press(ui, "u")
        await until(ui, lambda: toasts(ui))
        assert HARMLESS in toasts(ui)[0]
        await until(ui, lambda: "Unscheduled [/etc]" in screenful(ui))
        statuses = await _statuses(ui)
        assert statuses == [RequestStatus.UNSCHEDULED]


async def test_a_hostile_name_is_only_text_in_the_palette(show: Show) -> None:
    async with show(_hostile) as ui:
        await until(ui, lambda: HARMLESS in details(ui))
        await press(ui, ":")
        await until(ui, lambda: "Unschedule" in screenful(ui))
        assert "\x1b" not in screenful(ui)
