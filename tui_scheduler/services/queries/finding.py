"""Requests, processes, groups and runs, found by some letters of what they are called.

The tables are gone through by SQLite; what comes back is bounded, however many match. Of runs only
those are looked up that have such a number, and the newest ones of what has such a name.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from peewee import Value, fn

from tui_scheduler.models import Process, ProcessKind, Request, Run
from tui_scheduler.services.plans import readable_plan
from tui_scheduler.services.queries.conditions import contains, filtered
from tui_scheduler.services.queries.page import words_of
from tui_scheduler.wording import RUN_STATUSES, ago

_MOST = 20  # of a kind
_MOST_RUNS = 5
_RUN = "run"
_NUMBER = re.compile("[0-9]{1,18}")  # no table will have more rows


@dataclass(frozen=True, slots=True)
class Found:
    """A "request", "process", "group" or "run", and what is said about it."""

    kind: str
    id: int
    name: str
    about: str

    @property
    def label(self) -> str:
        """How it is listed: with its number, unless its name is enough."""
        has_number = self.kind in ("request", _RUN)
        number = f"{self.id} " if has_number else ""
        return f"{self.kind.capitalize()} {number}{self.name}"


def find(text: str, now: datetime) -> list[Found]:
    """Returns what holds each word of ``text``, the likeliest first; nothing for no word.

    A label holds a word also as letters in its order, and what is said about it only whole.
    """
    words = [word.removeprefix("#") or word for word in words_of(text)]
    if not words:
        return []
    owners = list(_owners(words))
    names = [word for word in words if not _RUN.startswith(word.lower())]
    with_runs = owners if names == words else list(_owners(names)) if names else []
    newest = [_newest(owner.id) for owner in with_runs[:_MOST_RUNS]]
    numbers = [int(word) for word in words if _NUMBER.fullmatch(word)]
    ids = {*numbers, *(run_id for run_id in newest if run_id is not None)}
    return [*_requests(words, numbers), *owners, *_runs(ids, now)]


def _requests(words: list[str], numbers: list[int]) -> Iterator[Found]:
    label = _text(Value("Request "), Request.id, " ", Process.name)
    query = Request.select(Request, Process.name.alias("process_name")).join(Process)
    query = query.order_by(Request.id.in_(numbers).desc())
    for row in _like(query, words, label, Process.name, Request.description).objects():
        yield Found("request", row.id, row.process_name, row.description or readable_plan(row)[1])


def _owners(words: list[str]) -> Iterator[Found]:
    """Returns processes and groups."""
    is_group = Process.kind == ProcessKind.GROUP
    kind = fn.iif(is_group, "Group ", "Process ")
    about = _text(Process.description, "\n", Process.command)
    query = Process.select(Process.id, Process.name, Process.description, Process.command, is_group)
    for row in _like(query, words, _text(kind, Process.name), Process.name, about).tuples():
        process_id, name, description, command, is_of_group = row
        found_kind = "group" if is_of_group else "process"
        yield Found(found_kind, process_id, name, description or command)


def _runs(ids: Collection[int], now: datetime) -> Iterator[Found]:
    query: Any = Run.select(Run, Process.name.alias("process_name")).join(Process)
    for run in query.where(Run.id.in_(list(ids))).order_by(Run.id.desc()).objects():
        words = RUN_STATUSES[run.status]
        moment = run.end_time or run.start_time or run.scheduled_for
        about = f"{words.glyph} {words.word} {ago(moment, now)}"
        yield Found(_RUN, run.id, run.process_name, about)


def _newest(process_id: int) -> int | None:
    newest = Run.select(fn.max(Run.id)).where(Run.process == process_id).scalar()
    return None if newest is None else int(newest)


def _like(query: Any, words: list[str], label: Any, name: Any, about: Any) -> Any:
    """Returns the rows that match all words; first those whose name holds the last word whole."""
    conditions = [_scattered(label, word) | contains(about, word) for word in words]
    is_whole = contains(name, words[-1])
    matching = filtered(query, conditions)
    return matching.order_by_extend(is_whole.desc(), fn.length(name), name).limit(_MOST)


def _scattered(text: Any, word: str) -> Any:
    """Whether the letters of ``word`` are in ``text`` in their order.

    A number is one only all together, and what is beyond ASCII is looked for so.
    """
    if word.isdecimal() or not word.isascii():
        return contains(text, word)
    letters = (f"\\{letter}" if letter in "%_\\" else letter for letter in word)
    return fn.LIKE(f"%{'%'.join(letters)}%", text, "\\")


def _text(first: Any, *others: Any) -> Any:
    """Returns texts as one, one after the other."""
    return reduce(lambda text, other: text.concat(other), others, first)
