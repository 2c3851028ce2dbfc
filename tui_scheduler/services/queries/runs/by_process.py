"""Runs process by process: the tally says how many each has, so that few are gone through."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from peewee import Field, fn

from tui_scheduler.models import Process, Run, RunTally, stream
from tui_scheduler.services.queries.conditions import Query, filtered, number_of
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.runs.search import RunSearch


@dataclass(frozen=True, slots=True)
class ByProcess:
    """The runs of a search that ``is_tallied``, by the name of their process and by number."""

    searched: RunSearch
    descending: bool

    @property
    def query(self) -> Query:
        """The rows, in any order."""
        return filtered(Run.select(), self.searched.on_runs(None))

    def located(self, window: Window, _total: int) -> tuple[list[int], int | None]:
        """The keys in the window and the place of its anchor."""
        processes, numbers = self._tallied()
        ends = [0, *accumulate(numbers)]  # where the runs of each begin, and those of the last end
        offset, limit = max(window.offset, 0), max(window.limit, 0)
        first = bisect_right(ends, offset) - 1
        last = bisect_left(ends, offset + limit)
        filled = [place for place in range(first, min(last, len(processes))) if numbers[place]]
        ids: list[int] = []
        for some in (filled[:1], filled[1:-1], filled[1:][-1:]):  # the outer ones may be long
            if some and len(ids) < limit:
                skipped = max(offset - ends[some[0]], 0)
                ids += self._ids([processes[place] for place in some], skipped, limit - len(ids))
        return ids, self._place(window.anchor, processes, ends)

    def _tallied(self) -> tuple[list[int], list[int]]:
        """Returns the ids of all processes, in order, and how many of the runs each has."""
        tally = RunTally.select(fn.sum(RunTally.number)).where(RunTally.process == Process.id)
        number = fn.ifnull(filtered(tally, self.searched.on_tally()), 0).alias("number")
        name = Process.name.desc() if self.descending else Process.name.asc()
        each = Process.select(Process.id, number).order_by(name)
        columns = fn.json_group_array(each.c.id), fn.json_group_array(each.c.number)
        at_once: Any = each.select_from(*columns)
        [(ids, numbers)] = stream(at_once)
        return json.loads(ids), json.loads(numbers)

    def _ids(self, processes: Sequence[int], skipped: int, limit: int) -> list[int]:
        """Returns the numbers of ``limit`` runs of these processes, but for the first ones."""
        query = self.query.select(Run.id).where(Run.process.in_(processes))
        terms: list[Field] = [Run.id]
        if len(processes) > 1:
            query, terms = query.join(Process), [Process.name, Run.id]
        ordered = query.order_by(*(term.desc() if self.descending else term for term in terms))
        return [run_id for (run_id,) in stream(ordered.limit(limit).offset(skipped))]

    def _place(
        self, anchor: int | None, processes: Sequence[int], ends: Sequence[int]
    ) -> int | None:
        """Returns how many runs stand before the one with this number; None if it is not there."""
        asked = self.query.select(Run.process).where(Run.id == anchor).tuples()
        for process_id in () if anchor is None else asked.scalars():
            if process_id not in processes:  # it has come since
                return None
            is_before = Run.id > anchor if self.descending else Run.id < anchor
            before = number_of(self.query.where(Run.process == process_id, is_before))
            return ends[processes.index(process_id)] + before
        return None
