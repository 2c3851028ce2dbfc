"""Questions with a few answers: buttons, arrow keys and letters; escape is the safe answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from tui_scheduler.services.views.overview import Upcoming
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.text import plain
from tui_scheduler.tui.dialog import Dialog
from tui_scheduler.tui.format import RUN_LOOKS
from tui_scheduler.wording import compact_duration, countdown, cut, planned_moment, plural

_LONGEST_COPY = 60  # characters shown of what can be copied
_MOST_BESIDE = 60  # cells for answers in a line, so that it fits into most terminals
_BESIDE_LABEL = 8  # cells of a button beside its label
_MOST_NAMED = 8

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """One answer: the letter that gives it, what its button says, and what it means."""

    key: str
    label: str
    value: T
    is_dangerous: bool = False


class Question(Dialog[T]):
    """Asks, and is dismissed with the value of the answer.

    ``safe`` has the focus and is what escape answers; if no answer has this value, the first one
    has the focus.
    """

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left,up,h,k",
            "app.focus_previous",
            "Before",
            id="dialog.previous",
            tooltip="Go to the answer before",
        ),
        Binding(
            "right,down,l,j",
            "app.focus_next",
            "Next",
            id="dialog.next",
            tooltip="Go to the next answer",
        ),
        Binding(
            "escape",
            "give_safe_answer",
            "Cancel",
            id="dialog.cancel",
            tooltip="Close the dialog and change nothing",
        ),
    ]

    def __init__(self, title: str, text: str, answers: Sequence[Answer[T]], safe: T) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._answers = tuple(answers)
        self._safe = safe

    def compose_body(self) -> ComposeResult:
        """Lay out the question and a button for each answer."""
        with Vertical(id="question") as box:
            box.border_title = Content(plain(self._title))
            yield Static(Content(plain(self._text, newlines=True)), id="question-text")
            with Horizontal(id="answers", classes="-stacked" * self._is_wide):
                for number, answer in enumerate(self._answers):
                    label = Content.assemble((answer.key, "bold underline"), " ", answer.label)
                    button = Button(label, id=f"answer-{number}", compact=True)
                    button.set_class(answer.is_dangerous, "-danger")
                    yield button

    @property
    def _is_wide(self) -> bool:
        """Whether the answers are too long to stand beside each other."""
        cells = sum(len(answer.label) + _BESIDE_LABEL for answer in self._answers)
        return cells > _MOST_BESIDE

    async def begin(self) -> None:
        """Put the focus on the answer that changes nothing."""
        values = [answer.value for answer in self._answers]
        focused = values.index(self._safe) if self._safe in values else 0
        self.query(f"#answer-{focused}").focus()

    def on_key(self, event: events.Key) -> None:
        """Take the letter of an answer."""
        for answer in self._answers:
            if event.character == answer.key:
                event.stop()
                event.prevent_default()
                self.dismiss(answer.value)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the answer of a button."""
        event.stop()
        number = int(str(event.button.id).removeprefix("answer-"))
        self.dismiss(self._answers[number].value)

    def action_give_safe_answer(self) -> None:
        """Close with the answer that changes nothing."""
        self.dismiss(self._safe)


class ConfirmDialog(Question[bool]):
    """Asks before doing something; No has the focus, ``y`` and ``n`` answer too."""

    def __init__(
        self, title: str, text: str, *, yes: str = "Yes", no: str = "No", danger: bool = True
    ) -> None:
        answers = [Answer("n", no, False), Answer("y", yes, True, is_dangerous=danger)]
        super().__init__(title, text, answers, safe=False)


class DiscardQuestion(ConfirmDialog):
    """Asks before what was entered in a form is lost."""

    def __init__(self) -> None:
        text = "What you entered in this form is not saved yet."
        super().__init__("Discard the changes?", text, yes="Discard", no="Keep editing")


class CopyQuestion(Question[str | None]):
    """Offers ``choices``: the letter, what it is called and the text; gives the text, or None."""

    def __init__(self, choices: Sequence[tuple[str, str, str]]) -> None:
        text = "\n".join(f"{label:<12}{_short(value)}" for _, label, value in choices)
        answers: list[Answer[str | None]] = [
            Answer(key, label, value) for key, label, value in choices
        ]
        super().__init__("Copy", text, answers, safe=None)


def _short(text: str) -> str:
    return cut(plain(text), _LONGEST_COPY)


class QuitAnswer(Enum):
    """What to do about runs that are going, and about what nobody would schedule then."""

    STAY = auto()
    KEEP_SCHEDULING = auto()
    LEAVE_RUNNING = auto()
    STOP = auto()


class QuitQuestion(Question[QuitAnswer]):
    """Names what is going, and ``upcoming`` if nobody schedules it then; staying is safe."""

    def __init__(
        self,
        runs: Sequence[RunView],
        upcoming: Upcoming,
        now: datetime,
        zone: str,
        *,
        can_keep: bool,
    ) -> None:
        keep = Answer("b", "Keep scheduling in the background", QuitAnswer.KEEP_SCHEDULING)
        end_runs = [
            Answer("l", "Leave running", QuitAnswer.LEAVE_RUNNING),
            Answer("x", "Stop them and quit", QuitAnswer.STOP, is_dangerous=True),
        ]
        answers = [
            Answer("s", "Stay", QuitAnswer.STAY),
            *([keep] if can_keep else []),
            *(end_runs if runs else [Answer("q", "Quit", QuitAnswer.LEAVE_RUNNING)]),
        ]
        texts = [missed_text(upcoming, now, zone)] if upcoming.count else []
        texts += [quit_text(runs, now)] if runs else []
        super().__init__("Quit", "\n\n".join(texts), answers, safe=QuitAnswer.STAY)


def missed_text(upcoming: Upcoming, now: datetime, zone: str) -> str:
    """What fires first of all that nobody would schedule."""
    fires = [
        f"{name} at {planned_moment(at, zone, now)}, {countdown(at, now)}"
        for name, at in upcoming.first
    ]
    if len(fires) == upcoming.count == 1:
        return f"Nobody schedules then: {fires[0]}"
    if not fires:
        awaiting = plural(upcoming.count, "request")
        return f"Nobody schedules then {awaiting} that await a boot, or the end of another run"
    rest = upcoming.count - len(fires)
    more = [f"and {plural(rest, 'other request')}"] if rest else []
    return "\n".join(["Nobody schedules then:", *(f"  {line}" for line in (*fires, *more))])


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
    look = RUN_LOOKS[run.state]
    since = run.wait(now) if run.start_time is None else run.duration(now)
    how_long = look.word if since is None else f"{look.word} for {compact_duration(since)}"
    where = f" on {run.place}" if run.place else ""
    return f"{look.glyph} #{run.id} {run.process}, {how_long}{where}"
