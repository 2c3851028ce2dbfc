"""Doing one thing to several rows: what fails for one of them does not stop the others."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tui_scheduler.errors import SchedulerError
from tui_scheduler.tui.toasts import sentence

R = TypeVar("R")
T = TypeVar("T")

_MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """What came of it: what was returned, and who was refused and why."""

    done: tuple[tuple[str, T], ...]
    refused: tuple[tuple[str, SchedulerError], ...]


async def on_each(
    rows: Iterable[R], name: Callable[[R], str], do: Callable[[R], Awaitable[T]]
) -> Batch[T]:
    """Do it to every row in turn."""
    done: list[tuple[str, T]] = []
    refused: list[tuple[str, SchedulerError]] = []
    for row in rows:
        try:
            done.append((name(row), await do(row)))
        except SchedulerError as error:
            refused.append((name(row), error))
    return Batch(tuple(done), tuple(refused))


def summary(batch: Batch[T], noun: str) -> str:
    """Returns how many went well, and the first reasons why others did not."""
    total = len(batch.done) + len(batch.refused)
    lines = [f"{len(batch.done)} of {total} {noun}."]
    lines += [f"{name}: {sentence(error)}" for name, error in batch.refused[:_MOST_REASONS]]
    if len(batch.refused) > _MOST_REASONS:
        lines.append(f"and {len(batch.refused) - _MOST_REASONS} more")
    return "\n".join(lines)
