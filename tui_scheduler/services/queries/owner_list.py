"""Reading what can be run: what the lists of processes and groups, one table, have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from peewee import JOIN, Field, fn

from tui_scheduler.errors import NotFound
from tui_scheduler.models import OPEN_STATUSES, Process, Request, Run
from tui_scheduler.services.fields import Fields
from tui_scheduler.services.queries.conditions import Query, matching
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.queries.whole_lists import page_of_all
from tui_scheduler.services.queries.windows import Listing, Sorts
from tui_scheduler.text import storable

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """One kind of what can be run: ``condition`` tells its rows from the others."""

    noun: str
    condition: Any
    searched: Sequence[Field]
    sorts: Sorts

    def page(self, window: Window, views: Callable[[Sequence[int]], dict[int, R]]) -> Page[R]:
        """Returns the part of the list that a table shows; by name, if not told otherwise."""
        owners = Process.select(Process.id).where(self.condition)
        wanted = matching(owners, window.text, self.searched)
        listing = Listing(
            query=wanted,
            key=Process.id,
            expression=self.sorts.get(window.sort or "name", Process.name),
            descending=window.reverse,
        )
        return page_of_all(window, listing, views, overall=owners.count())

    def one(self, owner_id: int, views: Callable[[Sequence[int]], dict[int, R]]) -> R:
        """Returns what is shown of the one with this id; raises NotFound."""
        view = views([owner_id]).get(owner_id)
        if view is None:
            raise self.missing(owner_id)
        return view

    def id_of(self, name: str) -> int:
        """Returns the id of the one with this name; raises NotFound."""
        ids = Process.select(Process.id).where(Process.name == storable(name), self.condition)
        for owner_id in ids.scalars():
            return int(owner_id)
        raise NotFound(f"There is no {self.noun} {name!r}.")

    def missing(self, owner_id: int) -> NotFound:
        """Returns what is raised where there is none with this id."""
        return NotFound(f"There is no {self.noun} with id {owner_id} (any more).")

    def stored(self, fields: Fields) -> Query:
        """Returns the columns of ``fields``, what asks for each, what runs, how it ended last."""
        requests = Request.select(fn.count(Request.id)).where(Request.process == Process.id)
        running = Run.select(fn.count(Run.id)).where(
            Run.process == Process.id, Run.end_time.is_null(), Run.status.in_(OPEN_STATUSES)
        )
        latest = Run.select(fn.max(Run.id)).where(Run.process == Process.id)
        last = Run.alias()
        return (
            Process.select(
                Process.id,
                Process.name,
                *(getattr(Process, name) for name in fields),
                Process.created_at,
                requests.alias("request_count"),
                running.alias("running"),
                last.status.alias("last_status"),
                last.end_time.alias("last_end"),
            )
            .join(last, JOIN.LEFT_OUTER, on=(last.id == latest))
            .where(self.condition)
        )
