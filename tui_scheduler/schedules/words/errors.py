"""What is said about words that are not understood: which word it was, and what to say instead."""

from collections.abc import Sequence
from difflib import get_close_matches

from tui_scheduler.schedules.words.vocabulary import KNOWN, UNSAYABLE

EXAMPLES = "every 15 minutes, weekdays at 18:30 or tomorrow 9:00"


class NotUnderstood(ValueError):
    """Words that are refused; the text says which, and what to write instead.

    ``readings`` are sentences that may have been meant, or that mean it ``together``, with names
    in braces for what else was said (see ``mentions``). Each is offered only if it is understood;
    the ``example`` stands where none is.
    """

    def __init__(
        self,
        reason: str,
        example: str = EXAMPLES,
        *,
        readings: Sequence[str] = (),
        together: bool = False,
    ) -> None:
        self.reason, self.example, self.readings = reason, example, readings
        self.together = together
        super().__init__(f"{reason}; write for example {example}")


def unexpected(text: str, after: str, example: str = EXAMPLES) -> NotUnderstood:
    """Returns the refusal of the word ``text``, which stands ``after`` those words."""
    if not text:
        return NotUnderstood(f"something is missing after {after!r}", example)
    near = get_close_matches(text.lower(), KNOWN - {text.lower()}, n=1, cutoff=0.75)
    hint = f" (perhaps {near[0]})" if near else ""
    where = f" after {after!r}" if after else ""
    return NotUnderstood(f"{text!r} is not understood{where}{hint}", example)


def refuse_unsayable(word: str) -> None:
    """Raise NotUnderstood for a word that people say but that no plan can hold."""
    if word in UNSAYABLE:
        reason, *readings = UNSAYABLE[word]
        raise NotUnderstood(f"{word!r} {reason}", readings=readings)
