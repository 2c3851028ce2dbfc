"""Search through the logs of many runs, one after the other, for as long as anybody wants it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tui_scheduler.ansi_style import UNSTYLED
from tui_scheduler.services.logs.log_file import LogFile
from tui_scheduler.services.logs.log_search import LogSearch, Match, Pattern
from tui_scheduler.services.logs.shown_lines import read_line
from tui_scheduler.services.views import RunLog
from tui_scheduler.sizes import size_text
from tui_scheduler.wording import plural

_CELLS = 300


@dataclass(frozen=True, slots=True)
class FoundLog:
    """A run whose log has the text, and the first line that does; it may be cut."""

    run_id: int
    line: str


class ManyLogs:
    """Looks for ``wanted`` in logs; ``found`` are those that have it, at most ``most`` of them.

    ``searched`` counts logs, and ``bytes`` what they have, also while it goes on in a thread.
    """

    def __init__(self, wanted: Pattern, most: int) -> None:
        self.wanted = wanted
        self.found: list[FoundLog] = []
        self.searched = 0
        self.bytes = 0
        self._most = most

    @property
    def is_full(self) -> bool:
        """Whether so many have it that no more are looked for."""
        return len(self.found) >= self._most

    def summary(self, total: int) -> str:
        """Returns how far it is, and what was found, in the logs of ``total`` runs."""
        where = f"{self.searched:,} of {plural(total, 'run')}, {size_text(self.bytes)}"
        return f"“{self.wanted.text}” in the logs of {where}: {len(self.found):,} found"

    def go_on(self, logs: Iterable[RunLog], stop: Callable[[], bool]) -> None:
        """Search the ``logs``; ``stop`` is asked after each millisecond or so."""
        for log in logs:
            if self.is_full or stop():
                return
            line = self._line_in(log.path, stop)
            if line is not None:
                self.found.append(FoundLog(log.run_id, line))
            elif stop():
                return
            self.searched += 1

    def _line_in(self, path: Path, stop: Callable[[], bool]) -> str | None:
        """Returns the first line of a log that has it; None if none has, or it was stopped."""
        log = LogFile(path)
        log.refresh()
        self.bytes += log.size
        match = LogSearch(log, self.wanted).after(Match(0, -1), stop)
        if match is None:
            return None
        shown = read_line(log, log.line_from(match.start), style=UNSTYLED).text
        start = next((start for start, _ in self.wanted.spans(shown)), 0)
        return shown[max(0, start - _CELLS // 2) :].strip()[:_CELLS]
