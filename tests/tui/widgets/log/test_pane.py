"""What the log pane does with a log beside showing it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.widgets import Input

from tests.tui.textual_inside import notifications
from tests.tui.widgets.log.logs import LogApp, log_app, numbered, settle
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
        async with log_app(path, b"one\ntwo\n") as (app, pilot):
            await pilot.press("y")
            assert app.clipboard == "one\ntwo"
            assert notices(app) == ["Copied 2 lines"]

    async def test_shift_y_copies_the_last_line_whole(self, path: Path) -> None:
        async with log_app(path, b"one\n\x1b[31mtwo " + b"x" * 500 + b"\n") as (app, pilot):
            await pilot.press("Y")
            assert app.clipboard == "two " + "x" * 500

    async def test_shift_y_copies_the_line_of_the_match(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            await pilot.press("slash", *"line 7", "enter")
            await settle(pilot)
            await pilot.press("Y")
            assert app.clipboard == "line 79"

    async def test_where_there_is_nothing_it_says_so(self, path: Path) -> None:
        async with log_app(path, None) as (app, pilot):
            await pilot.press("y")
            await pilot.press("v")
            await settle(pilot)
            assert notices(app) == ["There is nothing to copy.", "There is no output to show."]
            assert app.clipboard == ""


class TestSaving:
    async def test_the_log_is_saved_as_it_is(self, path: Path, tmp_path: Path) -> None:
        data = b"\x1b[31mraw\xff\x00\n" * 1000
        async with log_app(path, data) as (app, pilot):
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
        async with log_app(path, b"x\n") as (app, pilot):
            await pilot.press("ctrl+s")
            assert app.query_one(Input).value == str(Path.home() / "run.log")
            await pilot.press("escape")
            assert app.focused is app.pane.view

    async def test_nothing_is_overwritten(self, path: Path, tmp_path: Path) -> None:
        async with log_app(path, b"new\n") as (app, pilot):
            target = tmp_path / "precious"
            target.write_bytes(b"old")
            await pilot.press("ctrl+s")
            app.query_one(Input).value = str(target)
            await pilot.press("enter")
            await settle(pilot)
            assert target.read_bytes() == b"old"
            assert notices(app) == [f"{target} is already there: choose another name"]

    async def test_a_place_that_cannot_be_written_is_told(self, path: Path) -> None:
        async with log_app(path, b"new\n") as (app, pilot):
            await pilot.press("ctrl+s")
            app.query_one(Input).value = "/nowhere/[b]x"
            await pilot.press("enter")
            await settle(pilot)
            assert notices(app) == ["Cannot save to /nowhere/[b]x: No such file or directory"]

    @pytest.mark.parametrize("name", ["~nobody-is-called-so/x", "a\0b", "x" * 5000])
    async def test_a_name_that_cannot_be_is_told(self, path: Path, name: str) -> None:
        async with log_app(path, b"new\n") as (app, pilot):
            await pilot.press("ctrl+s")
            app.query_one(Input).value = name
            await pilot.press("enter")
            await settle(pilot)
            assert notices(app)[0].startswith(f"Cannot save to {plain(name)[:50]}")


class TestPager:
    """What it is given; what becomes of the terminal is seen in a real one."""

    @pytest.fixture(autouse=True)
    def handovers(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Let the application give its terminal away; what is done to it, in order."""
        done: list[str] = []

        @contextmanager
        def suspended(app: LogApp) -> Iterator[None]:
            done.append("suspended")
            yield  # like Textual's own: what is raised here leaves it suspended
            done.append("resumed")

        monkeypatch.setattr(LogApp, "suspend", suspended)
        return done

    async def test_it_gets_the_log_after_its_own_options(
        self, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = tmp_path / "seen"
        monkeypatch.setenv("PAGER", f"sh -c 'echo \"$0 $1\" > {seen}' '+G 1'")
        async with log_app(path, b"x\n") as (app, pilot):
            await pilot.press("v")
            await settle(pilot)
            assert seen.read_text() == f"+G 1 {path}\n"
            assert notices(app) == []

    @pytest.mark.parametrize(
        ("pager", "reason"),
        [
            ("no-such-pager -x", "There is no program 'no-such-pager -x' that can be started."),
            ("/etc/passwd", "There is no program '/etc/passwd' that can be started."),
            ("unfinished 'quote", "PAGER cannot be read: unfinished 'quote: No closing quotation."),
            ("sh -c 'exit 3'", "sh -c 'exit 3' failed (exit 3). Try it in a shell."),
            ("sh -c 'kill $$'", "sh -c 'kill $$' failed (SIGTERM). Try it in a shell."),
        ],
    )
    async def test_one_that_fails_is_told_and_the_terminal_taken_back(
        self,
        path: Path,
        monkeypatch: pytest.MonkeyPatch,
        handovers: list[str],
        pager: str,
        reason: str,
    ) -> None:
        monkeypatch.setenv("PAGER", pager)
        async with log_app(path, b"x\n") as (app, pilot):
            await pilot.press("v")
            await settle(pilot)
            remedy = "Set PAGER to another program, or to nothing for less."
            assert notices(app) == [f"{reason} {remedy}"]
            assert handovers in ([], ["suspended", "resumed"])

    async def test_one_that_cannot_be_started_after_all_is_told_as_well(
        self,
        path: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        handovers: list[str],
    ) -> None:
        program = tmp_path / "pager"
        program.write_text("#!/no/such/interpreter\n")
        program.chmod(0o755)
        monkeypatch.setenv("PAGER", str(program))
        async with log_app(path, b"x\n") as (app, pilot):
            await pilot.press("v")
            await settle(pilot)
            assert notices(app)[0].startswith(f"{program} cannot be started: No such file")
            assert handovers == ["suspended", "resumed"]


async def test_a_terminal_that_cannot_be_handed_over_is_told(path: Path) -> None:
    async with log_app(path, b"x\n") as (app, pilot):
        await pilot.press("v")
        await settle(pilot)
        assert notices(app) == ["This terminal cannot be handed to a pager."]


class TestStatus:
    async def test_it_is_told_only_when_it_changes(self, path: Path) -> None:
        async with log_app(path, numbered(100)) as (app, pilot):
            app.statuses.clear()
            app.pane.view.look()
            await settle(pilot)
            assert app.statuses == []
            await pilot.press("w")
            await pilot.pause()
            assert [status.wrap for status in app.statuses] == [True]


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
