"""The frame of the history says when old runs were last removed."""

from datetime import timedelta

from tests.support.clock import NOON, FakeClock
from tests.tui.conftest import Show
from tests.tui.on_screen import press, screenful, until
from tests.tui.screens.runs.screens import add_run, count, lines, monitor, three_runs
from tui_scheduler.models import Run
from tui_scheduler.services import Services
from tui_scheduler.services.retention import Limits
from tui_scheduler.services.views.overview import Pruning
from tui_scheduler.tui.screens.runs.last_pruning import pruning_text

ONE_EACH = Limits(days=0, runs=1, bytes=0)


def pruned_at_noon(services: Services) -> None:
    """Three runs are left, and 1,200 went."""
    three_runs(services)
    services.retention.note(1_200)


async def test_nothing_is_said_before_the_first_time(show: Show) -> None:
    async with show(three_runs) as ui:
        await monitor(ui)
        await until(ui, lambda: count(ui) == "3 runs")


async def test_it_says_how_long_ago_and_how_many(show: Show, clock: FakeClock) -> None:
    async with show(pruned_at_noon, size=(80, 24)) as ui:
        clock.advance(minutes=14)
        screen = await monitor(ui)
        await until(ui, lambda: count(ui) == "3 runs · 1,200 old runs removed 14m ago")
        assert "3 runs · 1,200 old runs removed 14m ago" in screenful(ui)
        clock.advance(minutes=1)
        screen.tick()
        assert count(ui) == "3 runs · 1,200 old runs removed 15m ago"
        await press(ui, "space")
        await until(ui, lambda: count(ui) == "3 runs · 1 marked · 1,200 old runs removed 15m ago")


async def test_runs_that_are_removed_leave_the_list(show: Show) -> None:
    def two_of_one_request(services: Services) -> None:
        add_run(services)
        add_run(services)

    async with show(two_of_one_request) as ui:
        screen = await monitor(ui, 2)
        retention = ui.runtime.services.retention

        def remove() -> None:
            retention.note(len(retention.remove_rows(retention.batch(ONE_EACH))))

        await ui.runtime.write(remove)
        await until(ui, lambda: len(lines(screen)) == 1)
        await until(ui, lambda: count(ui) == "1 run · 1 old run removed now")
        assert Run.select(Run.id).scalar() == 2


async def test_nothing_is_said_where_there_was_nothing_to_remove(show: Show) -> None:
    def nothing_pruned(services: Services) -> None:
        three_runs(services)
        services.retention.note(0)

    async with show(nothing_pruned) as ui:
        await monitor(ui)
        await until(ui, lambda: count(ui) == "3 runs")


def test_the_words_agree_with_the_number() -> None:
    assert pruning_text(Pruning(NOON, 1), NOON + timedelta(hours=2)) == "1 old run removed 2h ago"
