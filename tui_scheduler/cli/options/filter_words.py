"""The options of ``runs`` that say which are wanted: each is a word of the monitor's filter."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tui_scheduler.cli.completing.completions import owner_names, places, requests
from tui_scheduler.cli.options.param_types import value
from tui_scheduler.services.queries.filter_words import STATUS, WORDS
from tui_scheduler.wording import RUN_STATUSES

_OFFERED: Mapping[str, Mapping[str, Any]] = {
    STATUS: {"type": value(str, lambda _typed: RUN_STATUSES), "metavar": "S", "multiple": True},
    "process": {"shell_complete": owner_names, "metavar": "NAME"},
    "request": {"shell_complete": requests, "metavar": "REQUEST"},
    "where": {"shell_complete": places, "metavar": "PLACE"},
    "exit": {"metavar": "CODE"},
    "slower": {"metavar": "DURATION"},
}
"""What a shell offers for a word, and how its value is called in the help."""

_DAYS = {"type": value(str, lambda _typed: ("today", "yesterday")), "metavar": "T"}

FILTER_OPTIONS: Sequence[tuple[str, Mapping[str, Any]]] = [
    (f"--{name}", {**_OFFERED.get(name, _DAYS), "help": f"{word.meaning}: {word.takes}."})
    for name, word in WORDS.items()
]


def given_words(options: Mapping[str, str | tuple[str, ...] | None]) -> Iterator[tuple[str, str]]:
    """Returns the words that were given as ``options``, each with its value."""
    for name, given in options.items():
        if given is not None:
            yield from ((name, text) for text in (given if isinstance(given, tuple) else (given,)))
