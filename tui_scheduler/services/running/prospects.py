"""What a look may find, asked in one question: most looks find nothing, or one kind of thing."""

from datetime import datetime
from typing import NamedTuple

from peewee import SQL, Select, fn

from tui_scheduler.models import Process, Request, Run, RunLock
from tui_scheduler.models.prepared import Prepared, slot
from tui_scheduler.services.running.prepared_queries import IS_SCHEDULED, NOBODY_HAS_TAKEN

_ONE = SQL("1")
_IN_PAUSE = Request.paused_fire.is_null(False)
_in_line = RunLock.select(_ONE).where(RunLock.held == SQL("0"), RunLock.due_at.is_null())
_later_in_line = RunLock.select(_ONE).where(RunLock.due_at.is_null(False))


class Prospects(NamedTuple):
    """Whether there is anything of a kind; what there is may not be free to begin for all that.

    ``pauses`` have ended in which something fell due, ``requests`` are due, ``runs`` were taken by
    nobody, and some of them are ``in_line`` for locks. ``elsewhere``: some processes run in
    clusters.
    """

    pauses: bool
    requests: bool
    runs: bool
    in_line: bool
    elsewhere: bool

    @property
    def has_work(self) -> bool:
        """Whether a look may find something to do."""
        return self.pauses or self.requests or self.runs


def prospects_at(now: datetime) -> Prospects:
    """Returns what there is to be looked for at this moment."""
    [row] = _PROSPECTS.rows(now=now)
    return Prospects(*row)


_PROSPECTS = Prepared(
    Select(
        [],
        [
            fn.EXISTS(
                Request.select(_ONE).where(
                    IS_SCHEDULED, _IN_PAUSE, Request.paused_until <= slot("now", Request.next_fire)
                )
            ),
            fn.EXISTS(
                Request.select(_ONE).where(
                    IS_SCHEDULED,
                    Request.paused_fire.is_null(),
                    Request.next_fire <= slot("now", Request.next_fire),
                )
            ),
            fn.EXISTS(Run.select(_ONE).where(*NOBODY_HAS_TAKEN)),
            fn.EXISTS(_in_line) | fn.EXISTS(_later_in_line),
            fn.EXISTS(Process.select(_ONE).where(Process.runs_on.is_null(False))),
        ],
    ),
    *[Run.needs_locks] * len(Prospects._fields),
)
