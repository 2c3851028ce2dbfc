"""What the lists of requests and processes do alike: filter, marks, deleting, hostile names."""

import pytest

from tests.services.drafts import a_process, a_request, every
from tests.tui.conftest import Show, Shown
from tests.tui.looking import (
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
from tests.tui.screens.names import HOSTILE, SHOWN
from tests.tui.screens.runs.screens import a_running_run, add_run
from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.models import Process, Request, RequestStatus
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services
from tui_scheduler.services.removal import STEP
from tui_scheduler.tui.screens.dialogs.progress import DeletingDialog

HOURLY = every(Frequency.HOURLY)


def _three(services: Services) -> None:
    for process in ("backup", "import", "report"):
        a_request(services, HOURLY, process)


async def _listed(shown: Shown, count: int = 3) -> None:
    await until(shown, lambda: len(rows(shown)) == count and details(shown).strip())


async def _statuses(shown: Shown) -> list[str]:
    every_request = await shown.runtime.read(shown.runtime.services.requests.all)
    return [request.status.value for request in every_request]


async def test_a_filter_is_live_and_counts(show: Show) -> None:
    async with show(_three) as shown:
        await _listed(shown)
        await press(shown, "/", "r", "t")
        await until(shown, lambda: words(shown, "#filter-count") == "1/3" or len(rows(shown)) == 2)
        await press(shown, "backspace", "e", "p")
        await until(shown, lambda: len(rows(shown)) == 1 and "report" in rows(shown)[0])
        await until(shown, lambda: words(shown, "#filter-count") == "1/3")
        assert keys(shown)[:2] == ["To the list", "Clear"]


@pytest.mark.parametrize("leave", ["enter", "down"])
async def test_enter_keeps_the_filter_and_escape_takes_it_away(show: Show, leave: str) -> None:
    async with show(_three) as shown:
        await _listed(shown)
        await press(shown, "/", "b", "a", "c", leave)
        await until(shown, lambda: len(rows(shown)) == 1)
        assert shown.app.focused is table(shown)
        await press(shown, "escape")
        await until(shown, lambda: len(rows(shown)) == 3)


async def test_escape_while_typing_takes_the_filter_away(show: Show) -> None:
    async with show(_three) as shown:
        await _listed(shown)
        await press(shown, "/", "b", "escape")
        await until(shown, lambda: shown.app.focused is table(shown))
        await until(shown, lambda: len(rows(shown)) == 3)
        assert not shown.app.screen.query_one("FilterLine").has_class("-open")


async def test_nothing_that_matches_is_told(show: Show) -> None:
    async with show(_three) as shown:
        await _listed(shown)
        await press(shown, "/", "z", "z")
        await until(shown, lambda: rows(shown) == ["Nothing matches “zz”"])


async def test_actions_apply_to_all_marked_and_are_told_once(show: Show) -> None:
    async with show(_three) as shown:
        await _listed(shown)
        await press(shown, "space", "j", "j", "space", "s")
        await until(shown, lambda: toasts(shown))
        assert toasts(shown) == ["Scheduled 2 requests."]
        assert sorted(await _statuses(shown)) == ["new", "scheduled", "scheduled"]
        assert not table(shown).marked


async def test_one_that_is_refused_does_not_stop_the_others(show: Show) -> None:
    def one_is_scheduled(services: Services) -> None:
        _three(services)
        services.requests.schedule(1)

    async with show(one_is_scheduled) as shown:
        await _listed(shown)
        await press(shown, "space", "j", "space", "s")
        await until(shown, lambda: toasts(shown))
        told = "Scheduled 1 of 2 requests.\nbackup (request 1): Request 1 is scheduled already."
        assert toasts(shown)[0].startswith(told)


async def test_marks_are_counted_and_escape_takes_them_away(show: Show) -> None:
    async with show(_three) as shown:
        await _listed(shown)
        await press(shown, "space")
        await until(shown, lambda: "3 · 1 marked" in screenful(shown))
        await press(shown, "escape")
        await until(shown, lambda: "marked" not in screenful(shown))


async def test_deleting_asks_names_and_counts(show: Show) -> None:
    def with_runs(services: Services) -> None:
        _three(services)
        for _ in range(3):
            add_run(services, "backup")

    async with show(with_runs) as shown:
        await _listed(shown)
        await press(shown, "D")
        assert "backup (request 1), with 3 runs" in await question(shown)
        await answer(shown, "enter")
        assert len(await _statuses(shown)) == 3
        await press(shown, "D")
        await question(shown)
        await answer(shown, "y")
        await until(shown, lambda: len(rows(shown)) == 2)
        await until(shown, lambda: toasts(shown) == ["Deleted backup (request 1)."])


async def test_what_runs_is_not_deleted(show: Show) -> None:
    async with show(lambda services: a_running_run(services, "backup")) as shown:
        await _listed(shown, 1)
        await press(shown, "D")
        await question(shown)
        await answer(shown, "y")
        await until(shown, lambda: toasts(shown))
        assert toasts(shown)[0].startswith("Cannot delete backup (request 1) Run 1 of this")
        assert len(await _statuses(shown)) == 1


async def test_a_long_deletion_can_be_stopped_between_its_steps(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []

    def endless(request_id: int) -> bool:
        steps.append(request_id)
        return True

    async with show(_three) as shown:
        await _listed(shown)
        monkeypatch.setattr(shown.runtime.services.requests, "remove_step", endless)
        await press(shown, "D")
        await question(shown)
        await answer(shown, "y")
        await until(shown, lambda: isinstance(shown.app.screen, DeletingDialog) and len(steps) > 3)
        await press(shown, "escape")
        await until(shown, lambda: toasts(shown))
        assert toasts(shown)[0].startswith("Cannot delete backup (request 1) Stopped before")
        assert set(steps) == {1}


async def test_a_big_history_goes_in_steps(show: Show) -> None:
    def big(services: Services) -> None:
        for _ in range(STEP + 1):
            add_run(services, "backup")

    async with show(big) as shown:
        await _listed(shown, 1)
        await press(shown, "D")
        assert f"with {STEP + 1} runs" in await question(shown)
        await answer(shown, "y")
        await until(shown, lambda: toasts(shown) == ["Deleted backup (request 1)."])


async def test_a_database_that_cannot_be_read_is_told(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with show(_three) as shown:
        await _listed(shown)

        def busy(row_id: int) -> object:
            raise DatabaseUnusable("The database is busy. Try again.")

        monkeypatch.setattr("tui_scheduler.services.queries.request_list.one", busy)
        await press(shown, "j")
        wanted = "The request cannot be read The database is busy. Try again."
        await until(shown, lambda: wanted in toasts(shown))


def _hostile(services: Services) -> None:
    a_process(services, "x")
    request = a_request(services, HOURLY, "x", description="x", parameters={"A": HOSTILE[:-2]})
    services.requests.schedule(request.id)
    Process.update(name=HOSTILE, command=HOSTILE, description=HOSTILE).execute()
    Request.update(description=HOSTILE, scheduled_by=HOSTILE).execute()


@pytest.mark.parametrize("screen", ["1", "3"])
async def test_hostile_names_are_text_on_the_screen(show: Show, screen: str) -> None:
    async with show(_hostile, size=(200, 50)) as shown:
        await press(shown, screen)
        await until(shown, lambda: rows(shown) and SHOWN in details(shown))
        assert SHOWN[:12] in rows(shown)[0]
        assert "\x1b" not in screenful(shown)
        assert "\x00" not in screenful(shown)


@pytest.mark.parametrize(("screen", "key"), [("1", "D"), ("3", "D"), ("1", "y"), ("3", "y")])
async def test_hostile_names_are_text_in_questions(show: Show, screen: str, key: str) -> None:
    async with show(_hostile) as shown:
        await press(shown, screen)
        await until(shown, lambda: SHOWN in details(shown))
        await press(shown, key)
        assert SHOWN in await question(shown)
        assert "\x1b" not in screenful(shown)
        await answer(shown, "escape")


async def test_hostile_names_are_text_in_messages(show: Show) -> None:
    async with show(_hostile) as shown:
        await until(shown, lambda: SHOWN in details(shown))
        await press(shown, "u")
        await until(shown, lambda: toasts(shown))
        assert SHOWN in toasts(shown)[0]
        await until(shown, lambda: "Unscheduled [/etc]" in screenful(shown))
        statuses = await _statuses(shown)
        assert statuses == [RequestStatus.UNSCHEDULED]


async def test_a_hostile_name_is_only_text_in_the_palette(show: Show) -> None:
    async with show(_hostile) as shown:
        await until(shown, lambda: SHOWN in details(shown))
        await press(shown, ":")
        await until(shown, lambda: "Unschedule" in screenful(shown))
        assert "\x1b" not in screenful(shown)
