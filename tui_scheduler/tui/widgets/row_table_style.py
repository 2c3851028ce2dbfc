"""The names that a table's style sheet gives colours to."""

from collections.abc import Callable

from rich.style import Style

TONES = frozenset({"success", "warning", "error", "accent", "primary", "muted", "strong"})
"""Names a column may use as styles; each is the component class ``row-table--<name>``."""

PARTS = frozenset(
    {"row", "odd", "hover", "cursor", "marked", "header", "header-hover", "sorted", "gutter"}
    | {"mark", "pending", "empty"}
)


def component(name: str) -> str:
    """Return the component class of a part or a tone."""
    return f"row-table--{name}"


COMPONENT_CLASSES = {component(name) for name in TONES | PARTS}

Styles = Callable[[str, bool], Style]
"""Gives the style of a part or tone; whole (True) or only what it adds to its row (False)."""


def resolver(styles: Styles) -> Callable[[str | Style], Style]:
    """Make the function that turns the styles of a cell's text into rich styles."""

    def resolve(style: str | Style) -> Style:
        if isinstance(style, Style):
            return style
        return styles(style, False) if style in TONES else Style.parse(style)

    return resolve
