"""What must be true of requests that follow others: each end that they await is one row.

What a clock says that is wrong decides which ends those are, and nobody knows it afterwards: of a
world whose clock was ever wrong only that is checked that no end is followed twice, nor one that
nobody awaits.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from tests.simulation.stored import Row
from tui_scheduler.models import RunStatus
from tui_scheduler.schedules import Outcome, Plan
from tui_scheduler.services.views.requests import RequestView

_FAILED = (RunStatus.ERROR, RunStatus.TIMED_OUT, RunStatus.LOST)
_OUTCOMES = {
    Outcome.SUCCESS: (RunStatus.SUCCESS,),
    Outcome.FAILURE: _FAILED,
    Outcome.END: (RunStatus.SUCCESS, *_FAILED, RunStatus.KILLED),
}


@dataclass(slots=True)
class _Follower:
    """A plan that was started, and what has come of it; ``since`` is its first row."""

    plan: Plan
    scheduled_at: datetime
    since: int
    is_open: bool = True
    rows: dict[int, Row] = field(default_factory=dict)


@dataclass(slots=True)
class Links:
    """The requests that follow others, and all ends that were ever seen."""

    followers: dict[int, _Follower] = field(default_factory=dict)
    ends: dict[int, Row] = field(default_factory=dict)
    known: dict[int, Row] = field(default_factory=dict)
    was_wrong: bool = False
    """Whether the clock ever was."""

    def started(self, request: RequestView, since: int) -> None:
        """Note that a plan was started."""
        assert request.next_fire is None, "nobody knows when it fires"
        assert request.scheduled_at is not None
        self.followers[request.id] = _Follower(request.plan, request.scheduled_at, since)

    def stopped(self, request_id: int) -> None:
        """Note that a plan was stopped."""
        if request_id in self.followers:
            self.followers[request_id].is_open = False

    def look(self, history: dict[int, Row], pending: Counter[int]) -> None:
        """Check that each end that is awaited has its row, once."""
        self.known |= history
        self.ends |= {number: row for number, row in history.items() if row.end_time is not None}
        for request_id, follower in self.followers.items():
            follower.rows |= {
                row.id: row
                for row in history.values()
                if row.request_id == request_id and row.id >= follower.since and row.is_fire
            }
            self._check(request_id, follower, pending[request_id])

    def _check(self, request_id: int, follower: _Follower, pending: int) -> None:
        rows = follower.rows.values()
        twice = [end for end, count in Counter(r.after_run for r in rows).items() if count > 1]
        assert not twice, f"ends that request {request_id} follows twice: {twice}"
        awaited = [row for row in self.ends.values() if self._is_awaited(row, follower)]
        numbers = {row.id for row in awaited}
        for row in rows:
            assert row.after_run is not None, f"{row} follows nothing"
            is_known = row.after_run in numbers or self.was_wrong
            assert is_known, f"{row} follows an end that nobody awaits"
        accounted = sum(max(row.missed, 1) for row in rows) + pending
        if follower.is_open and not self.was_wrong and follower.plan.repetitions is None:
            assert accounted == len(awaited), (
                f"request {request_id} has followed {accounted} of {len(awaited)} ends: {rows},"
                f" {awaited}"
            )

    def _is_awaited(self, row: Row, follower: _Follower) -> bool:
        assert row.end_time is not None
        never_ran = row.status is RunStatus.KILLED and not row.has_begun
        return (
            row.process == follower.plan.follows
            and row.status in _OUTCOMES[follower.plan.outcome]
            and not never_ran
            and row.end_time > follower.scheduled_at
            and not self._is_tried_again(row)
        )

    def _is_tried_again(self, row: Row) -> bool:
        assert row.end_time is not None
        return any(
            other.attempt == row.attempt + 1
            and other.request_id == row.request_id
            and other.process_id == row.process_id
            and other.parent_id == row.parent_id
            and other.scheduled_for == row.end_time + row.retry_delay
            for other in self.known.values()
        )
