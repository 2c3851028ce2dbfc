"""Words in the filter of the monitor: what they leave, and what is told of them."""

from datetime import timedelta
from functools import partial

from textual.widgets import Input

from tests.support.clock import NOON
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import press, screenful, until
from tests.tui.screens.runs.screens import add_run, count, line_at, lines, monitor, three_runs
from tui_scheduler.models import RunStatus
from tui_scheduler.services import Services


def a_week(services: Services) -> None:
    """Runs of days 0 to 6 before today, each a minute longer, the older ones with a code."""
    for days in reversed(range(7)):
        at = NOON - timedelta(days=days)
        took = timedelta(minutes=days)
        status = RunStatus.ERROR if days > 3 else RunStatus.SUCCESS
        fields = {"scheduled_for": at, "start_time": at, "end_time": at + took}
        add_run(services, "nightly run", status=status, exit_code=days, **fields)


async def type_filter(ui: Ui, text: str) -> None:
    await press(ui, "/")
    await until(ui, lambda: isinstance(ui.app.focused, Input))
    ui.app.screen.query_one("#filter-text", Input).value = text
    await press(ui, "end")


async def test_words_and_text_narrow_together(show: Show) -> None:
    async with show(three_runs) as ui:
        screen = await monitor(ui, 3)
        await type_filter(ui, "status:failed exit:3 imp")
        await until(ui, lambda: count(ui) == "1 of 3 runs" and "import" in line_at(screen, 0))
        await press(ui, "escape")
        await until(ui, lambda: count(ui) == "3 runs" and len(lines(screen)) == 3)


async def test_times_and_lengths_narrow(show: Show) -> None:
    async with show(a_week) as ui:
        await monitor(ui, 7)
        for text, number in (
            ("until:yesterday", 6),
            ("since:2d", 3),
            ("since:3d until:yesterday", 3),
            ("slower:5m", 2),
            ('process:"nightly run" slower:1m exit:2', 1),
        ):
            await type_filter(ui, text)
            await until(ui, partial(_counts, ui, number))


def _counts(ui: Ui, number: int) -> bool:
    return count(ui) == f"{number} of 7 runs"


async def test_a_toggle_and_a_word_hold_both(show: Show) -> None:
    async with show(a_week) as ui:
        await monitor(ui, 7)
        await press(ui, "E")
        await until(ui, lambda: count(ui) == "3 of 7 runs")
        await type_filter(ui, "exit:5")
        await until(ui, lambda: count(ui) == "1 of 7 runs")
        await type_filter(ui, "status:success")
        await until(ui, lambda: count(ui) == "0 of 7 runs")


async def test_a_word_that_is_not_understood_says_so_and_nothing_is_lost(show: Show) -> None:
    async with show(three_runs, size=(80, 24)) as ui:
        screen = await monitor(ui, 3)
        await press(ui, "space")
        await type_filter(ui, "status:eror")
        await until(ui, lambda: "status: 'eror' is not one of queued" in screenful(ui))
        assert "misfired, skipped" in screenful(ui)
        assert ui.app.screen.query_one("#filter-text", Input).value == "status:eror"
        assert "1 marked" in count(ui)
        await press(ui, *["backspace"] * 3, *"rror", "enter")
        await until(ui, lambda: count(ui).startswith("1 of 3 runs"))
        await until(ui, lambda: "import" in line_at(screen, 0))


async def test_a_name_that_there_is_not_says_which_there_are(show: Show) -> None:
    async with show(three_runs) as ui:
        await monitor(ui, 3)
        await type_filter(ui, "process:back")
        message = "There is no process or group 'back'. Names like it: backup."
        await until(ui, lambda: message in screenful(ui))


async def test_where_nothing_matches_the_words_are_told(show: Show) -> None:
    async with show(three_runs, size=(80, 24)) as ui:
        await monitor(ui, 3)
        await type_filter(ui, "zzz")
        await until(ui, lambda: "Nothing matches “zzz”" in screenful(ui))
        await until(ui, lambda: "status:error since:2d backup" in screenful(ui))


async def test_where_nothing_matches_what_else_hides_runs_is_told(show: Show) -> None:
    async with show(three_runs, size=(80, 24)) as ui:
        await monitor(ui, 3)
        await type_filter(ui, "status:success")
        await press(ui, "enter", "E", "H")
        await until(ui, lambda: "Nothing matches “status:success”" in screenful(ui))
        await until(ui, lambda: "Only looked at: failed only, last 24 h." in screenful(ui))
        await press(ui, "E", "H")
        await type_filter(ui, "zzz")
        await until(ui, lambda: "Nothing matches “zzz”" in screenful(ui))
        assert "Only looked at" not in screenful(ui)


async def test_words_are_told_and_completed_while_one_types(show: Show) -> None:
    async with show(three_runs, size=(80, 24)) as ui:
        screen = await monitor(ui, 3)
        await press(ui, "/")
        await until(ui, lambda: "status:  process:  request:  where:" in screenful(ui))
        await press(ui, *"process:im")
        await until(ui, lambda: screenful(ui).count("process:import") == 2)  # behind, and below
        await press(ui, "right")
        await until(ui, lambda: count(ui) == "1 of 3 runs" and "import" in line_at(screen, 0))
        await press(ui, "enter")
        await until(ui, lambda: not isinstance(ui.app.focused, Input))


async def test_the_help_tells_the_words(show: Show) -> None:
    async with show(size=(120, 90)) as ui:
        await press(ui, "2", "?")
        await until(ui, lambda: "Words of the monitor's filter" in screenful(ui))
        await until(ui, lambda: "slower:10m" in screenful(ui))
