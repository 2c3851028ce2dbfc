"""The names that a table's style sheet gives colours to."""

from collections.abc import Callable

from rich.style import Style

TONES = frozenset({"success", "warning", "error", "accent", "primary", "muted", "strong", "match"})
"""Names a column may use as styles; each is the component class ``row-table--<name>``.

What matches the filter is a "match", for which the columns need not do anything.
"""

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


class Palette:
    """The styles of a table, looked up once until ``forget`` is called."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._known: dict[tuple[str, bool], Style] = {}

    def forget(self) -> None:
        """Look all styles up again: the theme or the focus has changed."""
        self._known.clear()

    def whole(self, name: str) -> Style:
        """Return the style of a part with colour and background."""
        return self._style(name, whole=True)

    def added(self, name: str) -> Style:
        """Return what a part or tone changes in the style of its line."""
        return self._style(name, whole=False)

    def resolve(self, style: str | Style) -> Style:
        """Turn a style of a cell's text, perhaps the name of a tone, into a rich style."""
        if isinstance(style, Style):
            return style
        return self.added(style) if style in TONES else Style.parse(style)

    def _style(self, name: str, *, whole: bool) -> Style:
        style = self._known.get((name, whole))
        if style is None:
            style = self._known[name, whole] = self._styles(name, whole)
        return style
