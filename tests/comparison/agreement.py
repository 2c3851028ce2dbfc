"""How often two that read the same text agree."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Agreement:
    """What came of a comparison; refusals are of those that the other one would take."""

    alike: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    different: list[str] = field(default_factory=list)

    def note(self, text: str, ours: Any, theirs: Any) -> None:
        """Count one text; ``ours`` is a str where we refuse it, ``theirs`` None where they do."""
        if ours == theirs or (isinstance(ours, str) and theirs is None):
            self.alike += 1
        elif isinstance(ours, str):
            self.refused[ours] += 1
        else:
            self.different.append(f"{text!r}: {ours} and not {theirs}")

    def __str__(self) -> str:
        """One line, and one more for each difference."""
        total = self.alike + self.refused.total() + len(self.different)
        summary = f"{self.alike} of {total} alike, {self.refused.total()} refused with the reason"
        return "\n  ".join([f"{summary}, {len(self.different)} different", *self.different[:20]])
