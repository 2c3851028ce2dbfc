"""What a word means where the number of a request or a run is asked for: said here alone.

Digits are a number first. Else, and where there is nothing of that number, the word is the name of
a process or a group, or the key of a request. Whoever means several is told which.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeAlias

from peewee import fn

from tui_scheduler.clusters import HERE, cluster_at
from tui_scheduler.errors import Ambiguous, InvalidInput, NotFound, Problem
from tui_scheduler.models import Process, Request, Run
from tui_scheduler.services.queries.conditions import IS_OPEN, Query, begins
from tui_scheduler.services.queries.runs.search import places
from tui_scheduler.text import storable
from tui_scheduler.wording import several

_MOST_DIGITS = 18  # no table will have more rows
_MOST_TOLD = 5
_LISTS = {"request": "request list", "run": "runs"}
_BEGUN = Run.start_time.is_null(False)

Named: TypeAlias = tuple[str, int]
"""A name, and the number that it stands for."""


def request_meant(word: str) -> int:
    """The number of a request, or of the only one with this name; or raises NotFound, Ambiguous."""
    if (number := _number(word, Request)) is not None:
        return number
    owners, keyed = _owners(word), _keyed(word)
    asking = Request.select(Request.id).where(Request.process.in_(owners)).scalars()
    ids = sorted({*asking, *keyed})
    if not ids:
        _refuse_unknown("request", word, owners, keyed)
        raise NotFound(
            f"There is no request for {word!r} itself. Add one: tui-scheduler request add --help"
        )
    return _only("request", word, ids)


def begun_run_meant(word: str) -> int:
    """The number of a run, or of the newest one of this name that began.

    Raises NotFound, and Ambiguous for a name that is a process and the key of a request for
    another one.
    """
    newest = _runs_meant(word, lambda runs: runs.where(_BEGUN).order_by(Run.id.desc()).limit(1))
    if not newest:
        raise NotFound(f"No run of {word!r} has begun so far.")
    return _only("run", word, newest)


def open_run_meant(word: str) -> int:
    """The number of a run, or of the only one of this name that waits or runs.

    Raises NotFound or Ambiguous.
    """
    still_open = _runs_meant(word, lambda runs: runs.where(IS_OPEN))
    if not still_open:
        raise NotFound(f"No run of {word!r} waits or runs.")
    return _only("run", word, still_open)


def refuse_unknown_place(word: str, configured: Collection[str]) -> None:
    """Raise NotFound for a cluster that nobody knows, and InvalidInput for what names none.

    Known are those that are ``configured``, and those that runs were handed to.
    """
    cluster, colon, node = word.partition(":")
    if not cluster or (colon and not node):
        meant = f"must be a cluster, or one of its nodes (hpc:n3), or {HERE}, this machine"
        raise InvalidInput([Problem("where", meant)])
    known = sorted({HERE, *configured, *map(cluster_at, places())})
    if cluster not in known or word.startswith(f"{HERE}:"):
        raise NotFound(f"There is no cluster {cluster!r}. Runs can be in: {', '.join(known)}.")


def names_of_requests(begun: str, limit: int) -> list[Named]:
    """Names that begin so and mean one request; as many of processes and groups as of keys."""
    of_owners = (
        Process.select(Process.name, fn.min(Request.id))
        .join(Request)
        .where(begins(Process.name, begun))
        .group_by(Process.id)
        .having(fn.count(Request.id) == 1)
        .order_by(Process.name)
    )
    keys = Request.select(Request.key, Request.id).where(begins(Request.key, begun))
    keys = keys.order_by(Request.key)
    offered = dict.fromkeys([*of_owners.limit(limit).tuples(), *keys.limit(limit).tuples()])
    return sorted(offered)


def names_of_runs(begun: str, limit: int) -> list[Named]:
    """Names that begin so, each with the newest run of it that began."""
    newest = Run.select(fn.max(Run.id)).where(_BEGUN)
    of_owners = Process.select(Process.name, newest.where(Run.process == Process.id))
    of_keys = Request.select(
        Request.key, newest.where(Run.request == Request.id, Run.parent.is_null())
    )
    return _with_run(of_owners, Process.name, begun, limit) + _with_run(
        of_keys, Request.key, begun, limit
    )


def _number(word: str, table: type[Request | Run]) -> int | None:
    """The number that ``word`` is, if there is a row of it."""
    if not (word.isascii() and word.isdecimal() and len(word) <= _MOST_DIGITS):
        return None
    number = int(word)
    return number if table.select(table.id).where(table.id == number).exists() else None


def _runs_meant(word: str, chosen: Callable[[Query], Query]) -> Sequence[int]:
    """The run of this number, or those that are ``chosen`` of all of this name; oldest first."""
    if (number := _number(word, Run)) is not None:
        return [number]
    owners, keyed = _owners(word), _keyed(word)
    _refuse_unknown("run", word, owners, keyed)
    of_other = Request.select(Request.id).where(
        Request.id.in_(keyed), Request.process.not_in(owners)
    )
    others = list(of_other.scalars())
    ids: set[int] = set()
    for values, is_theirs in (
        (owners, Run.process.in_(owners)),
        (others, Run.request.in_(others) & Run.parent.is_null()),
    ):
        if values:
            ids.update(chosen(Run.select(Run.id).where(is_theirs)).scalars())
    return sorted(ids)


def _owners(word: str) -> list[int]:
    """The process or group of this name, if there is one."""
    return list(Process.select(Process.id).where(Process.name == storable(word)).scalars())


def _keyed(word: str) -> list[int]:
    """The request with this key, if there is one."""
    return list(Request.select(Request.id).where(Request.key == storable(word)).scalars())


def _refuse_unknown(noun: str, word: str, owners: Sequence[int], keyed: Sequence[int]) -> None:
    if owners or keyed:
        return
    if word.isascii() and word.isdecimal():
        raise NotFound(f"There is no {noun} {word} (any more).")
    raise NotFound(
        f"There is no process, group or key of a request {word!r}. See what there is:"
        f" tui-scheduler {_LISTS[noun]}"
    )


def _only(noun: str, word: str, ids: Sequence[int]) -> int:
    if len(ids) == 1:
        return ids[0]
    numbers = [str(number) for number in ids[:_MOST_TOLD]]
    if more := len(ids) - len(numbers):
        numbers.append(f"{more:,} more")
    raise Ambiguous(f"{word!r} means the {noun}s {several(numbers)}: give the number of one.")


def _with_run(query: Query, name: Any, begun: str, limit: int) -> list[Named]:
    offered: Iterable[Any] = query.where(begins(name, begun)).order_by(name).limit(limit).tuples()
    return [(word, number) for word, number in offered if number is not None]
