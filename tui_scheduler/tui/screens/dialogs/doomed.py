"""What is about to be deleted, and how one is asked about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui_scheduler.tui.format import plural

_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Doomed:
    """What is to be deleted, and how many runs go with it."""

    id: int
    name: str
    runs: int


def deletion_text(doomed: Sequence[Doomed]) -> str:
    """The question: what is named, and what goes along."""
    named = [f"{each.name}, with {plural(each.runs, 'run')}" for each in doomed[:_MOST_NAMED]]
    if len(doomed) > _MOST_NAMED:
        others = sum(each.runs for each in doomed[_MOST_NAMED:])
        named.append(f"and {len(doomed) - _MOST_NAMED:,} more, with {plural(others, 'run')}")
    return "\n".join(["Delete for good, with all logs:", "", *named])
