"""What may stand at the end of a filter that is being typed: words, and what their values are."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from tui_scheduler.clusters import HERE
from tui_scheduler.models import Process
from tui_scheduler.services.queries.conditions import begins
from tui_scheduler.services.queries.filter_words import STATUS, WORDS
from tui_scheduler.services.queries.page import in_quotes
from tui_scheduler.services.queries.references import names_of_requests
from tui_scheduler.services.queries.runs.search import places
from tui_scheduler.wording import RUN_STATUSES

_MOST = 20
_LAST = re.compile(
    r'(?:^|\s)(?P<word>(?:(?P<name>[A-Za-z]+):)?(?P<quote>")?'
    r'(?P<begun>(?(quote)(?:[^"]|"")*|[^"\s]*)))$'
)


@dataclass(frozen=True, slots=True)
class Completion:
    """A ``hint`` about the word at the end of a line, and what that may become."""

    hint: str = ""
    words: tuple[str, ...] = ()
    """The words that it may become; none for free text."""
    line: str | None = None
    """The line with the first of them that begins as it was typed."""


def completion(text: str, clusters: Collection[str]) -> Completion:
    """Returns what the word at the end of ``text`` may become, by what is stored and configured."""
    if (last := _LAST.search(text)) is None:
        return Completion()
    name, begun = (last["name"] or "").lower(), last["begun"].replace('""', '"')
    hint = ""
    if name in WORDS:
        hint = WORDS[name].takes
        offered = [f"{name}:{in_quotes(value)}" for value in _values(name, begun, clusters)]
    elif name or last["quote"]:
        return Completion()
    else:
        offered = [f"{word}:" for word in WORDS if word.startswith(begun.lower())]
    before = text[: last.start("word")]
    longer = (word for word in offered if word != last["word"] and word.startswith(last["word"]))
    taken = next(longer, None) if last["word"] else None
    return Completion(hint, tuple(offered), taken and before + taken)


def _values(name: str, begun: str, clusters: Collection[str]) -> Iterable[str]:
    """Returns what begins so, of all that may be the value of a word."""
    if name in _ASKED:
        return _ASKED[name](begun)
    known = dict.fromkeys((HERE, *clusters, *places())) if name == "where" else _FIXED.get(name, ())
    return [value for value in known if value.startswith(begun.lower())][:_MOST]


def _owners(begun: str) -> Iterable[str]:
    named = Process.select(Process.name).where(begins(Process.name, begun)).order_by(Process.name)
    return list(named.limit(_MOST).scalars())


def _requests(begun: str) -> Iterable[str]:
    return [name for name, _ in names_of_requests(begun, _MOST)][:_MOST]


_ASKED: Mapping[str, Callable[[str], Iterable[str]]] = {"process": _owners, "request": _requests}
_TIMES = ("today", "yesterday", "2h", "24h", "7d", "30d")
_FIXED: Mapping[str, Iterable[str]] = {
    STATUS: dict.fromkeys(
        (*RUN_STATUSES, *(each.word for each in RUN_STATUSES.values() if " " not in each.word))
    ),
    "since": _TIMES,
    "until": _TIMES,
    "slower": ("1m", "10m", "1h", "1d"),
}
