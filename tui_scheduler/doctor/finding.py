"""What a check found, and the short ways to say it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_SHOWN = 3


class Verdict(StrEnum):
    """How bad it is; only a problem makes the whole examination fail."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    REPAIRED = "repaired"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found; ``remedy`` says what a person can do, if anything."""

    verdict: Verdict
    text: str
    remedy: str = ""


def ok(text: str) -> Finding:
    """Nothing to do."""
    return Finding(Verdict.OK, text)


def warning(text: str, remedy: str) -> Finding:
    """Nothing is lost yet, or nothing can be done about what is."""
    return Finding(Verdict.WARNING, text, remedy)


def problem(text: str, remedy: str) -> Finding:
    """Something does not work, or is not safe."""
    return Finding(Verdict.PROBLEM, text, remedy)


def some(things: Iterable[object]) -> str:
    """The first few of ``things``, and how many more there are."""
    listed = list(map(str, things))
    more = f" and {len(listed) - _SHOWN:,} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more


def counted(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
