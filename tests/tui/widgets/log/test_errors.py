"""Error lines in the log pane: marked, and gone through by keys."""

from pathlib import Path

import pytest

from tests.tui.widgets.log.logs import LogApp, log_app, numbered, settle
from tests.tui.widgets.log.test_searching import marked, search
from tui_scheduler.services.logs.error_lines import ErrorLines

LOG = (
    numbered(50)
    + b"ERROR one, a failure\n"
    + numbered(50)
    + b"an Exception\n0 errors\n"
    + numbered(50)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


def in_colour(app: LogApp) -> list[str]:
    """The characters on the screen that have the colour of an error."""
    wanted = app.pane.view._style("error")
    return [
        segment.text
        for y in range(len(app.pane.view.parts))
        for segment in app.pane.view.line(y)
        if segment.style is not None
        and (segment.style.color, segment.style.bold) == (wanted.color, True)
    ]


def place(app: LogApp) -> tuple[int | None, int]:
    return app.pane.status.match, app.pane.status.matches


async def test_its_words_are_marked(path: Path) -> None:
    async with log_app(path, b"fine\nERROR: cannot\n0 errors\nValueError: x\n") as (app, _):
        assert in_colour(app) == ["ERROR", "cannot", "Error"]


async def test_from_the_end_a_key_goes_back_from_error_to_error(path: Path) -> None:
    async with log_app(path, LOG) as (app, pilot):
        assert not any("Exception" in line for line in app.lines)
        await pilot.press("E")
        await settle(pilot)
        assert "an Exception" in app.lines
        assert place(app) == (2, 2)
        assert marked(app, "current-match") == ["Exception"]
        assert not app.pane.status.following
        await pilot.press("E")
        await settle(pilot)
        assert "ERROR one, a failure" in app.lines
        assert place(app) == (1, 2)
        assert marked(app, "current-match") == ["ERROR"]
        await pilot.press("E")
        await settle(pilot)
        assert place(app) == (2, 2)


async def test_from_the_beginning_a_key_goes_on_from_error_to_error(path: Path) -> None:
    async with log_app(path, LOG) as (app, pilot):
        await pilot.press("g", "e")
        await settle(pilot)
        assert place(app) == (1, 2)
        for key, number in [("e", 2), ("n", 1), ("N", 2), ("e", 1)]:
            await pilot.press(key)
            await settle(pilot)
            assert place(app) == (number, 2), key


async def test_what_was_searched_for_gives_way_and_escape_ends_it(path: Path) -> None:
    async with log_app(path, LOG) as (app, pilot):
        await search(pilot, "line 12")
        await pilot.press("enter", "e")
        await settle(pilot)
        assert app.pane.status.errors
        assert app.pane.status.search == ""
        await pilot.press("escape")
        assert place(app) == (None, 0)
        assert app.statuses[-1].errors is False


async def test_that_there_is_none_is_told(path: Path) -> None:
    async with log_app(path, numbered(5)) as (app, pilot):
        await pilot.press("e")
        await settle(pilot)
        assert app.pane.status.errors
        assert place(app) == (None, 0)
        assert not app.pane.status.is_searching


async def test_a_process_has_words_of_its_own(path: Path, tmp_path: Path) -> None:
    async with log_app(path, LOG) as (app, pilot):
        await pilot.press("e")
        await settle(pilot)
        other = tmp_path / "other.log"
        other.write_bytes(b"PANIK\nerror\nPANIK\n")
        app.pane.show(other, live=False, errors=ErrorLines(("PANIK",)))
        await settle(pilot)
        assert in_colour(app) == []  # they are searched for, which is marked more
        assert marked(app, "match") == ["PANIK", "PANIK"]
        assert app.pane.status.matches == 2
        app.pane.show(other, live=False, errors=ErrorLines(()))
        await settle(pilot)
        assert app.pane.status.matches == 0


async def test_it_goes_on_in_what_is_written_meanwhile(path: Path) -> None:
    async with log_app(path, b"error 1\n") as (app, pilot):
        await pilot.press("e")
        await settle(pilot)
        with path.open("ab") as log:
            log.write(b"fine\nerror 2\n")
        app.pane.view.look()
        await settle(pilot)
        assert place(app) == (1, 2)
