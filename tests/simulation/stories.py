"""What happens in a world, step by step, as Hypothesis draws it."""

import errno
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from signal import Signals
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.services.drafts import after, every, process_draft
from tests.simulation.faults import DatabaseFault, StartFault
from tests.simulation.machine import Behaviour
from tests.simulation.oracle import SECRET, Oracle, wrong_logs
from tests.simulation.program import Program
from tests.simulation.stored import Stored, history_of_all, requests_of_all
from tests.simulation.world import World, a_world
from tests.support.clock import NOON
from tui_scheduler.errors import SchedulerError
from tui_scheduler.members import members_of
from tui_scheduler.models import MisfirePolicy, Overlap, RequestStatus
from tui_scheduler.models.backend import DATABASE_ERRORS
from tui_scheduler.schedules import Frequency, Outcome, Plan, Timing
from tui_scheduler.services.drafts import GroupDraft, RequestDraft
from tui_scheduler.services.processes import draft_of as draft_of_process
from tui_scheduler.services.requests import draft_of
from tui_scheduler.services.views.requests import RequestView

T = TypeVar("T")

_SETTLING = 60.0
"""Seconds after the last fault in which everything is as it should be again."""

_A_MOMENT = 1.7

_ENDING = 30.0
"""Seconds after which a program has ended that was asked to."""

_OVER = 400
"""After so many times three seconds nothing is left to do."""

_MOST = 4  # of each kind of thing
_LOCK_ERRORS = (errno.ENOSPC, errno.EIO, errno.ENOLCK, errno.EACCES)

anything = st.integers(0, 7)
"""Which one of what is there."""

steps = st.lists(anything, min_size=1, max_size=3)
durations = st.sampled_from([0.0, 0.005, 0.05, 1.0, 10.0, 65.0, 200.0])
behaviours = st.builds(
    Behaviour,
    seconds=st.sampled_from([0.01, 2.0, 15.0, 90.0]),
    exit_code=st.sampled_from([0, 0, 1, 137]),
    obeys=st.booleans(),
)
locks = st.sampled_from([(), (), ("x",), ("y",), ("x", "y"), ("y", "x")])
plans = st.one_of(
    st.builds(
        every,
        st.sampled_from([Frequency.MINUTELY, Frequency.HOURLY]),
        interval=st.sampled_from([1, 5]),
        repetitions=st.sampled_from([None, None, 1, 3]),
    ),
    st.just(every(Frequency.SECONDLY, interval=20)),
    st.just(every(Frequency.CRON, cron="*/2 * * * *")),
    st.just(every(Frequency.DAILY)),
    st.just(every(Frequency.MINUTELY, interval=5, spread=timedelta(minutes=4))),
    st.just(every(Frequency.MINUTELY, finish=NOON.replace(tzinfo=None) + timedelta(days=9))),
    st.just(Plan(timing=Timing.IMMEDIATE, timezone="UTC")),
)
wrong_by = st.sampled_from([timedelta(days=d) for d in (-400, -1, 1, 400)]) | st.sampled_from(
    [timedelta(seconds=s) for s in (-3600, -30, -2, 2, 30, 3600)]
)


class Story(RuleBasedStateMachine):
    """A world to which things happen."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.world: World = self._stack.enter_context(a_world())
        self.oracle = Oracle(self.world)
        self._names: list[str] = []
        self._has_group = False
        self._request_count = 0
        self._heard = self._stack.enter_context(_listening())

    # Definitions.

    @initialize(
        behaviour=behaviours,
        overlap=st.sampled_from(Overlap),
        retries=st.sampled_from([0, 0, 2]),
        timeout=st.sampled_from([None, timedelta(seconds=5)]),
        plan=plans,
        misfire=st.sampled_from(MisfirePolicy),
        needed=locks,
    )
    def begin(
        self,
        behaviour: Behaviour,
        overlap: Overlap,
        retries: int,
        timeout: timedelta | None,
        plan: Plan,
        misfire: MisfirePolicy,
        needed: tuple[str, ...] = (),
    ) -> None:
        self.add_process(behaviour, overlap, retries, timeout, needed)
        self.add_request(plan, misfire, 0)
        self.world.start()
        self.world.pass_time(1)

    @precondition(lambda self: len(self._names) < _MOST)
    @rule(
        behaviour=behaviours,
        overlap=st.sampled_from(Overlap),
        retries=st.sampled_from([0, 0, 2]),
        timeout=st.sampled_from([None, timedelta(seconds=5)]),
        needed=locks,
    )
    def add_process(
        self,
        behaviour: Behaviour,
        overlap: Overlap,
        retries: int,
        timeout: timedelta | None,
        needed: tuple[str, ...] = (),
    ) -> None:
        name = f"p{len(self._names)}"
        draft = process_draft(
            name,
            command=behaviour.command,
            overlap=overlap,
            retries=retries,
            retry_delay=timedelta(seconds=10),
            timeout=timeout,
            environment={"PROCESS": name, "API_TOKEN": SECRET},
            locks=needed,
        )
        if self._person(lambda: self.world.services.processes.create(draft)):
            self._names.append(name)

    @precondition(lambda self: self._names and not self._has_group)
    @rule(steps=st.lists(steps, min_size=1, max_size=3), stops=st.booleans())
    def add_group(self, steps: list[list[int]], stops: bool) -> None:
        names = [dict.fromkeys(_pick(self._names, member) for member in step) for step in steps]
        members = members_of(map(tuple, names))
        draft = GroupDraft(name="group", members=members, stop_on_failure=stops)
        if self._person(lambda: self.world.services.groups.create(draft)):
            self._has_group = True

    @precondition(lambda self: self._names and self._request_count < _MOST)
    @rule(plan=plans, misfire=st.sampled_from(MisfirePolicy), which=anything)
    def add_request(self, plan: Plan, misfire: MisfirePolicy, which: int) -> None:
        names = [*self._names, *(["group"] if self._has_group else [])]
        draft = RequestDraft(process=_pick(names, which), plan=plan, misfire=misfire)
        made = self._person(lambda: self.world.services.requests.create(draft))
        if made is not None:
            self._schedule(made.id)
            self._request_count += 1

    @precondition(lambda self: len(self._names) > 1 and self._request_count < _MOST)
    @rule(
        which=anything,
        followed=anything,
        outcome=st.sampled_from(Outcome),
        misfire=st.sampled_from(MisfirePolicy),
        repetitions=st.sampled_from([None, None, 2]),
    )
    def add_follower(
        self,
        which: int,
        followed: int,
        outcome: Outcome,
        misfire: MisfirePolicy,
        repetitions: int | None,
    ) -> None:
        plan = after(_pick(self._names, followed), outcome=outcome, repetitions=repetitions)
        self.add_request(plan, misfire, which)

    # What a person does.

    @precondition(lambda self: self._request_count)
    @rule(which=anything)
    def reschedule(self, which: int) -> None:
        self._schedule(_pick(list(self._requests()), which))

    @precondition(lambda self: self._request_count)
    @rule(which=anything, plan=plans)
    def edit(self, which: int, plan: Plan) -> None:
        request = self._view(which)
        draft = draft_of(request)
        changed = RequestDraft(process=draft.process, plan=plan, misfire=draft.misfire)
        edited = self._person(lambda: self.world.services.requests.update(request.id, changed))
        if edited is None:
            return
        if edited.status is not RequestStatus.SCHEDULED:
            self.oracle.stopped(request.id)
        elif edited.scheduled_at != request.scheduled_at or edited.plan != request.plan:
            self.oracle.started(edited)

    @precondition(lambda self: self._names)
    @rule(which=anything, needed=locks)
    def change_locks(self, which: int, needed: tuple[str, ...]) -> None:
        services = self.world.services
        view = services.processes.named(_pick(self._names, which))
        changed = replace(draft_of_process(view), locks=needed)
        self._person(lambda: services.processes.update(view.id, changed))

    @precondition(lambda self: self._request_count)
    @rule(which=anything)
    def unschedule(self, which: int) -> None:
        number = _pick(list(self._requests()), which)
        if self._person(lambda: self.world.services.requests.unschedule(number)):
            self.oracle.stopped(number)

    @precondition(lambda self: self._request_count)
    @rule(which=anything, seconds=st.sampled_from([None, 1, 30, 300, 7200]))
    def pause(self, which: int, seconds: int | None) -> None:
        number, now = _pick(list(self._requests()), which), self.world.clock.now()
        until = None if seconds is None else now + timedelta(seconds=seconds)
        self._person(lambda: self.world.services.requests.pause(number, until))

    @precondition(lambda self: self._request_count)
    @rule(which=anything)
    def skip_next(self, which: int) -> None:
        number = _pick(list(self._requests()), which)
        self._person(lambda: self.world.services.requests.skip_next(number))

    @precondition(lambda self: self._request_count)
    @rule(which=anything)
    def resume(self, which: int) -> None:
        number = _pick(list(self._requests()), which)
        self._person(lambda: self.world.services.requests.resume(number))

    @precondition(lambda self: self._request_count)
    @rule(which=anything)
    def trigger(self, which: int) -> None:
        number = _pick(list(self._requests()), which)
        self._person(lambda: self.world.services.runs.trigger(number))

    @precondition(lambda self: self._request_count)
    @rule(which=anything)
    def remove_request(self, which: int) -> None:
        number = _pick(list(self._requests()), which)
        runs = [run.id for run in history_of_all().values() if run.request_id == number]
        removed = self._person(lambda: (self.world.services.requests.remove_step(number),))
        if removed is not None:
            self.oracle.removed(runs, number)
            self._request_count -= 1

    @rule(which=anything, force=st.booleans())
    def stop_run(self, which: int, force: bool) -> None:
        if runs := [run.id for run in history_of_all().values() if run.end_time is None]:
            number = _pick(runs, which)
            self._person(lambda: self.world.services.runs.kill(number, force=force))

    @rule(which=anything)
    def remove_run(self, which: int) -> None:
        if runs := list(history_of_all()):
            number = _pick(runs, which)
            if self._person(lambda: self._remove_run(number)):
                self.oracle.removed([number])

    @rule()
    def hold_or_release(self) -> None:
        controls = self.world.services.controls
        is_held = controls.state().is_held
        self._person(controls.release if is_held else controls.hold)

    # What happens by itself.

    @rule(seconds=durations)
    def pass_time(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @rule()
    def pass_a_minute(self) -> None:
        self.world.pass_time(60)

    @precondition(lambda self: self.world.machine.alive())
    @rule(which=anything, how=st.sampled_from([0, 1, 255, Signals.SIGSEGV, Signals.SIGKILL, None]))
    def end_child(self, which: int, how: int | None) -> None:
        machine = self.world.machine
        child = _pick(machine.alive(), which)
        if how is None:
            machine.lose(child)
        elif isinstance(how, Signals):
            machine.finish(child, None, how)
        else:
            machine.finish(child, how)

    # Programs that come and go.

    @precondition(lambda self: len(self.world.alive) < 2)
    @rule()
    def start_program(self) -> None:
        self.world.start()

    @precondition(lambda self: self.world.alive)
    @rule(which=anything)
    def leave_program(self, which: int) -> None:
        program = _pick(self.world.alive, which)
        program.leave()
        self._wait_for_ends(program)
        assert program.is_over, "a program was asked to end, and does not"
        assert program.error() is None, f"a program ended: {program.error()!r}"

    @precondition(lambda self: self.world.alive)
    @rule(which=anything, after=st.integers(0, 60))
    def kill_program(self, which: int, after: int) -> None:
        _pick(self.world.alive, which).die_in = after

    # What goes wrong.

    @precondition(lambda self: self.world.faults.statement is None)
    @rule(fault=st.sampled_from(DatabaseFault), after=st.integers(0, 25))
    def break_statement(self, fault: DatabaseFault, after: int) -> None:
        self.world.faults.statement, self.world.faults.statements_until = fault, after

    @precondition(lambda self: self.world.faults.outage is None)
    @rule(fault=st.sampled_from(list(DatabaseFault)[:3]))
    def break_database(self, fault: DatabaseFault) -> None:
        self.world.faults.outage = fault

    @rule(starts=st.lists(st.sampled_from([None, *StartFault]), min_size=1, max_size=3))
    def break_starts(self, starts: list[StartFault | None]) -> None:
        self.world.faults.starts.extend(starts)

    @precondition(lambda self: self.world.faults.lock_error is None)
    @rule(number=st.sampled_from(_LOCK_ERRORS))
    def break_lock(self, number: int) -> None:
        self.world.faults.lock_error = number

    @rule(error=wrong_by)
    def set_clock_wrong(self, error: timedelta) -> None:
        self.world.clock.error = error

    @precondition(lambda self: self.world.clock.error)
    @rule()
    def set_clock_right(self) -> None:
        self.world.clock.error = timedelta()

    @rule(seconds=st.sampled_from([5.0, 3600.0, 86400.0 * 2]))
    def suspend(self, seconds: float) -> None:
        self.world.clock.suspend(seconds)

    @rule()
    def heal(self) -> None:
        self.world.faults.heal()

    @rule()
    def remove_logs(self) -> None:
        shutil.rmtree(self.world.settings.log_folder, ignore_errors=True)

    @precondition(lambda self: not self.world.faults.plants_fifo)
    @rule()
    def plant_fifo(self) -> None:
        self.world.faults.plants_fifo = True

    # What must be true.

    @invariant()
    def everything_is_accounted_for(self) -> None:
        self.oracle.look()
        assert not self.world.faults.stands_still, self.world.faults.stands_still
        secrets = [text for text in self._heard if SECRET in text]
        assert not secrets, f"a secret was logged: {secrets}"
        for program in self.world.programs:
            assert program.is_dead or program.error() is None, f"died: {program.error()!r}"

    @rule(answers=st.booleans())
    def settle(self, answers: bool = True) -> None:
        """End all faults, but for starts that nobody ``answers``: they are in nobody else's way."""
        self.world.faults.heal(answers=answers)
        self.world.clock.error = timedelta()
        if self.world.services.controls.state().is_held:
            self.world.services.controls.release()
        for program in self.world.alive:
            program.die_in = None
        if not self.world.alive:
            self.world.start()
        self.world.pass_time(_SETTLING)
        try:
            self.oracle.check_settled()
        except AssertionError:  # what is under way at this very moment is no fault
            self.world.pass_time(_A_MOMENT)
            self.oracle.check_settled()

    def teardown(self) -> None:
        try:
            if self._requests():
                self.settle()
                self._finish()
        finally:
            self._stack.close()

    def _finish(self) -> None:
        """Let nothing fire any more, and everything end."""
        for request in self._requests().values():
            if request.status is RequestStatus.SCHEDULED:
                self.world.services.requests.unschedule(request.id)
                self.oracle.stopped(request.id)
        for _ in range(_OVER):
            self.world.machine.finish_all()
            self.world.pass_time(3)
            if all(run.end_time for run in history_of_all().values()):
                break
        self.oracle.check_over()
        assert not list(wrong_logs(self.world.settings.log_folder))
        for program in self.world.alive:
            program.leave()
        self._wait_for_ends(*self.world.alive)
        assert not self.world.alive, "a program was asked to end, and does not"

    def _remove_run(self, number: int) -> bool:
        self.world.services.runs.delete(number)
        return True

    def _wait_for_ends(self, *programs: Program) -> None:
        for _ in range(round(_ENDING)):
            if all(program.is_over for program in programs):
                return
            self.world.pass_time(1)

    def _schedule(self, number: int) -> None:
        scheduled = self._person(lambda: self.world.services.requests.schedule(number))
        if scheduled is not None:
            self.oracle.started(scheduled)

    def _person(self, does: Callable[[], T]) -> T | None:
        """What a person gets from what they do; None if it is refused, or the database fails."""
        with suppress(SchedulerError, *DATABASE_ERRORS), self.world.faults.sparing_lives():
            return does()
        return None

    def _view(self, which: int) -> RequestView:
        return self.world.services.requests.get(_pick(list(self._requests()), which))

    def _requests(self) -> dict[int, Stored]:
        return requests_of_all()


def _pick(things: Sequence[T], number: int) -> T:
    return things[number % len(things)]


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What is logged in the block, which goes nowhere else."""
    heard = _Heard()
    logger = logging.getLogger("tui_scheduler")
    before = logger.level, logger.propagate
    logger.addHandler(heard)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield heard.texts
    finally:
        logger.removeHandler(heard)
        logger.level, logger.propagate = before


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what it says."""
        self.texts.append(record.getMessage())
