"""The list of requests: what it shows, and what each key does to one of them."""

from datetime import timedelta
from typing import Any

import pytest

from tests.services.drafts import a_process, a_request, every
from tests.support.clock import NOON, FakeClock
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
)
from tests.tui.screens.runs.screens import a_running_run, add_run
from tui_scheduler.models import KillRequest, RequestStatus, RunStatus
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.views.requests import RequestView
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


async def _listed(ui: Ui, count: int = 1) -> None:
    await until(ui, lambda: len(rows(ui)) == count and details(ui).strip())


async def _kill_request(ui: Ui) -> KillRequest | None:
    run = await ui.runtime.read(ui.runtime.services.runs.get, 1)
    return run.kill_request


async def _leave_form(ui: Ui) -> None:
    """Wait for the form, which is told to be ready by its preview, and close it."""
    await until(ui, lambda: isinstance(ui.app.screen, RequestForm))
    await until(ui, lambda: not _is_busy(ui))
    await press(ui, "escape")
    await until(ui, lambda: isinstance(ui.app.screen, RequestsScreen))


def _is_busy(ui: Ui) -> bool:
    return any(worker.group == "review" and not worker.is_finished for worker in ui.app.workers)


async def _stored(ui: Ui, request_id: int = 1) -> RequestView:
    return await ui.runtime.read(ui.runtime.services.requests.get, request_id)


async def test_an_empty_list_says_what_to_press(show: Show) -> None:
    async with show() as ui:
        await until(ui, lambda: rows(ui))
        assert "No requests yet" in rows(ui)[0]
        assert "Press n" in "\n".join(rows(ui))
        assert keys(ui) == ["New", "Help", "Quit"]


async def test_a_request_is_told_in_words(show: Show) -> None:
    async with show(_scheduled) as ui:
        await _listed(ui)
        for part in ("●", "backup", "Every hour", "now", "never ran", "scheduled"):
            assert part in rows(ui)[0]


async def test_the_countdown_is_live(show: Show, clock: FakeClock) -> None:
    async with show(_daily) as ui:
        await _listed(ui)
        await until(ui, lambda: "in 1h00m" in rows(ui)[0])
        clock.advance(minutes=59, seconds=30)
        await until(ui, lambda: "in 30s" in rows(ui)[0])


async def test_the_strip_shows_how_the_last_runs_went(show: Show) -> None:
    def several(services: Services) -> None:
        a_request(services, HOURLY)
        add_run(services, "backup")
        add_run(services, "backup", status=RunStatus.ERROR)
        services.runs.trigger(1)

    async with show(several) as ui:
        await _listed(ui)
        assert "▄✗◌" in rows(ui)[0]


async def test_a_request_made_elsewhere_appears_without_a_key(show: Show) -> None:
    async with show(_new) as ui:
        await _listed(ui)
        await ui.runtime.write(a_request, ui.runtime.services, HOURLY, "another")
        await until(ui, lambda: len(rows(ui)) == 2)
        assert table(ui).cursor_id == 1


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
    async with show(prepare) as ui:
        await _listed(ui)
        await until(ui, lambda: offered <= set(keys(ui)))
        assert not missing & set(keys(ui))


async def test_s_schedules_and_u_unschedules(show: Show) -> None:
    async with show(_new) as ui:
        await _listed(ui)
        await press(ui, "s")
        await until(ui, lambda: "Unschedule" in keys(ui))
        assert (await _stored(ui)).status is RequestStatus.SCHEDULED
        await until(ui, lambda: toasts(ui))
        assert toasts(ui) == ["Scheduled backup (request 1). It runs now."]
        await press(ui, "u")
        await until(ui, lambda: "Schedule" in keys(ui))
        assert (await _stored(ui)).status is RequestStatus.UNSCHEDULED
        way_back = "Press s to schedule it again: its plan then begins anew."
        message = f"Unscheduled backup (request 1). {way_back}"
        await until(ui, lambda: toasts(ui)[1:] == [message])


async def test_s_promises_no_moment_while_all_is_held(show: Show) -> None:
    def held(services: Services) -> None:
        _new(services)
        services.controls.hold()

    async with show(held) as ui:
        await _listed(ui)
        await until(ui, lambda: "On hold" in screenful(ui))
        await press(ui, "s")
        await until(ui, lambda: toasts(ui))
        message = "Scheduled backup (request 1). It runs once p releases scheduling."
        assert toasts(ui) == [message]


async def test_u_says_that_runs_are_counted_from_the_first_again(show: Show) -> None:
    def three_times(services: Services) -> None:
        plan = every(Frequency.HOURLY, repetitions=3)
        services.requests.schedule(a_request(services, plan).id)

    async with show(three_times) as ui:
        await _listed(ui)
        await press(ui, "u")
        await until(ui, lambda: toasts(ui))
        assert toasts(ui)[0].endswith("begins anew, and its runs are counted from the first.")


async def test_u_says_that_a_retry_still_waits(show: Show) -> None:
    def failed(services: Services) -> None:
        services.requests.schedule(a_request(services, HOURLY).id)
        add_run(services, attempt=1, status=RunStatus.ERROR)
        waits: dict[str, Any] = {
            "status": RunStatus.QUEUED,
            "start_time": None,
            "end_time": None,
            "host": "",
        }
        add_run(services, attempt=2, scheduled_for=NOON + timedelta(days=1), **waits)

    async with show(failed) as ui:
        await _listed(ui)
        await press(ui, "u")
        await until(ui, lambda: toasts(ui))
        [toast] = toasts(ui)
        assert toast.startswith("Unscheduled backup (request 1). Still to come: a retry waits ")
        assert " (run 2). Press s to schedule it again" in toast


async def test_what_is_refused_is_explained(show: Show) -> None:
    def inactive(services: Services) -> None:
        request = a_request(services, HOURLY)
        draft = ProcessDraft(name="backup", command="true", active=False)
        services.processes.update(request.process_id, draft)

    async with show(inactive) as ui:
        await _listed(ui)
        await press(ui, "s")
        await until(ui, lambda: toasts(ui))
        message = "Cannot schedule backup (request 1) The process 'backup' is not active."
        assert toasts(ui)[0].startswith(message)


async def test_t_runs_it_now(show: Show) -> None:
    async with show(_new) as ui:
        await _listed(ui)
        await press(ui, "t")
        await until(ui, lambda: "queued" in rows(ui)[0])
        await until(ui, lambda: toasts(ui) == ["Triggered backup (request 1)."])
        assert (await _stored(ui)).status is RequestStatus.NEW


async def test_a_triggered_run_that_is_skipped_says_why(show: Show) -> None:
    async with show(_running) as ui:
        await _listed(ui)
        await press(ui, "t")
        await until(ui, lambda: toasts(ui))
        assert toasts(ui)[0].startswith("Skipped backup Run 1 is still running")


@pytest.mark.parametrize(("key", "wanted"), [("x", KillRequest.TERM), ("X", KillRequest.FORCE)])
async def test_stopping_asks_and_names_the_run(show: Show, key: str, wanted: KillRequest) -> None:
    async with show(_running) as ui:
        await until(ui, lambda: rows(ui) and "Stop" in keys(ui))
        await press(ui, key)
        assert "backup" in await question(ui)
        await answer(ui, "enter")
        assert await _kill_request(ui) is None
        await press(ui, key)
        await question(ui)
        await answer(ui, "y")
        await ui.app.workers.wait_for_complete()
        assert await _kill_request(ui) is wanted


async def test_l_shows_the_latest_log(show: Show) -> None:
    def triggered(services: Services) -> None:
        services.runs.trigger(a_request(services, HOURLY).id)

    async with show(triggered) as ui:
        await until(ui, lambda: "Log" in keys(ui))
        await press(ui, "l")
        await until(ui, lambda: isinstance(ui.app.screen, LogView))


@pytest.mark.parametrize(
    ("letter", "copied"), [("y", "backup"), ("i", "1"), ("s", "Every hour"), ("d", "all of it")]
)
async def test_y_copies_a_part_of_choice(show: Show, letter: str, copied: str) -> None:
    async with show(_new) as ui:
        await _listed(ui)
        await press(ui, "y")
        await question(ui)
        await answer(ui, letter)
        await until(ui, lambda: toasts(ui) == [f"Copied {copied}"])
        assert ui.app.clipboard == copied


@pytest.mark.parametrize("key", ["n", "a", "e", "enter", "C"])
async def test_forms_open_for_new_edit_and_clone(show: Show, key: str) -> None:
    async with show(_new) as ui:
        await _listed(ui)
        await press(ui, key)
        await _leave_form(ui)


async def test_a_double_click_edits(show: Show) -> None:
    async with show(_new) as ui:
        await _listed(ui)
        await ui.pilot.click("RowTable", offset=(5, 1), times=2)
        await _leave_form(ui)


async def test_the_details_tell_what_the_list_has_no_room_for(show: Show) -> None:
    async with show(_daily) as ui:
        await _listed(ui)
        seen = details(ui)
        for part in ("all of it", "Command    true", "run once, late", "TARGET=[/mnt]"):
            assert part in seen
        assert "Mon  2 Mar 13:00  in 1h00m" in seen
        assert "Fri  6 Mar 13:00" in seen


async def test_what_is_held_is_not_counted_down(show: Show) -> None:
    async with show(_daily) as ui:
        await _listed(ui)
        await until(ui, lambda: "in 1h00m" in rows(ui)[0])
        await ui.runtime.write(ui.runtime.services.controls.hold)
        await until(ui, lambda: "held" in rows(ui)[0])
        await until(ui, lambda: "Mon  2 Mar 13:00  held" in details(ui))
        await ui.runtime.write(ui.runtime.services.controls.release)
        await until(ui, lambda: "in 1h00m" in rows(ui)[0])


async def test_the_details_follow_the_cursor(show: Show) -> None:
    def two(services: Services) -> None:
        a_request(services, HOURLY, description="first")
        a_request(services, HOURLY, description="second")

    async with show(two) as ui:
        await _listed(ui, 2)
        assert "first" in details(ui)
        await press(ui, "j")
        await until(ui, lambda: "second" in details(ui))


async def test_a_request_that_is_gone_leaves_no_details(show: Show) -> None:
    async with show(_new) as ui:
        await _listed(ui)
        await ui.runtime.write(ui.runtime.services.requests.remove_step, 1)
        await until(ui, lambda: not details(ui).strip())


@pytest.mark.parametrize(("size", "is_beside"), [((80, 24), False), ((200, 50), True)])
async def test_details_stand_below_or_beside(
    show: Show, size: tuple[int, int], is_beside: bool
) -> None:
    async with show(_new, size=size) as ui:
        await _listed(ui)
        listed = ui.app.screen.query_one("#list-pane").region
        pane = ui.app.screen.query_one("DetailsPane").region
        assert (pane.x >= listed.right) is is_beside
        assert (pane.y >= listed.bottom) is not is_beside


async def test_a_process_and_its_command_stay_as_they_are(show: Show) -> None:
    async with show(lambda services: a_process(services, "untouched")) as ui:
        await until(ui, lambda: rows(ui))
        await press(ui, "s", "u", "t", "x", "X", "D", "C", "l", "y", "e", "enter", "space")
        assert toasts(ui) == []
