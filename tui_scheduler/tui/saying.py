"""Saying things again: what looks as before is not drawn, and nothing is laid out for its sake.

A screen says how everything stands each second. To lay it out takes longer than all else, and each
byte that is written has to reach a terminal that may be far away.
"""

import re

from textual.content import Content
from textual.visual import VisualType
from textual.widget import Widget
from textual.widgets import Static

from tui_scheduler.cells import cell_width

_WORD = re.compile(r"\S+")


def say(static: Static, content: Content) -> None:
    """Show ``content``; the screen is laid out only if it may take another place."""
    current = static.content
    if not is_same(current, content):
        was = current.plain if isinstance(current, Content) else str(current)
        static.update(content, layout=_shape(was) != _shape(content.plain))


def entitle(widget: Widget, title: Content | None) -> None:
    """Write ``title``, which is one line, into the upper border."""
    if widget.border_title != _markup(title):
        widget.border_title = title


def subtitle(widget: Widget, title: Content | None) -> None:
    """Write ``title``, which is one line, into the lower border."""
    if widget.border_subtitle != _markup(title):
        widget.border_subtitle = title


def is_same(current: VisualType, content: Content) -> bool:
    """Returns whether both look alike."""
    return isinstance(current, Content) and (current.plain, current.spans) == (
        content.plain,
        content.spans,
    )


def _markup(title: Content | None) -> str | None:
    return None if title is None else title.markup


def _shape(text: str) -> str:
    """Returns what tells where its lines break: words as wide as those of ``text``."""
    return _WORD.sub(lambda word: "x" * cell_width(word[0]), text)
