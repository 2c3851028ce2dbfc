"""Notices, as screens and commands show them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tui_scheduler.receivers import NoticeKind


class NoticeState(StrEnum):
    """What has become of a notice."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """A notice for one receiver; ``problem`` is why the last try to send it failed.

    ``run_id`` is None where it is of a request alone, whose runs do not come.
    """

    id: int
    key: str
    kind: NoticeKind
    receiver: str
    run_id: int | None
    request_id: int
    process: str
    in_a_row: int
    since: datetime | None
    created_at: datetime
    attempts: int
    next_try: datetime | None
    sent_at: datetime | None
    problem: str

    @property
    def state(self) -> NoticeState:
        """Whether it was sent, is still to be, or was given up."""
        if self.sent_at is not None:
            return NoticeState.SENT
        return NoticeState.GIVEN_UP if self.next_try is None else NoticeState.WAITING
