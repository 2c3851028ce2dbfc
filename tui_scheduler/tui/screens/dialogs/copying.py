"""Choosing what of a row is copied to the clipboard."""

from collections.abc import Sequence

from tui_scheduler.text import plain
from tui_scheduler.tui.screens.dialogs.question import Answer, Question
from tui_scheduler.wording import cut

_LONGEST = 60


class CopyQuestion(Question[str | None]):
    """Offers ``choices``: the letter, what it is called and the text; gives the text, or None."""

    def __init__(self, choices: Sequence[tuple[str, str, str]]) -> None:
        text = "\n".join(f"{label:<12}{_short(value)}" for _, label, value in choices)
        answers: list[Answer[str | None]] = [
            Answer(key, label, value) for key, label, value in choices
        ]
        super().__init__("Copy", text, answers, safe=None)


def _short(text: str) -> str:
    return cut(plain(text), _LONGEST)
