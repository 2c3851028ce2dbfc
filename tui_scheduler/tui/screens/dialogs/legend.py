"""What the glyphs on the screens mean, for the help."""

from collections.abc import Mapping

from textual.content import Content

from tui_scheduler.models import RequestStatus, RunStatus
from tui_scheduler.services.queries.filter_words import WORDS
from tui_scheduler.tui.content import toned
from tui_scheduler.tui.format import GROUP, REQUEST_LOOKS, RUN_LOOKS, StatusLook
from tui_scheduler.wording import SUBMITTED

_RUNS: Mapping[str, str] = {
    RunStatus.QUEUED: "Waits until it may start",
    SUBMITTED: "Waits in the queue of a cluster",
    RunStatus.PROCESSING: "Has begun and not ended yet",
    RunStatus.SUCCESS: "Ended well",
    RunStatus.ERROR: "Ended with an error, or could not start",
    RunStatus.KILLED: "Was ended by somebody",
    RunStatus.TIMED_OUT: "Was ended, as it took longer than its timeout",
    RunStatus.LOST: "Nobody saw how it ended",
    RunStatus.MISFIRED: "Was due while nothing could start it",
    RunStatus.SKIPPED: "Was left out; its note says why",
}
_REQUESTS: Mapping[RequestStatus, str] = {
    RequestStatus.NEW: "Was never scheduled",
    RequestStatus.SCHEDULED: "Runs by its plan",
    RequestStatus.UNSCHEDULED: "Its plan was stopped by somebody",
    RequestStatus.COMPLETE: "Its plan has come to its end",
}

Legend = Mapping[str, list[tuple[Content, str]]]


def legend() -> Legend:
    """Returns glyphs and words in their colours, filter words, and what all mean, by heading."""
    runs = [(_sign(RUN_LOOKS[state]), meaning) for state, meaning in _RUNS.items()]
    requests = [(_sign(REQUEST_LOOKS[status]), text) for status, text in _REQUESTS.items()]
    group = (Content(f"{GROUP} group"), "Processes that run one after the other")
    runs.append((toned("▂▄▇", "success"), "Successes in a row; ▄ took as long as usual"))
    words = [(Content(word.example), word.meaning) for word in WORDS.values()]
    return {
        "Signs of runs": runs,
        "Signs of requests": [*requests, group],
        "Words of the monitor's filter": words,
    }


def _sign(look: StatusLook) -> Content:
    return toned(f"{look.glyph} {look.word}", look.tone)
