"""The notices on the screen: who was told of what, live, and what is wrong with who was not."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.services.drafts import a_request
from tests.services.notices.telling import OPS, receiver
from tests.support.clock import NOON, FakeClock
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import (
    details,
    keys,
    press,
    rows,
    screenful,
    screenful_of,
    table,
    toasts,
    until,
)
from tests.tui.screens.names import HARMLESS, HOSTILE
from tests.tui.screens.runs.screens import add_run
from tui_scheduler.models import Notice, RunStatus
from tui_scheduler.receivers import NoticeKind, Notifying, ReceiverKind
from tui_scheduler.runtime import SchedulerState
from tui_scheduler.services import Services
from tui_scheduler.settings import Settings
from tui_scheduler.tui.screens.notices.list import NoticesScreen
from tui_scheduler.tui.screens.runs.log_view import LogView
from tui_scheduler.wording import NOBODY_TOLD

TROUBLE = f"{NOBODY_TOLD} hook: it answered HTTP 500. Try it: tui-scheduler notify test hook"


@pytest.fixture
def notifying() -> Notifying:
    return OPS


@pytest.fixture
def settings(new_database: Path, notifying: Notifying) -> Settings:
    return Settings(database=new_database, notifying=notifying, config=Path("/etc/of/ours.toml"))


def add_notice(**fields: Any) -> int:
    """Store a notice of run 1 that was sent at once, but for ``fields``."""
    usual = {
        "key": "a1", "kind": NoticeKind.FAILED, "receiver": "ops", "run_id": 1, "request_id": 1,
        "process": "backup", "in_a_row": 1, "since": NOON, "created_at": NOON, "sent_at": NOON,
        "next_try": None,
    }  # fmt: skip
    return int(Notice.insert(**(usual | fields)).execute())


WAITS = {
    "receiver": "hook", "sent_at": None, "attempts": 2, "problem": "it answered HTTP 500",
    "next_try": NOON + timedelta(minutes=5),
}  # fmt: skip
GIVEN_UP = {**WAITS, "next_try": None, "process": "archive"}
SILENT = {"kind": NoticeKind.SILENT, "run_id": None, "in_a_row": 0}


def some(services: Services) -> None:
    """One that was given up, one that is sent, one of no run, and one that waits."""
    for fields in (GIVEN_UP, {}, SILENT, WAITS):
        add_notice(**fields)
    add_run(services, status=RunStatus.ERROR, exit_code=1)  # of the notices alone nobody is told


async def opened(ui: Ui, count: int) -> NoticesScreen:
    await press(ui, "M")
    await until(ui, lambda: len(rows(ui)) == count)
    screen = ui.app.screen
    assert isinstance(screen, NoticesScreen)
    return screen


def holds(line: str, *parts: str) -> bool:
    return all(part in line for part in parts)


async def test_each_says_what_it_was_about_and_what_has_become_of_it(show: Show) -> None:
    async with show(some) as ui:
        await opened(ui, 4)
        waits, silent, sent, given_up = rows(ui)
        assert holds(waits, "✗ failed", "hook", "backup", "◌ again in 5m00s", "HTTP 500")
        assert holds(silent, "? silent", "ops", "✓ sent")
        assert holds(sent, "12:00:00", "✗ failed", "ops", "backup", "1", "✓ sent")
        assert holds(given_up, "archive", "✗ given up", "it answered HTTP 500")


async def test_the_next_try_is_counted_down(show: Show, clock: FakeClock) -> None:
    async with show(some) as ui:
        await opened(ui, 4)
        clock.advance(minutes=2)
        await until(ui, lambda: "again in 3m00s" in rows(ui)[0])
        await until(ui, lambda: "◌ waiting, again in 3m00s" in details(ui))


async def test_new_ones_and_other_states_are_seen_at_once(show: Show) -> None:
    async with show(some) as ui:
        await opened(ui, 4)
        notices = ui.runtime.services.notices
        waiting = await ui.runtime.read(notices.get, 4)
        await ui.runtime.write(notices.sent, [waiting])
        await until(ui, lambda: "✓ sent" in rows(ui)[0])
        await ui.runtime.write(add_notice, process="newest", next_try=NOON, sent_at=None)
        await ui.runtime.write(notices.sent, [])
        await until(ui, lambda: "newest" in rows(ui)[0])
        assert "◌ waiting" in rows(ui)[0]


async def test_what_could_not_be_sent_is_seen_alone(show: Show) -> None:
    async with show(some) as ui:
        await opened(ui, 4)
        await press(ui, "f")
        await until(ui, lambda: len(rows(ui)) == 2)
        assert all("HTTP 500" in line for line in rows(ui))
        await until(ui, lambda: "2 of 4 notices · not sent" in screenful(ui))
        await press(ui, "f")
        await until(ui, lambda: len(rows(ui)) == 4)
        assert "not sent" not in screenful(ui)


async def test_nothing_that_could_not_be_sent_is_said(show: Show) -> None:
    def one_sent(services: Services) -> None:
        add_run(services)
        add_notice()

    async with show(one_sent) as ui:
        await opened(ui, 1)
        await press(ui, "f")
        await until(ui, lambda: "Press f to see all of it." in screenful(ui))


@pytest.mark.parametrize("key", ["enter", "l"])
async def test_it_leads_to_the_log_of_its_run_and_back(show: Show, key: str) -> None:
    async with show(some) as ui:
        screen = await opened(ui, 4)
        await press(ui, key)
        await until(ui, lambda: isinstance(ui.app.screen, LogView))
        await until(ui, lambda: "backup" in screenful(ui))
        await press(ui, "escape")
        await until(ui, lambda: ui.app.screen is screen)
        await press(ui, "escape")
        await until(ui, lambda: ui.app.screen is not screen)


async def test_of_no_run_there_is_no_log(show: Show) -> None:
    async with show(some) as ui:
        await opened(ui, 4)
        assert "Log of the run" in keys(ui)
        await press(ui, "j")
        await until(ui, lambda: "none has succeeded" in details(ui))
        await until(ui, lambda: "Log of the run" not in keys(ui))
        await press(ui, "enter")
        await until(ui, lambda: toasts(ui) == ["It is about no run, so there is no log."])


async def test_escape_takes_filter_and_marks_away_first(show: Show) -> None:
    async with show(some) as ui:
        screen = await opened(ui, 4)
        await press(ui, "/", *"archive", "enter")
        await until(ui, lambda: len(rows(ui)) == 1)
        await until(ui, lambda: {"Clear", "Back"} & {*keys(ui)} == {"Clear"})
        await press(ui, "escape")
        await until(ui, lambda: len(rows(ui)) == 4)
        await press(ui, "space")
        await until(ui, lambda: table(ui).marked)
        await press(ui, "escape")
        await until(ui, lambda: not table(ui).marked)
        await until(ui, lambda: "Back" in keys(ui))
        assert ui.app.screen is screen


async def test_the_details_say_all_of_it_and_nothing_of_an_address(show: Show) -> None:
    async with show(some) as ui:
        await opened(ui, 4)
        await until(ui, lambda: "hook (not configured any more)" in details(ui))
        text = details(ui)
        assert "In a row   1 failure" in text
        assert "Problem    it answered HTTP 500" in text
        assert "Try it     tui-scheduler notify test hook" in text
        assert "Tries      2 failed" in text


@pytest.mark.parametrize(
    "notifying",
    [
        Notifying(
            receivers={
                "hook": receiver(
                    "hook", ReceiverKind.WEBHOOK, address="https://me:pw@example.org/secret"
                )
            },
            by_default=("hook",),
        )
    ],
)
async def test_of_an_address_only_the_host_is_seen(show: Show, notifying: Notifying) -> None:
    async with show(size=(140, 30)) as ui:
        await press(ui, "M")
        text = "Told of what fails: hook (webhook at example.org)"
        await until(ui, lambda: text in screenful(ui))
        await ui.runtime.write(some, ui.runtime.services)
        await until(ui, lambda: "hook (webhook at example.org)" in details(ui))
        assert "secret" not in screenful(ui)


async def test_names_are_never_read_as_markup(show: Show) -> None:
    def hostile(services: Services) -> None:
        a_request(services)
        add_notice(process=HOSTILE, receiver=HOSTILE, problem=HOSTILE)

    async with show(hostile, size=(200, 50)) as ui:
        await opened(ui, 1)
        assert HARMLESS[:12] in rows(ui)[0]
        await until(ui, lambda: HARMLESS[:12] in details(ui))


EMPTY: list[tuple[Notifying, str]] = [
    (Notifying(), "Add one, for example, to\n/etc/of/ours.toml:"),
    (Notifying(receivers=OPS.receivers), 'for all in\n/etc/of/ours.toml: notify = ["ops"]'),
    (OPS, "Told of what fails: ops (command)"),
]


@pytest.mark.parametrize(("notifying", "text"), EMPTY)
async def test_an_empty_list_says_how_somebody_comes_to_be_told(
    show: Show, notifying: Notifying, text: str
) -> None:
    async with show(size=(80, 24)) as ui:
        await press(ui, "M")
        await until(ui, lambda: all(line in screenful(ui) for line in text.splitlines()))


# The way to it.


async def test_the_palette_has_it(show: Show) -> None:
    async with show(some) as ui:
        await press(ui, "ctrl+p", *"Notices", "enter")
        await until(ui, lambda: isinstance(ui.app.screen, NoticesScreen))
        await press(ui, "M")
        await press(ui, "escape")
        await until(ui, lambda: not isinstance(ui.app.screen, NoticesScreen))


@pytest.mark.parametrize("width", [80, 120])
async def test_a_receiver_that_does_not_work_is_said_and_a_click_leads_here(
    show: Show, width: int
) -> None:
    async with show(some, size=(width, 24)) as ui:
        ui.runtime.set_scheduler(SchedulerState(is_scheduling=True, trouble=TROUBLE))
        await until(ui, lambda: "M tells more." in screenful(ui))
        await until(ui, lambda: "● scheduling" in screenful(ui))
        await ui.pilot.click("Banner")
        await until(ui, lambda: isinstance(ui.app.screen, NoticesScreen))


async def test_another_trouble_leads_nowhere(show: Show) -> None:
    async with show(some) as ui:
        ui.runtime.set_scheduler(SchedulerState(is_scheduling=True, trouble="The disk is full"))
        await until(ui, lambda: "The disk is full" in screenful(ui))
        before = ui.app.screen
        await ui.pilot.click("Banner")
        assert ui.app.screen is before
        assert "M tells" not in screenful_of(before)
