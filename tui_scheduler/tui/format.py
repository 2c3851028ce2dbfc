"""How statuses and outside text look on every screen; the words are those of ``wording``."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from rich.text import Text

from tui_scheduler.models import RequestStatus, RunStatus
from tui_scheduler.services.norms import Norm, PastRun
from tui_scheduler.text import plain
from tui_scheduler.wording import PAUSED, REQUEST_STATUSES, RUN_STATUSES, SUBMITTED, StatusWords

_SECOND = timedelta(seconds=1)
_MINUTE, _HOUR = 60, 3600  # seconds

_RUN_TONES: Mapping[str, str] = {
    RunStatus.QUEUED: "primary",
    SUBMITTED: "primary",
    RunStatus.PROCESSING: "accent",
    RunStatus.SUCCESS: "success",
    RunStatus.ERROR: "error",
    RunStatus.KILLED: "warning",
    RunStatus.TIMED_OUT: "error",
    RunStatus.LOST: "error",
    RunStatus.MISFIRED: "warning",
    RunStatus.SKIPPED: "muted",
}
_REQUEST_TONES: Mapping[str, str] = {
    RequestStatus.NEW: "primary",
    RequestStatus.SCHEDULED: "success",
    PAUSED: "warning",
    RequestStatus.UNSCHEDULED: "muted",
    RequestStatus.COMPLETE: "muted",
}


@dataclass(frozen=True, slots=True)
class StatusLook:
    """A status as glyph, word and tone; never one of them alone.

    ``tone`` is one of ``widgets.table.style.TONES``, which the style sheets give colours to.
    """

    glyph: str
    word: str
    tone: str

    @classmethod
    def of(cls, words: StatusWords, tone: str) -> "StatusLook":
        """Returns the look of a status that is said in ``words``."""
        return cls(words.glyph, words.word, tone)

    @property
    def text(self) -> Text:
        """Glyph and word for a table cell."""
        return Text(f"{self.glyph} {self.word}", style=self.tone, no_wrap=True)


RUN_LOOKS: Mapping[str, StatusLook] = {
    state: StatusLook.of(RUN_STATUSES[state], tone) for state, tone in _RUN_TONES.items()
}
"""The look of each state that a run can be in, as it is said."""

REQUEST_LOOKS: Mapping[str, StatusLook] = {
    state: StatusLook.of(REQUEST_STATUSES[state], tone) for state, tone in _REQUEST_TONES.items()
}
"""The look of each state that a request can be in, as it is said."""


_TIMELINE_TONES: Mapping[str, str] = {
    "late": "warning",
    "overdue": "warning",
    "collides": "warning",
    "change": "warning",
    "fire": "primary",
    "expected": "muted",
    "left_out": "muted",
    "midnight": "muted",
    "now": "accent",
}


def timeline_tone(state: str) -> str:
    """Returns the tone of what a timeline draws in a state; empty for none."""
    return RUN_LOOKS[state].tone if state in RUN_LOOKS else _TIMELINE_TONES.get(state, "")


GROUP = "≡"
"""Sets the name of a group apart from those of processes."""


HEIGHTS = "▁▂▃▄▅▆▇"
"""Of the bars of a strip, none of them so high that lines below each other touch."""

_USUAL = HEIGHTS.index("▄")


def strip_signs(runs: Sequence[PastRun], length: int) -> Iterator[tuple[str, str]]:
    """Yields a sign and its tone for each of the last ``length`` runs, the newest last.

    That of a success is as high as it took long: in the middle what is usual among them, at the top
    what took twice as long or more. Others have the glyph of what became of them.
    """
    newest = runs[-length:]
    norm = Norm.of([run.took for run in newest if _is_success(run) and run.took is not None])
    for run in newest:
        look = RUN_LOOKS[run.status]
        took = run.took if _is_success(run) else None
        yield (look.glyph if took is None or norm is None else _height(norm.times(took))), look.tone


def _is_success(run: PastRun) -> bool:
    return run.status is RunStatus.SUCCESS


def _height(times_usual: float) -> str:
    return HEIGHTS[min(round(times_usual * _USUAL), len(HEIGHTS) - 1)]


def strip(runs: Sequence[PastRun], length: int) -> Text:
    """Returns the signs of the last ``length`` runs as a table cell, the newest at the right."""
    text = Text(no_wrap=True)
    for tone, signs in groupby(strip_signs(runs, length), key=itemgetter(1)):
        text.append("".join(sign for sign, _ in signs), tone)
    return text


def cell(text: str, tone: str = "") -> Text:
    """Returns outside text as a table cell: one harmless line."""
    return Text(plain(text), style=tone, no_wrap=True)


def distances(moments: Iterable[datetime | None], now: datetime) -> tuple[int | None, ...]:
    """Returns what all words for how far these moments are change with.

    That is the seconds until then or since, within an hour; beyond that they are told by minutes.
    """
    return tuple(None if moment is None else _distance(moment, now) for moment in moments)


def _distance(moment: datetime, now: datetime) -> int:
    is_ahead = moment > now
    seconds = (moment - now if is_ahead else now - moment) // _SECOND
    rounded = seconds if seconds < _HOUR else seconds - seconds % _MINUTE
    return rounded if is_ahead else ~rounded
