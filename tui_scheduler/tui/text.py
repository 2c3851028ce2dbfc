"""Outside text as the values that Textual draws: no markup, no control, colours if wanted."""

from functools import lru_cache

from rich.color import Color
from rich.style import Style
from rich.text import Text

from tui_scheduler.ansi_style import AnsiStyle, Colour
from tui_scheduler.text import coloured, plain


def harmless(text: str, style: str | Style = "") -> Text:
    """Return text to be shown as it is, in one line; control characters are made visible."""
    return Text(plain(text), style)


def colourful(text: str) -> Text:
    """Return text with the colours that its terminal sequences ask for, and nothing else."""
    shown = Text()
    for span in coloured(text):
        shown.append(span.text, rich_style(span.style))
    return shown


@lru_cache(maxsize=1024)
def rich_style(ansi: AnsiStyle) -> Style:
    """Return the style for a state of a terminal's colours; the theme colours the first 16."""
    return Style(
        color=_colour(ansi.foreground),
        bgcolor=_colour(ansi.background),
        bold=ansi.bold or None,
        dim=ansi.dim or None,
        italic=ansi.italic or None,
        underline=ansi.underline or None,
        blink=ansi.blink or None,
        reverse=ansi.reverse or None,
        strike=ansi.strike or None,
    )


def _colour(colour: Colour | None) -> Color | None:
    if colour is None:
        return None
    return Color.from_rgb(*colour) if isinstance(colour, tuple) else Color.from_ansi(colour)
