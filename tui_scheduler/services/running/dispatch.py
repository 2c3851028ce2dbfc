"""What the engine asks of the database: what is due, what began, what ended, what must stop."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import filterfalse
from operator import itemgetter
from typing import Any

from tui_scheduler.calendars import Calendars, calendars_in_force
from tui_scheduler.clusters import Cluster, load_options
from tui_scheduler.models import KillRequest, ProcessKind, RunStatus, transaction
from tui_scheduler.receivers import NoticeKind
from tui_scheduler.services.codecs import LOCKS
from tui_scheduler.services.context import Context, new_token
from tui_scheduler.services.control import Controls
from tui_scheduler.services.events import RunChanged
from tui_scheduler.services.parameters.parameters import missing, types_of
from tui_scheduler.services.parameters.stored import load_parameters
from tui_scheduler.services.parameters.variables import load_variables
from tui_scheduler.services.running.boots import note_boot
from tui_scheduler.services.running.calendar_plans import plan_by_calendars
from tui_scheduler.services.running.claims import claim_due
from tui_scheduler.services.running.event_review import review_events
from tui_scheduler.services.running.lock_lines import come_due, may_take_locks
from tui_scheduler.services.running.notice_creation import Subject, tell_of_start
from tui_scheduler.services.running.pauses import end_pauses
from tui_scheduler.services.running.prepared_queries import (
    CAUSE,
    GIVE_BACK,
    GROUPS_UNDER_WAY,
    KEEP_COMMAND,
    KILL_REQUESTS,
    NEXT,
    OPEN,
    READY,
    READY_ELSEWHERE,
    READY_WITH_LOCKS,
    START,
    SUBMIT,
    TAKE,
    TAKEN,
    WAIT,
)
from tui_scheduler.services.running.prospects import Prospects, prospects_at
from tui_scheduler.services.running.replanning import plan_anew
from tui_scheduler.services.running.room import Room
from tui_scheduler.services.running.run_ending import (
    Ending,
    begin_group,
    create_run,
    end_run,
    go_on,
)
from tui_scheduler.services.running.taken_runs import Cause, Claim, OpenRun

_BATCH = 50  # so few that the first of many begin soon

_Row = tuple[Any, ...]
"""A run that may begin, as ``prepared_queries`` reads it."""

_hindrance, _runs_on, _after_run = itemgetter(2), itemgetter(12), itemgetter(-1)


class Dispatch:
    """The use cases of the one scheduler of a database."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._controls = Controls(context)
        self._room = Room(context)
        self._planned_by: Calendars | None = None
        self.has_more = False
        """Whether the last claim may have left something that may begin at once."""

        self._remembered = lru_cache(maxsize=2 * _BATCH)(self._make)

    def claim(self) -> list[Claim]:
        """Turn what is due into runs, and take every run that may start now; none while held."""
        now = self._context.clock.now()
        self.has_more = False
        with transaction():
            hold = self._controls.state()
            if hold.is_held:
                return []
            prospects = prospects_at(now)
            if prospects.pauses:
                end_pauses(self._context, create_run, now, _BATCH)
            if prospects.pauses or prospects.requests:  # what was paused may be due again
                taken = claim_due(self._context, create_run, hold, now, _BATCH)
                self.has_more = prospects.pauses or taken == _BATCH
                prospects = prospects_at(now)
            return self._take(now, prospects) if prospects.runs else []

    def has_work(self) -> bool:
        """Whether a claim may find something that nobody has taken."""
        return prospects_at(self._context.clock.now()).has_work

    def outdated(self, claims: Sequence[Claim]) -> list[int]:
        """Which of these runs, taken and not begun, are not to begin as they were taken.

        They are to be given back: all scheduling is held now, or what they are made of was
        changed. Whether they may begin at all is decided when they are taken again.
        """
        if not claims:
            return []
        is_held = self._controls.state().is_held
        return [
            claim.run_id
            for claim in claims
            for row in TAKEN.rows(run_id=claim.run_id)
            if is_held or self._is_outdated(claim, row)
        ]

    def note_boot(self) -> int:
        """Let fall due what awaits a boot and has not seen this one; returns how many that is."""
        return note_boot(self._context, create_run)

    def plan_anew(self) -> int:
        """Plan anew what was planned while the clock was ahead; returns how much that was.

        What awaits events is looked through as well.
        """
        review_events(self._context)
        return plan_anew(self._context)

    @property
    def has_other_calendars(self) -> bool:
        """Whether calendars are in force that nothing was planned by yet."""
        return self._planned_by is not calendars_in_force()

    def plan_by_calendars(self) -> list[str]:
        """Plan anew what leaves out days of calendars; returns why some of it waits."""
        self._planned_by = calendars_in_force()
        config = [self._planned_by.problem] if self._planned_by.problem else []
        return config + plan_by_calendars(self._context, create_run)

    def next_wakeup(self) -> datetime | None:
        """When something is to be done next: a fire, the end of a pause, a waiting retry.

        None if there is nothing, and while all is held.
        """
        if self._controls.state().is_held:
            return None
        ((*moments,),) = NEXT.rows()
        return min(filter(None, moments), default=None)

    def waits(self, run_id: int, note: str) -> None:
        """Say why a run that was taken cannot begin yet; "" if nothing is in its way any more.

        This is shown after the run's own note, which it leaves alone, until the run begins, ends
        or is given back. Does nothing for a run that is not taken, or has begun already.
        """
        with transaction():
            if WAIT.change(run_id=run_id, note=note):
                self._context.tell(RunChanged(run_id))

    def submitted(
        self, run_id: int, submitted_at: datetime, handle: str, place: str, note: str
    ) -> None:
        """Record that an engine has accepted a claimed run, and why it waits, if that is known.

        Does nothing if it has begun, or ended, meanwhile.
        """
        with transaction():
            if SUBMIT.change(
                run_id=run_id, submitted_at=submitted_at, handle=handle, place=place, note=note
            ):
                self._context.tell(RunChanged(run_id))

    def started(
        self,
        run_id: int,
        start_time: datetime,
        pid: int | None,
        handle: str,
        note: str = "",
        place: str = "",
    ) -> None:
        """Record that a claimed run is a process now; does nothing if it has ended meanwhile.

        ``place`` is where, if that has become known only now.
        """
        with transaction():
            for parent_id, request_id, notify in START.rows(
                run_id=run_id,
                start_time=start_time,
                pid=pid,
                handle=handle,
                note=note,
                place=place,
            ):
                self._context.tell(RunChanged(run_id))
                if parent_id is None:
                    subject = Subject(run_id=run_id, request_id=request_id, notify=notify)
                    tell_of_start(self._context, subject, start_time)

    @property
    def tells_of_starts(self) -> bool:
        """Whether somebody may have to be told that a run began, also if it has ended since."""
        return self._context.notifying.has_any(NoticeKind.STARTED)

    def ended(self, ending: Ending) -> None:
        """Record how a run ended, once, with all that follows."""
        with transaction():
            end_run(self._context, ending)

    def kill_requests(self) -> list[tuple[int, KillRequest, RunStatus]]:
        """The open runs that somebody asked to stop."""
        return KILL_REQUESTS.rows()

    def open_runs(self) -> list[OpenRun]:
        """What earlier schedulers took and did not see the end of."""
        return [self._open_run(*row) for row in OPEN.rows()]

    def _open_run(
        self,
        run_id: int,
        token: str | None,
        status: RunStatus,
        handle: str | None,
        start_time: datetime | None,
        timeout: timedelta | None,
        host: str,
        host_id: str | None,
        place: str,
        submitted_at: datetime | None,
        log_folder: str | None,
    ) -> OpenRun:
        context = self._context
        if not place:
            self._room.take(run_id)
        is_elsewhere = not place and context.is_elsewhere(host, host_id)
        return OpenRun(
            run_id=run_id,
            token=token,
            status=status,
            handle=handle,
            start_time=start_time,
            log_path=context.log_path(run_id, token, log_folder),
            timeout=timeout,
            elsewhere=host if is_elsewhere else None,
            place=place,
            submitted_at=submitted_at,
        )

    def resume_groups(self) -> None:
        """Let group runs go on that an earlier scheduler left waiting for nothing."""
        now = self._context.clock.now()
        for (run_id,) in GROUPS_UNDER_WAY.rows():
            with transaction():
                go_on(self._context, run_id, now)

    def give_back(self, run_ids: Collection[int], note: str = "") -> None:
        """Let runs that were taken but never became a process be taken again.

        ``note`` says why they did not, if there is more to say. Those that have ended meanwhile, or
        are not taken, stay as they are: there is nothing to give.
        """
        with transaction():
            for (run_id,) in GIVE_BACK.rows(run_ids=list(run_ids), note=note):
                self._context.tell(RunChanged(run_id))

    def _take(self, now: datetime, prospects: Prospects) -> list[Claim]:
        """Take what may begin now, oldest first, as far as there is room where it is to run."""
        if prospects.in_line:
            come_due(now)
        left = self._room.left()
        ready = self._ready(now, left, prospects)
        groups = [run_id for run_id, kind, *_ in ready if kind is ProcessKind.GROUP]
        for run_id in groups:
            begin_group(self._context, run_id, now)
        if groups:  # their first steps may start at once
            prospects = prospects_at(now)
            ready = self._ready(now, left, prospects)
        self.has_more |= bool(groups) or len(ready) >= _BATCH
        rows = (row for row in ready if row[1] is not ProcessKind.GROUP)
        claims = [claim for row in rows if (claim := self._claim(row, now)) is not None]
        for command in dict.fromkeys(claim.command for claim in claims):
            KEEP_COMMAND.insert(command=command)
        return [claim for claim in claims if self._is_taken(claim)]

    def _ready(self, now: datetime, left: int, prospects: Prospects) -> list[_Row]:
        """What may begin now, oldest first: as many as are ``left`` here, and what goes elsewhere.

        What is not to begin any more is skipped, with the reason.
        """
        ready, skipped = _startable(now, left, prospects), 0
        while skipped < _BATCH and (hindered := list(filter(_hindrance, ready))):
            for row in hindered:
                self._end(row[0], RunStatus.SKIPPED, _hindrance(row), now)
            skipped += len(hindered)
            ready = _startable(now, left, prospects)  # what stood in line behind them
        here = [row for row in ready if _runs_on(row) is None][:left]
        elsewhere = [row for row in ready if _runs_on(row) is not None]
        return sorted(filterfalse(_hindrance, here + elsewhere), key=itemgetter(0))

    def _is_taken(self, claim: Claim) -> bool:
        host = self._context.host
        cluster = self._cluster(claim.runs_on)
        taken = TAKE.change(
            run_id=claim.run_id,
            host=host.name,
            host_id=host.id or None,
            token=claim.token,
            command=claim.command,
            place="" if cluster is None else cluster.name,
            log_folder=None if cluster is None else str(cluster.folder),
        )
        if cluster is None:
            self._room.take(claim.run_id)
        return bool(taken)

    def _cluster(self, name: str | None) -> Cluster | None:
        """The cluster of this name, None for this machine; raises ValueError if there is none."""
        if name is None or name in self._context.clusters:
            return self._context.clusters.get(name or "")
        raise ValueError(
            f"There is no cluster {name!r}: add [cluster.{name}] to the configuration, or edit the"
            " process"
        )

    def _claim(self, row: _Row, now: datetime) -> Claim | None:
        try:
            return self._made(row, new_token())
        except ValueError as error:
            self._end(row[0], RunStatus.ERROR, str(error), now)
        return None

    def _is_outdated(self, claim: Claim, row: _Row) -> bool:
        try:
            return bool(row[2]) or self._made(row, claim.token) != claim
        except ValueError:  # it ends with that reason when it is taken again
            return True

    def _made(self, row: _Row, token: str) -> Claim:
        """What a run is as its process and its request say now; raises ValueError if it cannot.

        What waits is looked at often, and so made once; but what follows a run asks for that.
        """
        make = self._remembered if _after_run(row) is None else self._make
        return make(row, token)

    def _make(self, row: _Row, token: str) -> Claim:
        run_id, kind, _, command, python, folder, environment, *others = row
        parameters, note, missed, timeout, stored, runs_on, options, locks, after_run = others
        cluster = self._cluster(runs_on)
        try:
            declared, given = load_parameters(stored), load_variables(parameters)
            variables = {**load_variables(environment), **given}
        except ValueError as error:
            reason = f"The variables of the process or the request cannot be read: {error}"
            raise ValueError(reason) from error
        try:
            needed = LOCKS.load(locks)
        except ValueError as error:
            raise ValueError(f"The locks of the process cannot be read: {error}") from error
        if lacking := missing(declared, given):
            reason = f"Not given what the process requires: {', '.join(lacking)}"
            raise ValueError(f"{reason}. Edit the request.")
        return Claim(
            run_id=run_id,
            token=token,
            command=command,
            kind=kind,
            python=python,
            working_directory=folder,
            environment=variables,
            parameters=types_of(declared, given),
            runs_on=runs_on,
            cluster_options=load_options(options),
            locks=needed,
            log_path=self._context.log_path(
                run_id, token, None if cluster is None else str(cluster.folder)
            ),
            note=note,
            missed=missed,
            timeout=timeout,
            cause=None if after_run is None else self._cause(after_run),
        )

    def _cause(self, run_id: int) -> Cause:
        for exit_code, host, token, log_folder in CAUSE.rows(run_id=run_id):
            log_path = self._context.log_path(run_id, token, log_folder) if host else None
            return Cause(run_id, exit_code, log_path)
        return Cause(run_id)

    def _end(self, run_id: int, status: RunStatus, reason: str, now: datetime) -> None:
        self.has_more = True
        end_run(self._context, Ending(run_id=run_id, status=status, end_time=now, note=reason))


def _startable(now: datetime, left: int, prospects: Prospects) -> list[_Row]:
    """What may begin now, oldest first, if there is room; and what is to be skipped instead."""
    here = READY.rows(now=now, limit=min(_BATCH, left)) if left else []
    elsewhere = READY_ELSEWHERE.rows(now=now, limit=_BATCH) if prospects.elsewhere else []
    first = may_take_locks(now)[:_BATCH] if prospects.in_line else []
    with_locks = [row for run_id in first for row in READY_WITH_LOCKS.rows(run_id=run_id)]
    return sorted(here + elsewhere + with_locks, key=itemgetter(0))
