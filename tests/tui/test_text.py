"""The colours of outside text as Textual draws them."""

import pytest
from rich.color import ColorType

from tui_scheduler.ansi_style import UNSTYLED, AnsiStyle
from tui_scheduler.tui.text import rich_style


class TestStyle:
    def test_colours_and_weight_become_a_style(self) -> None:
        style = rich_style(AnsiStyle(foreground=2, bold=True))
        assert (style.color and style.color.number, style.bold) == (2, True)

    def test_no_style_changes_nothing(self) -> None:
        style = rich_style(UNSTYLED)
        assert style.color is None
        assert style.bgcolor is None
        assert style.bold is None

    @pytest.mark.parametrize("number", [0, 1, 7, 8, 15])
    def test_the_first_sixteen_colours_are_left_to_the_theme(self, number: int) -> None:
        color = rich_style(AnsiStyle(foreground=number)).color
        assert color is not None
        assert (color.type, color.number) == (ColorType.STANDARD, number)

    def test_other_colours_are_taken_as_they_are(self) -> None:
        palette, true = (
            rich_style(AnsiStyle(foreground=200)),
            rich_style(AnsiStyle(background=(1, 2, 3))),
        )
        assert palette.color is not None
        assert palette.color.number == 200
        assert true.bgcolor is not None
        assert true.bgcolor.triplet == (1, 2, 3)

    @pytest.mark.parametrize(
        "name", ["bold", "dim", "italic", "underline", "blink", "reverse", "strike"]
    )
    def test_every_attribute_has_its_like(self, name: str) -> None:
        style = rich_style(UNSTYLED.changed(str(_CODES[name])))
        assert getattr(style, name) is True
        others = [other for other in _CODES if other != name]
        assert all(getattr(style, other) is None for other in others)


_CODES = {
    "bold": 1,
    "dim": 2,
    "italic": 3,
    "underline": 4,
    "blink": 5,
    "reverse": 7,
    "strike": 9,
}
