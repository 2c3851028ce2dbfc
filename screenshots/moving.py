"""Draws screens one after the other, as one picture that moves without a script.

A line that stays as it is over some screens is drawn once, and shown as long as it stays. Where
nothing may move, or nothing can, one of the screens is to be seen.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

from glyphs import Box
from picture import Piece, Screen, background, caption, framed, pieces, read, written


@dataclass(frozen=True, slots=True)
class Frame:
    """What ``App.export_screenshot`` gave, for how many ``seconds``, and what is to be said."""

    export: str
    seconds: float
    caption: str


Span = tuple[int, int]
"""The first and the last of the screens that have a line."""


def moving(frames: Sequence[Frame], still: int) -> str:
    """Draw ``frames``, over and over; number ``still`` is the one for who wants no movement."""
    screens = [read(frame.export) for frame in frames]
    size = screens[0].size
    captions = _by_span([[caption(frame.caption, size)] for frame in frames])
    lines = _by_span([_lines(screen) for screen in screens])
    spans = sorted({*captions, *lines})
    over = [_style(spans, [frame.seconds for frame in frames]), *_groups(captions, still)]
    return framed(size, over, _groups(lines, still))


def _lines(screen: Screen) -> list[str]:
    """Draw each line of the screen by itself."""
    beneath: list[list[Piece]] = [[] for _ in range(screen.size[1])]
    upon: list[list[Piece]] = [[] for _ in beneath]
    for cells, fill in screen.fills:
        beneath[cells[1]].append(background(cells, fill))
    for stretch in screen.stretches:
        upon[stretch.line] += pieces(stretch)
    return [
        "\n".join([*_joined(low), *_joined(high)]) for low, high in zip(beneath, upon, strict=True)
    ]


def _joined(drawn: Sequence[Piece]) -> Iterator[str]:
    """Make one of rectangles that go on in each other."""
    bars: dict[tuple[float, float, str], list[Box]] = defaultdict(list)
    for piece in drawn:
        if isinstance(piece, str):
            yield piece
            continue
        box, fill = piece
        bar = bars[box.y, box.height, fill]
        if bar and bar[-1].x <= box.x <= bar[-1].x + bar[-1].width:
            bar[-1] = replace(bar[-1], width=box.x + box.width - bar[-1].x)
        elif box.width:
            bar.append(box)
    for (_, _, fill), boxes in bars.items():
        yield from (written((box, fill)) for box in boxes)


def _by_span(frames: Sequence[Sequence[str]]) -> dict[Span, list[str]]:
    """Sort the lines of all frames by where in time they stand."""
    spans = defaultdict(list)
    for places in zip(*frames, strict=True):
        first = 0
        for line, same in groupby(places):
            last = first + len(list(same)) - 1
            spans[first, last].append(line)
            first = last + 1
    return spans


def _groups(spans: dict[Span, list[str]], still: int) -> Iterator[str]:
    for (first, last), lines in sorted(spans.items()):
        hidden = "" if first <= still <= last else ' visibility="hidden"'
        yield f'<g class="s{first}-{last}"{hidden}>'
        yield from lines
        yield "</g>"


def _style(spans: Sequence[Span], seconds: Sequence[float]) -> str:
    """Write when what is shown; a line gives way in the very moment in which the next one comes."""
    begins = [0.0, *accumulate(seconds)]
    rules = []
    for first, last in spans:
        if (first, last) == (0, len(seconds) - 1):
            continue
        shown = [(begins[first], "visible"), (begins[last + 1], "hidden")]
        if first:
            shown.insert(0, (0.0, "hidden"))
        keys = "".join(
            f"{100 * begin / begins[-1]:.3f}%{{visibility:{what}}}"
            for begin, what in shown
            if begin < begins[-1]
        )
        name = f"s{first}-{last}"
        rules.append(f"@keyframes {name}{{{keys}}}")
        rules.append(f".{name}{{animation:{name} {begins[-1]:g}s step-end infinite}}")
    return "\n".join(
        ["<style>", "@media (prefers-reduced-motion: no-preference){", *rules, "}", "</style>"]
    )
