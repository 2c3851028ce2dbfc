"""Runs as they start and end, each told once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tui_scheduler.cli.printing.output import pause
from tui_scheduler.cli.runs.change_watch import Watch
from tui_scheduler.clusters import is_at
from tui_scheduler.models import OPEN_STATUSES, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.runs import RunView

_POLL = 0.2  # seconds
_MOST = 1_000_000
_UNENDED: dict[str, Any] = {
    "status": RunStatus.PROCESSING,
    "end_time": None,
    "exit_code": None,
    "signal": None,
    "cpu_time": None,
    "peak_memory": None,
    "note": "",
}
"""What an end changes, as it was before."""


@dataclass(frozen=True, slots=True)
class Happening:
    """The start or the end of a run, and the run as it was then."""

    at: datetime
    run: RunView

    @property
    def event(self) -> str:
        """What happened, in a word; a fire that never became a process only ends."""
        return "end" if self.run.end_time else "start"


def happenings(services: Services, wanted: RunFilter, backlog: int) -> Iterator[Happening]:
    """What happens to runs that pass ``wanted``, as it happens, until nobody reads what is printed.

    Raises BrokenPipeError then. Begins with the ``backlog`` newest ones that there are already.
    """
    watch = Watch()
    feed = _Feed(services, wanted)
    yield from feed.past(backlog)
    while True:
        if watch.has_news():
            yield from feed.news()
        pause(_POLL)


class _Feed:
    """What is known of the runs that are followed, so that only news is told."""

    def __init__(self, services: Services, wanted: RunFilter) -> None:
        self._runs = services.runs
        self._wanted = wanted
        self._newest = self._runs.newest_id()
        still_open = _without_ends(replace(wanted, statuses=frozenset(OPEN_STATUSES)))
        self._open = {run.id: run for run in self._runs.latest(still_open, _MOST)}

    def past(self, count: int) -> list[Happening]:
        """Returns what happened to the newest runs before they were followed."""
        newest = self._runs.latest(self._wanted, count) if count else []
        runs = (self._open.get(run.id, run) for run in newest if run.id <= self._newest)
        return self._passing(happening for run in runs for happening in story(run))

    def news(self) -> list[Happening]:
        """Returns what happened since the last time."""
        newest = self._runs.newest_id()
        any_status = _without_ends(replace(self._wanted, statuses=frozenset(), submitted=False))
        changed = self._runs.news(any_status, (self._newest, newest), self._open)
        begun = {run_id for run_id, run in self._open.items() if run.start_time is not None}
        self._newest = max(newest, self._newest)
        self._open = {run.id: run for run in changed if run.is_open}
        return self._passing(
            happening
            for run in changed
            for happening in story(run)
            if happening.event == "end" or run.id not in begun
        )

    def _passing(self, every: Iterable[Happening]) -> list[Happening]:
        """Returns those that the filter lets pass, in the order of time.

        Where a run is, and how it stands, is known only then.
        """
        passed = [happening for happening in every if self._lets_pass(happening)]
        return sorted(passed, key=lambda happening: (happening.at, happening.run.id))

    def _lets_pass(self, happening: Happening) -> bool:
        wanted, run = self._wanted, happening.run
        if (wanted.statuses or wanted.submitted) and run.status not in wanted.statuses:
            return False
        if wanted.exit_code not in (None, run.exit_code):
            return False
        took = run.duration(happening.at)
        if wanted.slower is not None and (took is None or took < wanted.slower.least):
            return False
        return wanted.where is None or is_at(run.place, wanted.where)


def _without_ends(wanted: RunFilter) -> RunFilter:
    """Returns what is wanted but for what is known of a run only later."""
    return replace(wanted, where=None, exit_code=None, slower=None)


def story(run: RunView) -> Iterator[Happening]:
    """Returns what has happened to ``run`` so far: its start, its end, or both."""
    if run.start_time is not None:
        yield Happening(run.start_time, replace(run, **_UNENDED))
    if run.end_time is not None:
        yield Happening(run.end_time, run)
