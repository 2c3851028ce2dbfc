"""Fires stand in two columns where two fit, and hostile words are only words."""

from datetime import UTC, datetime, timedelta

import pytest
from textual.app import App, ComposeResult

from tui_scheduler.services.queries.forecast import Forecast
from tui_scheduler.tui.widgets.plain_text import Words
from tui_scheduler.tui.widgets.plan_preview import Fires, PlanPreview

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIVE = tuple(NOW + timedelta(days=day) for day in range(1, 6))


class PreviewApp(App[None]):
    def compose(self) -> ComposeResult:
        yield PlanPreview("UTC", lambda: NOW)


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (
            70,
            [
                "Tue  3 Mar 12:00  in 1d00h    Fri  6 Mar 12:00  in 4d00h",
                "Wed  4 Mar 12:00  in 2d00h    Sat  7 Mar 12:00  in 5d00h",
                "Thu  5 Mar 12:00  in 3d00h",
            ],
        ),
        (
            40,
            [
                "Tue  3 Mar 12:00  in 1d00h",
                "Wed  4 Mar 12:00  in 2d00h",
                "Thu  5 Mar 12:00  in 3d00h",
                "Fri  6 Mar 12:00  in 4d00h",
                "Sat  7 Mar 12:00  in 5d00h",
            ],
        ),
    ],
    ids=["wide", "narrow"],
)
async def test_fires_use_the_width(width: int, lines: list[str]) -> None:
    async with PreviewApp().run_test(size=(width, 20)) as pilot:
        preview = pilot.app.query_one(PlanPreview)
        preview.show(Forecast("Every day at 12:00", FIVE), "UTC")
        await pilot.pause()
        fires = preview.query_one(Fires)
        assert str(fires.render()).splitlines() == lines
        assert fires.size.height == len(lines)


@pytest.mark.parametrize(
    ("count", "zone", "heading"),
    [
        (0, "UTC", ""),
        (1, "UTC", "The only run in UTC"),
        (5, "UTC", "The next 5 runs in UTC"),
        (5, "Asia/Tokyo", "The next 5 runs in Asia/Tokyo, at the right in UTC"),
    ],
)
async def test_the_heading_says_whose_clock_it_is(count: int, zone: str, heading: str) -> None:
    async with PreviewApp().run_test() as pilot:
        preview = pilot.app.query_one(PlanPreview)
        preview.show(Forecast("x", FIVE[:count]), zone)
        assert preview.query_one("#preview-heading", Words).text == heading


async def test_words_are_never_markup() -> None:
    async with PreviewApp().run_test() as pilot:
        preview = pilot.app.query_one(PlanPreview)
        preview.show(Forecast("[/nope] \x1b[2J"), "UTC", ["[bold]"])
        await pilot.pause()
        assert str(preview.query_one("#preview-sentence", Words).content) == "[/nope] ␛[2J"
