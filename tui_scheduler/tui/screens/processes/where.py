"""The fields of a process that say where it runs, and what the cluster chosen there says of it."""

import asyncio
from collections.abc import Iterator

from tui_scheduler.clusters import ANSWER_TIME, unknown_cluster
from tui_scheduler.errors import Problem
from tui_scheduler.runtime import Outlook, Runtime, cluster_outlook
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.text import plain
from tui_scheduler.tui.screens.processes.form_values import HERE
from tui_scheduler.tui.widgets.form.choice import OneOf
from tui_scheduler.tui.widgets.form.field import Field
from tui_scheduler.tui.widgets.form.inputs import LinesEntry

_PAUSE = 1.0  # seconds without a change before a cluster is asked: it has others to serve
_FIELDS = frozenset({"runs_on", "cluster_options", "timeout"})
_NOTHING_ASKED = (None, (), None)


class Where:
    """Holds the two fields, and keeps what the cluster said last."""

    def __init__(self, runtime: Runtime) -> None:
        self._settings = runtime.settings
        self._asked: tuple[object, ...] = _NOTHING_ASKED
        self._outlook = Outlook()
        self._stored: ProcessDraft | None = None

    def fields(self) -> Iterator[Field]:
        """The fields, as they are of a new process."""
        names = {name: plain(name) for name in self._settings.clusters}
        self._place = OneOf({HERE: "This machine", **names}, HERE)
        self._runs_on = Field(
            "runs_on",
            "Runs on",
            self._place,
            classes="-apart",
            about="A cluster of the configuration begins its runs when it has room.",
        )
        self._options = Field(
            "cluster_options",
            "Options",
            LinesEntry(placeholder="One a line, such as --mem=4G"),
            about="What its runs ask the cluster for, in the words of sbatch.",
        )
        yield self._runs_on
        yield self._options

    def begin(self, draft: ProcessDraft, stored: ProcessDraft | None) -> None:
        """Offer the cluster of ``draft`` too, if it is gone; ``stored`` is what is edited."""
        self._stored = stored
        name = draft.runs_on or HERE
        if name not in self._place.options:
            self._place.offer({name: f"{plain(name)} (not configured)"})

    @property
    def unoffered(self) -> frozenset[str]:
        """The fields that are not shown where there is no cluster to choose."""
        return frozenset() if len(self._place.options) > 1 else frozenset({"runs_on"})

    def show(self, draft: ProcessDraft) -> None:
        """Say below the fields what is known of ``draft``."""
        name, clusters = draft.runs_on, self._settings.clusters
        is_gone = name is not None and name not in clusters
        self._runs_on.note = (
            unknown_cluster(name or "", clusters, self._settings.config) if is_gone else ""
        )
        self._options.note = self._words() if self._is_known(draft) else ""

    def problems(self, draft: ProcessDraft) -> tuple[Problem, ...]:
        """Why the cluster takes no run of ``draft``, as far as that is known.

        What is stored already is no problem: a cluster may refuse today what it took yesterday.
        """
        return self._outlook.problems if self._is_known(draft) and self._is_new(draft) else ()

    async def look_ahead(self, draft: ProcessDraft, wrong: frozenset[str]) -> bool:
        """Ask the cluster once nothing changes for a moment, if its answer is not known.

        ``wrong`` are the fields that have problems. Returns whether anything was asked.
        """
        if draft.runs_on not in self._settings.clusters or wrong & _FIELDS or self._is_known(draft):
            return False
        await asyncio.sleep(_PAUSE)
        await self._ask(draft)
        return True

    async def try_out(self, draft: ProcessDraft) -> Outlook:
        """Ask the cluster now, unless ``draft`` asks it for what is stored already."""
        return await self._ask(draft) if self._is_new(draft) else Outlook()

    def forget(self) -> None:
        """Have the next question be asked again: what was wrong may have been repaired."""
        self._outlook, self._asked = Outlook(), _NOTHING_ASKED

    async def _ask(self, draft: ProcessDraft) -> Outlook:
        if draft.runs_on is not None:
            self._options.note = f"Asking {draft.runs_on} (at most {ANSWER_TIME:.0f} s) …"
        self._outlook = await cluster_outlook(draft, self._settings.clusters)
        self._asked = draft.cluster_inputs
        self.show(draft)
        return self._outlook

    def _words(self) -> str:
        return self._outlook.words or "".join(each.text for each in self._outlook.problems[:1])

    def _is_known(self, draft: ProcessDraft) -> bool:
        return draft.cluster_inputs == self._asked

    def _is_new(self, draft: ProcessDraft) -> bool:
        return self._stored is None or self._stored.cluster_inputs != draft.cluster_inputs
