"""The columns of a table and how they share the width of the terminal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from rich.text import Text


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
    """Cells, when the width is fixed; None shares what the fixed columns leave."""
    min_width: int = 6
    """The least cells of a column that is not fixed."""
    max_width: int | None = None
    """The most cells of a column that is not fixed; None for no limit."""
    share: int = 1
    """How much of the free width the column gets, compared with other columns."""
    align: Align = "left"
    sortable: bool = True
    priority: int = 0
    """Columns with the highest number are dropped first when the terminal is narrow."""
    ticks: bool = True
    """Whether the text may change while the row does not; a tick passes over the others."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[R]):
    """A column that is shown, and the cells it has been given."""

    column: Column[R]
    x: int
    width: int


def fit(columns: Sequence[Column[R]], width: int, *, gap: int) -> tuple[Placed[R], ...]:
    """Choose and place the columns that fit into ``width`` cells, ``gap`` cells apart.

    Columns are dropped by priority, the right one first among equals, but one always stays.
    """
    kept = list(columns)
    while len(kept) > 1 and _least(kept, gap) > width:
        last = max(range(len(kept)), key=lambda index: (kept[index].priority, index))
        del kept[last]
    widths = _widths(kept, width - gap * (len(kept) - 1))
    placed, x = [], 0
    for column, cells in zip(kept, widths, strict=True):
        placed.append(Placed(column, x, max(0, min(cells, width - x))))
        x += cells + gap
    return tuple(placed)


def _least(columns: Sequence[Column[R]], gap: int) -> int:
    needed = sum(column.min_width if column.width is None else column.width for column in columns)
    return needed + gap * (len(columns) - 1)


def _widths(columns: Sequence[Column[R]], width: int) -> list[int]:
    """Give every column its least width, then share out what is left until nobody wants more."""
    widths = [column.min_width if column.width is None else column.width for column in columns]
    hungry = [index for index, column in enumerate(columns) if column.width is None]
    while (free := width - sum(widths)) > 0 and hungry:
        shares = sum(columns[index].share for index in hungry)
        for index in tuple(hungry):
            limit = columns[index].max_width
            portion = max(1, free * columns[index].share // max(1, shares))
            wanted = min(portion, width - sum(widths))
            if limit is not None and widths[index] + wanted >= limit:
                wanted = max(0, limit - widths[index])
                hungry.remove(index)
            widths[index] += wanted
    return widths
