"""The history as a tree: runs of groups, and beneath those that are opened the runs of members."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tui_scheduler.models import Run, rows
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.windows import Listing


@dataclass(frozen=True, slots=True)
class _Branch:
    """An opened group run: its place among the runs of the top level, and what is beneath it."""

    place: int
    run_id: int
    beneath: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """Runs of the top level in the order of ``listing``, with branches; ``top`` is their number."""

    listing: Listing
    top: int
    branches: tuple[_Branch, ...]

    @classmethod
    def opened(cls, listing: Listing, top: int, run_ids: Iterable[int]) -> "Tree":
        """The tree in which the group runs ``run_ids`` are opened; others are passed over."""
        beneath = _beneath(list(run_ids))
        places = [(listing.place(run_id), run_id) for run_id in beneath]
        branches = [
            _Branch(place, run_id, beneath[run_id]) for place, run_id in places if place is not None
        ]
        return cls(listing, top, tuple(sorted(branches, key=lambda branch: branch.place)))

    @property
    def total(self) -> int:
        """How many runs are shown."""
        return self.top + sum(len(branch.beneath) for branch in self.branches)

    def read(self, window: Window) -> tuple[list[int], int | None]:
        """The ids in the window, and the place of its anchor if that is shown."""
        offset = max(window.offset, 0)
        first = offset
        for branch in self.branches:
            inside = offset - self._shown_at(branch.place)
            first -= min(max(inside, 0), len(branch.beneath))
        skipped = offset - self._shown_at(first)
        top = replace(window, offset=first)
        ids, place = self.listing.located(top, self.top)
        beneath = {branch.run_id: branch.beneath for branch in self.branches}
        opened_ids = [each for run_id in ids for each in (run_id, *beneath.get(run_id, ()))]
        return opened_ids[skipped : skipped + window.limit], self._anchored(window.anchor, place)

    def _shown_at(self, place: int) -> int:
        """Where the run at ``place`` of the top level stands."""
        return place + sum(len(branch.beneath) for branch in self.branches if branch.place < place)

    def _anchored(self, anchor: int | None, place: int | None) -> int | None:
        for branch in self.branches:
            if anchor in branch.beneath:
                return self._shown_at(branch.place) + 1 + branch.beneath.index(anchor)
        return None if place is None else self._shown_at(place)


def _beneath(run_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    members = Run.select(Run.parent, Run.id).where(Run.parent.in_(run_ids)).order_by(Run.id)
    beneath: dict[int, tuple[int, ...]] = {}
    for parent_id, run_id in rows(members):
        beneath[parent_id] = (*beneath.get(parent_id, ()), run_id)
    return beneath
