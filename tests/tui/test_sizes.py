"""Every screen, dialog and form in terminals of any size, also while it shrinks and grows."""

import pytest

from tests.chaos.quick_keys import WAYS, something_of_everything
from tests.tui.conftest import Show, Ui
from tests.tui.looking import press, screenful
from tests.tui.quiet import quiet
from tui_scheduler.tui.screens.forms.form import Form

_WIDTHS = (100, 60, 40, 30, 26, *range(24, 0, -1))
_HEIGHTS = (30, 24, 12, 9, 7, 5, 4, 3, 2, 1)
_SIZES = [
    *((width, 24) for width in _WIDTHS),
    *((100, height) for height in _HEIGHTS),
    *zip(_WIDTHS[-10:], _HEIGHTS, strict=True),
    (400, 1),
    (1, 100),
    (400, 100),
    (100, 30),
]


async def _resize(ui: Ui, size: tuple[int, int]) -> None:
    await ui.pilot.resize_terminal(*size)
    await quiet(ui.app)
    lines = screenful(ui).splitlines()
    assert (len(lines[0]), len(lines)) == size or not any(map(str.isascii, lines))


@pytest.mark.parametrize("way", WAYS)
async def test_any_size_will_do(show: Show, way: str) -> None:
    async with show(something_of_everything, size=(100, 30)) as ui:
        await press(ui, *way.split())
        screen = ui.app.screen
        for size in _SIZES:
            await _resize(ui, size)
        assert ui.app.screen is screen
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
