"""Runs of groups in the monitor: a tree that is opened and closed, and how far they have come."""

from collections.abc import Callable
from datetime import timedelta

from tests.services.drafts import end
from tests.services.groups import a_group, triggered
from tests.support.clock import NOON, FakeClock
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import press, question, screenful, toasts, until
from tests.tui.screens.runs.data import a_run
from tests.tui.screens.runs.screens import lines, monitor
from tui_scheduler.models import ProcessKind, Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.views.runs import Branch, Progress
from tui_scheduler.tui.screens.runs.columns import process_text, progress_bar, progress_words
from tui_scheduler.tui.screens.runs.monitor import MonitorScreen
from tui_scheduler.tui.screens.runs.titles import title


def one_of_three(services: Services) -> None:
    """A group run whose first member has ended, and whose second runs."""
    a_group(services, "extract", "load", "report")
    triggered(services)
    clock = services.context.clock
    [claim] = services.dispatch.claim()
    services.dispatch.started(claim.run_id, clock.now(), 1, "handle")
    assert isinstance(clock, FakeClock)
    end(services, claim, clock, after=timedelta())
    [claim] = services.dispatch.claim()
    services.dispatch.started(claim.run_id, clock.now(), 1, "handle")


def two_together(services: Services) -> None:
    """A group run whose first member has ended, and of whose second step one has not."""
    a_group(services, "extract", ("load-a", "load-b"), "report")
    triggered(services)
    clock = services.context.clock
    assert isinstance(clock, FakeClock)
    for _ in range(2):
        claims = services.dispatch.claim()
        for claim in claims:
            services.dispatch.started(claim.run_id, clock.now(), 1, "handle")
        end(services, claims[-1], clock, after=timedelta())


async def opened(ui: Ui) -> MonitorScreen:
    screen = await monitor(ui, 1)
    await press(ui, "right")
    await until(ui, lambda: len(lines(screen)) == 3)
    return screen


def at_cursor(screen: MonitorScreen) -> Callable[[], int | None]:
    return lambda: screen.list_pane.table.cursor_id


async def test_a_group_run_is_one_row_with_its_progress(show: Show) -> None:
    async with show(one_of_three) as ui:
        screen = await monitor(ui, 1)
        assert "▸ nightly 1/3" in lines(screen)[0]


async def test_members_that_run_together_have_the_number_of_their_step(show: Show) -> None:
    async with show(two_together) as ui:
        screen = await monitor(ui, 1)
        assert "▸ nightly 2/4" in lines(screen)[0]
        await press(ui, "right")
        await until(ui, lambda: len(lines(screen)) == 4)
        for line, part in zip(
            lines(screen)[1:], ("1 extract", "2.1 load-a", "2.2 load-b"), strict=True
        ):
            assert f"  {part}" in line
        await press(ui, "down", "down")
        await until(ui, lambda: "member 2.1 of nightly" in screenful(ui))


async def test_right_opens_it_and_left_closes_it(show: Show) -> None:
    async with show(one_of_three) as ui:
        screen = await opened(ui)
        group, first, second = lines(screen)
        assert "▾ nightly 1/3" in group
        assert "  1 extract" in first
        assert "✓ success" in first
        assert "  2 load" in second
        assert "► running" in second
        await press(ui, "left")
        await until(ui, lambda: len(lines(screen)) == 1)
        assert "▸ nightly" in lines(screen)[0]


async def test_left_on_a_member_goes_to_its_group_and_closes_it(show: Show) -> None:
    async with show(one_of_three) as ui:
        screen = await opened(ui)
        await press(ui, "j", "j")
        assert screen.list_pane.table.cursor_id == 3
        await press(ui, "left")
        await until(ui, lambda: len(lines(screen)) == 1)
        assert screen.list_pane.table.cursor_id == 1


async def test_the_cursor_stays_on_its_row_when_a_member_comes(show: Show) -> None:
    async with show(one_of_three) as ui:
        screen = await opened(ui)
        await press(ui, "j")

        def ends() -> None:
            Run.update(status=RunStatus.SUCCESS, end_time=NOON).where(Run.id == 3).execute()
            ui.runtime.services.dispatch.resume_groups()

        await ui.runtime.write(ends)
        await until(ui, lambda: len(lines(screen)) == 4)
        assert screen.list_pane.table.cursor_id == 2


async def test_what_is_filtered_is_a_flat_list(show: Show) -> None:
    async with show(one_of_three) as ui:
        screen = await monitor(ui, 1)
        await press(ui, "R")
        await until(ui, lambda: len(lines(screen)) == 2)
        assert not any("▸" in line or "▾" in line for line in lines(screen))


async def test_stopping_a_group_says_that_the_rest_is_not_run(show: Show) -> None:
    async with show(one_of_three) as ui:
        await monitor(ui, 1)
        await press(ui, "x")
        assert "The rest of a group is not run then." in " ".join((await question(ui)).split())


async def test_a_member_of_an_open_group_is_not_deleted(show: Show) -> None:
    async with show(one_of_three) as ui:
        await opened(ui)
        await press(ui, "j", "D")
        await until(ui, lambda: any("Run 1 is still running" in toast for toast in toasts(ui)))


def test_progress_is_counted_or_if_that_is_long_in_per_cent() -> None:
    assert progress_words(Progress(3, 7)) == "3/7"
    assert progress_words(Progress(123_456, 400_000)) == "31%"


def test_a_python_run_tells_how_far_it_has_come_until_it_has_ended() -> None:
    run = a_run(kind=ProcessKind.PYTHON, progress=Progress(1, 4))
    assert process_text(run).plain == "backup 1/4"
    ended = a_run(kind=ProcessKind.PYTHON, status=RunStatus.SUCCESS, end_time=NOON)
    assert process_text(ended).plain == "backup"


def test_a_bar_shows_how_far_it_has_come() -> None:
    assert progress_bar(0.3) == ("━━━", "───────")
    run = a_run(kind=ProcessKind.PYTHON, progress=Progress(3, 10))
    assert "━━━─────── 3/10" in title(run, NOON).plain
    ended = a_run(progress=Progress(10, 10), status=RunStatus.SUCCESS, end_time=NOON)
    assert "━" not in title(ended, NOON).plain


def test_a_member_stands_beneath_its_group() -> None:
    member = a_run(branch=Branch.BENEATH, parent_id=1, number_in_group="12.3", group="nightly")
    assert process_text(member).plain == "  12.3 backup"
