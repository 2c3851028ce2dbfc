"""What the pane below the notices tells of one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from tui_scheduler.receivers import Notifying
from tui_scheduler.services.views.notices import NoticeView
from tui_scheduler.tui.content import lines, named, toned
from tui_scheduler.tui.screens.notices.columns import KINDS, STATES
from tui_scheduler.wording import countdown, day_and_time, plural


@dataclass(frozen=True, slots=True)
class NoticeDetails:
    """A notice, and its receiver as it may be shown."""

    notice: NoticeView
    receiver: str

    @property
    def title(self) -> str:
        """The heading of the pane."""
        return f"{self.notice.process} · {KINDS[self.notice.kind].word}"


def details_of(notice: NoticeView, notifying: Notifying) -> NoticeDetails:
    """Returns all that is shown of ``notice``."""
    receiver = notifying.receivers.get(notice.receiver)
    is_gone = f"{notice.receiver} (not configured any more)"
    return NoticeDetails(notice, is_gone if receiver is None else receiver.title())


def details_text(details: NoticeDetails, now: datetime, zone: str) -> tuple[Content, ...]:
    """What it is about, and what has become of it, at this moment on the clocks of ``zone``."""

    def when(moment: datetime | None) -> str:
        return day_and_time(moment, zone, now, in_seconds=True) if moment else ""

    notice = details.notice
    return (
        lines(*_subject(details, when(notice.since))),
        lines(*_outcome(notice, now, when(notice.sent_at))),
    )


def _subject(details: NoticeDetails, since: str) -> Iterator[Content]:
    notice = details.notice
    yield named("Receiver", details.receiver)
    yield named("Request", str(notice.request_id))
    yield named("Run", "none has succeeded" if notice.run_id is None else str(notice.run_id))
    if notice.in_a_row:
        yield named("In a row", plural(notice.in_a_row, "failure"))
    if since:
        yield named("Since", since)


def _outcome(notice: NoticeView, now: datetime, sent_at: str) -> Iterator[Content]:
    yield named("State", _state(notice, now, sent_at))
    if notice.problem:
        yield named("Problem", notice.problem)
        yield named("Try it", f"tui-scheduler notify test {notice.receiver}")
    if notice.attempts:
        yield named("Tries", f"{notice.attempts} failed")


def _state(notice: NoticeView, now: datetime, sent_at: str) -> Content:
    look = STATES[notice.state]
    text = f"{look.glyph} {look.word}"
    if sent_at:
        text += f" {sent_at}"
    elif notice.next_try is not None and notice.problem:
        text += f", again {countdown(notice.next_try, now)}"
    return toned(text, look.tone)
