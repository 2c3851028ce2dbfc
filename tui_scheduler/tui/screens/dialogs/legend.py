"""What the glyphs on the screens mean, for the help."""

from collections.abc import Mapping

from textual.content import Content

from tui_scheduler.models import RequestStatus, RunStatus
from tui_scheduler.services.queries.filter_words import WORDS
from tui_scheduler.tui.content import toned
from tui_scheduler.tui.format import GROUP, REQUEST_LOOKS, RUN_LOOKS, StatusLook, timeline_tone
from tui_scheduler.wording import PAUSED, SUBMITTED, TIMELINE_SIGNS

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
_REQUESTS: Mapping[str, str] = {
    RequestStatus.NEW: "Was never scheduled",
    RequestStatus.SCHEDULED: "Runs by its plan",
    PAUSED: "Does not run by its plan for a while: S lets it go on",
    RequestStatus.UNSCHEDULED: "Its plan was stopped by somebody",
    RequestStatus.COMPLETE: "Its plan has come to its end",
}

_TIMELINE = (
    ("ran", RunStatus.SUCCESS, "ran", "How long a run took, behind the sign of its outcome"),
    ("late", "late", "late", "From when it should have begun to when it did"),
    ("many", RunStatus.SUCCESS, "many", "Several runs, of which none failed"),
    ("fire", "fire", "to come", "Will begin then"),
    ("expected", "expected", "expected", "How long it usually takes"),
    ("many_fires", "fire", "many", "Will begin several times"),
    ("collides", "collides", "collides", "Begins while the one before usually still runs"),
    ("many_collide", "collides", "collide", "Several begin, each while the one before still runs"),
    ("fire", "overdue", "overdue", "Should have begun, and has not yet"),
    ("left_out", "left_out", "left out", "Would begin, were it not for a day that is left out"),
    ("at_once", "collides", "at once", "How many run at once, over the lanes: the most stand out"),
    ("unknown", "expected", "not known", "More will begin than is looked at so far ahead"),
    ("now", "now", "now", "What is left of it was, what is right of it is to come"),
    ("midnight", "midnight", "midnight", "A day begins, or if days are short a week"),
    ("change", "change", "clocks", "The clocks are changed"),
)
"""What is drawn, in which state, how it is called and what it means."""

Legend = Mapping[str, list[tuple[Content, str]]]


def legend(*, of_timeline: bool = False) -> Legend:
    """Returns glyphs and words in their colours, filter words, and what all mean, by heading.

    With ``of_timeline`` what a timeline is drawn with comes first.
    """
    runs = [(_sign(RUN_LOOKS[state]), meaning) for state, meaning in _RUNS.items()]
    requests = [(_sign(REQUEST_LOOKS[status]), text) for status, text in _REQUESTS.items()]
    group = (Content(f"{GROUP} group"), "Processes that run step by step")
    runs.append((toned("▂▄▇", "success"), "Successes in a row; ▄ took as long as usual"))
    words = [(Content(word.example), word.meaning) for word in WORDS.values()]
    times = {
        "Signs of the timeline": [
            (toned(f"{TIMELINE_SIGNS[sign]} {word}", timeline_tone(state)), meaning)
            for sign, state, word, meaning in _TIMELINE
        ]
    }
    return {
        **(times if of_timeline else {}),
        "Signs of runs": runs,
        "Signs of requests": [*requests, group],
        "Words of the monitor's filter": words,
    }


def _sign(look: StatusLook) -> Content:
    return toned(f"{look.glyph} {look.word}", look.tone)
