"""Leaving while runs are going: which they are, and what is to become of them."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto

from tui_scheduler.services.views import RunView
from tui_scheduler.tui.format import RUN_LOOKS, plural, rough
from tui_scheduler.tui.screens.dialogs.question import Answer, Question

_MOST_NAMED = 8


class Leaving(Enum):
    """What to do about runs that are going."""

    STAY = auto()
    LEAVE_RUNNING = auto()
    STOP = auto()


class QuitQuestion(Question[Leaving]):
    """Names what is going; staying is the safe answer."""

    def __init__(self, runs: Sequence[RunView], now: datetime) -> None:
        answers = [
            Answer("s", "Stay", Leaving.STAY),
            Answer("l", "Leave running", Leaving.LEAVE_RUNNING),
            Answer("x", "Stop them and quit", Leaving.STOP, is_dangerous=True),
        ]
        super().__init__("Quit", quit_text(runs, now), answers, safe=Leaving.STAY)


def quit_text(runs: Sequence[RunView], now: datetime) -> str:
    """What is going, and what leaving means for it."""
    lines = [f"{plural(len(runs), 'run')} {'is' if len(runs) == 1 else 'are'} going:", ""]
    lines += [run_line(run, now) for run in runs[:_MOST_NAMED]]
    if len(runs) > _MOST_NAMED:
        lines.append(f"  and {len(runs) - _MOST_NAMED:,} more")
    goes_on, end = ("it goes on", "it ends") if len(runs) == 1 else ("they go on", "they end")
    lines += ["", f"Left running, {goes_on}, and whoever schedules next records how {end}."]
    return "\n".join(lines)


def run_line(run: RunView, now: datetime) -> str:
    """One run as dialogs name it."""
    look = RUN_LOOKS[run.status]
    since = run.duration(now)
    how_long = look.word if since is None else f"{look.word} for {rough(since)}"
    return f"{look.glyph} #{run.id} {run.process}, {how_long}"
