"""What ``serve`` tells: a line for whatever happens, made for a journal that adds the time."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from tui_scheduler.cli.runs.feed import Happening
from tui_scheduler.services.views.records import Record, iso, run_record
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.wording import RUN_STATUSES, exact_duration, signal_name

_UNTOLD = ("parameters", "command")  # which may hold what is nobody's business in a journal


class LogFormat(StrEnum):
    """How the lines are written: for people, or as one JSON document each."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Journal:
    """Writes lines to ``out``; nothing that a run printed is in them."""

    format: LogFormat
    zone: str
    out: Callable[[str], None]

    def say(self, text: str) -> None:
        """Tell of the scheduling itself."""
        if self.format is LogFormat.JSON:
            self._document({"event": "note", "at": iso(datetime.now(UTC), self.zone), "text": text})
        else:
            self.out(text)

    def tell(self, happening: Happening) -> None:
        """Tell that a run has started or ended."""
        run = happening.run
        if self.format is LogFormat.JSON:
            record = run_record(run, happening.at, self.zone)
            facts = {name: fact for name, fact in record.items() if name not in _UNTOLD}
            self._document({"event": happening.event, **facts})
        elif happening.event == "start":
            self.out(", ".join((f"{_title(run)}: started", *_beginning(run))))
        else:
            self.out(", ".join((f"{_title(run)}: {_outcome(run)}", *_details(run))))

    def _document(self, record: Record) -> None:
        self.out(json.dumps(record))


def _title(run: RunView) -> str:
    if run.is_group:
        return f"run {run.id} of group {run.process}"
    beneath = f" in run {run.parent_id} of group {run.group}" if run.parent_id is not None else ""
    return f"run {run.id} of {run.process}{beneath}"


def _beginning(run: RunView) -> Iterator[str]:
    if run.attempt > 1:
        yield f"attempt {run.attempt}"
    if run.place:
        yield f"on {run.place}"
    if run.job:
        yield f"job {run.job}"
    if run.pid is not None:
        yield f"pid {run.pid}"


def _outcome(run: RunView) -> str:
    word = RUN_STATUSES[run.status].word
    lasted = run.duration(run.end_time or run.scheduled_for)
    return word if lasted is None else f"{word} after {exact_duration(lasted)}"


def _details(run: RunView) -> Iterator[str]:
    if run.signal is not None:
        yield signal_name(run.signal)
    elif run.exit_code:
        yield f"exit code {run.exit_code}"
    if run.note:
        yield run.note
