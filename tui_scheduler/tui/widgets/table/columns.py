"""The columns of a table and how they share the width of the terminal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from rich.text import Text

EXTRA = 5
"""Columns from this priority number on are extras: for them no other is cut to what is vital."""


class HasId(Protocol):
    """A row: any immutable value with a key that stays the same when its content changes."""

    @property
    def id(self) -> int:
        """The stable key of the row."""
        ...


R = TypeVar("R", bound=HasId)
Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: what it shows of a row, and what it needs of the width.

    Styles in the text that ``render`` returns are either one of ``style.TONES``
    ("error", "muted", ...), which the theme colours, or anything rich understands ("bold").
    """

    key: str
    title: str
    render: Callable[[R], Text]
    width: int | None = None
    """Cells, when the width is fixed; None for as many as the rows take, or what can be had."""
    min_width: int = 6
    """The cells of a column that is not fixed, if its rows take them: it is only cut further when
    no column of a higher priority number is left."""
    align: Align = "left"
    sortable: bool = True
    priority: int = 0
    """Columns with the highest number are dropped first when the terminal is narrow, and all but
    those of number 0 if they are empty in every row."""
    ticks: bool = True
    """Whether the text may change while the row does not; a tick passes over the others."""
    is_searched: bool = False
    """Whether a filter looks for its words in what the column shows, which are marked then."""
    vital: Callable[[R], int] | None = None
    """The cells of a row's text without which it says nothing, at most ``min_width``: up to there
    it is cut for other columns, though not for the extras; None for all of ``min_width``."""
    is_rare: bool = False
    """Whether it is not there either while no rows are known: most people never fill it."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[R]):
    """A column that is shown, and the cells it has been given."""

    column: Column[R]
    x: int
    width: int


def fit(
    columns: Sequence[Column[R]],
    width: int,
    *,
    gap: int,
    taken: Mapping[str, int] = {},
    vital: Mapping[str, int] = {},
    sort: str = "",
) -> tuple[Placed[R], ...]:
    """Choose and place the columns that fit into ``width`` cells, ``gap`` cells apart.

    ``taken`` are the cells that the rows take in a column, by its key, and ``vital`` those that
    they need. Columns are dropped by
    priority, the right one first among equals, but one always stays, and so does the one with the
    key ``sort``, which shows by what the rows are sorted.
    """
    kept = [
        column
        for column in columns
        if not column.priority or column.key == sort or taken.get(column.key, not column.is_rare)
    ] or list(columns[:1])
    while len(kept) > 1 and sum(_least(kept, taken, vital)) + gap * (len(kept) - 1) > width:
        last = max(
            range(len(kept)),
            key=lambda index: (kept[index].key != sort, kept[index].priority, index),
        )
        del kept[last]
    room = width - gap * (len(kept) - 1)
    widths = _widths(kept, room, taken, _least(kept, taken, vital))
    placed, x = [], 0
    for column, cells in zip(kept, widths, strict=True):
        placed.append(Placed(column, x, max(0, min(cells, width - x))))
        x += cells + gap
    return tuple(placed)


def _wanted(column: Column[R], taken: Mapping[str, int]) -> int:
    """Return the cells that a column can use; before there are rows, the least."""
    if column.width is not None:
        return column.width
    title = len(column.title) + (2 if column.sortable else 0)  # and the arrow
    return max(taken.get(column.key, column.min_width), title)


def _least(
    columns: Sequence[Column[R]], taken: Mapping[str, int], vital: Mapping[str, int]
) -> list[int]:
    """Return the cells that each column insists on; on more, if there are extras among them."""
    has_extras = any(column.priority >= EXTRA for column in columns)
    least = []
    for column in columns:
        wanted = _wanted(column, taken)
        most = column.min_width if has_extras else vital.get(column.key, column.min_width)
        is_fixed = column.width is not None
        least.append(wanted if is_fixed else min(wanted, column.min_width, most))
    return least


def _widths(
    columns: Sequence[Column[R]], width: int, taken: Mapping[str, int], least: Sequence[int]
) -> list[int]:
    """Give every column its least width, then what is over cell by cell to the narrowest.

    Those of priority 0 come first. No column gets more than it can use while another one is cut;
    what nobody can use goes to the last one of words.
    """
    widths = list(least)
    wanted = [_wanted(column, taken) for column in columns]
    for _ in range(width - sum(widths)):
        hungry = [index for index, most in enumerate(wanted) if widths[index] < most]
        if not hungry:
            _widen_last(columns, widths, width - sum(widths))
            break
        widths[min(hungry, key=lambda index: (columns[index].priority > 0, widths[index]))] += 1
    return widths


def _widen_last(columns: Sequence[Column[R]], widths: list[int], cells: int) -> None:
    for index in reversed(range(len(columns))):
        if columns[index].width is None and columns[index].align == "left":
            widths[index] += cells
            return
