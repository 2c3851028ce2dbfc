"""Blocks of text for panes and dialogs: headings, named values, lines in the colour of a status."""

from textual.content import Content

from tui_scheduler.text import plain

_STYLES = {
    "success": "$text-success",
    "warning": "$text-warning",
    "error": "$text-error",
    "accent": "$text-accent",
    "primary": "$text-primary",
    "muted": "$foreground 60%",
    "strong": "bold",
}
_LABEL_WIDTH = 11


def toned(text: str, tone: str = "") -> Content:
    """Outside text in the colour of a tone (``row_table_style.TONES``)."""
    return Content.styled(plain(text), _STYLES.get(tone, ""))


def heading(text: str) -> Content:
    """A heading within a pane."""
    return Content.styled(text, "bold $text-primary")


def named(label: str, value: str | Content) -> Content:
    """A value behind its name; names stand in a column of their own."""
    shown = value if isinstance(value, Content) else Content(plain(value, newlines=True))
    return Content.assemble((f"{label:<{_LABEL_WIDTH}}", _STYLES["muted"]), shown)


def lines(*parts: Content) -> Content:
    """Parts below each other."""
    return Content("\n").join(parts)
