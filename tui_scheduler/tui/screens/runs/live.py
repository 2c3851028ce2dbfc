"""What the processes of the run that is looked at use, again and again while it is in sight."""

from collections.abc import Callable, Iterator

from textual.content import Content

from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import Runtime
from tui_scheduler.runtime.live import ProcessWatch, why_unseen
from tui_scheduler.services.live_usage import PROCESS_TITLES, LiveUsage
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.tui.content import heading, toned
from tui_scheduler.tui.refresh import Throttled
from tui_scheduler.tui.whole_screen import WholeScreen
from tui_scheduler.wording import cut, plural

_LEAST_COMMAND = 20  # cells, though a line goes on below itself then


class LiveProcesses:
    """Looks at the processes of one run; ``changed`` is called when ``usage`` is another one."""

    def __init__(
        self, screen: WholeScreen[None], runtime: Runtime, changed: Callable[[], None]
    ) -> None:
        self.usage: LiveUsage | None = None
        self._runtime = runtime
        self._changed = changed
        self._run: RunView | None = None
        self._watch: ProcessWatch | None = None
        self._looking = Throttled(screen, self._look)

    def show(self, run: RunView | None) -> None:
        """Look at this run from now on; at nothing if its processes cannot be seen."""
        wanted = None if run is None or why_unseen(run) else run
        if _is_same(wanted, self._run):
            return
        self._run, self._watch, self.usage = wanted, None, None
        self.again()

    def again(self) -> None:
        """Look again, if there is anything to look at, and it is time."""
        if self._run is not None and (self._watch is None or self._watch.is_due):
            self._looking.soon()

    async def _look(self) -> None:
        run = self._run
        if run is None:
            return
        try:
            if self._watch is None:
                secrets = await self._runtime.read(self._runtime.services.runs.secrets, run)
                watch = ProcessWatch(run, secrets)
            else:
                watch = self._watch
            usage = await watch.look()
        except SchedulerError:  # the list says why nothing can be read
            return
        if _is_same(run, self._run):
            self._watch, self.usage = watch, usage
            self._changed()


def _is_same(run: RunView | None, other: RunView | None) -> bool:
    if run is None or other is None:
        return run is other
    return (run.id, run.handle) == (other.id, other.handle)


def usage_words(usage: LiveUsage | None) -> str:
    """Returns what all processes of a run use now, in a few words."""
    return usage.words if usage is not None and usage.count else ""


def process_lines(usage: LiveUsage, width: int) -> Iterator[Content]:
    """Yields a line of ``width`` cells for each process, below what all of them use."""
    yield heading("Processes now")
    if not usage.count:
        yield toned("none is left", "muted")
        return
    yield toned(f"{plural(usage.count, 'process')}  {usage.words}")
    yield toned(PROCESS_TITLES, "muted")
    for each, lead in zip(usage.processes, usage.leads, strict=True):
        room = max(width - len(each.figures) - len(lead), _LEAST_COMMAND)
        yield toned(each.figures) + toned(lead, "muted") + toned(cut(each.command, room))
    if usage.count > len(usage.processes):
        yield toned(f"and {usage.count - len(usage.processes):,} more", "muted")
