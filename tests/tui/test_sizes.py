"""Every screen, dialog and form in terminals of any size, also while it shrinks and grows."""

from collections.abc import Iterator
from typing import Any

import pytest
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen

from tests.chaos.quick_keys import WAYS, something_of_everything
from tests.tui.conftest import Show, Ui
from tests.tui.on_screen import press, screenful, screenful_of
from tests.tui.quiet import quiet
from tui_scheduler.tui.screens.forms.form import Form

_SIZES = [
    *((width, 24) for width in (60, 30, 24, 22, 21, 20, 16, 12, 10, 9, 5, 2, 1)),
    *((100, height) for height in (12, 5, 2, 1)),
    *((6, 7), (5, 5), (3, 3), (1, 1)),
    (400, 1),
    (1, 100),
    (400, 100),
    (100, 30),
]


async def _resize(ui: Ui, size: tuple[int, int]) -> None:
    ui.app.post_message(Resize(Size(*size), Size(*size)))
    await quiet(ui.app, is_seen=False)
    for screen in _in_sight(ui):
        lines = screenful_of(screen).splitlines()
        assert (len(lines[0]), len(lines)) == size or not any(map(str.isascii, lines))


def _in_sight(ui: Ui) -> Iterator[Screen[Any]]:
    for screen in reversed(ui.app.screen_stack):
        yield screen
        if not screen.is_modal:
            return


async def _answered(ui: Ui) -> None:
    """Let the database answer whatever the key has asked it, one question after the other."""
    for _ in range(5):
        await ui.runtime.read(int)
        await quiet(ui.app, is_seen=False)


@pytest.mark.parametrize("way", WAYS)
async def test_any_size_will_do(show: Show, way: str) -> None:
    async with show(something_of_everything, size=(100, 30)) as ui:
        for key in way.split():
            await press(ui, key)
            await _answered(ui)
        for size in _SIZES:
            await _resize(ui, size)
        assert ui.app.is_running
        assert ui.app.failure is None


@pytest.mark.parametrize("key", ["1", "3", "4"])
async def test_what_was_typed_is_still_there(show: Show, key: str) -> None:
    async with show(something_of_everything, size=(100, 30)) as ui:
        await press(ui, key, "n")
        form = ui.app.screen
        assert isinstance(form, Form)
        await press(ui, *["tab"] * (key == "1"), *"Nightly, 2 copies")
        for size in _SIZES:
            await _resize(ui, size)
        assert "Nightly, 2 copies" in form.form.values().values()
        assert "Nightly, 2 copies" in screenful(ui)
        await press(ui, *"!!")
        assert "Nightly, 2 copies!!" in form.form.values().values()
