"""The notices that are to be sent, those that were, and those that were given up."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tui_scheduler.models import Notice, rows, transaction
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import NoticesChanged
from tui_scheduler.services.notices import listing
from tui_scheduler.services.notices.message import Message, compose
from tui_scheduler.services.notices.overdue import Overdue, overdue, tell_overdue
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.views.notices import NoticeView

_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
_GIVEN_UP_AFTER = timedelta(days=1)
_KEPT = timedelta(days=90)
_FIELDS = (
    "id",
    "key",
    "kind",
    "receiver",
    "run_id",
    "request_id",
    "process",
    "in_a_row",
    "since",
    "created_at",
    "attempts",
    "next_try",
    "sent_at",
    "problem",
)


@dataclass(frozen=True, slots=True)
class Unsent:
    """How many notices a receiver did not get, yet or at all, and why the last try failed."""

    receiver: str
    waiting: int
    given_up: int
    problem: str


class Notices:
    """The outbox, from which whoever schedules sends."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def due(self, limit: int) -> list[NoticeView]:
        """Returns what is to be sent now, oldest first."""
        return _views(
            Notice.select()
            .where(Notice.next_try.is_null(False), Notice.next_try <= self._context.clock.now())
            .order_by(Notice.id)
            .limit(limit)
        )

    def next_try(self) -> datetime | None:
        """Returns when something is to be sent next; None if nothing is."""
        waiting: Any = Notice.select(Notice.next_try).where(Notice.next_try.is_null(False))
        moment: datetime | None = waiting.order_by(Notice.next_try).limit(1).scalar()
        return moment

    def latest(self, limit: int, *, failed: bool = False) -> list[NoticeView]:
        """Returns the newest notices, newest first; those alone that could not be sent yet."""
        query = Notice.select().order_by(Notice.id.desc()).limit(limit)
        if failed:
            query = query.where(Notice.sent_at.is_null(), Notice.problem != "")
        return _views(query)

    def unsent(self) -> list[Unsent]:
        """Returns which receivers do not work: what waits after a try, or was given up lately."""
        lately = self._context.clock.now() - 2 * _GIVEN_UP_AFTER
        tried: Any = Notice.select(Notice.receiver, Notice.next_try, Notice.problem).where(
            Notice.sent_at.is_null(),
            Notice.problem != "",
            Notice.next_try.is_null(False) | (Notice.created_at > lately),
        )
        tries: dict[str, list[tuple[bool, str]]] = defaultdict(list)
        for receiver, next_try, problem in rows(tried.order_by(Notice.id)):
            tries[receiver].append((next_try is None, problem))
        return [
            Unsent(
                receiver=receiver,
                waiting=sum(not is_over for is_over, _ in each),
                given_up=sum(is_over for is_over, _ in each),
                problem=each[-1][1],
            )
            for receiver, each in tries.items()
        ]

    def message(self, notices: Sequence[NoticeView], lines: int) -> Message:
        """Returns what is sent of one notice, or of several to one receiver at once.

        It holds the last ``lines`` lines of the log of a run. Reads files, so not for a loop.
        """
        return compose(self._context, notices, lines)

    def sent(self, notices: Sequence[NoticeView], digest: str | None = None) -> None:
        """Record that they were sent, together with ``digest`` if it is not one alone."""
        with transaction():
            _of(
                notices, sent_at=self._context.clock.now(), next_try=None, digest=digest, problem=""
            )
            self._context.tell(NoticesChanged())

    def failed(
        self, notices: Sequence[NoticeView], problem: str, after: timedelta = timedelta()
    ) -> None:
        """Record why they could not be sent, and when it is tried again, if at all.

        The receiver may have asked to be left alone until ``after``.
        """
        now = self._context.clock.now()
        with transaction():
            for notice in notices:
                attempts = notice.attempts + 1
                pause = max(_PAUSES[min(attempts, len(_PAUSES)) - 1], after)
                is_over = now + pause - notice.created_at > _GIVEN_UP_AFTER
                next_try = None if is_over else now + pause
                _of([notice], attempts=attempts, next_try=next_try, problem=problem)
            self._context.tell(NoticesChanged())

    def overdue(self) -> list[Overdue]:
        """Returns which runs go on for too long, and which requests are silent."""
        return overdue(self._context)

    def tell_overdue(self, cases: list[Overdue]) -> None:
        """Create the notices of these cases, each once."""
        tell_overdue(self._context, cases)

    def page(self, window: Window, *, failed: bool = False) -> Page[NoticeView]:
        """Returns the part of the list that a table shows; those alone that could not be sent."""
        return listing.page(window, failed=failed)

    def get(self, notice_id: int) -> NoticeView:
        """Returns one of them; raises NotFound."""
        return listing.one(notice_id)

    def prune(self) -> None:
        """Remove what was sent, or given up, long ago."""
        with transaction():
            Notice.delete().where(
                Notice.next_try.is_null(), Notice.created_at < self._context.clock.now() - _KEPT
            ).execute()


def _of(notices: Sequence[NoticeView], **columns: Any) -> None:
    """Change notices that nobody else has sent or given up."""
    Notice.update(**columns).where(
        Notice.id.in_([notice.id for notice in notices]), Notice.next_try.is_null(False)
    ).execute()


def _views(query: Any) -> list[NoticeView]:
    return [NoticeView(**{name: getattr(row, name) for name in _FIELDS}) for row in query]
