"""What a user can do with runs: read the history, trigger, stop, delete."""

from collections.abc import Collection, Mapping

from peewee import fn

from tui_scheduler.clusters import cluster_at
from tui_scheduler.errors import NotFound, Refused
from tui_scheduler.models import (
    Channel,
    KillRequest,
    Request,
    Run,
    RunStatus,
    after_commit,
    rows,
    transaction,
)
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RunChanged
from tui_scheduler.services.norms import TrackRecord
from tui_scheduler.services.parameters.variables import dump_variables, load_variables
from tui_scheduler.services.queries import norms
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.queries.runs import list as run_list
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.removal import logs_of, refuse_open, unlink_logs
from tui_scheduler.services.requests import refuse_unfit
from tui_scheduler.services.running.run_creation import NewRun
from tui_scheduler.services.running.run_ending import create_run
from tui_scheduler.services.running.whole_rows import request_of
from tui_scheduler.services.secret_values import secrets_of
from tui_scheduler.services.validation import parameter_problems, refuse
from tui_scheduler.services.views.runs import RunLog, RunRow, RunView
from tui_scheduler.wording import RUN_STATUSES

LOGS_AT_ONCE = 500


class Runs:
    """The history of executions, and of fires that did not execute."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def get(self, run_id: int) -> RunView:
        """One run; raises NotFound."""
        return run_list.one(self._context, run_id)

    def secrets(self, run: RunView) -> list[str]:
        """The values that are not to be seen in what is shown of a run."""
        return secrets_of(run.request_id, run)

    def last_good(self, run: RunRow) -> RunView:
        """What to compare the log of ``run`` with: the last run before it that succeeded.

        One of its request if there is any, else of its process. Raises NotFound.
        """
        return run_list.last_good(self._context, run)

    def those(self, ids: Collection[int]) -> list[RunView]:
        """Those of the runs ``ids`` that are left, by number."""
        return run_list.those(self._context, ids)

    def those_begun(self, ids: Collection[int]) -> list[RunView]:
        """Those of the runs ``ids`` that have begun or ended, by number."""
        return run_list.those_begun(self._context, ids)

    def latest(self, wanted: RunFilter, limit: int = 100, sort: str = "id") -> list[RunView]:
        """The newest runs that match, newest first.

        Or those first that have the most by ``sort``: ``duration``, ``cpu`` or ``memory``.
        """
        return run_list.latest(self._context, wanted, limit, sort)

    def count(self, wanted: RunFilter, text: str = "") -> int:
        """How many runs match; quickly told unless only since a moment."""
        return run_list.count(wanted, text)

    def logs(self, wanted: RunFilter, *, before: int | None = None) -> list[RunLog]:
        """The logs of the newest runs that match, newest first; some, from ``before`` a number on.

        Empty if there are no more.
        """
        return run_list.logs(self._context, wanted, before, LOGS_AT_ONCE)

    def page(self, window: Window, wanted: RunFilter) -> Page[RunRow]:
        """The part of the history that a table shows, newest first."""
        return run_list.page(self._context, window, wanted)

    def record_of_request(self, request_id: int) -> TrackRecord:
        """How the latest runs of a request went; empty if there were none."""
        return norms.record_of_request(request_id, self._context.clock.now())

    def record_of_process(self, process_id: int) -> TrackRecord:
        """How the latest runs of a process, or a group, went; empty if there were none."""
        return norms.record_of_process(process_id, self._context.clock.now())

    def on_clusters(self) -> dict[str, tuple[int, int]]:
        """How many runs have begun and not ended on each cluster, and how many wait for that."""
        counts: dict[str, tuple[int, int]] = {}
        unfinished = Run.select(Run.place, Run.status).where(
            Run.end_time.is_null(), Run.place != ""
        )
        for place, status in rows(unfinished):
            running, waiting = counts.get(cluster_at(place), (0, 0))
            has_begun = status is RunStatus.PROCESSING
            counts[cluster_at(place)] = running + has_begun, waiting + (not has_begun)
        return counts

    def open(self) -> list[RunView]:
        """What waits or runs now, newest first; groups with what is run for them."""
        return run_list.open_runs(self._context)

    def queued_of(self, request_id: int) -> list[RunView]:
        """What waits to be run for a request, oldest first: unscheduling it does not stop that."""
        queued = RunFilter(request_id=request_id, statuses=frozenset({RunStatus.QUEUED}))
        return self.latest(queued)[::-1]

    def beginning(self, digits: str, limit: int) -> list[RunView]:
        """The newest runs whose number begins with ``digits``, newest first."""
        return run_list.beginning(self._context, digits, limit)

    def newest_id(self) -> int:
        """The number of the newest run; 0 if there is none."""
        return Run.select(fn.max(Run.id)).scalar() or 0

    def news(
        self, wanted: RunFilter, created: tuple[int, int], known: Collection[int]
    ) -> list[RunView]:
        """Those of the ``known`` runs that are left, and what matches and was created since.

        ``created``: the last number that was seen, and the last one that there is.
        """
        return run_list.news(self._context, wanted, created, known)

    def trigger(
        self,
        request_id: int,
        parameters: Mapping[str, str] | None = None,
        *,
        only_these: bool = False,
        process: str | None = None,
    ) -> RunView:
        """Run a request now, on the Direct channel; its plan does not move.

        ``parameters`` are for this run only, over those of the request, or with ``only_these``
        instead of them. The overlap policy of the process holds here too, so the run may be created
        skipped. ``process`` is what the user takes it to run. Raises InvalidInput for parameters
        that do not fit, Refused if the process is another one or inactive or the group empty,
        NotFound if there is no such request.
        """
        now = self._context.clock.now()
        with transaction():
            row = request_of(request_id)
            if row is None:
                raise NotFound(f"There is no request {request_id} (any more).")
            if process not in (None, row.process.name):
                now_runs = f"runs {row.process.name!r} by now, not {process!r}"
                raise Refused(f"Request {request_id} {now_runs}. Look at it again.")
            text = row.parameters
            if parameters or only_these:
                text = _given(row, parameters or {}, only_these=only_these)
            refuse_unfit(row, text)
            new_run = NewRun(scheduled_for=now, channel=Channel.DIRECT, parameters=text)
            run_id, _ = create_run(self._context, row, row.process, new_run, now)
        return self.get(run_id)

    def kill(self, run_id: int, *, force: bool = False) -> RunView:
        """Ask for a run to be stopped: TERM and later KILL, or KILL at once with ``force``.

        Whoever schedules carries it out. Raises Refused if the run has ended.
        """
        now = self._context.clock.now()
        how = KillRequest.FORCE if force else KillRequest.TERM
        is_news = Run.kill_request.is_null()
        if force:
            is_news |= Run.kill_request != KillRequest.FORCE
        with transaction():
            asked = (
                Run.update(kill_request=how, kill_requested_at=now)
                .where(Run.id == run_id, Run.end_time.is_null(), is_news)
                .execute()
            )
            if asked:
                self._context.tell(RunChanged(run_id))
            run = self.get(run_id)
            if not run.is_open:
                raise Refused(f"Run {run_id} has ended already: {RUN_STATUSES[run.status].word}.")
        return run

    def check_removal(self, run_id: int) -> RunView:
        """Returns a run that can be deleted.

        Raises Refused while it, or the group that it was run for, is open; NotFound if it is gone.
        """
        run = self.get(run_id)
        self._refuse_open(run)
        if run.parent_id is not None:
            self._refuse_open(self.get(run.parent_id))
        return run

    def delete(self, run_id: int) -> None:
        """Delete a run with its log, and with the runs beneath it.

        Raises Refused while it, or the group that it was run for, is open; NotFound if it is gone.
        """
        with transaction():
            run = self.check_removal(run_id)
            logs = logs_of(self._context, [run_id])
            if not Run.delete().where(Run.id == run_id, Run.end_time.is_null(False)).execute():
                raise Refused(f"Run {run_id} was just changed by someone else. Look again.")
            latest = Run.select(fn.max(Run.id)).where(
                Run.request == run.request_id, Run.parent.is_null()
            )
            Request.update(last_run_id=latest).where(  # nothing to do unless it was the last
                Request.id == run.request_id, Request.last_run_id == run_id
            ).execute()
            self._context.tell(RunChanged(run_id))
            after_commit(lambda: unlink_logs(logs))

    def _refuse_open(self, run: RunView) -> None:
        if run.is_open:
            refuse_open(run, self._context.clock.now())


def _given(row: Request, parameters: Mapping[str, str], *, only_these: bool) -> str:
    """What one run of ``row`` is given, as stored; raises InvalidInput, or Refused."""
    try:
        given = {**({} if only_these else load_variables(row.parameters)), **parameters}
    except ValueError as error:
        reason = f"The parameters of request {row.id} cannot be read: {error}"
        raise Refused(f"{reason}. Edit and save it first.") from error
    refuse(parameter_problems(row.process.name, given))
    return dump_variables(given)
