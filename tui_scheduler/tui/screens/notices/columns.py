"""The columns of the notices, from those that stay on a narrow terminal to those that go first."""

from collections.abc import Mapping
from datetime import datetime

from rich.text import Text

from tui_scheduler.receivers import NoticeKind
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.views.notices import NoticeState, NoticeView
from tui_scheduler.tui.format import StatusLook, cell
from tui_scheduler.tui.widgets.table.table import Column
from tui_scheduler.wording import countdown, past_moment

KINDS: Mapping[NoticeKind, StatusLook] = {
    NoticeKind.FAILED: StatusLook("✗", "failed", "error"),
    NoticeKind.RECOVERED: StatusLook("✓", "recovered", "success"),
    NoticeKind.SLOW: StatusLook("◷", "slow", "warning"),
    NoticeKind.SILENT: StatusLook("?", "silent", "warning"),
    NoticeKind.MISSED: StatusLook("○", "missed", "warning"),
    NoticeKind.STARTED: StatusLook("►", "started", "muted"),
    NoticeKind.ENDED: StatusLook("■", "ended", "muted"),
}
STATES: Mapping[NoticeState, StatusLook] = {
    NoticeState.SENT: StatusLook("✓", "sent", "success"),
    NoticeState.WAITING: StatusLook("◌", "waiting", "warning"),
    NoticeState.GIVEN_UP: StatusLook("✗", "given up", "error"),
}


def notice_columns(clock: Clock, zone: str) -> tuple[Column[NoticeView], ...]:
    """Returns every column in its order; times are on the clocks of ``zone``."""

    def when(notice: NoticeView) -> Text:
        return cell(past_moment(notice.created_at, zone, clock.now()), "muted")

    def state(notice: NoticeView) -> Text:
        return state_text(notice, clock.now())

    return (
        Column("id", "When", when, min_width=8, align="right"),
        Column("kind", "Kind", _kind, width=11, ticks=False),
        Column("receiver", "Receiver", _receiver, min_width=12, ticks=False, is_searched=True),
        Column("process", "Process", _process, min_width=14, ticks=False, is_searched=True),
        Column("run", "Run", _run, min_width=5, align="right", priority=2, ticks=False),
        Column("state", "State", state, min_width=17, sortable=False),
        Column(
            "problem", "Problem", _problem, min_width=12, sortable=False, priority=1, ticks=False,
            is_searched=True,
        ),
    )  # fmt: skip


def state_text(notice: NoticeView, now: datetime) -> Text:
    """Returns what has become of it; of what waits after a try, when the next one is."""
    look = STATES[notice.state]
    if notice.next_try is None or not notice.problem:
        return look.text
    return Text(f"{look.glyph} again {countdown(notice.next_try, now)}", look.tone, no_wrap=True)


def _kind(notice: NoticeView) -> Text:
    return KINDS[notice.kind].text


def _receiver(notice: NoticeView) -> Text:
    return cell(notice.receiver)


def _process(notice: NoticeView) -> Text:
    return cell(notice.process, "strong")


def _run(notice: NoticeView) -> Text:
    return cell("" if notice.run_id is None else str(notice.run_id), "muted")


def _problem(notice: NoticeView) -> Text:
    return cell(notice.problem, "muted")
