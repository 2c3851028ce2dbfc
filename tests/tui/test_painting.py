"""Only what has changed is drawn, and the screen looks as if all of it had been."""

import random
import re
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Static

from tests.tui.quiet import quiet
from tests.tui.textual_inside import strips, strips_of_all, written
from tui_scheduler.tui.whole_screen import WholeScreen

_WIDTH, _HEIGHT = 60, 12
_PARTS = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[[0-9;?]*[a-zA-Z]|\n|([^\x1b\n]+)")


class _Drawn(Static):
    """Counts the lines that are asked for."""

    lines = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        self.lines += crop.height
        return super().render_lines(crop)


class _Panes(WholeScreen[None]):
    CSS = """
    #clock { dock: top; height: 1; width: 12; offset-x: 40; }
    #left { width: 30; height: 6; border: solid green; }
    #right { width: 30; height: 6; border: solid green; margin-left: 25; }
    #above { layer: above; width: 20; height: 4; offset: 15 3; background: $panel 50%; }
    """
    LAYERS: ClassVar[tuple[str, ...]] = ("below", "above")

    def compose(self) -> ComposeResult:
        for name in ("clock", "left", "right", "above"):
            yield _Drawn(Content(name), id=name)


class _SideBySide(WholeScreen[None]):
    CSS = """
    #box { layout: horizontal; height: 1fr; }
    #left, #right { width: 50%; height: 11; }
    """

    def compose(self) -> ComposeResult:
        with _Drawn(id="box"):
            for name in ("left", "right"):
                yield _Drawn(Content(name), id=name)


class _Terminal:
    """Shows what is written to it, as far as letters and places go."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = [list(line.ljust(_WIDTH)) for line in lines]

    def write(self, text: str) -> None:
        x = y = 0
        for part in _PARTS.finditer(text):
            if part[1]:
                y, x = int(part[1]) - 1, int(part[2]) - 1
            elif letters := part[3]:
                self.lines[y][x : x + len(letters)] = letters
                x += len(letters)

    @property
    def texts(self) -> list[str]:
        return ["".join(line) for line in self.lines]


@pytest.mark.parametrize("seed", range(12))
async def test_what_is_drawn_of_changes_is_what_all_would_look_like(seed: int) -> None:
    chance = random.Random(seed)
    app = App[None]()
    async with app.run_test(size=(_WIDTH, _HEIGHT)):
        screen = _Panes()
        await app.push_screen(screen)
        await quiet(app)
        terminal = _Terminal([strip.text for strip in strips(screen)])
        for _ in range(15):
            for part in chance.sample(sorted(screen.query(_Drawn), key=id), chance.randint(1, 4)):
                words = ["".join(chance.choices("abc ", k=7)) for _ in range(4)]
                part.update(Content("\n".join(words)), layout=False)
            await quiet(app, is_seen=False)
            terminal.write(written(screen))
            assert terminal.texts == [strip.text.ljust(_WIDTH) for strip in strips_of_all(screen)]
            assert strips(screen) == strips_of_all(screen)


async def test_nothing_is_drawn_of_what_stays_as_it_is_beside_it_or_beneath() -> None:
    app = App[None]()
    async with app.run_test(size=(_WIDTH, _HEIGHT)):
        screen = _Panes()
        await app.push_screen(screen)
        await quiet(app)
        drawn = {part.id: part for part in screen.query(_Drawn)}
        for part in drawn.values():
            part.lines = 0
        drawn["clock"].update(Content("12:00:01"), layout=False)
        drawn["above"].update(Content("12:00:02"), layout=False)
        await quiet(app, is_seen=False)
        assert written(screen)
        lines = {name: part.lines for name, part in drawn.items()}
        assert lines == {"clock": 1, "above": 4, "left": 0, "right": 0}


async def test_nothing_of_a_whole_screen_is_drawn_where_others_lie_over_it() -> None:
    app = App[None]()
    async with app.run_test(size=(_WIDTH, _HEIGHT)):
        screen = _SideBySide()
        await app.push_screen(screen)
        await quiet(app)
        drawn = list(screen.query(_Drawn))
        for part in drawn:
            part.lines = 0
        assert strips(screen) == strips_of_all(screen)
        lines = {part.id: part.lines for part in drawn}
        assert lines.pop("box") == 1 + _HEIGHT  # the line below its parts, and all that there is
        assert lines == {"left": 2 * (_HEIGHT - 1), "right": 2 * (_HEIGHT - 1)}
