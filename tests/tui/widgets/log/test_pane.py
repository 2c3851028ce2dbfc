"""What the log pane does with a log beside showing it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.widgets import Input

from tests.tui.textual_inside import notifications
from tests.tui.widgets.log.logs import LogApp, numbered, settle, shown
from tui_scheduler.text import plain
from tui_scheduler.tui.widgets.log.lines import LogLines
from tui_scheduler.tui.widgets.log.pane import LogPane


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


def notices(app: LogApp) -> list[str]:
    return [notification.message for notification in notifications(app)]


class TestCopying:
    async def test_y_copies_what_is_on_the_screen(self, path: Path) -> None:
        async with shown(path, b"one\ntwo\n") as (app, pilot):
            await pilot.press("y")
            assert app.clipboard == "one\ntwo"
            assert notices(app) == ["Copied 2 lines"]

    async def test_shift_y_copies_the_last_line_whole(self, path: Path) -> None:
        async with shown(path, b"one\n\x1b[31mtwo " + b"x" * 500 + b"\n") as (app, pilot):
            await pilot.press("Y")
            assert app.clipboard == "two " + "x" * 500

    async def test_shift_y_copies_the_line_of_the_match(self, path: Path) -> None:
        async with shown(path, numbered(100)) as (app, pilot):
            await pilot.press("slash", *"line 7", "enter")
            await settle(pilot)
            await pilot.press("Y")
            assert app.clipboard == "line 79"


class TestSaving:
    async def test_the_log_is_saved_as_it_is(self, path: Path, tmp_path: Path) -> None:
        data = b"\x1b[31mraw\xff\x00\n" * 1000
        async with shown(path, data) as (app, pilot):
            await pilot.press("ctrl+s")
            target = tmp_path / "saved.log"
            app.query_one(Input).value = str(target)
            await pilot.press("enter")
            await settle(pilot)
            assert target.read_bytes() == data
            assert target.stat().st_mode & 0o777 == 0o600
            assert notices(app) == [f"Saved to {target}"]
            assert app.focused is app.pane.view

    async def test_a_name_is_offered(self, path: Path) -> None:
        async with shown(path, b"x\n") as (app, pilot):
            await pilot.press("ctrl+s")
            assert app.query_one(Input).value == str(Path.home() / "run.log")
            await pilot.press("escape")
            assert app.focused is app.pane.view

    async def test_nothing_is_overwritten(self, path: Path, tmp_path: Path) -> None:
        async with shown(path, b"new\n") as (app, pilot):
            target = tmp_path / "precious"
            target.write_bytes(b"old")
            await pilot.press("ctrl+s")
            app.query_one(Input).value = str(target)
            await pilot.press("enter")
            await settle(pilot)
            assert target.read_bytes() == b"old"
            assert notices(app) == [f"{target} is already there: choose another name"]

    async def test_a_place_that_cannot_be_written_is_told(self, path: Path) -> None:
        async with shown(path, b"new\n") as (app, pilot):
            await pilot.press("ctrl+s")
            app.query_one(Input).value = "/nowhere/[b]x"
            await pilot.press("enter")
            await settle(pilot)
            assert notices(app) == ["Cannot save to /nowhere/[b]x: No such file or directory"]

    @pytest.mark.parametrize("name", ["~nobody-is-called-so/x", "a\0b", "x" * 5000])
    async def test_a_name_that_cannot_be_is_told(self, path: Path, name: str) -> None:
        async with shown(path, b"new\n") as (app, pilot):
            await pilot.press("ctrl+s")
            app.query_one(Input).value = name
            await pilot.press("enter")
            await settle(pilot)
            assert notices(app)[0].startswith(f"Cannot save to {plain(name)[:50]}")


class TestPager:
    async def test_the_pager_gets_the_terminal_and_the_log(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ran: list[object] = []

        @contextmanager
        def suspended(app: LogApp) -> Iterator[None]:
            ran.append("suspended")
            yield
            ran.append("resumed")

        def run(command: list[str], **options: object) -> None:
            ran.append(command)

        monkeypatch.setattr(LogApp, "suspend", suspended)
        monkeypatch.setattr(subprocess, "run", run)
        monkeypatch.setenv("PAGER", "less -R +G")
        async with shown(path, b"x\n") as (_, pilot):
            await pilot.press("v")
            await settle(pilot)
        assert ran == ["suspended", ["less", "-R", "+G", str(path)], "resumed"]

    async def test_a_terminal_that_cannot_be_handed_over_is_told(self, path: Path) -> None:
        async with shown(path, b"x\n") as (app, pilot):
            await pilot.press("v")
            await settle(pilot)
            assert notices(app) == ["This terminal cannot be handed to a pager"]

    @pytest.mark.parametrize("pager", ["no-such-pager", "unfinished 'quote"])
    async def test_a_pager_that_cannot_be_started_is_told(
        self, path: Path, monkeypatch: pytest.MonkeyPatch, pager: str
    ) -> None:
        monkeypatch.setattr(LogApp, "suspend", lambda app: nullcontext())
        monkeypatch.setenv("PAGER", pager)
        async with shown(path, b"x\n") as (app, pilot):
            await pilot.press("v")
            await settle(pilot)
            assert notices(app)[0].startswith(f"Cannot start {pager}: ")


class TestStatus:
    async def test_it_is_told_only_when_it_changes(self, path: Path) -> None:
        async with shown(path, numbered(100)) as (app, pilot):
            app.told.clear()
            app.pane.view.look()
            await settle(pilot)
            assert app.told == []
            await pilot.press("w")
            await pilot.pause()
            assert [status.wrap for status in app.told] == [True]


class TestBindings:
    @pytest.mark.parametrize("owner", [LogPane, LogLines])
    def test_every_key_has_a_name_and_an_explanation(
        self, owner: type[LogPane] | type[LogLines]
    ) -> None:
        bindings = [binding for binding in owner.BINDINGS if isinstance(binding, Binding)]
        assert len(bindings) == len(owner.BINDINGS)
        assert all((binding.id or "").startswith("log.") for binding in bindings)
        assert all(binding.tooltip and binding.description for binding in bindings)

    def test_names_are_given_once(self) -> None:
        bindings = [*LogPane.BINDINGS, *LogLines.BINDINGS]
        names = [binding.id for binding in bindings if isinstance(binding, Binding)]
        assert len(set(names)) == len(names)
