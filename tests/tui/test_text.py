"""Outside text as Textual draws it."""

import pytest
from rich.color import ColorType
from rich.text import Text

from tui_scheduler.ansi_style import UNSTYLED, AnsiStyle
from tui_scheduler.tui.text import colourful, harmless, rich_style


class TestHarmless:
    def test_markup_is_text(self) -> None:
        text = harmless("grep [/etc] [/ [@click=app.quit]x[/")
        assert text.plain == "grep [/etc] [/ [@click=app.quit]x[/"
        assert text.spans == []

    def test_controls_are_made_visible(self) -> None:
        assert harmless("\x1b[31m\x00\n").plain == "␛[31m␀␊"

    def test_a_style_may_be_given(self) -> None:
        assert harmless("name", "bold") == Text("name", "bold")


class TestColourful:
    def test_colours_become_styles(self) -> None:
        text = colourful("plain \x1b[1;32mgreen\x1b[0m again")
        assert text.plain == "plain green again"
        (green,) = [span for span in text.spans if text.plain[span.start : span.end] == "green"]
        assert green.style == rich_style(AnsiStyle(foreground=2, bold=True))

    def test_other_sequences_are_dropped(self) -> None:
        assert colourful("\x1b]0;title\x07a\x1b[2Jb").plain == "ab"

    def test_line_ends_stay(self) -> None:
        assert colourful("a\nb").plain == "a\nb"


class TestStyle:
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
