"""The colours of outside text as the styles that Textual draws with."""

from functools import lru_cache

from rich.color import Color
from rich.style import Style

from tui_scheduler.ansi_style import AnsiStyle, Colour


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
