"""The journals of a folder: what older keepers wrote there, and when a journal may go."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from tui_scheduler.engine.local.journals import CannotLook, Journal, read_journals
from tui_scheduler.engine.local.keeper import JOURNAL_SUFFIX

_FRESH = 0.05  # seconds for which one look at all journals serves everybody

Look = list[tuple[Journal, bool]]
"""Journals, each with whether its keeper lived before it was read."""


class JournalFolder:
    """The journals in ``path``: those that were there before us, and those of our dead keepers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._inherited: list[Path] | None = None
        self._runs: dict[Path, set[int]] = {}
        self._unrecorded: set[int] = set()
        self._looking: asyncio.Future[Look] | None = None
        self._looked_at = 0.0

    async def look(self) -> Look:
        """All journals that we found; raises CannotLook and OSError.

        Those of our own keepers are not among them: of what an earlier scheduler left, they know
        nothing. One that an older keeper makes later does not tell of anything that it began.
        """
        now = asyncio.get_running_loop().time()
        if self._looking is None or now - self._looked_at > _FRESH:
            self._looked_at = now
            self._looking = asyncio.ensure_future(self._new_look())
        return await asyncio.shield(self._looking)

    def of_keeper(self, pid: int) -> list[Journal]:
        """All that a keeper of ours has written; raises CannotLook. For a thread."""
        return read_journals(self.path.glob(f"*-{pid}{JOURNAL_SUFFIX}"))

    def need(self, run_id: int) -> None:
        """Keep the journals that know this run until it is recorded."""
        self._unrecorded.add(run_id)

    def recorded(self, run_ids: Iterable[int]) -> None:
        """The ends of these runs are known for good, or they never began."""
        self._unrecorded.difference_update(run_ids)

    def add(self, journals: Iterable[Journal]) -> None:
        """Remove these, too, as soon as nobody needs them."""
        self._runs.update((journal.path, journal.run_ids) for journal in journals)

    def tidy(self) -> None:
        """Remove the journals of keepers that are gone whose runs have all been recorded."""
        for path, run_ids in tuple(self._runs.items()):
            with suppress(CannotLook, OSError):
                if run_ids.isdisjoint(self._unrecorded) and not Journal(path).is_kept():
                    del self._runs[path]
                    path.unlink()

    async def _new_look(self) -> Look:
        if self._inherited is None:
            self._inherited = await asyncio.to_thread(_all_journals, self.path)
        look = await asyncio.to_thread(_look, self._inherited)
        self.add(journal for journal, _ in look)
        return look


def _all_journals(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{JOURNAL_SUFFIX}"))


def _look(paths: Sequence[Path]) -> Look:
    """All of these journals, and whether they are kept.

    In this order: what a keeper that is gone had to say stands there for good.
    """
    look = []
    for path in paths:
        is_kept = Journal(path).is_kept()
        look += [(journal, is_kept) for journal in read_journals([path])]
    return look
