"""Search through the logs of many runs, one after the other, for as long as anybody wants it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tui_scheduler.ansi_style import UNSTYLED
from tui_scheduler.services.logs.log_file import LogFile
from tui_scheduler.services.logs.log_search import LogSearch, Match, Pattern
from tui_scheduler.services.logs.shown_lines import read_line
from tui_scheduler.services.views.runs import RunLog
from tui_scheduler.sizes import size_text
from tui_scheduler.wording import plural

_CELLS = 300


@dataclass(frozen=True, slots=True)
class FoundLog:
    """A run whose log has the text, and the first line that does; it may be cut."""

    run_id: int
    line: str


class ManyLogs:
    """Looks for ``wanted`` in logs; ``matches`` are those that have it, at most ``most`` of them.

    ``searched`` counts logs, and ``bytes`` what they have, also while it goes on in a thread;
    ``gone`` are those among them that had something and cannot be read any more.
    """

    def __init__(self, wanted: Pattern, most: int) -> None:
        self.wanted = wanted
        self.matches: list[FoundLog] = []
        self.searched = 0
        self.bytes = 0
        self.gone = 0
        self._most = most

    @property
    def is_full(self) -> bool:
        """Whether so many have it that no more are looked for."""
        return len(self.matches) >= self._most

    def summary(self, total: int) -> str:
        """Returns how far the search through the logs of ``total`` runs is, and its matches."""
        where = f"{self.searched:,} of {plural(total, 'run')}, {size_text(self.bytes)}"
        gone = f", {self.gone_text}" if self.gone else ""
        return f"“{self.wanted.text}” in the logs of {where}: {len(self.matches):,} found{gone}"

    @property
    def gone_text(self) -> str:
        """How many logs are gone, of runs that had written something."""
        return f"{plural(self.gone, 'log')} {'is' if self.gone == 1 else 'are'} gone"

    def go_on(self, logs: Iterable[RunLog], stop: Callable[[], bool]) -> None:
        """Search the ``logs``; ``stop`` is asked after each millisecond or so."""
        for log in logs:
            if self.is_full or stop():
                return
            line = self._line_in(log, stop)
            if line is not None:
                self.matches.append(FoundLog(log.run_id, line))
            elif stop():
                return
            self.searched += 1

    def _line_in(self, of_run: RunLog, stop: Callable[[], bool]) -> str | None:
        """Returns the first line of a log that has it; None if none has, or it was stopped."""
        log = LogFile(of_run.path)
        log.refresh()
        self.bytes += log.size
        self.gone += of_run.bytes > 0 and not log.is_there
        match = LogSearch(log, self.wanted).after(Match(0, -1), stop)
        if match is None:
            return None
        text = read_line(log, log.line_from(match.start), style=UNSTYLED).text
        start = next((start for start, _ in self.wanted.spans(text)), 0)
        return text[max(0, start - _CELLS // 2) :].strip()[:_CELLS]
