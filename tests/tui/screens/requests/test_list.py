"""The list of requests: what it shows, and what each key does to one of them."""

from datetime import timedelta

import pytest

from tests.clock import NOON, FakeClock
from tests.services.drafts import a_process, a_request, every
from tests.tui.conftest import Show, Shown
from tests.tui.looking import answer, details, keys, press, question, rows, table, toasts, until
from tests.tui.screens.runs.screens import a_running_run, add_run
from tui_scheduler.models import KillRequest, RequestStatus, RunStatus
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.views import RequestView
from tui_scheduler.tui.screens.requests.form import RequestForm
from tui_scheduler.tui.screens.requests.list import RequestsScreen
from tui_scheduler.tui.screens.runs.log_view import LogView

HOURLY = every(Frequency.HOURLY)


def _new(services: Services) -> None:
    a_request(services, HOURLY, description="all of it")


def _scheduled(services: Services) -> None:
    services.requests.schedule(a_request(services, HOURLY).id)


def _daily(services: Services) -> None:
    """Scheduled for an hour from now and for every day after."""
    plan = every(Frequency.DAILY, start=(NOON + timedelta(hours=1)).replace(tzinfo=None))
    request = a_request(services, plan, description="all of it", parameters={"TARGET": "[/mnt]"})
    services.requests.schedule(request.id)


def _running(services: Services) -> None:
    a_request(services, HOURLY)
    a_running_run(services, "backup")


async def _listed(shown: Shown, count: int = 1) -> None:
    await until(shown, lambda: len(rows(shown)) == count and details(shown).strip())


async def _kill_request(shown: Shown) -> KillRequest | None:
    run = await shown.runtime.read(shown.runtime.services.runs.get, 1)
    return run.kill_request


async def _leave_form(shown: Shown) -> None:
    """Wait for the form, which is told to be ready by its preview, and close it."""
    await until(shown, lambda: isinstance(shown.app.screen, RequestForm))
    await until(shown, lambda: not _is_busy(shown))
    await press(shown, "escape")
    await until(shown, lambda: isinstance(shown.app.screen, RequestsScreen))


def _is_busy(shown: Shown) -> bool:
    return any(worker.group == "review" and not worker.is_finished for worker in shown.app.workers)


async def _stored(shown: Shown, request_id: int = 1) -> RequestView:
    return await shown.runtime.read(shown.runtime.services.requests.get, request_id)


async def test_an_empty_list_says_what_to_press(show: Show) -> None:
    async with show() as shown:
        await until(shown, lambda: rows(shown))
        assert "No requests yet" in rows(shown)[0]
        assert "Press n" in "\n".join(rows(shown))
        assert keys(shown) == ["New", "Help", "Quit"]


async def test_a_request_is_told_in_words(show: Show) -> None:
    async with show(_scheduled) as shown:
        await _listed(shown)
        for part in ("●", "backup", "Every hour", "now", "never ran", "scheduled"):
            assert part in rows(shown)[0]


async def test_the_countdown_is_live(show: Show, clock: FakeClock) -> None:
    async with show(_daily) as shown:
        await _listed(shown)
        await until(shown, lambda: "in 1 h" in rows(shown)[0])
        clock.advance(minutes=59, seconds=30)
        await until(shown, lambda: "in 30 s" in rows(shown)[0])


async def test_the_strip_shows_how_the_last_runs_went(show: Show) -> None:
    def several(services: Services) -> None:
        a_request(services, HOURLY)
        add_run(services, "backup")
        add_run(services, "backup", status=RunStatus.ERROR)
        services.runs.trigger(1)

    async with show(several) as shown:
        await _listed(shown)
        assert "✓✗◌" in rows(shown)[0]


async def test_a_request_made_elsewhere_appears_without_a_key(show: Show) -> None:
    async with show(_new) as shown:
        await _listed(shown)
        await shown.runtime.write(a_request, shown.runtime.services, HOURLY, "another")
        await until(shown, lambda: len(rows(shown)) == 2)
        assert table(shown).cursor_id == 1


@pytest.mark.parametrize(
    ("prepare", "offered", "missing"),
    [
        (_new, {"Schedule", "Trigger", "Edit"}, {"Unschedule", "Stop", "Log"}),
        (_scheduled, {"Unschedule", "Trigger", "Edit"}, {"Schedule", "Stop", "Log"}),
        (_running, {"Schedule", "Stop"}, {"Unschedule"}),
    ],
)
async def test_only_the_keys_that_work_on_it_are_offered(
    show: Show, prepare: object, offered: set[str], missing: set[str]
) -> None:
    async with show(prepare) as shown:
        await _listed(shown)
        await until(shown, lambda: offered <= set(keys(shown)))
        assert not missing & set(keys(shown))


async def test_s_schedules_and_u_unschedules(show: Show) -> None:
    async with show(_new) as shown:
        await _listed(shown)
        await press(shown, "s")
        await until(shown, lambda: "Unschedule" in keys(shown))
        assert (await _stored(shown)).status is RequestStatus.SCHEDULED
        await until(shown, lambda: toasts(shown))
        assert toasts(shown) == ["Scheduled backup (request 1). It runs now."]
        await press(shown, "u")
        await until(shown, lambda: "Schedule" in keys(shown))
        assert (await _stored(shown)).status is RequestStatus.UNSCHEDULED
        await until(shown, lambda: toasts(shown)[1:] == ["Unscheduled backup (request 1)."])


async def test_what_is_refused_is_explained(show: Show) -> None:
    def inactive(services: Services) -> None:
        request = a_request(services, HOURLY)
        draft = ProcessDraft(name="backup", command="true", active=False)
        services.processes.update(request.process_id, draft)

    async with show(inactive) as shown:
        await _listed(shown)
        await press(shown, "s")
        await until(shown, lambda: toasts(shown))
        told = "Cannot schedule backup (request 1) The process 'backup' is not active."
        assert toasts(shown)[0].startswith(told)


async def test_t_runs_it_now(show: Show) -> None:
    async with show(_new) as shown:
        await _listed(shown)
        await press(shown, "t")
        await until(shown, lambda: "queued" in rows(shown)[0])
        await until(shown, lambda: toasts(shown) == ["Triggered backup (request 1)."])
        assert (await _stored(shown)).status is RequestStatus.NEW


async def test_a_triggered_run_that_is_skipped_says_why(show: Show) -> None:
    async with show(_running) as shown:
        await _listed(shown)
        await press(shown, "t")
        await until(shown, lambda: toasts(shown))
        assert toasts(shown)[0].startswith("Skipped backup Concurrent attempt to execute")


@pytest.mark.parametrize(("key", "wanted"), [("x", KillRequest.TERM), ("X", KillRequest.FORCE)])
async def test_stopping_asks_and_names_the_run(show: Show, key: str, wanted: KillRequest) -> None:
    async with show(_running) as shown:
        await until(shown, lambda: rows(shown) and "Stop" in keys(shown))
        await press(shown, key)
        assert "backup" in await question(shown)
        await answer(shown, "enter")
        assert await _kill_request(shown) is None
        await press(shown, key)
        await question(shown)
        await answer(shown, "y")
        await shown.app.workers.wait_for_complete()
        assert await _kill_request(shown) is wanted


async def test_l_shows_the_latest_log(show: Show) -> None:
    def triggered(services: Services) -> None:
        services.runs.trigger(a_request(services, HOURLY).id)

    async with show(triggered) as shown:
        await until(shown, lambda: "Log" in keys(shown))
        await press(shown, "l")
        await until(shown, lambda: isinstance(shown.app.screen, LogView))


@pytest.mark.parametrize(
    ("letter", "copied"), [("y", "backup"), ("i", "1"), ("s", "Every hour"), ("d", "all of it")]
)
async def test_y_copies_a_part_of_choice(show: Show, letter: str, copied: str) -> None:
    async with show(_new) as shown:
        await _listed(shown)
        await press(shown, "y")
        await question(shown)
        await answer(shown, letter)
        await until(shown, lambda: toasts(shown) == [f"Copied {copied}"])
        assert shown.app.clipboard == copied


@pytest.mark.parametrize("key", ["n", "a", "e", "enter", "C"])
async def test_forms_open_for_new_edit_and_clone(show: Show, key: str) -> None:
    async with show(_new) as shown:
        await _listed(shown)
        await press(shown, key)
        await _leave_form(shown)


async def test_a_double_click_edits(show: Show) -> None:
    async with show(_new) as shown:
        await _listed(shown)
        await shown.pilot.click("RowTable", offset=(5, 1), times=2)
        await _leave_form(shown)


async def test_the_details_tell_what_the_list_has_no_room_for(show: Show) -> None:
    async with show(_daily) as shown:
        await _listed(shown)
        seen = details(shown)
        for part in ("all of it", "● scheduled", "UTC", "one late run", "TARGET=[/mnt]"):
            assert part in seen
        assert "Mon 02 Mar 13:00  in 1 h" in seen
        assert "Fri 06 Mar 13:00" in seen


async def test_the_details_follow_the_cursor(show: Show) -> None:
    def two(services: Services) -> None:
        a_request(services, HOURLY, description="first")
        a_request(services, HOURLY, description="second")

    async with show(two) as shown:
        await _listed(shown, 2)
        assert "first" in details(shown)
        await press(shown, "j")
        await until(shown, lambda: "second" in details(shown))


async def test_a_request_that_is_gone_leaves_no_details(show: Show) -> None:
    async with show(_new) as shown:
        await _listed(shown)
        await shown.runtime.write(shown.runtime.services.requests.remove_step, 1)
        await until(shown, lambda: not details(shown).strip())


@pytest.mark.parametrize(("size", "is_beside"), [((80, 24), False), ((200, 50), True)])
async def test_details_stand_below_or_beside(
    show: Show, size: tuple[int, int], is_beside: bool
) -> None:
    async with show(_new, size=size) as shown:
        await _listed(shown)
        listed = shown.app.screen.query_one("#list-pane").region
        pane = shown.app.screen.query_one("DetailsPane").region
        assert (pane.x >= listed.right) is is_beside
        assert (pane.y >= listed.bottom) is not is_beside


async def test_a_process_and_its_command_stay_as_they_are(show: Show) -> None:
    async with show(lambda services: a_process(services, "untouched")) as shown:
        await until(shown, lambda: rows(shown))
        await press(shown, "s", "u", "t", "x", "X", "D", "C", "l", "y", "e", "enter", "space")
        assert toasts(shown) == []
