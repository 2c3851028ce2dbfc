"""The members of a group, in the steps in which they are run.

The members of one step run together, and the next step begins when all of them have ended. A step
of one stands for itself, so where none has two, members are no more than a list of names.
"""

from collections.abc import Collection, Iterable, Sequence, Sized
from typing import TypeVar

T = TypeVar("T")

Members = tuple[str | tuple[str, ...], ...]
"""Names of processes, in their order; those of a step of several are a tuple of their own."""

JOINER = "+"
"""Stands between the members of a step where they are written in one line."""


def steps_of(members: Members) -> tuple[tuple[str, ...], ...]:
    """Returns the steps, each with its members."""
    return tuple((step,) if isinstance(step, str) else step for step in members)


def members_of(steps: Iterable[Sequence[str]]) -> Members:
    """Returns the members in these steps, of which those without any are left out."""
    return tuple(step[0] if len(step) == 1 else tuple(step) for step in steps if step)


def names_of(members: Members) -> tuple[str, ...]:
    """Returns the names of all members, in their order."""
    return tuple(name for step in steps_of(members) for name in step)


def numbers_of(steps: Iterable[Sized]) -> list[str]:
    """Returns what each member is called by: ``2``, and in a step of several ``2.1``, ``2.2``."""
    return [
        f"{number}.{place}" if len(step) > 1 else str(number)
        for number, step in enumerate(steps, 1)
        for place in range(1, len(step) + 1)
    ]


def numbered(members: Members) -> list[tuple[str, str]]:
    """Returns each member's number, all of one width, and name, in their order."""
    numbers = [number.partition(".") for number in numbers_of(steps_of(members))]
    before = max((len(step) for step, _, _ in numbers), default=0)
    behind = max((len(dot + place) for _, dot, place in numbers), default=0)
    aligned = (f"{step:>{before}}{dot + place:<{behind}}" for step, dot, place in numbers)
    return list(zip(aligned, names_of(members), strict=True))


def listed(members: Iterable[str | Sequence[str]], between: str = ", ") -> str:
    """Returns the members in words: ``extract, load-a + load-b, report``."""
    steps = (step if isinstance(step, str) else f" {JOINER} ".join(step) for step in members)
    return between.join(steps)


def read_members(texts: Iterable[str], known: Collection[str]) -> Members:
    """Returns the members that ``texts`` name, a step each: ``extract``, ``load-a+load-b``.

    What is ``known`` by its whole name is one member; else the longest names that are known count.
    """
    return members_of(_joined(text, known) for text in texts)


def _joined(text: str, known: Collection[str]) -> tuple[str, ...]:
    parts = text.split(JOINER)
    if text in known or len(parts) == 1:
        return (text,)
    names: dict[int, tuple[str, ...]] = {len(parts): ()}  # what the parts from there on name
    for begin in reversed(range(len(parts))):
        for end in range(len(parts), begin, -1):
            name = JOINER.join(parts[begin:end]).strip()
            if end in names and name in known:
                names[begin] = (name, *names[end])
                break
    stripped = tuple(part.strip() for part in parts)
    return names.get(0) or (stripped if all(stripped) else (text,))


def twice_in_a_step(members: Members) -> list[str]:
    """Returns the names that stand more than once in one step."""
    steps = steps_of(members)
    return list(dict.fromkeys(name for step in steps for name in step if step.count(name) > 1))


def by_step(members: Iterable[tuple[int, T]]) -> list[list[T]]:
    """Returns the steps of members that come in their order, each with the number of its step."""
    steps: dict[int, list[T]] = {}
    for number, member in members:
        steps.setdefault(number, []).append(member)
    return list(steps.values())
