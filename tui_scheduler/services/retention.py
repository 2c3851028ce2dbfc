"""Keeping the history within its limits: what goes, and removing it, a little at a time.

Three rules name what goes, one after the other, and each run is named once: more runs of one
request than are kept, runs too old, and then the oldest logs while all of them are too large. No
rule names a run that is open, nor the newest one of its request, whose outcome is shown. The run
of a group goes together with what was run for it.

A run that ended while the clock was behind looks old and is not. It is known by those that were
begun before it, as ids tell their order: while one of them is clearly young, so is it.

A batch is looked up, its rows are removed, and then its files. If we die in between, files are
left that no row knows: they harm nobody, as ids are never used again, and ``doctor`` finds them.
The other way round the history would show runs whose output is gone.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain, islice
from typing import Any

from peewee import SQL, fn

from tui_scheduler.models import Control, Request, Run, RunTally, rows, stream, transaction
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import HistoryPruned
from tui_scheduler.services.removal import unlink_logs
from tui_scheduler.services.views.overview import Pruning
from tui_scheduler.settings import Settings

BATCH = 100
"""Runs removed in one step: it takes 6 ms, and no fire has to wait longer for its turn."""

_newer = Run.alias()
_HAS_NEWER = fn.EXISTS(
    _newer.select(SQL("1")).where(
        _newer.request == Run.request,
        _newer.id > fn.COALESCE(Run.parent, Run.id),
        _newer.parent.is_null(),
    )
)
_IS_TOP = Run.parent.is_null()
_FILES = (Run.log_bytes, Run.token, Run.log_folder)
_NAMED = (Run.id, Run.request, *_FILES, Run.members.is_null(False))
_HAS_LOG = Run.log_bytes > SQL("0")
"""With the very words of the index: SQLite does not use it for a value given later."""


_CLEARLY = timedelta(days=1)
"""How much younger than the limit a run has to be to speak for those that began after it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is kept; 0 means without limit.

    ``days``: the age of a run since its end. ``runs``: how many of one request. ``bytes``: of the
    logs of all runs together.
    """

    days: float
    runs: int
    bytes: int

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits that the settings say."""
        return cls(settings.keep_days, settings.keep_runs, settings.keep_bytes)


class Reason(StrEnum):
    """The limit because of which a run goes."""

    COUNT = "count"
    AGE = "age"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Doomed:
    """A run that goes, and why; ``token`` names its files, in ``log_folder`` if that has them."""

    run_id: int
    reason: Reason
    log_bytes: int
    token: str | None
    log_folder: str | None = None


_Named = tuple[Doomed, bool]
"""A run that a rule names, and whether it is the run of a group."""


class Retention:
    """Removes what is beyond the limits."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def doomed(self, limits: Limits) -> Iterator[Doomed]:
        """Everything that goes now; read while it is iterated, so come to an end or close it."""
        return _Search(limits, self._context.clock.now()).everything()

    def batch(self, limits: Limits) -> list[Doomed]:
        """Some of what goes now; empty when the history is within its limits."""
        with closing(_Search(limits, self._context.clock.now()).everything()) as doomed:
            return list(islice(doomed, BATCH))

    def remove_rows(self, batch: Sequence[Doomed]) -> list[Doomed]:
        """Remove runs from the history; returns those that somebody else had not removed."""
        ids = [run.run_id for run in batch]
        with transaction():
            may_go = Run.select(Run.id).where(
                Run.id.in_(ids), Run.end_time.is_null(False), _HAS_NEWER
            )
            gone = set(may_go.scalars())
            Run.delete().where(Run.id.in_(gone)).execute()
            self._context.tell(HistoryPruned())
        return [run for run in batch if run.run_id in gone]

    def remove_files(self, batch: Sequence[Doomed]) -> None:
        """Remove the logs of runs whose rows are gone; large ones can take a while."""
        names = ((run.run_id, run.token, run.log_folder) for run in batch)
        unlink_logs(self._context.log_path(*each) for each in names)

    def note(self, removed: int) -> None:
        """Write down that the history is within its limits now, and how many runs went for it."""
        with transaction():
            Control.update(pruned_at=self._context.clock.now(), pruned_runs=removed).execute()
            self._context.tell(HistoryPruned())

    def last(self) -> Pruning | None:
        """When the history was last brought within its limits; None if never."""
        ((at, removed),) = rows(Control.select(Control.pruned_at, Control.pruned_runs))
        return None if at is None else Pruning(at, removed)

    def believed_at(self) -> datetime | None:
        """The last moment of a right clock: of the last pruning, or when a request was made."""
        last = self.last()
        newest: datetime | None = Request.select(fn.MAX(Request.created_at)).scalar()
        return newest if last is None else last.at


class _Search:
    """One walk through the rules; it knows what they have named, so that nothing is named twice."""

    def __init__(self, limits: Limits, now: datetime) -> None:
        self._limits = limits
        self._now = now
        self._oldest = _oldest_end(now, limits.days)
        self._looked_until = 0
        self._first_young: int | None = None
        self._surplus_until: dict[int, int] = {}
        self._named_bytes = 0

    def everything(self) -> Generator[Doomed, None, None]:
        """What goes, rule by rule."""
        for run, is_group in chain(self._surplus(), self._aged(), self._largest()):
            beneath = _beneath(run) if is_group else ()
            for doomed in (*beneath, run):  # a run of a group last, as the others go with it
                self._named_bytes += doomed.log_bytes
                yield doomed

    def _surplus(self) -> Iterator[_Named]:
        if not self._limits.runs:
            return
        number = fn.SUM(RunTally.number - RunTally.members)
        full = RunTally.select(RunTally.request, number).group_by(RunTally.request)
        for request_id, total in rows(full.having(number > self._limits.runs)):
            yield from self._surplus_of(request_id, total - self._limits.runs)

    def _surplus_of(self, request_id: int, surplus: int) -> Iterator[_Named]:
        oldest = Run.select(*_NAMED, Run.end_time.is_null())
        oldest = oldest.where(Run.request == request_id, _IS_TOP).order_by(Run.id).limit(surplus)
        for run_id, _, *files, is_group, is_open in stream(oldest):
            self._surplus_until[request_id] = run_id
            if not is_open:
                yield _doomed(run_id, Reason.COUNT, *files), is_group

    def _aged(self) -> Iterator[_Named]:
        if self._oldest is None:
            return
        aged = Run.select(*_NAMED).where(Run.end_time < self._oldest, _IS_TOP, _HAS_NEWER)
        for run_id, request_id, *rest, is_group in stream(aged.order_by(Run.end_time, Run.id)):
            if not self._is_surplus(run_id, request_id) and not self._follows_young(run_id):
                yield _doomed(run_id, Reason.AGE, *rest), is_group

    def _largest(self) -> Iterator[_Named]:
        if not self._limits.bytes:
            return
        total = RunTally.select(fn.SUM(RunTally.log_bytes)).scalar() or 0
        if total - self._named_bytes <= self._limits.bytes:
            return
        for run_id, request_id, *rest, is_group in self._with_logs():
            if total - self._named_bytes <= self._limits.bytes:
                return
            if not self._is_surplus(run_id, request_id):
                yield _doomed(run_id, Reason.BYTES, *rest), is_group

    def _with_logs(self) -> Iterator[tuple[Any, ...]]:
        """Returns what has a log and is not too old, oldest first; at last what only looks so."""
        logs = Run.select(*_NAMED).where(_HAS_LOG, _IS_TOP, _HAS_NEWER)
        logs = logs.order_by(Run.end_time, Run.id)
        if self._oldest is None:
            yield from stream(logs)
            return
        yield from stream(logs.where(Run.end_time >= self._oldest))
        seem_old = stream(logs.where(Run.end_time < self._oldest))
        yield from (run for run in seem_old if self._follows_young(run[0]))

    def _follows_young(self, run_id: int) -> bool:
        """Whether a run was begun before it that is young: then the clock was behind at its end.

        What lies in the future was begun while the clock was ahead, and says nothing.
        """
        is_seen = self._first_young is not None or run_id <= self._looked_until
        if self._oldest is not None and not is_seen:
            young = self._oldest + _CLEARLY
            began_young = Run.start_time.is_null() | (Run.start_time >= young)
            before = Run.select(Run.id).where(Run.id >= self._looked_until, Run.id < run_id)
            before = before.where(Run.end_time.between(young, self._now), began_young)
            self._first_young = before.order_by(Run.id).limit(1).scalar()
            self._looked_until = run_id
        return self._first_young is not None and self._first_young < run_id

    def _is_surplus(self, run_id: int, request_id: int) -> bool:
        return run_id <= self._surplus_until.get(request_id, 0)


def _beneath(run: Doomed) -> list[Doomed]:
    beneath = Run.select(Run.id, *_FILES).where(Run.parent == run.run_id)
    return [Doomed(run_id, run.reason, *rest) for run_id, *rest in rows(beneath)]


def _doomed(
    run_id: int, reason: Reason, log_bytes: int, token: object, log_folder: str | None
) -> Doomed:
    """A run as ``stream`` reads it, with what is stored in place of the token."""
    return Doomed(run_id, reason, log_bytes, Run.token.python_value(token), log_folder)


def _oldest_end(now: datetime, days: float) -> datetime | None:
    """The end before which a run is too old; None if none is."""
    try:
        return now - timedelta(days=days) if days else None
    except OverflowError:
        return None
