"""Painting no more than what has changed.

Textual draws all that stands between the first line that is to be painted and the last, and beneath
it and beside it too: with a clock in the first line and a countdown in the last, the whole screen,
each second. And of a whole screen it draws all that holds something, though nothing of it is seen.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

Span = tuple[int, int, int]
"""Cells of a line: its y, the first x, and the x behind the last."""


class SparingCompositor(Compositor):
    """Draws of each widget only the lines that are painted, and nothing that others lie over."""

    _painted: set[Span] | None = None
    """What is to be painted, if that is not the whole screen."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """Draw what is to be painted."""
        self._painted = set(self._regions_to_spans(self._dirty_regions))
        try:
            return super().render_partial_update()
        finally:
            self._painted = None

    def _get_renders(
        self, crop: Region | None = None
    ) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Yield each widget's region, the part that is drawn, and its lines; front first."""
        hidden = self._painted  # beneath what was drawn so far, nothing of it is seen
        if hidden is None:
            hidden = set(self._regions_to_spans([crop or self.size.region]))
        for widget, (region, clip) in self.visible_widgets.items():
            left, _, width, _ = visible = region.intersection(clip)
            spans = [span for span in hidden if _overlaps(visible, span)]
            for top, lines in _blocks({y for y, _, _ in spans}):
                part = Region(left, top, width, lines)
                yield region, part, widget.render_lines(part.translate(-region.offset))
            hidden.difference_update(spans)
            hidden.update(rest for span in spans for rest in _beside(visible, span))
            if not hidden:
                return


def _overlaps(region: Region, span: Span) -> bool:
    y, begin, end = span
    left, top, width, height = region
    return top <= y < top + height and begin < left + width and left < end


def _beside(region: Region, span: Span) -> Iterator[Span]:
    """Yield what of a span that the region overlaps is left of it and right of it."""
    y, begin, end = span
    if begin < region.x:
        yield y, begin, region.x
    if region.right < end:
        yield y, region.right, end


def _blocks(lines: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first of the ``lines`` that follow one another, and their number."""
    for _, block in groupby(enumerate(sorted(lines)), key=lambda item: item[1] - item[0]):
        top, *others = (y for _, y in block)
        yield top, 1 + len(others)
