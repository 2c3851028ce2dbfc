"""The steps that a group run began with, as its row has them, and where in them a member stands."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tui_scheduler.members import numbers_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member of a group run stands.

    ``number`` is what it is called by: that of its ``step``, with its own where ``is_shared``.
    """

    step: int | None
    number: str
    is_shared: bool = False


def dump_steps(steps: Sequence[Sequence[int]]) -> str:
    """Returns the text for the row of a group run; ``load_steps`` reads it."""
    return json.dumps([step[0] if len(step) == 1 else list(step) for step in steps])


def load_steps(text: str | None) -> list[list[int]]:
    """Returns the ids of the members, step by step; raises ValueError for a damaged row."""
    members = json.loads(text or "")
    if isinstance(members, list):
        steps = [member if isinstance(member, list) else [member] for member in members]
        if all(step and all(isinstance(number, int) for number in step) for step in steps):
            return steps
    raise ValueError("its members cannot be read")


def place_in(members: str | None, position: int | None) -> Place:
    """Returns where the member at ``position`` stands in the ``members`` of the row of its group.

    What cannot be read stands where it says, alone.
    """
    return _places(members).get(position or 0, Place(position, str(position)))


@lru_cache(maxsize=256)
def _places(members: str | None) -> Mapping[int, Place]:
    try:
        steps = load_steps(members)
    except (ValueError, RecursionError):
        return {}
    of_members = [(number, len(step) > 1) for number, step in enumerate(steps, 1) for _ in step]
    return {
        position: Place(step, number, is_shared)
        for position, ((step, is_shared), number) in enumerate(
            zip(of_members, numbers_of(steps), strict=True), 1
        )
    }
